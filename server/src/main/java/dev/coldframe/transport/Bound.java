package dev.coldframe.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.io.IOException;
import java.io.UncheckedIOException;

/// Waits for a socket to be bound.
public final class Bound {
  private Bound() {}

  /// The bound channel. Not to be called from its loop.
  ///
  /// @throws UncheckedIOException with what the system said, when the port cannot be had
  public static Channel channel(ChannelFuture binding, Link link) {
    binding.awaitUninterruptibly();
    if (!binding.isSuccess()) {
      throw new UncheckedIOException(
          new IOException("cannot listen on " + link.interfaceName(), binding.cause()));
    }
    return binding.channel();
  }
}
