package dev.coldframe.net;

import java.util.Locale;
import java.util.Optional;

/// The machine identifier of DHCP option 97 (RFC 4578, section 2.3): 16 bytes as they stand on the
/// wire.
///
/// PC firmware sends its SMBIOS UUID with the first three groups little-endian; [#toString] shows
/// it the way a PC's own set-up prints it, and [#tryParse] reads that.
///
/// @param bytes the 16 bytes after the type byte
public record ClientUuid(Bytes bytes) {
  private static final int[] ORDER = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};

  /// @throws IllegalArgumentException when there are not 16 bytes
  public ClientUuid {
    if (bytes.size() != 16) {
      throw new IllegalArgumentException("a client UUID has 16 bytes, not " + bytes.size());
    }
  }

  /// Reads `4c4c4544-0034-5910-8054-b4c04f4d5732`; empty when the text is anything else.
  public static Optional<ClientUuid> tryParse(String text) {
    String hex = text.replace("-", "").toLowerCase(Locale.ROOT);
    if (text.length() != 36 || !hex.matches("[0-9a-f]{32}")) {
      return Optional.empty();
    }
    return Optional.of(new ClientUuid(swap(Bytes.parseHex(hex))));
  }

  private static Bytes swap(Bytes in) {
    int[] out = new int[16];
    for (int i = 0; i < 16; i++) {
      out[i] = in.unsigned(ORDER[i]);
    }
    return Bytes.of(out);
  }

  @Override
  public String toString() {
    String hex = swap(bytes).hex();
    return String.join(
        "-",
        hex.substring(0, 8),
        hex.substring(8, 12),
        hex.substring(12, 16),
        hex.substring(16, 20),
        hex.substring(20));
  }
}
