package dev.coldframe.doctor;

import dev.coldframe.net.Bytes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// A DNS question that nobody else asks (RFC 1035, section 4): for the address of a random name
/// below `example.com`, which is nobody's (RFC 2606).
///
/// @param label the random label
public record UniqueName(String label) {
  private static final int HEADER_BYTES = 12;
  private static final int RECURSION_DESIRED = 0x0100;
  private static final int RESPONSE = 0x80;
  private static final short ADDRESS = 1;
  private static final short INTERNET = 1;
  private static final int IP_HEADER_BYTES = 20;
  private static final int UDP_HEADER_BYTES = 8;

  /// @throws IllegalArgumentException when it is no label of letters and digits
  public UniqueName {
    if (!label.matches("[a-z0-9]{1,63}")) {
      throw new IllegalArgumentException("not a label: " + label);
    }
  }

  /// The question.
  public Bytes question(int id) {
    ByteBuffer out = ByteBuffer.allocate(512);
    out.putShort((short) id).putShort((short) RECURSION_DESIRED);
    out.putShort((short) 1).putShort((short) 0).putInt(0);
    put(label, out);
    put("example", out);
    put("com", out);
    out.put((byte) 0).putShort(ADDRESS).putShort(INTERNET);
    byte[] bytes = new byte[out.flip().limit()];
    out.get(bytes);
    return Bytes.wrap(bytes);
  }

  private static void put(String part, ByteBuffer out) {
    out.put((byte) part.length()).put(part.getBytes(StandardCharsets.US_ASCII));
  }

  /// Whether an IP packet asks the same, in any case of letters (servers vary it).
  public boolean isAskedIn(Bytes packet) {
    int dns = IP_HEADER_BYTES + UDP_HEADER_BYTES;
    if (packet.size() < dns + HEADER_BYTES + 1 + label.length()
        || packet.unsigned(0) != 0x45
        || packet.unsigned(9) != 17
        || (packet.unsigned(dns + 2) & RESPONSE) != 0) {
      return false;
    }
    int name = dns + HEADER_BYTES;
    return packet.unsigned(name) == label.length()
        && packet
            .slice(name + 1, name + 1 + label.length())
            .text(StandardCharsets.US_ASCII)
            .equalsIgnoreCase(label);
  }
}
