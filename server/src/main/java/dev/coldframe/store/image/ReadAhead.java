package dev.coldframe.store.image;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Unpacks the next chunk while the one before is hashed and written: two cores share the work.
/// Used by one thread.
final class ReadAhead implements AutoCloseable {
  /// A chunk; its bytes are good until the next one but one is asked for.
  ///
  /// @param length 0 at the end
  @SuppressWarnings("ArrayRecordComponent")
  record Chunk(byte[] bytes, int length) {}

  private final InputStream in;
  private final ExecutorService unpacker =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().name("unpack").daemon().factory());
  private byte[] spare;
  private Future<Chunk> ahead;

  ReadAhead(InputStream in, int chunkBytes) {
    this.in = in;
    this.spare = new byte[chunkBytes];
    this.ahead = read(new byte[chunkBytes]);
  }

  private Future<Chunk> read(byte[] into) {
    return unpacker.submit(() -> new Chunk(into, in.readNBytes(into, 0, into.length)));
  }

  /// The next chunk; all but the last are whole.
  ///
  /// @throws ImageRefused when it cannot be unpacked
  Chunk next() throws IOException, ImageRefused {
    try {
      Chunk chunk = ahead.get();
      if (chunk.length() > 0) {
        ahead = read(spare);
        spare = chunk.bytes();
      }
      return chunk;
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case IOException _ -> throw Download.damaged();
        case null, default -> throw new IllegalStateException("unpacking failed", e);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  @Override
  public void close() {
    unpacker.close();
  }
}
