package dev.coldframe.cli;

import dev.coldframe.config.ConfigLoader;
import dev.coldframe.config.DnsmasqImport;
import dev.coldframe.config.Imported;
import dev.coldframe.config.KeaImport;
import dev.coldframe.config.Problem;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `coldframe import dnsmasq|kea FILE`: a config file out of another server's.
@Command(
    name = "import",
    description = {
      "Prints a config file made of another DHCP server's: networks, options, fixed addresses.",
      "What it leaves out is named on standard error, line by line. Imported nodes boot from their"
          + " own disks until another profile is given to them."
    })
final class ImportCommand implements Callable<Integer> {
  /// Whose file it is.
  enum Format {
    DNSMASQ,
    KEA
  }

  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "FORMAT", description = "One of: ${COMPLETION-CANDIDATES}.")
  private Format format;

  @Parameters(
      index = "1",
      paramLabel = "FILE",
      description = "The other server's file: dnsmasq.conf or kea-dhcp4.conf.")
  private Path file;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "Write here instead; a file that is there already stays as it is.")
  private @Nullable Path output;

  @Option(names = "--force", description = "Write over a file that is there already.")
  private boolean force;

  @Override
  public Integer call() throws IOException {
    String text = text();
    Imported imported =
        switch (format) {
          case DNSMASQ -> DnsmasqImport.read(file.toString(), text);
          case KEA -> KeaImport.read(file.toString(), text);
        };
    switch (imported) {
      case Imported.Invalid(List<Problem> problems) ->
          throw new Refusal(ExitCode.USAGE, ConfigFile.lines(problems));
      case Imported.Ok(String config, List<Problem> left) -> {
        write(config);
        left.forEach(problem -> spec.commandLine().getErr().println(problem));
      }
    }
    return ExitCode.DONE;
  }

  private String text() throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new Refusal(ExitCode.USAGE, "coldframe: " + file + " is no file that can be read");
    }
    if (Files.size(file) > ConfigLoader.MAX_FILE_BYTES) {
      throw new Refusal(ExitCode.USAGE, "coldframe: " + file + " is larger than 32 MiB");
    }
    try {
      return Files.readString(file);
    } catch (CharacterCodingException _) {
      throw new Refusal(ExitCode.USAGE, "coldframe: " + file + " is not UTF-8");
    }
  }

  private void write(String config) throws IOException {
    if (output == null) {
      var out = spec.commandLine().getOut();
      out.print(config);
      out.flush();
      return;
    }
    try {
      if (force) {
        Files.writeString(output, config);
      } else {
        Files.writeString(output, config, StandardOpenOption.CREATE_NEW);
      }
    } catch (FileAlreadyExistsException _) {
      throw new Refusal(
          ExitCode.REFUSED, "coldframe: " + output + " is there already; --force writes over it");
    }
  }
}
