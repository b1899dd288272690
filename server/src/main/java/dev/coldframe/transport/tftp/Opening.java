package dev.coldframe.transport.tftp;

import dev.coldframe.decide.TftpDecisions;
import dev.coldframe.decide.TftpOutcome;
import dev.coldframe.transport.content.Content;
import dev.coldframe.transport.content.Library;
import dev.coldframe.wire.tftp.Netascii;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Opens what a request is about.
final class Opening {
  private static final Logger LOG = LoggerFactory.getLogger(Opening.class);

  /// A file is converted to text in memory; nobody boots from a longer text.
  static final int MAX_TEXT_BYTES = 1 << 20;

  private Opening() {}

  /// How it went.
  sealed interface Result {
    /// It is open; to be closed by whom it is given to.
    record Opened(Content content) implements Result {}

    /// There is nothing to send.
    record Refused(TftpOutcome.Refuse refusal) implements Result {}

    /// The disk must be asked.
    record Later() implements Result {}
  }

  /// Without looking at a disk; never blocks.
  static Result known(Library library, TftpOutcome.Transfer wanted) {
    return switch (library.knownFirst(wanted.viewer(), wanted.paths())) {
      case Library.Known.Found(Content content) -> {
        if (!wanted.text()) {
          yield new Result.Opened(content);
        }
        content.close();
        yield new Result.Later();
      }
      case Library.Known.Missing() -> new Result.Refused(TftpDecisions.missing());
      case Library.Known.Unknown() -> new Result.Later();
    };
  }

  /// Blocks; never fails.
  static Result open(Library library, TftpOutcome.Transfer wanted) {
    try {
      Optional<Content> content = library.openFirst(wanted.viewer(), wanted.paths());
      if (content.isEmpty()) {
        return new Result.Refused(TftpDecisions.missing());
      }
      return wanted.text() ? asText(content.get()) : new Result.Opened(content.get());
    } catch (IOException | RuntimeException e) {
      LOG.error("boot file unreadable path={}", wanted.paths().getFirst(), e);
      return new Result.Refused(TftpDecisions.unreadable());
    }
  }

  private static Result asText(Content content) {
    try (content) {
      if (content.sizeBytes() > MAX_TEXT_BYTES) {
        return new Result.Refused(TftpDecisions.tooLongForText());
      }
      int size = (int) content.sizeBytes();
      ByteBuffer plain = ByteBuffer.allocate(size);
      if (size > 0) {
        content.read(0, plain);
      }
      ByteBuffer text = ByteBuffer.allocateDirect(2 * size);
      Netascii.encode(plain.flip(), text);
      return new Result.Opened(
          new Content.Memory(
              text.flip().asReadOnlyBuffer(), content.etag() + "-netascii", content.origin()));
    }
  }
}
