package dev.coldframe.transport.dhcp;

import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import dev.coldframe.node.EventType;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.node.Network;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells of other DHCP servers on one link, each once in a while. Owned by the DHCP loop.
final class ForeignServers {
  private static final Logger LOG = LoggerFactory.getLogger(ForeignServers.class);

  /// Whoever reads the journal sees it every day that it lasts.
  private static final Duration QUIET = Duration.ofHours(1);

  /// A flood of invented servers is only counted.
  private static final int MAX_SERVERS = 64;

  private final String place;
  private final DhcpService service;
  private final Map<Ip4, Instant> told = new HashMap<>();

  ForeignServers(String place, DhcpService service) {
    this.place = place;
    this.service = service;
  }

  /// One was seen.
  ///
  /// @param how by what it was noticed
  /// @param hardware its hardware address, where that is known
  /// @param offered what it offered
  void seen(Ip4 server, String how, Optional<MacAddress> hardware, Optional<Ip4> offered) {
    service.counters().count("dhcp", "another server answers on this link");
    Instant now = service.steady().instant();
    told.values().removeIf(at -> !now.isBefore(at.plus(QUIET)));
    if (told.containsKey(server) || told.size() >= MAX_SERVERS) {
      return;
    }
    told.put(server, now);
    boolean expected = isExpected();
    if (!expected) {
      LOG.warn("another DHCP server answers link={} server={}", place, server);
    }
    var fields = new LinkedHashMap<String, String>();
    fields.put("server", server.toString());
    hardware.ifPresent(mac -> fields.put("hardware", mac.toString()));
    offered.ifPresent(address -> fields.put("offered", address.toString()));
    fields.put("noticed", how);
    fields.put("expected", expected ? "yes" : "no");
    service
        .chronicle()
        .record(
            new JournalEvent(
                service.clock().instant(),
                JournalEvent.ofLink(place),
                EventType.FOREIGN_SERVER,
                fields));
  }

  /// Where we are not the only server on purpose.
  private boolean isExpected() {
    return service.worlds().get().site().networks().stream()
        .filter(network -> network.interfaceName().equals(place))
        .anyMatch(network ->
            network.mode() != Network.Mode.AUTHORITATIVE || !network.answerAfter().isZero());
  }
}
