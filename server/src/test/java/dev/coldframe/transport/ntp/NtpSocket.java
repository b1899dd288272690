package dev.coldframe.transport.ntp;

import dev.coldframe.decide.KernelClock;
import dev.coldframe.node.World;
import dev.coldframe.transport.Counters;
import dev.coldframe.transport.Link;
import dev.coldframe.transport.SourceLimit;
import io.netty.channel.ChannelHandler;
import java.util.Optional;
import java.util.function.Supplier;

/// The NTP socket of a link, for tests that have no socket.
public final class NtpSocket {
  private NtpSocket() {}

  /// What hears requests on a link.
  ///
  /// @param limit requests per source
  public static ChannelHandler on(
      Link link, Supplier<World> world, KernelClock kernel, SourceLimit limit, Counters counters) {
    var keeper = new TimeKeeper(world, () -> kernel, _ -> Optional.empty(), _ -> {});
    return new NtpDatagrams(new NtpService(world, keeper, counters, limit), link);
  }
}
