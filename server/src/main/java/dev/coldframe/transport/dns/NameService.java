package dev.coldframe.transport.dns;

import dev.coldframe.decide.DnsDecisions;
import dev.coldframe.decide.DnsOutcome;
import dev.coldframe.decide.DnsView;
import dev.coldframe.net.Bytes;
import dev.coldframe.net.Ip4;
import dev.coldframe.node.World;
import dev.coldframe.transport.Counters;
import dev.coldframe.transport.SourceLimit;
import dev.coldframe.wire.dns.DnsCodec;
import dev.coldframe.wire.dns.DnsDecode;
import dev.coldframe.wire.dns.DnsWriter;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/// What the DNS sockets of all links share. Owned by the DNS loop.
final class NameService {
  static final String SERVICE = "dns";

  /// A second of a busy build machine; a flood is far beyond.
  private static final int QUESTIONS_PER_SECOND = 500;

  private final Supplier<World> world;
  private final InstantSource clock;
  private final Counters counters;
  private final LongAdder answered;
  private final SourceLimit limit =
      new SourceLimit(QUESTIONS_PER_SECOND, TimeUnit.SECONDS.toNanos(1));
  private final DnsWriter writer = new DnsWriter();
  private DnsView view;

  NameService(Supplier<World> world, InstantSource clock, Counters counters) {
    this.world = world;
    this.clock = clock;
    this.counters = counters;
    this.answered = counters.counter(SERVICE, "answered from our zones");
    this.view = DnsView.of(world.get(), clock.instant());
  }

  /// The world as DNS shows it now.
  DnsView view() {
    World now = world.get();
    if (now != view.world()) {
      view = view.next(now, clock.instant());
    }
    return view;
  }

  /// Decides about a message.
  ///
  /// @param provenSource whether the sender is who it says, as over TCP
  DnsOutcome decide(
      Bytes message, Ip4 source, int sourcePort, int servicePort, boolean provenSource) {
    DnsView now = view();
    boolean unlimited = provenSource || !now.world().site().limits().perSource();
    int beyond = unlimited ? 0 : limit.beyond(source, System.nanoTime());
    DnsDecode decoded = DnsCodec.decode(message);
    if (decoded instanceof DnsDecode.Malformed(_, _, String defect)) {
      counters.count(SERVICE, defect);
    }
    DnsOutcome outcome =
        DnsDecisions.decide(
            decoded, new DnsDecisions.Asker(source, sourcePort, servicePort, beyond), now);
    switch (outcome) {
      case DnsOutcome.Reply _ -> answered.increment();
      case DnsOutcome.Ignore(String reason) -> counters.count(SERVICE, reason);
      case DnsOutcome.Forward _ -> counters.count(SERVICE, "asked for a foreign name");
    }
    return outcome;
  }

  DnsWriter writer() {
    return writer;
  }

  Counters counters() {
    return counters;
  }
}
