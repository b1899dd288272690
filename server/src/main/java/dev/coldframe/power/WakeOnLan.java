package dev.coldframe.power;

import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;

/// The packet that wakes a PC: six bytes of ones, then its hardware address sixteen times (AMD,
/// "Magic Packet Technology", 1995). Nothing answers it.
public final class WakeOnLan {
  private static final int ONES = 6;
  private static final int TIMES = 16;
  private static final int MAC_BYTES = 6;

  private WakeOnLan() {}

  static byte[] packet(MacAddress mac) {
    ByteBuffer out = ByteBuffer.allocate(ONES + TIMES * MAC_BYTES);
    for (int i = 0; i < ONES; i++) {
      out.put((byte) 0xff);
    }
    for (int i = 0; i < TIMES; i++) {
      out.put(mac.bytes().toArray());
    }
    return out.array();
  }

  /// Sends it.
  ///
  /// @param broadcast the broadcast address of the subnet that the sleeper is in
  public static void send(MacAddress mac, Ip4 broadcast, int port) throws PowerException {
    try (DatagramChannel channel = DatagramChannel.open(StandardProtocolFamily.INET)) {
      channel.setOption(StandardSocketOptions.SO_BROADCAST, true);
      var to = new InetSocketAddress(InetAddress.ofLiteral(broadcast.toString()), port);
      channel.send(ByteBuffer.wrap(packet(mac)), to);
    } catch (IOException e) {
      throw new PowerException(
          "the wake-up packet could not be sent to " + broadcast + ": " + e.getMessage(), e);
    }
  }
}
