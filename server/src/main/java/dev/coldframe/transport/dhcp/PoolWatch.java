package dev.coldframe.transport.dhcp;

import dev.coldframe.net.IpRange;
import dev.coldframe.node.EventType;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.node.Network;
import dev.coldframe.node.PoolLevel;
import dev.coldframe.node.World;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells when a pool is nearly used up, and when it is not any more. Runs on the DHCP loop.
final class PoolWatch {
  private static final Logger LOG = LoggerFactory.getLogger(PoolWatch.class);

  private final DhcpService service;
  private final Map<IpRange, PoolLevel> levels = new HashMap<>();

  PoolWatch(DhcpService service) {
    this.service = service;
  }

  /// Looks at every pool of the site.
  void look() {
    World world = service.worlds().get();
    Instant now = service.steady().instant();
    for (Network network : world.site().networks()) {
      network
          .pool()
          .ifPresent(pool -> {
            int used = service.book().used(pool, now);
            long of = world.givable(pool);
            levels
                .computeIfAbsent(pool, _ -> new PoolLevel())
                .at(used, of)
                .ifPresent(type -> tell(network, pool, type, used + " of " + of));
          });
    }
  }

  private void tell(Network network, IpRange pool, EventType type, String used) {
    service.counters().count("dhcp", type.label());
    if (type == EventType.POOL_SHORT) {
      LOG.warn("a pool is nearly used up pool={} used={}", pool, used);
    }
    var fields = new LinkedHashMap<String, String>();
    fields.put("pool", pool.toString());
    fields.put("used", used);
    service
        .chronicle()
        .record(
            new JournalEvent(
                service.clock().instant(),
                JournalEvent.ofLink(network.interfaceName()),
                type,
                fields));
  }
}
