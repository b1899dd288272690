package dev.coldframe.transport.ntp;

import dev.coldframe.decide.KernelClock;
import dev.coldframe.decide.Measurement;
import dev.coldframe.decide.ServedTime;
import dev.coldframe.net.Ip4;
import dev.coldframe.node.Network;
import dev.coldframe.node.World;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Knows where the time comes from. [#look] is called once a second by one thread; [#time] is read
/// by the NTP loop.
final class TimeKeeper {
  private static final Logger LOG = LoggerFactory.getLogger(TimeKeeper.class);
  private static final long POLL_NANOS = TimeUnit.SECONDS.toNanos(256);
  private static final long FIRST_POLL_NANOS = TimeUnit.SECONDS.toNanos(16);
  private static final int MAX_SERVERS = 4;

  private final Supplier<World> world;
  private final Supplier<KernelClock> kernel;
  private final Function<List<Ip4>, Optional<Measurement>> measure;
  private final Consumer<Instant> known;
  private Optional<Measurement> measured = Optional.empty();
  private long polledNanos = System.nanoTime() - POLL_NANOS;
  private volatile ServedTime time;

  /// @param kernel asks the kernel
  /// @param measure asks time servers
  /// @param known told the time, each time that it is known
  TimeKeeper(
      Supplier<World> world,
      Supplier<KernelClock> kernel,
      Function<List<Ip4>, Optional<Measurement>> measure,
      Consumer<Instant> known) {
    this.world = world;
    this.kernel = kernel;
    this.measure = measure;
    this.known = known;
    this.time = choose(kernel.get());
    LOG.info("time is served source={} stratum={}", time.source(), time.stratum());
  }

  /// The time that is served now.
  ServedTime time() {
    return time;
  }

  /// Looks again.
  void look() {
    try {
      KernelClock now = kernel.get();
      ServedTime.Source source = choose(now).source();
      boolean needed = source != ServedTime.Source.VOUCHED && source != ServedTime.Source.KERNEL;
      long wait = measured.isPresent() ? POLL_NANOS : FIRST_POLL_NANOS;
      if (needed && System.nanoTime() - polledNanos >= wait) {
        polledNanos = System.nanoTime();
        Optional<Measurement> news = measure.apply(servers());
        measured = news.isPresent() ? news : measured;
      }
      ServedTime next = choose(now);
      if (next.source() != time.source()) {
        LOG.info("time is served source={} stratum={}", next.source(), next.stratum());
      }
      time = next;
      if (next.source() != ServedTime.Source.NONE) {
        known.accept(Instant.now().plusNanos(next.shiftNanos()));
      }
    } catch (RuntimeException e) {
      LOG.error("the time keeper failed", e);
    }
  }

  private ServedTime choose(KernelClock now) {
    return ServedTime.choose(
        new ServedTime.Known(
            world.get().site().time(), now, measured, Instant.now(), System.nanoTime()));
  }

  /// The site's time servers that are not this one.
  private List<Ip4> servers() {
    World now = world.get();
    Ip4 self = now.site().appliance();
    Set<Ip4> out = new LinkedHashSet<>();
    for (Network network : now.site().networks()) {
      out.addAll(now.addressesOf(network.ntp(), self));
    }
    out.remove(self);
    return out.stream().limit(MAX_SERVERS).toList();
  }
}
