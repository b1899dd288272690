package dev.coldframe.transport.dhcp;

import dev.coldframe.net.Bytes;
import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import java.io.IOException;

/// Sends UDP to a machine that has no address yet, so that no ARP can find it (RFC 2131, section
/// 4.1: "unicast to the client's hardware address"). The kernel writes the Ethernet header, we
/// write IP and UDP. Owned by one thread.
final class PacketSocket implements AutoCloseable {
  private static final int HEADERS_BYTES = 28;
  private static final int MAX_PACKET_BYTES = 1_500;
  private static final byte TIME_TO_LIVE = 64;

  private final LinkSocket link;

  /// Opens a socket that sends on one interface.
  ///
  /// @throws IOException without CAP_NET_RAW, or when there is no such interface
  PacketSocket(String interfaceName) throws IOException {
    link = new LinkSocket(interfaceName, LinkSocket.IP, MAX_PACKET_BYTES);
  }

  /// Where a datagram goes and where it comes from.
  record Route(Ip4 from, int fromPort, Ip4 to, int toPort, MacAddress hardware) {}

  /// Sends one datagram.
  ///
  /// @return 0, or the errno of the system call
  int send(Bytes payload, Route route) {
    return link.send(datagram(payload, route), route.hardware());
  }

  /// One datagram with its IP and UDP headers.
  static byte[] datagram(Bytes payload, Route route) {
    int udpBytes = 8 + payload.size();
    int totalBytes = 20 + udpBytes;
    if (totalBytes > MAX_PACKET_BYTES) {
      throw new IllegalArgumentException("a datagram of " + payload.size() + " bytes is too long");
    }
    byte[] bytes = new byte[totalBytes];
    payload.copyTo(bytes, HEADERS_BYTES);
    ipHeader(bytes, totalBytes, route);
    udpHeader(bytes, udpBytes, route);
    return bytes;
  }

  /// RFC 791, section 3.1: no options, don't fragment.
  private static void ipHeader(byte[] out, int totalBytes, Route route) {
    out[0] = 0x45;
    putShort(out, 2, totalBytes);
    out[6] = 0x40;
    out[8] = TIME_TO_LIVE;
    out[9] = 17;
    putInt(out, 12, route.from().bits());
    putInt(out, 16, route.to().bits());
    putShort(out, 10, complement(sum(out, 0, 20, 0)));
  }

  /// RFC 768, with the checksum over the pseudo header.
  private static void udpHeader(byte[] out, int udpBytes, Route route) {
    putShort(out, 20, route.fromPort());
    putShort(out, 22, route.toPort());
    putShort(out, 24, udpBytes);
    long pseudo = sum(out, 12, 8, 0) + 17 + udpBytes;
    int checksum = complement(sum(out, 20, udpBytes, pseudo));
    putShort(out, 26, checksum == 0 ? 0xffff : checksum);
  }

  private static long sum(byte[] bytes, int at, int length, long initial) {
    long sum = initial;
    for (int i = 0; i < length; i += 2) {
      int low = i + 1 < length ? bytes[at + i + 1] & 255 : 0;
      sum += (bytes[at + i] & 255) << 8 | low;
    }
    return sum;
  }

  private static int complement(long sum) {
    long folded = sum;
    while (folded >>> 16 != 0) {
      folded = (folded & 0xffff) + (folded >>> 16);
    }
    return (int) ~folded & 0xffff;
  }

  private static void putShort(byte[] out, int at, int value) {
    out[at] = (byte) (value >>> 8);
    out[at + 1] = (byte) value;
  }

  private static void putInt(byte[] out, int at, int value) {
    putShort(out, at, value >>> 16);
    putShort(out, at + 2, value);
  }

  /// Closes the socket.
  @Override
  public void close() {
    link.close();
  }
}
