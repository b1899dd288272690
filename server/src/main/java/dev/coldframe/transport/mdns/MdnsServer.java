package dev.coldframe.transport.mdns;

import dev.coldframe.decide.mdns.HeardMachine;
import dev.coldframe.decide.mdns.NameFindings;
import dev.coldframe.net.Ip4;
import dev.coldframe.node.World;
import dev.coldframe.store.Chronicle;
import dev.coldframe.transport.Counters;
import dev.coldframe.transport.Link;
import dev.coldframe.transport.SourceLimit;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Announces the appliance and hears its nodes on every link. Begins once it was made, on its loop;
/// a link whose port cannot be had stays silent.
public final class MdnsServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(MdnsServer.class);

  /// A host that starts with many services says a dozen things at once.
  private static final int MESSAGES_PER_SECOND = 200;

  /// Somebody who takes another name every second fills no journal.
  private static final int LEAST_LOOKS_BETWEEN_FINDINGS = 3;

  /// Things that change without a word of anybody: the world, and silence.
  private static final int MOST_LOOKS_BETWEEN_FINDINGS = 10;

  private final EventLoop loop;
  private final Supplier<World> world;
  private final Chronicle chronicle;
  private final List<MdnsLink> links;
  private final ScheduledFuture<?> looks;
  private long seen;
  private int since;

  /// Begins.
  ///
  /// @param loop runs everything here
  /// @param links where to speak
  /// @param world the present world
  /// @param chronicle where it is written down what nodes announce
  /// @param counters counts what is not heard
  /// @param version of this program
  public MdnsServer(
      EventLoop loop,
      List<Link> links,
      Supplier<World> world,
      Chronicle chronicle,
      Counters counters,
      String version) {
    this.loop = loop;
    this.world = world;
    this.chronicle = chronicle;
    var limit = new SourceLimit(MESSAGES_PER_SECOND, TimeUnit.SECONDS.toNanos(1));
    var service =
        new MdnsService(loop, world, counters, limit, RandomGenerator.getDefault(), version);
    this.links = links.stream().map(link -> new MdnsLink(service, link)).toList();
    this.looks = loop.scheduleWithFixedDelay(this::look, 0, 1, TimeUnit.SECONDS);
  }

  private void look() {
    try {
      links.forEach(MdnsLink::look);
      long changes = links.stream().mapToLong(MdnsLink::changes).sum();
      since++;
      if (since >= MOST_LOOKS_BETWEEN_FINDINGS
          || (changes != seen && since >= LEAST_LOOKS_BETWEEN_FINDINGS)) {
        seen = changes;
        since = 0;
        writeDown();
      }
    } catch (RuntimeException e) {
      LOG.error("mDNS failed", e);
    }
  }

  private void writeDown() {
    World now = world.get();
    List<HeardMachine> heard = links.stream().flatMap(link -> link.machines().stream()).toList();
    NameFindings.events(
            heard, now, chronicle.states(), address -> settled(now, address), Instant.now())
        .forEach(chronicle::record);
  }

  private boolean settled(World now, Ip4 address) {
    return links.stream().anyMatch(link -> link.isOf(now, address) && link.settled());
  }

  /// Says goodbye.
  @Override
  public void close() {
    looks.cancel(false);
    loop.submit(() -> links.forEach(MdnsLink::close)).syncUninterruptibly();
  }
}
