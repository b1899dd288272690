package dev.coldframe;

import dev.coldframe.decide.Measurement;
import dev.coldframe.doctor.ClockCheck;
import dev.coldframe.doctor.Instruments;
import dev.coldframe.doctor.KnownFailuresCheck;
import dev.coldframe.doctor.NameLoopCheck;
import dev.coldframe.doctor.OtherServersCheck;
import dev.coldframe.doctor.PortsCheck;
import dev.coldframe.doctor.UniqueName;
import dev.coldframe.net.Bytes;
import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import dev.coldframe.node.Network;
import dev.coldframe.node.SharedState;
import dev.coldframe.node.World;
import dev.coldframe.store.shared.SharedDatabase;
import dev.coldframe.transport.Link;
import dev.coldframe.transport.dhcp.LinkSocket;
import dev.coldframe.transport.dhcp.ServerProbe;
import dev.coldframe.transport.ntp.Adjtimex;
import dev.coldframe.transport.ntp.TimeServers;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.StandardProtocolFamily;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/// The doctor's instruments: the sockets that the appliance itself uses. On observed links not one
/// byte is sent.
final class Probes implements Instruments {
  private static final int ETHERNET_MTU_BYTES = 1_500;
  private static final int MAX_PACKET_BYTES = 1_500;
  private static final int DNS_PORT = 53;
  private static final int NTP_PORT = 123;

  /// A question may come back a little later than its answer.
  private static final Duration ECHO = Duration.ofMillis(250);

  private static final Duration ANSWER = Duration.ofSeconds(2);
  private static final Duration EACH_LOOK = Duration.ofMillis(100);

  /// Switches speak every two seconds.
  private static final Duration SWITCHES_WORD = Duration.ofMillis(4_500);

  /// IEEE 802.1D: where switches speak to each other.
  private static final MacAddress SWITCHES = new MacAddress(0x0180_c200_0000L);

  private static final int MAX_TIME_SERVERS = 3;
  private static final Duration LOOK_UP = Duration.ofSeconds(3);

  /// Looks at the site and at what it serves.
  @FunctionalInterface
  interface Look {
    /// What is known to fail.
    KnownFailuresCheck.Seen of() throws IOException;
  }

  private final World world;
  private final int portOffset;
  private final Look knownFailures;

  Probes(World world, int portOffset, Look knownFailures) {
    this.world = world;
    this.portOffset = portOffset;
    this.knownFailures = knownFailures;
  }

  private Link link(String interfaceName) {
    return new Link(interfaceName, ETHERNET_MTU_BYTES, portOffset, List.of());
  }

  @Override
  public Optional<String> refusal(PortsCheck.Port port) {
    return PortProbe.refusal(link(port.interfaceName()), port);
  }

  @Override
  public Optional<List<OtherServersCheck.Offer>> askForServers(String interfaceName) {
    Link link = link(interfaceName);
    if (!ServerProbe.mayAsk(link, world.site())) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          ServerProbe.askAsStranger(link, link.addresses()).stream()
              .map(found -> new OtherServersCheck.Offer(found.server(), found.offered()))
              .toList());
    } catch (IOException _) {
      // Whether this user may is a finding of its own.
      return Optional.empty();
    }
  }

  @Override
  public Optional<Bytes> spanningTree(String interfaceName) throws IOException {
    if (link(interfaceName).isLoopback()) {
      return Optional.empty();
    }
    try (var socket = new LinkSocket(interfaceName, LinkSocket.LLC, MAX_PACKET_BYTES)) {
      socket.join(SWITCHES);
      socket.listen(EACH_LOOK);
      long end = System.nanoTime() + SWITCHES_WORD.toNanos();
      while (System.nanoTime() < end) {
        byte[] frame = socket.receive();
        if (frame.length > 0) {
          return Optional.of(Bytes.wrap(frame));
        }
      }
      return Optional.empty();
    }
  }

  @Override
  public OptionalInt largestPacket(Ip4 to) throws IOException {
    return WayProbe.largestPacket(to);
  }

  @Override
  public Optional<String> databaseTrouble(SharedState where) {
    return SharedDatabase.trouble(where);
  }

  @Override
  public ClockCheck.Readings clock() {
    return new ClockCheck.Readings(Adjtimex.read().synchronised(), offset());
  }

  private Optional<Duration> offset() {
    List<Ip4> servers = timeServers();
    Optional<Measurement> measured =
        servers.isEmpty() ? Optional.empty() : new TimeServers(NTP_PORT).measure(servers);
    return measured.map(m -> {
      Instant then = Instant.now().minusNanos(System.nanoTime() - m.steadyNanos());
      return Duration.between(then, m.time());
    });
  }

  private List<Ip4> timeServers() {
    Set<Ip4> out = new LinkedHashSet<>();
    for (Network network : world.site().networks()) {
      for (Network.ServerRef server : network.ntp()) {
        switch (server) {
          case Network.ServerRef.Appliance() -> {}
          case Network.ServerRef.Address(Ip4 address) -> out.add(address);
          case Network.ServerRef.Name(String name) -> out.addAll(lookUp(name));
        }
      }
    }
    out.remove(world.site().appliance());
    return out.stream().filter(server -> !isObserved(server)).limit(MAX_TIME_SERVERS).toList();
  }

  private static List<Ip4> lookUp(String name) {
    return CompletableFuture.supplyAsync(
            () -> {
              try {
                return Arrays.stream(InetAddress.getAllByName(name))
                    .flatMap(address -> Ip4.tryParse(address.getHostAddress()).stream())
                    .toList();
              } catch (UnknownHostException _) {
                return List.<Ip4>of();
              }
            },
            work -> Thread.ofPlatform().daemon().start(work))
        .completeOnTimeout(List.of(), LOOK_UP.toMillis(), TimeUnit.MILLISECONDS)
        .join();
  }

  private boolean isObserved(Ip4 address) {
    return world
        .networkOf(address)
        .filter(network -> network.mode() == Network.Mode.OBSERVE)
        .isPresent();
  }

  @Override
  public NameLoopCheck.Echo askUniqueName(Ip4 server) throws IOException {
    if (isObserved(server)) {
      return NameLoopCheck.Echo.UNKNOWN;
    }
    var name =
        new UniqueName(
            "doctor" + Long.toUnsignedString(RandomGenerator.getDefault().nextLong(), 36));
    try (var link = new LinkSocket(listensAt(), LinkSocket.IP, MAX_PACKET_BYTES);
        DatagramChannel channel = DatagramChannel.open(StandardProtocolFamily.INET)) {
      link.listen(EACH_LOOK);
      channel.configureBlocking(false);
      channel.connect(new InetSocketAddress(inet(server), DNS_PORT));
      channel.write(
          ByteBuffer.wrap(name.question(RandomGenerator.getDefault().nextInt()).toArray()));
      return echo(name, link, channel);
    } catch (PortUnreachableException _) {
      return NameLoopCheck.Echo.SILENT;
    }
  }

  /// An answer is waited for, and a moment longer: a question that goes round in a circle may be
  /// answered with an error first.
  private static NameLoopCheck.Echo echo(UniqueName name, LinkSocket link, DatagramChannel channel)
      throws IOException {
    long end = System.nanoTime() + ANSWER.toNanos();
    boolean answered = false;
    while (System.nanoTime() < end) {
      if (name.isAskedIn(Bytes.wrap(link.receive()))) {
        return NameLoopCheck.Echo.CAME_BACK;
      }
      if (!answered && channel.read(ByteBuffer.allocate(MAX_PACKET_BYTES)) > 0) {
        answered = true;
        end = System.nanoTime() + ECHO.toNanos();
      }
    }
    return answered ? NameLoopCheck.Echo.ANSWERED : NameLoopCheck.Echo.SILENT;
  }

  /// The interface under whose address this server is asked, else the first.
  private String listensAt() {
    List<String> names =
        world.site().networks().stream().map(Network::interfaceName).distinct().toList();
    return names.stream()
        .filter(name -> link(name).addresses().contains(world.site().appliance()))
        .findFirst()
        .orElse(names.getFirst());
  }

  @Override
  public KnownFailuresCheck.Seen knownFailures() throws IOException {
    return knownFailures.of();
  }

  private static InetAddress inet(Ip4 address) {
    return InetAddress.ofLiteral(address.toString());
  }
}
