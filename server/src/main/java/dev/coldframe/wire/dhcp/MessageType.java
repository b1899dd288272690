package dev.coldframe.wire.dhcp;

import java.util.List;
import java.util.Optional;

/// What a message is (option 53; RFC 2132, section 9.6).
public enum MessageType {
  DISCOVER(1),
  OFFER(2),
  REQUEST(3),
  DECLINE(4),
  ACK(5),
  NAK(6),
  RELEASE(7),
  INFORM(8);

  private static final List<MessageType> BY_CODE = List.of(values());

  private final int code;

  MessageType(int code) {
    this.code = code;
  }

  /// The value on the wire, 1 to 8.
  public int code() {
    return code;
  }

  /// The type of a wire value; empty for one that RFC 2131 does not know.
  public static Optional<MessageType> ofCode(int code) {
    return code >= 1 && code <= BY_CODE.size()
        ? Optional.of(BY_CODE.get(code - 1))
        : Optional.empty();
  }
}
