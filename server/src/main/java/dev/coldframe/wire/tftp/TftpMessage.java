package dev.coldframe.wire.tftp;

import dev.coldframe.net.Bytes;
import java.util.List;

/// One TFTP packet. Texts are ISO 8859-1, so that every byte a client sends is one character.
public sealed interface TftpMessage {
  /// What a client asks first.
  sealed interface Request extends TftpMessage {
    /// The file's name as sent.
    String name();
  }

  /// Read request (RFC 1350, section 5).
  ///
  /// @param mode as sent; compare ignoring case
  /// @param options in the order sent (RFC 2347)
  record Rrq(String name, String mode, List<Option> options) implements Request {
    public Rrq {
      options = List.copyOf(options);
    }
  }

  /// Write request.
  ///
  /// @param mode as sent; compare ignoring case
  /// @param options in the order sent
  record Wrq(String name, String mode, List<Option> options) implements Request {
    public Wrq {
      options = List.copyOf(options);
    }
  }

  /// One block.
  ///
  /// @param block 0 to 65535
  record Data(int block, Bytes payload) implements TftpMessage {}

  /// Acknowledgement.
  ///
  /// @param block 0 to 65535
  record Ack(int block) implements TftpMessage {}

  /// Ends a transfer; never answered.
  ///
  /// @param code 0 to 65535, see [TftpError]
  /// @param text for people
  record Failure(int code, String text) implements TftpMessage {}

  /// The options that the server takes (RFC 2347).
  record Oack(List<Option> options) implements TftpMessage {
    public Oack {
      options = List.copyOf(options);
    }
  }

  /// Not TFTP.
  ///
  /// @param defect a fixed text
  /// @param request whether it began as a request, so that its sender waits for an answer
  record Malformed(String defect, boolean request) implements TftpMessage {}

  /// An option of a request or of its answer.
  ///
  /// @param name as sent; compare ignoring case
  /// @param value as sent, may be empty
  record Option(String name, String value) {}
}
