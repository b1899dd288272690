package dev.coldframe.transport.ntp;

import dev.coldframe.decide.Measurement;
import dev.coldframe.net.Ip4;
import dev.coldframe.node.World;
import dev.coldframe.transport.Counters;
import dev.coldframe.transport.Link;
import dev.coldframe.transport.SourceLimit;
import dev.coldframe.transport.UdpService;
import io.netty.channel.EventLoop;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/// Listens for NTP on every link.
public final class NtpServer implements AutoCloseable {
  private static final int NTP_PORT = 123;

  /// A client that starts sends eight in a burst; a hundred behind one router are within the limit.
  private static final int REQUESTS_PER_STRETCH = 200;

  private static final long STRETCH_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final List<UdpService> sockets = new ArrayList<>();
  private final ScheduledExecutorService looks =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("time-keeper").daemon().factory());

  /// Binds.
  ///
  /// @param loop runs all sockets
  /// @param links where to listen
  /// @param port the well-known port; 0 lets the system choose
  /// @param world the present world
  /// @param askServers whether other time servers may be asked
  /// @param known told the time every second while it is known; may block
  /// @param counters counts what is not answered
  public NtpServer(
      EventLoop loop,
      List<Link> links,
      int port,
      Supplier<World> world,
      boolean askServers,
      Consumer<Instant> known,
      Counters counters) {
    var servers = new TimeServers(NTP_PORT);
    Function<List<Ip4>, Optional<Measurement>> measure =
        askServers ? servers::measure : _ -> Optional.empty();
    var keeper = new TimeKeeper(world, Adjtimex::read, measure, known);
    var service =
        new NtpService(
            world, keeper, counters, new SourceLimit(REQUESTS_PER_STRETCH, STRETCH_NANOS));
    try {
      for (Link link : links) {
        sockets.add(new UdpService(loop, link, port, () -> new NtpDatagrams(service, link)));
      }
    } catch (RuntimeException e) {
      close();
      throw e;
    }
    var _ = looks.scheduleWithFixedDelay(keeper::look, 1, 1, TimeUnit.SECONDS);
  }

  /// The port in use, of the first link.
  public int port() {
    return sockets.getFirst().port();
  }

  /// Stops listening.
  @Override
  public void close() {
    looks.shutdownNow();
    sockets.forEach(UdpService::close);
  }
}
