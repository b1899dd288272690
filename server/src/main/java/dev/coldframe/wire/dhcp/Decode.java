package dev.coldframe.wire.dhcp;

/// What became of a datagram.
public sealed interface Decode {
  /// A message.
  record Ok(DhcpMessage message) implements Decode {}

  /// Not a message that may be acted on: it gets no answer, only a count.
  ///
  /// @param defect what is wrong
  /// @param offset where it was found, in bytes from the start
  record Malformed(Defect defect, int offset) implements Decode {}

  /// What can be wrong with a datagram. The text is the counter's name.
  enum Defect {
    TRUNCATED("shorter than the fixed part"),
    NO_COOKIE("not DHCP: no magic cookie"),
    HARDWARE_LENGTH("hardware address longer than 16 bytes"),
    OPTION_PAST_END("an option runs past the end"),
    TOO_MUCH("more option bytes than any frame holds"),
    NO_TYPE("no valid message type"),
    TWO_TYPES("two different message types"),
    FIXED_LENGTH("an option of fixed length has another");

    private final String text;

    Defect(String text) {
      this.text = text;
    }

    /// A fixed text for counters and logs.
    public String text() {
      return text;
    }
  }
}
