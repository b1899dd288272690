package dev.coldframe.transport.tftp;

import dev.coldframe.net.Bytes;
import dev.coldframe.wire.tftp.TftpCodec;
import dev.coldframe.wire.tftp.TftpMessage;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.unix.Errors.NativeIoException;
import io.netty.channel.unix.SegmentedDatagramPacket;
import java.net.InetSocketAddress;

/// Sends from one socket. Nothing leaves before [#flush], so that the kernel gets many datagrams in
/// one call. Owned by the socket's loop.
final class Outlet {
  /// Segments that every kernel with UDP segmentation takes in one call.
  private static final int MAX_SEGMENTS = 64;

  /// The longest UDP payload.
  private static final int MAX_DATAGRAM_BYTES = 65_507;

  /// What may wait for the socket; beyond it a datagram is dropped, as a network would.
  static final int MAX_WAITING_BYTES = 64 << 20;

  // Linux errno: EIO on a device without checksum offload, EINVAL for too many segments, EMSGSIZE
  // above the MTU.
  private static final int EIO = 5;
  private static final int EINVAL = 22;
  private static final int EMSGSIZE = 90;

  private final Channel channel;
  private boolean segmented = EpollDatagramChannel.isSegmentedDatagramPacketSupported();

  Outlet(Channel channel) {
    this.channel = channel;
  }

  ByteBufAllocator alloc() {
    return channel.alloc();
  }

  /// How many blocks may go to the kernel as one buffer that it cuts up.
  ///
  /// @param segmentBytes block and head
  int segmentsOf(int segmentBytes) {
    return segmented ? Math.clamp(MAX_DATAGRAM_BYTES / segmentBytes, 1, MAX_SEGMENTS) : 1;
  }

  /// Sends one datagram, or several that all but the last have the same length.
  ///
  /// @param buffer is taken over
  /// @param segmentBytes the length of each but the last
  void send(ByteBuf buffer, int segmentBytes, InetSocketAddress to) {
    if (!channel.isWritable()) {
      buffer.release();
      return;
    }
    DatagramPacket packet =
        buffer.readableBytes() > segmentBytes
            ? new SegmentedDatagramPacket(buffer, segmentBytes, to)
            : new DatagramPacket(buffer, to);
    channel.write(packet, channel.voidPromise());
  }

  void send(TftpMessage message, InetSocketAddress to) {
    Bytes bytes = TftpCodec.encode(message);
    ByteBuf buffer = alloc().directBuffer(bytes.size());
    buffer.writeBytes(bytes.toArray());
    send(buffer, bytes.size(), to);
  }

  void flush() {
    channel.flush();
  }

  /// A write failed. When the kernel cannot cut up buffers for this interface, blocks go one by one
  /// from now on; what was lost is sent again in time.
  ///
  /// @return whether that was it
  boolean failed(Throwable cause) {
    if (segmented && cause instanceof NativeIoException e && isSegmentation(-e.expectedErr())) {
      segmented = false;
      return true;
    }
    return false;
  }

  private static boolean isSegmentation(int errno) {
    return errno == EIO || errno == EINVAL || errno == EMSGSIZE;
  }
}
