package dev.coldframe.transport.edge;

import dev.coldframe.decide.Caller;
import dev.coldframe.net.Bytes;
import dev.coldframe.net.Cidr;
import dev.coldframe.net.Ip4;
import dev.coldframe.node.World;
import dev.coldframe.store.EdgeBundle;
import dev.coldframe.transport.Counters;
import dev.coldframe.transport.FilePlane;
import dev.coldframe.transport.Link;
import dev.coldframe.transport.dhcp.RelayAgent;
import dev.coldframe.transport.tftp.TftpServer;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A relay at the edge: what boards on its links say goes to the appliance, and the answers come
/// back. Files are kept here.
public final class EdgeRelay implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EdgeRelay.class);
  private static final int TFTP_PORT = 69;

  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private final AtomicReference<Served> served;

  private record Served(List<Cidr> subnets, World world) {}

  /// What it is made of.
  ///
  /// @param bundle finds the appliance
  /// @param links where boards are
  /// @param cache the folder of the files that are kept
  /// @param cacheBytes how much is kept
  /// @param worlds a world without nodes, of these networks
  /// @param told hears a sentence when the link is up
  public record Setup(
      EdgeBundle bundle,
      List<Link> links,
      Path cache,
      long cacheBytes,
      Function<List<Cidr>, World> worlds,
      Consumer<String> told) {
    public Setup {
      links = List.copyOf(links);
    }
  }

  /// Binds, and begins to call the appliance.
  ///
  /// @param control one loop, for DHCP and the link
  /// @param boot the loops that carry files
  /// @param blocking runs what waits
  /// @throws UncheckedIOException when a port, the cache or the bundle cannot be used
  public EdgeRelay(
      EventLoopGroup control,
      EventLoopGroup boot,
      Executor blocking,
      Setup setup,
      Counters counters) {
    served = new AtomicReference<>(new Served(List.of(), setup.worlds().apply(List.of())));
    var agent = new AtomicReference<RelayAgent>();
    try {
      var hears =
          new Uplink.Hears() {
            @Override
            public void served(String name, List<Cidr> subnets) {
              setup.told().accept("the link is up, as " + name + " for " + subnets);
              served.set(new Served(subnets, setup.worlds().apply(subnets)));
              agent.get().serve(name, subnets);
            }

            @Override
            public void dhcp(Bytes message) {
              agent.get().deliver(message);
            }
          };
      var uplink =
          new Uplink(
              control.next(),
              setup.bundle(),
              () -> setup.links().stream().flatMap(l -> l.addresses().stream()).toList(),
              hears,
              counters);
      agent.set(opens(new RelayAgent(control.next(), setup.links(), uplink::dhcp, counters)));
      var library =
          new EdgeLibrary(
              uplink, new EdgeCache(setup.cache(), setup.cacheBytes(), Clock.systemUTC()));
      var files =
          new FilePlane(
              () -> served.get().world(),
              this::caller,
              library,
              new EdgeJournal(uplink, counters),
              counters,
              blocking);
      opens(new TftpServer(boot, setup.links(), TFTP_PORT, files));
      opens(new EdgeHttp(boot, setup.links(), uplink, () -> served.get().subnets(), counters));
      opens(uplink);
      uplink.start();
    } catch (IOException e) {
      close();
      throw new UncheckedIOException(e);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private <T extends AutoCloseable> T opens(T part) {
    opened.push(part);
    return part;
  }

  private Caller caller(Ip4 address) {
    return served.get().subnets().stream().anyMatch(s -> s.contains(address))
        ? new Caller.Beyond(address)
        : new Caller.Outside(address);
  }

  /// Closes everything in reverse order.
  @Override
  public void close() {
    while (!opened.isEmpty()) {
      AutoCloseable part = opened.pop();
      try {
        part.close();
      } catch (Exception e) {
        LOG.error("could not be closed part={}", part, e);
      }
    }
  }
}
