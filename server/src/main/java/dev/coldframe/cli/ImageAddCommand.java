package dev.coldframe.cli;

import dev.coldframe.OsImages;
import java.io.Console;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/// `coldframe image add FILE`: takes an image in.
@Command(
    name = "add",
    description = {
      "Imports an operating system image: .img, also in .xz, .gz, .zst or .zip.",
      "Its SHA-256 is checked when it is given, or stands in FILE.sha256 beside it. A running server"
          + " notices the image by itself."
    })
final class ImageAddCommand implements Callable<Integer> {
  private static final long MIB = 1 << 20;

  /// Nothing is fetched for anybody, from inside or outside (row H-11). A [Path] has one slash left
  /// of two.
  private static final Pattern ADDRESS = Pattern.compile("[a-zA-Z][a-zA-Z0-9+.-]+:/");

  @ParentCommand private ImageCommand image;
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "FILE", description = "What was downloaded.")
  private Path file;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "What profiles call it (default: the file's name without date and suffixes).")
  private @Nullable String name;

  @Option(
      names = "--sha256",
      paramLabel = "HASH",
      description = "The SHA-256 of FILE as it was published.")
  private @Nullable String sha256;

  private final boolean watched =
      Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
  private int shownPercent = -1;

  @Override
  public Integer call() {
    if (ADDRESS.matcher(file.toString()).lookingAt() && !Files.exists(file)) {
      throw new Refusal(
          ExitCode.USAGE,
          "coldframe: "
              + file
              + " is an address; images are imported from files alone. Download it first, with its"
              + " .sha256 beside it");
    }
    PrintWriter out = spec.commandLine().getOut();
    var images = new OsImages(image.root().state());
    OsImages.Outcome outcome =
        images.add(file, Optional.ofNullable(name), Optional.ofNullable(sha256), this::show);
    if (shownPercent >= 0) {
      spec.commandLine().getErr().println();
    }
    switch (outcome) {
      case OsImages.Outcome.Refused(String reason) ->
          throw new Refusal(
              ExitCode.REFUSED, "coldframe: " + file + " was not imported: " + reason);
      case OsImages.Outcome.Done(OsImages.Row row) -> {
        if (image.root().json()) {
          out.println(ImageCommand.json(row));
        } else {
          out.printf(
              Locale.ROOT,
              "imported %s: %s, %d MiB of which %d MiB are data%n",
              row.name(),
              row.family(),
              row.sizeBytes() / MIB,
              row.dataBytes() / MIB);
        }
      }
    }
    return ExitCode.DONE;
  }

  /// Only where somebody looks.
  private void show(long read, long of, long unpacked) {
    int percent = of == 0 ? 100 : (int) (100 * read / of);
    if (percent != shownPercent && watched) {
      shownPercent = percent;
      PrintWriter err = spec.commandLine().getErr();
      err.printf(Locale.ROOT, "\r%3d %%  %d MiB unpacked", percent, unpacked / MIB);
      err.flush();
    }
  }
}
