package dev.coldframe;

import dev.coldframe.node.Node;
import dev.coldframe.node.Profile;
import dev.coldframe.node.Site;
import dev.coldframe.store.image.ImageName;
import dev.coldframe.store.image.ImageRefused;
import dev.coldframe.store.image.Images;
import dev.coldframe.store.image.StoredImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// The imported operating system images as commands see them, with or without a running server.
public final class OsImages {
  private final Images images;

  /// @param state the state folder; it need not exist
  public OsImages(Path state) {
    images = new Images(state);
  }

  /// An image.
  ///
  /// @param name what profiles call it
  /// @param file the name of what was imported
  /// @param fileSha256 64 hex digits of that
  /// @param sha256 64 hex digits of the image
  /// @param sizeBytes of the image
  /// @param dataBytes how much of that is not empty
  /// @param family such as `raspios-trixie`
  /// @param dialect such as `cloud-init`
  /// @param description one line about the build; may be empty
  /// @param boards Raspberry Pi families that it boots: 3, 4, 5
  /// @param kernels paths in its boot partition
  /// @param bootable whether it has a boot partition
  /// @param imported when
  public record Row(
      String name,
      String file,
      String fileSha256,
      String sha256,
      long sizeBytes,
      long dataBytes,
      String family,
      String dialect,
      String description,
      List<Integer> boards,
      List<String> kernels,
      boolean bootable,
      Instant imported) {
    private static Row of(StoredImage image) {
      return new Row(
          image.name(),
          image.source().file(),
          image.source().sha256(),
          image.content().sha256(),
          image.content().sizeBytes(),
          image.content().dataBytes(),
          image.facts().family().label(),
          image.facts().dialect().label(),
          image.facts().description(),
          image.facts().boards(),
          image.facts().kernels(),
          image.bootable(),
          image.imported());
    }
  }

  /// What came of a command.
  public sealed interface Outcome {
    /// It is done.
    record Done(Row image) implements Outcome {}

    /// It is not.
    record Refused(String reason) implements Outcome {}
  }

  /// How far an import is.
  @FunctionalInterface
  public interface Progress {
    /// So far.
    ///
    /// @param read bytes of the file
    /// @param of the file's size
    /// @param unpacked bytes that came out of it
    void at(long read, long of, long unpacked);
  }

  /// All images, by name.
  public List<Row> list() {
    return images.list().stream().map(Row::of).toList();
  }

  /// Takes an image in.
  ///
  /// @param name what to call it; empty: by its file's name
  /// @param sha256 of the file, if known
  /// @throws EnvironmentException when the file cannot be read or the disk is full
  public Outcome add(Path file, Optional<String> name, Optional<String> sha256, Progress progress) {
    String called = name.orElseGet(() -> ImageName.of(String.valueOf(file.getFileName())));
    if (!ImageName.isGood(called)) {
      return new Outcome.Refused(
          called + " is no name for an image; use lower-case letters, digits, dots and dashes");
    }
    if (sha256.isPresent() && !sha256.get().matches("[0-9a-fA-F]{64}")) {
      return new Outcome.Refused("a SHA-256 has 64 hex digits");
    }
    try {
      var request = new Images.Request(file.toAbsolutePath(), called, sha256);
      return new Outcome.Done(Row.of(images.add(request, progress::at)));
    } catch (ImageRefused e) {
      return new Outcome.Refused(e.reason());
    } catch (IOException e) {
      throw new EnvironmentException(
          file + " was not imported: " + Objects.requireNonNullElse(e.getMessage(), "disk error"),
          e);
    }
  }

  /// Removes an image that no profile names.
  ///
  /// @return why it was not removed
  /// @throws EnvironmentException when the disk does not let it
  public Optional<String> remove(String name, Site site) {
    List<String> users =
        site.profiles().values().stream()
            .filter(profile -> profile.image().filter(name::equals).isPresent())
            .map(Profile::name)
            .toList();
    if (!users.isEmpty()) {
      return Optional.of(
          "profile " + String.join(", ", users) + " boots " + name + "; change it first");
    }
    try {
      images.remove(name);
      return Optional.empty();
    } catch (ImageRefused e) {
      return Optional.of(e.reason());
    } catch (IOException e) {
      throw new EnvironmentException(name + " could not be removed", e);
    }
  }

  /// What some loader will not stand in the boot trees of a site, one sentence each. Looks at one
  /// node of each profile that boots an imported image.
  ///
  /// @throws IOException when this machine does not let it
  public static List<String> lints(Site site, Path state) throws IOException {
    Path scratch = Files.createTempDirectory("coldframe-check");
    try {
      var preview = new Preview(site, state, scratch);
      var seen = new HashSet<String>();
      var out = new ArrayList<String>();
      for (Node node : site.nodes().values()) {
        if (preview.hasImage(node.name()) && seen.add(node.profile().name())) {
          preview.textWarnings(node.name()).forEach(lint -> out.add(node.name() + ": " + lint));
        }
      }
      return out;
    } finally {
      Files.deleteIfExists(scratch);
    }
  }

  /// What a site wants and has not, one sentence each.
  public List<String> missing(Site site) {
    List<StoredImage> there = images.list();
    return site.profiles().values().stream()
        .filter(Profile::bootsImage)
        .flatMap(profile -> profile.image().stream().flatMap(name -> lack(profile, name, there)))
        .toList();
  }

  private static java.util.stream.Stream<String> lack(
      Profile profile, String name, List<StoredImage> there) {
    Optional<StoredImage> image = there.stream().filter(i -> i.name().equals(name)).findFirst();
    String at = "profiles." + profile.name() + ".image: " + name;
    if (image.isEmpty()) {
      return java.util.stream.Stream.of(
          at
              + " is not imported yet; its nodes wait for 'coldframe image add FILE --name "
              + name
              + "'");
    }
    return image.get().bootable()
        ? java.util.stream.Stream.empty()
        : java.util.stream.Stream.of(
            at + " has no boot partition and no kernel that can be read; its nodes cannot boot it");
  }
}
