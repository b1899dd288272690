package dev.coldframe.transport.tftp;

import dev.coldframe.wire.tftp.TftpError;
import dev.coldframe.wire.tftp.TftpMessage;
import io.netty.channel.socket.DatagramPacket;
import java.util.concurrent.TimeUnit;

/// Packets of peers that have no transfer. They are told so (RFC 1350, section 4) without
/// disturbing the others, unless they say an error themselves or their transfer has just ended.
/// Owned by the loop of the transfer port.
final class Strays {
  /// How many are told; the others are only counted.
  static final int ERRORS_PER_SECOND = 20;

  private final Reception reception;
  private final Outlet outlet;
  private long second = Long.MIN_VALUE;
  private int told;

  Strays(Reception reception, Outlet outlet) {
    this.reception = reception;
    this.outlet = outlet;
  }

  void answer(DatagramPacket packet, TftpMessage message, TransferTable transfers, long now) {
    reception.plane().counters().count(Reception.SERVICE, "packet outside any transfer");
    boolean quiet =
        message instanceof TftpMessage.Failure
            || transfers.endedLately(Peer.key(packet.sender()))
            || !reception.mayTell(packet);
    if (!quiet && allowed(now)) {
      outlet.send(
          new TftpMessage.Failure(TftpError.UNKNOWN_TRANSFER, "Unknown transfer"), packet.sender());
    }
  }

  private boolean allowed(long now) {
    if (second == Long.MIN_VALUE || now - second >= TimeUnit.SECONDS.toNanos(1)) {
      second = now;
      told = 0;
    }
    return ++told <= ERRORS_PER_SECOND;
  }
}
