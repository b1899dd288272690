package dev.coldframe.net;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;

/// A switch port as a relay names it in option 82 (RFC 3046): the relay, and which of its circuits.
/// What stands in either is each maker's own, so they are compared as bytes; the text is for people
/// and for the config file, and reads back to the same bytes.
///
/// ```
///   sw1/7                              both are ASCII
///   00:1b:21:3c:4d:5e/0x000400010107   an agent of six bytes is shown as a hardware address
/// ```
///
/// @param agent the relay: its remote id, or its address as ASCII text where it sends none
/// @param circuit the circuit id
public record SwitchPort(Bytes agent, Bytes circuit) {
  private static final String HEX = "0x";
  private static final int MAC_BYTES = 6;

  /// What one sub-option of option 82 can hold.
  private static final int MAX_BYTES = 255;

  /// @throws IllegalArgumentException when either is empty or longer than a sub-option
  public SwitchPort {
    if (!fits(agent) || !fits(circuit)) {
      throw new IllegalArgumentException("relay and circuit of a port have 1 to 255 bytes each");
    }
  }

  private static boolean fits(Bytes id) {
    return !id.isEmpty() && id.size() <= MAX_BYTES;
  }

  /// Reads `agent/circuit`; the circuit may hold further slashes.
  public static Optional<SwitchPort> tryParse(String text) {
    int slash = text.indexOf('/');
    if (slash < 0) {
      return Optional.empty();
    }
    String agent = text.substring(0, slash);
    Optional<Bytes> mac = MacAddress.tryParse(agent).map(MacAddress::bytes);
    return mac.or(() -> id(agent))
        .flatMap(a -> id(text.substring(slash + 1)).map(c -> new SwitchPort(a, c)));
  }

  private static Optional<Bytes> id(String text) {
    if (!text.startsWith(HEX)) {
      return isPlain(text) && text.length() <= MAX_BYTES
          ? Optional.of(Bytes.of(text, StandardCharsets.US_ASCII))
          : Optional.empty();
    }
    String digits = text.substring(HEX.length());
    boolean hex = digits.length() % 2 == 0 && digits.chars().allMatch(HexFormat::isHexDigit);
    return hex && !digits.isEmpty() && digits.length() <= 2 * MAX_BYTES
        ? Optional.of(Bytes.parseHex(digits))
        : Optional.empty();
  }

  /// Printable ASCII without blanks at its ends, not to be taken for hex digits.
  private static boolean isPlain(String text) {
    return !text.isEmpty()
        && !text.startsWith(HEX)
        && text.equals(text.strip())
        && text.chars().allMatch(c -> c >= ' ' && c <= '~');
  }

  /// Which of its circuits it is, as text, where the relay is the one of that name.
  public Optional<String> placeAt(String relay) {
    return ascii(agent).equals(relay) ? Optional.of(shown(circuit)) : Optional.empty();
  }

  /// What is known of a maker's binary form, for people: `vlan 100, module 1, port 7`.
  ///
  /// @return empty for text and for forms that are not known
  public Optional<String> meaning() {
    int size = circuit.size();
    if (isPlain(ascii(circuit)) || size < 2) {
      return Optional.empty();
    }
    int kind = circuit.unsigned(0);
    boolean counted = circuit.unsigned(1) == size - 2;
    if (kind == 0 && counted && size == MAC_BYTES) {
      return Optional.of(
          "vlan "
              + circuit.shortAt(2)
              + ", module "
              + circuit.unsigned(4)
              + ", port "
              + circuit.unsigned(5));
    }
    if (counted && isPlain(ascii(circuit.slice(2, size)))) {
      return Optional.of(ascii(circuit.slice(2, size)));
    }
    return size == 2 ? Optional.of("port " + circuit.shortAt(0)) : Optional.empty();
  }

  private static String ascii(Bytes id) {
    return id.text(StandardCharsets.ISO_8859_1);
  }

  private static String shown(Bytes id) {
    String text = ascii(id);
    return isPlain(text) ? text : HEX + id.hex();
  }

  /// As [#tryParse] reads it.
  @Override
  public String toString() {
    String text = ascii(agent);
    boolean plain = isPlain(text) && text.indexOf('/') < 0 && MacAddress.tryParse(text).isEmpty();
    if (!plain && agent.size() == MAC_BYTES) {
      return MacAddress.of(agent) + "/" + shown(circuit);
    }
    return (plain ? text : HEX + agent.hex()) + "/" + shown(circuit);
  }
}
