package dev.coldframe.wire.dhcp;

import dev.coldframe.net.Bytes;
import dev.coldframe.net.MacAddress;
import java.nio.charset.StandardCharsets;

/// Option 61 for people. Compared are always its bytes (row S-38).
public final class ClientIdText {
  /// RFC 4361, section 6.1: type, IAID (4), DUID.
  private static final int NODE_SPECIFIC = 255;

  private static final int MIN_NODE_SPECIFIC_BYTES = 7;
  private static final int ETHERNET_BYTES = 7;

  private ClientIdText() {}

  /// `ethernet dc:a6:32:01:36:c2`, `iaid 320136c2 duid-ll …`, a text in quotes, or hex digits.
  public static String of(Bytes id) {
    if (id.size() == ETHERNET_BYTES && id.unsigned(0) == DhcpMessage.ETHERNET) {
      return "ethernet " + MacAddress.of(id.slice(1, ETHERNET_BYTES));
    }
    if (id.size() >= MIN_NODE_SPECIFIC_BYTES && id.unsigned(0) == NODE_SPECIFIC) {
      return "iaid " + id.slice(1, 5).hex() + " " + duid(id.slice(5, id.size()));
    }
    Bytes text = id.size() > 1 && id.unsigned(0) == 0 ? id.slice(1, id.size()) : id;
    String shown = text.text(StandardCharsets.ISO_8859_1);
    boolean plain = shown.chars().allMatch(c -> c >= ' ' && c <= '~' && c != '"');
    return plain && !shown.isEmpty() ? '"' + shown + '"' : id.toString();
  }

  /// RFC 8415, section 11; the fourth kind is RFC 6355.
  private static String duid(Bytes duid) {
    String kind =
        switch (duid.shortAt(0)) {
          case 1 -> "duid-llt";
          case 2 -> "duid-en";
          case 3 -> "duid-ll";
          case 4 -> "duid-uuid";
          default -> "duid";
        };
    return kind + " " + duid.slice(2, duid.size());
  }
}
