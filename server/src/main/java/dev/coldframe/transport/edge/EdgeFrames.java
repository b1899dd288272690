package dev.coldframe.transport.edge;

import dev.coldframe.net.Bytes;
import dev.coldframe.wire.edge.EdgeCodec;
import dev.coldframe.wire.edge.EdgeMessage;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;

/// Messages in a stream of bytes.
final class EdgeFrames {
  private static final int LENGTH_BYTES = 4;

  private EdgeFrames() {}

  /// Cuts a stream into messages, without their lengths.
  static LengthFieldBasedFrameDecoder decoder() {
    return new LengthFieldBasedFrameDecoder(
        EdgeCodec.MAX_BYTES + LENGTH_BYTES, 0, LENGTH_BYTES, 0, LENGTH_BYTES);
  }

  /// A message's bytes, copied out of the buffer.
  static Bytes bytes(ByteBuf frame) {
    byte[] bytes = new byte[frame.readableBytes()];
    frame.readBytes(bytes);
    return Bytes.wrap(bytes);
  }

  static ByteBuf encode(EdgeMessage message) {
    return Unpooled.wrappedBuffer(EdgeCodec.encode(message).toArray());
  }
}
