package dev.coldframe;

import dev.coldframe.net.Ip4;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import jdk.net.ExtendedSocketOptions;

/// Finds the largest packet that gets through to a machine: one that must not be cut is sent, and a
/// router whose next link is narrower says so (RFC 1191). The kernel remembers that for the next.
final class WayProbe {
  private static final int MAX_PACKET_BYTES = 1_500;

  /// Where nobody listens (RFC 863).
  private static final int DISCARD_PORT = 9;

  /// RFC 791: every host takes so much.
  private static final int SMALLEST_PACKET_BYTES = 576;

  private static final int HEADERS_BYTES = 28;

  /// A router on the way says so within this.
  private static final Duration ROUTERS_WORD = Duration.ofMillis(250);

  private WayProbe() {}

  /// The size in bytes; empty when a packet of Ethernet's size is not refused.
  static OptionalInt largestPacket(Ip4 to) throws IOException {
    try (DatagramChannel channel = DatagramChannel.open(StandardProtocolFamily.INET)) {
      channel.setOption(ExtendedSocketOptions.IP_DONTFRAGMENT, true);
      channel.connect(new InetSocketAddress(InetAddress.ofLiteral(to.toString()), DISCARD_PORT));
      leaves(channel, MAX_PACKET_BYTES);
      pause(ROUTERS_WORD);
      if (leaves(channel, MAX_PACKET_BYTES)) {
        return OptionalInt.empty();
      }
      int fits = SMALLEST_PACKET_BYTES;
      int tooLarge = MAX_PACKET_BYTES;
      while (tooLarge - fits > 1) {
        int middle = (fits + tooLarge) / 2;
        if (leaves(channel, middle)) {
          fits = middle;
        } else {
          tooLarge = middle;
        }
      }
      return OptionalInt.of(fits);
    }
  }

  /// Whether the kernel sends a packet of that size; it remembers what routers have told.
  private static boolean leaves(DatagramChannel channel, int packetBytes) throws IOException {
    boolean refused = false;
    for (int tries = 0; tries < 4; tries++) {
      try {
        channel.write(ByteBuffer.allocate(packetBytes - HEADERS_BYTES));
        return true;
      } catch (PortUnreachableException _) {
        // An earlier packet arrived where nobody listens; this one was not sent.
      } catch (IOException e) {
        if (!String.valueOf(e.getMessage()).contains("too long")) {
          throw e;
        }
        // The first time it may be a router's word about an earlier packet.
        if (refused) {
          return false;
        }
        refused = true;
      }
    }
    return true;
  }

  private static void pause(Duration time) {
    try {
      TimeUnit.NANOSECONDS.sleep(time.toNanos());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
