package dev.coldframe.transport.dhcp;

import dev.coldframe.decide.Arrival;
import dev.coldframe.decide.DhcpOutcome;
import dev.coldframe.net.Bytes;
import dev.coldframe.net.Ip4;
import dev.coldframe.node.Network;
import dev.coldframe.wire.dhcp.Decode;
import dev.coldframe.wire.dhcp.DhcpCodec;
import dev.coldframe.wire.dhcp.DhcpMessage;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.EventExecutor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// DHCP that relays of ours bring over their links: decided as what is heard on an interface is, on
/// the same loop.
public final class RelayedDhcp {
  private static final Logger LOG = LoggerFactory.getLogger(RelayedDhcp.class);
  private static final String SERVICE = "dhcp";

  private final EventLoop loop;
  private final DhcpService service;

  /// One desk a relay, which outlives its links. On the loop.
  private final Map<String, DhcpDesk> desks = new HashMap<>();

  /// @param loop the DHCP loop, which owns the lease book
  public RelayedDhcp(EventLoop loop, DhcpService service) {
    this.loop = loop;
    this.service = service;
  }

  /// A message came over a relay's link; any thread.
  ///
  /// @param relay its name
  /// @param addresses its own addresses on the links of its boards
  /// @param back takes the answer, on the DHCP loop
  public void receive(String relay, List<Ip4> addresses, Bytes message, Consumer<Bytes> back) {
    loop.execute(() -> {
      try {
        decide(relay, addresses, message, back);
      } catch (RuntimeException e) {
        service.counters().count(SERVICE, "failed while deciding");
        LOG.error("message dropped by a fault of ours", e);
      }
    });
  }

  private void decide(String relay, List<Ip4> addresses, Bytes bytes, Consumer<Bytes> back) {
    switch (DhcpCodec.decode(bytes)) {
      case Decode.Malformed(var defect, _) -> service.counters().count(SERVICE, defect.text());
      case Decode.Ok(DhcpMessage request) -> {
        if (!request.relayed()) {
          service.counters().count(SERVICE, "a relay's message without its mark");
          return;
        }
        String place = Network.behind(relay);
        Ip4 by =
            addresses.contains(request.giaddr()) || addresses.isEmpty()
                ? request.giaddr()
                : addresses.getFirst();
        var arrival =
            new Arrival(
                place,
                List.of(by),
                request.giaddr(),
                DhcpServer.SERVER_PORT,
                by,
                DhcpServer.SERVER_PORT);
        desks
            .computeIfAbsent(relay, _ -> new DhcpDesk(place, Optional.empty(), service))
            .take(new LinkWay(back, service, loop), request, arrival);
      }
    }
  }

  /// Back over the link.
  private record LinkWay(Consumer<Bytes> back, DhcpService service, EventExecutor loop)
      implements DhcpDesk.Way {
    @Override
    public void send(Bytes bytes, Ip4 from, DhcpOutcome.Destination to) {
      if (to instanceof DhcpOutcome.Destination.Relay) {
        back.accept(bytes);
      } else {
        service.counters().count(SERVICE, "an answer that no relay can deliver");
      }
    }

    /// Each message goes by itself.
    @Override
    public void flush() {}
  }
}
