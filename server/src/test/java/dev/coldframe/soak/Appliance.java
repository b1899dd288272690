package dev.coldframe.soak;

import dev.coldframe.decide.KernelClock;
import dev.coldframe.decide.StageEnds;
import dev.coldframe.net.Bytes;
import dev.coldframe.net.Cidr;
import dev.coldframe.net.Ip4;
import dev.coldframe.node.EventType;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.node.LeaseBook;
import dev.coldframe.node.Lifecycle;
import dev.coldframe.node.Node;
import dev.coldframe.node.Recent;
import dev.coldframe.node.Site;
import dev.coldframe.node.StageClock;
import dev.coldframe.node.World;
import dev.coldframe.store.Chronicle;
import dev.coldframe.store.ConsoleLogs;
import dev.coldframe.store.ConsoleRecorder;
import dev.coldframe.store.InstallJobs;
import dev.coldframe.store.SqliteLeaseStore;
import dev.coldframe.store.Worlds;
import dev.coldframe.testkit.MemoryLibrary;
import dev.coldframe.testkit.NoInstalls;
import dev.coldframe.testkit.Sites;
import dev.coldframe.transport.BootPlane;
import dev.coldframe.transport.Counters;
import dev.coldframe.transport.InstallDesk;
import dev.coldframe.transport.Link;
import dev.coldframe.transport.SourceLimit;
import dev.coldframe.transport.console.ConsoleService;
import dev.coldframe.transport.console.Scribe;
import dev.coldframe.transport.console.SyslogSocket;
import dev.coldframe.transport.dhcp.DhcpService;
import dev.coldframe.transport.dhcp.DhcpSocket;
import dev.coldframe.transport.dns.DnsSocket;
import dev.coldframe.transport.ntp.NtpSocket;
import dev.coldframe.transport.tftp.TftpSocket;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/// An appliance without sockets: real decisions, handlers and stores, in virtual time. Packets are
/// put into its handlers, and what these write is taken out.
final class Appliance implements AutoCloseable {
  /// Services and their well-known ports.
  enum Service {
    DHCP(67),
    TFTP(69),
    DNS(53),
    NTP(123),
    SYSLOG(514);

    private final int port;

    Service(int port) {
      this.port = port;
    }

    /// The service of a well-known port.
    static Service at(int port) {
      return Arrays.stream(values()).filter(s -> s.port == port).findFirst().orElseThrow();
    }
  }

  private static final int OFFSET = 10_000;
  private static final int NTP_REQUESTS = 200;
  private static final Ip4 SELF = Ip4.parse("192.168.0.2");

  final Counters counters = new Counters();
  final LeaseBook book;
  final Chronicle chronicle;
  final Worlds worlds;

  private final MockTicker ticker = Ticker.newMockTicker();
  private final Instant began;
  private final Recent recent = new Recent();
  private final CommittedStore store;
  private final ConsoleRecorder recorder;
  private final BootPlane plane;
  private final StageClock stageClock;
  private final Link link = new Link("lo", 1_500, OFFSET, List.of(Cidr.parse("192.168.0.0/24")));
  private final Map<Service, EmbeddedChannel> sockets = new EnumMap<>(Service.class);
  private Duration clockIsAhead = Duration.ZERO;

  /// @param folder of its state
  /// @param library what it serves
  /// @param began when it is started
  Appliance(Path folder, Site site, MemoryLibrary library, Instant began) {
    this.began = began;
    stageClock = new StageClock(began);
    store = new CommittedStore(new SqliteLeaseStore(folder));
    book = new LeaseBook(store.leases());
    chronicle = new Chronicle(folder);
    recorder = new ConsoleRecorder(new ConsoleLogs(folder));
    worlds = new Worlds(site, store, Sites.quirks(), began);
    InstantSource steady = this::now;
    InstantSource wall = this::wall;
    plane =
        new BootPlane(
            worlds,
            library,
            (_, _, _) -> Optional.empty(),
            NoInstalls.in(folder),
            new InstallDesk(UnaryOperator.identity()),
            InstallJobs.ALONE,
            chronicle,
            counters,
            wall,
            Runnable::run);
    var dhcp = new DhcpService(worlds, book, recent, store, chronicle, counters, steady, wall);
    var scribe = new Scribe(recorder, chronicle, counters, wall);
    open(Service.DHCP, DhcpSocket.on(link, dhcp));
    open(Service.TFTP, TftpSocket.on(link, link.port(Service.TFTP.port), plane.files("tftp")));
    open(Service.DNS, DnsSocket.on(link, worlds, wall, counters));
    var limit = new SourceLimit(NTP_REQUESTS, TimeUnit.SECONDS.toNanos(10));
    open(Service.NTP, NtpSocket.on(link, worlds, new KernelClock(true, 0, 1_000), limit, counters));
    open(Service.SYSLOG, SyslogSocket.on(link, new ConsoleService(worlds, scribe, counters)));
  }

  private void open(Service service, ChannelHandler handler) {
    sockets.put(service, EmbeddedChannel.builder().ticker(ticker).handlers(handler).build());
  }

  /// The time, from a clock that never jumps.
  Instant now() {
    return began.plusNanos(nanos());
  }

  /// The time as this machine's clock has it.
  Instant wall() {
    return now().plus(clockIsAhead);
  }

  long nanos() {
    return ticker.nanoTime();
  }

  World world() {
    return worlds.get();
  }

  Node node(String name) {
    return world().node(name).orElseThrow();
  }

  /// Somebody sets the clock of this machine.
  void setClockAhead(Duration of) {
    clockIsAhead = of;
  }

  /// The operator makes a board a node.
  void adopt(Node node) {
    var stored = worlds.adopt(node);
    store.commit();
    stored.join();
    chronicle.adopt(
        JournalEvent.of(
            wall(),
            node.name(),
            EventType.ADOPTED,
            "mac",
            node.identity().macs().getFirst().toString()));
  }

  /// The operator takes a node out again.
  void forget(String node) {
    var stored = worlds.forget(node);
    store.commit();
    stored.join();
    chronicle.forget(JournalEvent.of(wall(), node, EventType.FORGOTTEN));
  }

  /// Time passes, and whatever waits for it is done.
  void advance(Duration time) {
    ticker.advance(time.toNanos(), TimeUnit.NANOSECONDS);
    sockets.values().forEach(EmbeddedChannel::runPendingTasks);
    endOverdueStages();
  }

  /// As the appliance does once a second.
  private void endOverdueStages() {
    var timed = chronicle.timed();
    stageClock.keepOnly(timed);
    for (Node node : timed.stream().flatMap(name -> world().node(name).stream()).toList()) {
      chronicle.decide(
          node.name(),
          wall(),
          state -> {
            Instant since = Lifecycle.goesOnSince(state);
            Instant steady = stageClock.now(node.name(), since, wall(), nanos());
            List<JournalEvent> ends = StageEnds.of(node, state, world(), steady, wall());
            return new Chronicle.Verdict<>(node, ends);
          });
    }
  }

  /// A packet comes; nothing is read yet of what it leads to.
  void put(Service service, Bytes packet, Ip4 source, int sourcePort) {
    EmbeddedChannel socket = socket(service);
    socket.writeInbound(
        new DatagramPacket(
            Unpooled.wrappedBuffer(packet.toArray()),
            link.socketOf(SELF, link.port(service.port)),
            link.socketOf(source, sourcePort)));
  }

  /// What was written since; waits for the disk where it has to.
  List<Bytes> taken(Service service) {
    EmbeddedChannel socket = socket(service);
    store.commit();
    socket.runPendingTasks();
    var out = new ArrayList<Bytes>();
    for (DatagramPacket packet = socket.readOutbound();
        packet != null;
        packet = socket.readOutbound()) {
      byte[] bytes = new byte[packet.content().readableBytes()];
      packet.content().readBytes(bytes);
      packet.release();
      out.add(Bytes.wrap(bytes));
    }
    return out;
  }

  /// A packet comes, and this is what is answered.
  List<Bytes> ask(Service service, Bytes packet, Ip4 source, int sourcePort) {
    put(service, packet, source, sourcePort);
    return taken(service);
  }

  private EmbeddedChannel socket(Service service) {
    return Objects.requireNonNull(sockets.get(service));
  }

  /// Waits until all that was told and recorded is on disk.
  void commit() {
    store.commit();
    // The one call of the journal that waits for its disk.
    chronicle.agreeOnNothing();
  }

  /// How large everything in it is that can grow. What waits for a disk has been written before.
  SortedMap<String, Long> tables() {
    commit();
    var roots = new ArrayList<Object>(List.of(plane, book, recent, worlds, chronicle, stageClock));
    sockets.values().forEach(socket -> roots.addAll(socket.pipeline().toMap().values()));
    SortedMap<String, Long> sizes = Tables.sizes(roots);
    // Lines on their way to a disk, in a queue of fixed length.
    sizes.remove("ConsoleRecorder.queue");
    return sizes;
  }

  @Override
  public void close() {
    sockets.values().forEach(EmbeddedChannel::finishAndReleaseAll);
    recorder.close();
    chronicle.close();
    store.close();
  }
}
