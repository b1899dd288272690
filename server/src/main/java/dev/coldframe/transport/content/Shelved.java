package dev.coldframe.transport.content;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/// Content that several users share. Any thread.
sealed interface Shelved {
  /// One more user's content; empty when it has been given up meanwhile.
  Optional<Content> share();

  /// The shelf's own use ends. Users keep what they have.
  void giveUp();

  /// Bytes in memory; the garbage collector knows when nobody uses them.
  record InMemory(Content.Memory content) implements Shelved {
    @Override
    public Optional<Content> share() {
      return Optional.of(content);
    }

    @Override
    public void giveUp() {}
  }

  /// An open file, closed when the last user is done.
  final class OpenFile implements Shelved {
    private final FileChannel channel;
    private final MemorySegment mapped;
    private final String etag;
    private final String origin;

    /// The shelf is the first user; never grows again once it is zero.
    private final AtomicInteger users = new AtomicInteger(1);

    OpenFile(FileChannel channel, MemorySegment mapped, String etag, String origin) {
      this.channel = channel;
      this.mapped = mapped;
      this.etag = etag;
      this.origin = origin;
    }

    @Override
    public Optional<Content> share() {
      int before = users.getAndUpdate(n -> n == 0 ? 0 : n + 1);
      return before == 0
          ? Optional.empty()
          : Optional.of(new Content.OnDisk(channel, mapped, etag, origin, this::giveUp));
    }

    @Override
    public void giveUp() {
      if (users.decrementAndGet() == 0) {
        try {
          channel.close();
        } catch (IOException e) {
          throw new UncheckedIOException("a file that was only read does not close", e);
        }
      }
    }

    /// Whether the file is still open.
    boolean isOpen() {
      return channel.isOpen();
    }
  }
}
