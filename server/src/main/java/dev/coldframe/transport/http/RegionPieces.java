package dev.coldframe.transport.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.FileRegion;
import io.netty.handler.stream.ChunkedInput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/// Turns regions of files into pieces of memory, as the next writes can take them: what is
/// encrypted cannot go from the page cache straight to the card.
final class RegionPieces extends ChannelOutboundHandlerAdapter {
  private static final int PIECE_BYTES = 65_536;

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    ctx.write(message instanceof FileRegion region ? new Pieces(region) : message, promise);
  }

  private static final class Pieces implements ChunkedInput<ByteBuf> {
    private final FileRegion region;
    private long position;

    Pieces(FileRegion region) {
      this.region = region;
    }

    @Override
    public boolean isEndOfInput() {
      return position >= region.count();
    }

    @Override
    public void close() {
      region.release();
    }

    @Override
    @Deprecated
    @SuppressWarnings("InlineMeSuggester") // Not ours to take out.
    public ByteBuf readChunk(ChannelHandlerContext ctx) throws Exception {
      return readChunk(ctx.alloc());
    }

    @Override
    public ByteBuf readChunk(ByteBufAllocator allocator) throws Exception {
      int length = (int) Math.min(PIECE_BYTES, region.count() - position);
      ByteBuf piece = allocator.buffer(length);
      try {
        while (piece.readableBytes() < length) {
          long sent = region.transferTo(new Room(piece, length), position);
          if (sent <= 0) {
            throw new IOException("the file behind a region was cut short");
          }
          position += sent;
        }
      } catch (IOException | RuntimeException e) {
        piece.release();
        throw e;
      }
      return piece;
    }

    @Override
    public long length() {
      return region.count();
    }

    @Override
    public long progress() {
      return position;
    }
  }

  /// Takes no more than fits.
  private record Room(ByteBuf piece, int max) implements WritableByteChannel {
    @Override
    public int write(ByteBuffer source) {
      int length = Math.min(source.remaining(), max - piece.readableBytes());
      int limit = source.limit();
      source.limit(source.position() + length);
      piece.writeBytes(source);
      source.limit(limit);
      return length;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }
}
