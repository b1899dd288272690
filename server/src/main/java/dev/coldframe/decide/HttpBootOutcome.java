package dev.coldframe.decide;

import dev.coldframe.boot.Viewer;
import dev.coldframe.node.Node;
import java.util.List;

/// What is done with a request on the boot plane.
public sealed interface HttpBootOutcome {
  /// Send the first of these files that the boot tree has, or 404 where it has none.
  ///
  /// @param paths plain relative paths, at least one
  record ServeFile(Viewer viewer, List<String> paths) implements HttpBootOutcome {
    public ServeFile {
      paths = List.copyOf(paths);
    }
  }

  /// Decide about a hello of this node.
  record Hello(Node node) implements HttpBootOutcome {}

  /// Send a seed file to whom holds the token.
  record Seed(String token, String name) implements HttpBootOutcome {}

  /// Serve a part of an install to whom holds the token.
  record Install(String token, Part part) implements HttpBootOutcome {
    /// A part of an install.
    public sealed interface Part {
      /// Whether the installer sends it.
      default boolean sends() {
        return this instanceof Disks || this instanceof Sectors;
      }
    }

    /// Which disks there are.
    public record Disks() implements Part {}

    /// What lies in parts of them.
    public record Sectors() implements Part {}

    /// What is written where.
    public record Plan() implements Part {}

    /// A chunk of the image.
    public record Chunk(int number) implements Part {}

    /// Several chunks that lie behind one another, as the image has them.
    ///
    /// @param first the first one's number
    public record Run(int first, int count) implements Part {}

    /// The files of the new root; secret.
    public record Root() implements Part {}

    /// The boot record.
    public record Head() implements Part {}
  }

  /// Take a report from whom holds the token.
  record Report(String token) implements HttpBootOutcome {}

  /// Take a report of a node that is up from whom holds its key.
  record Health(String key) implements HttpBootOutcome {}

  /// Send an image to another appliance of the site, if its pass opens it.
  ///
  /// @param sha256 64 hex digits
  record Image(String sha256, String pass) implements HttpBootOutcome {}

  /// Answer with a status; the reason is for the journal, not for the wire.
  record Refuse(int status, String reason) implements HttpBootOutcome {}

  /// Close the connection without a word.
  record Ignore(String reason) implements HttpBootOutcome {}
}
