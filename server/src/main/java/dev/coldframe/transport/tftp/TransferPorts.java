package dev.coldframe.transport.tftp;

import dev.coldframe.net.Ip4;
import dev.coldframe.node.World;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The transfer ports of one link: one for each local address that is asked and each event loop, so
/// that an answer comes from the address that was asked (row T-26). They are made when first needed
/// and stay. Owned by the loop of the link's service socket.
final class TransferPorts {
  private static final Logger LOG = LoggerFactory.getLogger(TransferPorts.class);

  /// A link has a few addresses; on the loopback device every one of 127/8 is local.
  static final int MAX_PORTS = 256;

  private record Place(Ip4 local, int slot) {}

  private final Reception reception;
  private final List<EventLoop> loops;
  private final EventLoop home;
  private final boolean singlePort;
  private final AtomicInteger total;
  private final Map<Place, Future<TransferPort>> ports = new HashMap<>();
  private final Set<Channel> channels = ConcurrentHashMap.newKeySet();

  /// @param loops carry the transfers
  /// @param home the loop of the service socket
  /// @param total open transfers of the server
  TransferPorts(Reception reception, List<EventLoop> loops, EventLoop home, AtomicInteger total) {
    this.reception = reception;
    this.singlePort = reception.plane().world().get().site().tftp().singlePort();
    this.loops = singlePort ? List.of(home) : List.copyOf(loops);
    this.home = home;
    this.total = total;
  }

  /// Hands a request to the port that answers it.
  void answer(Asking asking) {
    Place place = new Place(asking.local(), slotOf(asking.peer()));
    Future<TransferPort> port = ports.get(place);
    if (port == null) {
      if (ports.size() >= MAX_PORTS) {
        reception.plane().counters().count(Reception.SERVICE, "too many local addresses");
        return;
      }
      port = bind(place);
      ports.put(place, port);
    }
    if (port.isSuccess()) {
      port.getNow().answer(asking);
      return;
    }
    port.addListener((Future<TransferPort> bound) -> {
      if (bound.isSuccess()) {
        bound.getNow().answer(asking);
      }
    });
  }

  /// All transfers of a source meet on one loop, where they are counted, unless nobody counts.
  private int slotOf(Peer peer) {
    World world = reception.plane().world().get();
    long spread = world.site().limits().perSource() ? peer.host().bits() : peer.key();
    return Math.floorMod(Long.hashCode(spread * 0x9E3779B97F4A7C15L), loops.size());
  }

  private Future<TransferPort> bind(Place place) {
    Promise<TransferPort> promise = home.newPromise();
    Bootstrap bootstrap =
        TftpSockets.of(reception.link(), loops.get(place.slot()))
            .option(ChannelOption.SO_REUSEADDR, singlePort)
            .handler(TftpSockets.handler(this::pipeline));
    int port = singlePort ? reception.servicePort() : 0;
    bootstrap
        .bind(reception.link().socketOf(place.local(), port))
        .addListener((io.netty.channel.ChannelFuture bound) -> {
          if (bound.isSuccess()) {
            channels.add(bound.channel());
            promise.setSuccess(bound.channel().pipeline().get(TransferPort.class));
          } else {
            LOG.warn("no transfer port on address={}", place.local(), bound.cause());
            reception.plane().counters().count(Reception.SERVICE, "no transfer port");
            promise.setFailure(bound.cause());
            home.execute(() -> ports.remove(place));
          }
        });
    return promise;
  }

  private void pipeline(Channel channel) {
    channel.pipeline().addLast("tftp", new TransferPort(channel, reception, singlePort, total));
  }

  /// Closes all ports; any thread.
  void close() {
    channels.forEach(channel -> channel.close().syncUninterruptibly());
  }
}
