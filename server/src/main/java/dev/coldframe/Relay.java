package dev.coldframe;

import dev.coldframe.config.QuirkTable;
import dev.coldframe.net.Cidr;
import dev.coldframe.net.Ip4;
import dev.coldframe.node.Admin;
import dev.coldframe.node.Adoption;
import dev.coldframe.node.Network;
import dev.coldframe.node.Site;
import dev.coldframe.node.World;
import dev.coldframe.store.EdgeBundle;
import dev.coldframe.store.EdgeKeys;
import dev.coldframe.store.KeyPem;
import dev.coldframe.store.StoreException;
import dev.coldframe.transport.Counters;
import dev.coldframe.transport.Link;
import dev.coldframe.transport.edge.EdgeRelay;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.io.IOException;
import java.net.NetworkInterface;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The process of a relay at the edge, and what the appliance's operator does about relays.
public final class Relay {
  private static final Logger LOG = LoggerFactory.getLogger(Relay.class);
  private static final int ETHERNET_MTU_BYTES = 1_500;

  private Relay() {}

  /// How a relay runs.
  ///
  /// @param bundle the file that its appliance made
  /// @param interfaces where boards are
  /// @param cache the folder of the files that are kept
  /// @param cacheBytes how much is kept
  public record Run(Path bundle, List<String> interfaces, Path cache, long cacheBytes) {
    public Run {
      interfaces = List.copyOf(interfaces);
    }
  }

  /// A relay that is let in.
  ///
  /// @param name by which networks name it
  /// @param fingerprint SHA-256 of its certificate
  public record Row(String name, String fingerprint) {}

  /// Runs until SIGTERM or SIGINT. Prints one line when every listener is bound.
  ///
  /// @throws EnvironmentException when this machine does not let it
  public static void serve(Run run) {
    var stopped = new CountDownLatch(1);
    Signals.on("TERM", stopped::countDown);
    Signals.on("INT", stopped::countDown);
    Instant began = Instant.now();
    var counters = new Counters();
    EventLoopGroup control = loops(1, "relay");
    EventLoopGroup boot = loops(2, "boot");
    ExecutorService blocking =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("disk-", 0).factory());
    try {
      List<Link> links = run.interfaces().stream().map(Relay::link).toList();
      var setup =
          new EdgeRelay.Setup(
              read(run.bundle()),
              links,
              run.cache(),
              run.cacheBytes(),
              Relay::world,
              System.out::println);
      try (EdgeRelay _ = open(control, boot, blocking, setup, counters)) {
        System.out.println(
            "coldframe relay ready in "
                + Duration.between(began, Instant.now()).toMillis()
                + " ms, calling "
                + setup.bundle().server());
        stopped.await();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      counters.snapshot().forEach((reason, count) -> LOG.info("counted {}: {}", reason, count));
      blocking.shutdownNow();
      boot.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
      control.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
    }
  }

  private static EdgeRelay open(
      EventLoopGroup control,
      EventLoopGroup boot,
      ExecutorService blocking,
      EdgeRelay.Setup setup,
      Counters counters) {
    var opened = new AtomicReference<EdgeRelay>();
    Listening.on(
        "relay", () -> opened.set(new EdgeRelay(control, boot, blocking, setup, counters)));
    return opened.get();
  }

  private static EdgeBundle read(Path file) {
    try {
      return EdgeBundle.read(file);
    } catch (IOException | StoreException e) {
      throw new EnvironmentException("the bundle cannot be read: " + e.getMessage(), e);
    }
  }

  private static EventLoopGroup loops(int count, String name) {
    return new MultiThreadIoEventLoopGroup(
        count,
        Thread.ofPlatform().name(name + "-", 0).daemon().factory(),
        EpollIoHandler.newFactory());
  }

  private static Link link(String name) {
    try {
      NetworkInterface found = NetworkInterface.getByName(name);
      if (found == null || !found.isUp()) {
        throw new EnvironmentException(
            "the interface "
                + name
                + " does not exist, is down or has no address; 'ip address'"
                + " shows them");
      }
      int mtu = found.getMTU();
      return new Link(name, mtu > 0 ? mtu : ETHERNET_MTU_BYTES, 0, List.of());
    } catch (IOException e) {
      throw new EnvironmentException("the interface " + name + " cannot be looked at", e);
    }
  }

  /// What a relay knows of the site: its networks, and no node.
  private static World world(List<Cidr> subnets) {
    List<Network> networks = subnets.stream().map(Relay::network).toList();
    var site =
        new Site(
            "relay",
            "home.arpa",
            Ip4.ANY,
            "",
            "",
            new Admin(new Admin.Endpoint(Ip4.ANY, 0), Optional.empty(), Optional.empty()),
            Optional.empty(),
            networks,
            new Adoption.Ask(),
            Map.of(),
            Map.of(),
            Map.of(),
            List.of(),
            Map.of(),
            List.of(),
            Duration.ofHours(12),
            Optional.empty(),
            Set.of(Site.Service.DHCP, Site.Service.TFTP, Site.Service.HTTP),
            new Site.Tftp(false),
            Site.TimeSource.KERNEL,
            new Site.Limits(true),
            new Site.Stages(
                Duration.ofMinutes(3), Duration.ofMinutes(30), Duration.ofMinutes(20), 3),
            Duration.ofHours(2),
            Optional.empty());
    return World.of(site, World.Knowledge.of(QuirkTable.read()));
  }

  private static Network network(Cidr subnet) {
    return new Network(
        Network.behind(""),
        subnet,
        Network.Mode.AUTHORITATIVE,
        Optional.empty(),
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        OptionalInt.empty(),
        Map.of(),
        Optional.empty(),
        false,
        List.of(),
        Duration.ZERO);
  }

  /// Makes the file by which a relay finds its appliance and is let in.
  ///
  /// @param state the appliance's state folder
  /// @param server where the relay finds the appliance, `host:port`
  /// @param again whether a relay of that name is replaced
  /// @return empty when there is one of that name
  /// @throws EnvironmentException when a file cannot be written
  public static Optional<Row> invite(
      Path state, String name, String server, boolean again, Path out) {
    EdgeBundle.Endpoint endpoint =
        EdgeBundle.Endpoint.tryParse(server)
            .orElseThrow(() -> new IllegalArgumentException("not a host and a port: " + server));
    try {
      EdgeKeys keys = EdgeKeys.of(state);
      KeyPem own = keys.server(Instant.now());
      Optional<KeyPem> made = keys.invite(name, again, Instant.now());
      if (made.isEmpty()) {
        return Optional.empty();
      }
      new EdgeBundle(name, endpoint, own.certificate(), made.get()).write(out);
      return list(state).stream().filter(row -> row.name().equals(name)).findFirst();
    } catch (IOException | StoreException e) {
      throw new EnvironmentException("the relay cannot be invited: " + e.getMessage(), e);
    }
  }

  /// Whether that is where a relay can find an appliance.
  public static boolean isEndpoint(String text) {
    return EdgeBundle.Endpoint.tryParse(text).isPresent();
  }

  /// Every relay that is let in.
  public static List<Row> list(Path state) {
    return EdgeKeys.of(state).relays().stream()
        .map(known -> new Row(known.name(), known.fingerprint()))
        .toList();
  }

  /// Shuts a relay out; a link of its own ends within seconds.
  ///
  /// @return whether it was known
  public static boolean revoke(Path state, String name) {
    return EdgeKeys.of(state).revoke(name);
  }
}
