package dev.coldframe.transport.content;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.util.concurrent.atomic.AtomicInteger;

/// An open file that several users share; closed when the last is done. Any thread.
final class SharedChannel {
  private final FileChannel channel;

  /// Who opened it is the first user; never grows again once it is zero.
  private final AtomicInteger users = new AtomicInteger(1);

  SharedChannel(FileChannel channel) {
    this.channel = channel;
  }

  /// The file; never closed by its users.
  FileChannel channel() {
    return channel;
  }

  /// One more user.
  ///
  /// @return whether there may be one: not after the last has gone
  boolean take() {
    return users.getAndUpdate(n -> n == 0 ? 0 : n + 1) != 0;
  }

  /// One user less.
  void giveUp() {
    if (users.decrementAndGet() == 0) {
      try {
        channel.close();
      } catch (IOException e) {
        throw new UncheckedIOException("a file that was only read does not close", e);
      }
    }
  }
}
