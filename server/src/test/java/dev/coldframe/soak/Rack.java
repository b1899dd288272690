package dev.coldframe.soak;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.decide.JourneyDecisions;
import dev.coldframe.decide.PowerDecisions.Outlet;
import dev.coldframe.decide.PowerView;
import dev.coldframe.decide.StagingBegins;
import dev.coldframe.decide.StagingDecisions;
import dev.coldframe.decide.StagingDecisions.Member;
import dev.coldframe.decide.StagingDecisions.Order;
import dev.coldframe.net.Bytes;
import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import dev.coldframe.node.BootState;
import dev.coldframe.node.EventType;
import dev.coldframe.node.HealthSample;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.node.Node;
import dev.coldframe.node.Phase;
import dev.coldframe.node.PowerPort;
import dev.coldframe.node.PowerSwitch;
import dev.coldframe.node.Site;
import dev.coldframe.node.Staging;
import dev.coldframe.soak.Appliance.Service;
import dev.coldframe.store.Chronicle;
import dev.coldframe.testkit.DhcpRequest;
import dev.coldframe.testkit.DnsText;
import dev.coldframe.testkit.Ledger;
import dev.coldframe.testkit.Malformed;
import dev.coldframe.testkit.TftpPeer;
import dev.coldframe.wire.dhcp.DhcpMessage;
import dev.coldframe.wire.dhcp.MessageType;
import dev.coldframe.wire.dhcp.OptionCode;
import dev.coldframe.wire.tftp.TftpCodec;
import dev.coldframe.wire.tftp.TftpMessage;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// The nodes, and what they do: boot, fetch, ask, install, report.
final class Rack {
  private static final Ip4 SERVER = Ip4.parse("192.168.0.2");
  private static final int DHCP_PORT = 10_068;
  private static final int PORT = 40_000;
  private static final int PORTS = 20_000;
  private static final int BLOCK = 512;
  private static final Duration TICK = Duration.ofMillis(100);
  private static final Duration UNTIL_SILENT = Duration.ofSeconds(60);

  /// Two nodes at a time.
  private static final PowerSwitch SWITCH =
      new PowerSwitch(
          "sw1",
          new PowerSwitch.Netgear(new PowerSwitch.At(Ip4.parse("192.168.0.4"), 80), "/secret"),
          Duration.ofSeconds(5),
          Duration.ofSeconds(5),
          new PowerSwitch.Ration(Optional.of(30), 15, false));

  private final Appliance appliance;
  private final Ledger ledger;
  private final Map<String, Integer> files;
  private int ports;

  /// @param files the length of each file that nodes fetch
  Rack(Appliance appliance, Ledger ledger, Map<String, Integer> files) {
    this.appliance = appliance;
    this.ledger = ledger;
    this.files = files;
  }

  /// The hardware address of a node, as its name says.
  static MacAddress mac(String node) {
    return new MacAddress(0xdca6_3200_0000L + Integer.parseInt(node.substring(1)));
  }

  private static DhcpRequest says(MessageType type, String node) {
    return DhcpRequest.of(type, mac(node).toString());
  }

  private static DhcpRequest loader(MessageType type, String node) {
    return says(type, node)
        .put(OptionCode.CLIENT_ARCHITECTURE, Bytes.parseHex("0000"))
        .put(OptionCode.VENDOR_CLASS, "PXEClient:Arch:00000:UNDI:002001");
  }

  private void gets(String node, DhcpRequest request, MessageType expected) {
    List<Bytes> answers = appliance.ask(Service.DHCP, Guests.bytes(request), Ip4.ANY, DHCP_PORT);
    assertThat(answers).as("answers to %s", node).hasSize(1);
    DhcpMessage answer = Guests.read(answers.getFirst());
    assertThat(answer.type()).as(node).isEqualTo(expected);
    assertThat(answer.yiaddr()).as(node).isEqualTo(address(node));
  }

  private Ip4 address(String node) {
    return appliance.node(node).address();
  }

  /// A loader gets its address and its files.
  void boot(String node) {
    gets(node, loader(MessageType.DISCOVER, node), MessageType.OFFER);
    DhcpRequest takes =
        loader(MessageType.REQUEST, node)
            .put(OptionCode.SERVER_ID, SERVER)
            .put(OptionCode.REQUESTED_ADDRESS, address(node));
    gets(node, takes, MessageType.ACK);
    assertThat(files.keySet()).allSatisfy(path -> fetch(node, path));
    TftpMessage missing = tftp(node, nextPort(), read("recovery.elf")).getFirst();
    assertThat(missing).isInstanceOf(TftpMessage.Failure.class);
    ledger.count("tftp: no such file");
    appliance.ask(
        Service.SYSLOG,
        Bytes.of("<30>kernel: Booting Linux", StandardCharsets.US_ASCII),
        address(node),
        nextPort());
  }

  private static TftpMessage read(String path) {
    return new TftpMessage.Rrq(path, "octet", TftpPeer.optionsOf());
  }

  private int nextPort() {
    return PORT + ports++ % PORTS;
  }

  private List<TftpMessage> tftp(String node, int port, TftpMessage message) {
    return appliance.ask(Service.TFTP, TftpCodec.encode(message), address(node), port).stream()
        .map(TftpCodec::decode)
        .toList();
  }

  private void fetch(String node, String path) {
    int port = nextPort();
    long got = 0;
    List<TftpMessage> answers = tftp(node, port, read(path));
    while (!answers.isEmpty()) {
      var data = (TftpMessage.Data) answers.getFirst();
      got += data.payload().size();
      answers = tftp(node, port, new TftpMessage.Ack(data.block()));
      assertThat(answers.isEmpty()).isEqualTo(data.payload().size() < BLOCK);
    }
    assertThat(got).as(path).isEqualTo((long) files.getOrDefault(path, 0));
    ledger.count("tftp: file served");
  }

  /// It asks for a file and is not heard again.
  void fallsSilent(String node) {
    assertThat(tftp(node, nextPort(), read("config.txt"))).hasSize(1);
    for (Duration waited = Duration.ZERO;
        waited.compareTo(UNTIL_SILENT) < 0;
        waited = waited.plus(TICK)) {
      appliance.advance(TICK);
    }
    assertThat(appliance.taken(Service.TFTP)).as("it is asked again").isNotEmpty();
    ledger.count("tftp: the client never answered");
  }

  /// Its system starts and asks for the address that it had.
  void comesUp(String node) {
    gets(
        node,
        says(MessageType.REQUEST, node).put(OptionCode.REQUESTED_ADDRESS, address(node)),
        MessageType.ACK);
  }

  /// Its system renews its address, and asks for a name and the time.
  void runs(String node) {
    Ip4 own = address(node);
    DhcpRequest renewal = says(MessageType.REQUEST, node).ciaddr(own);
    assertThat(appliance.ask(Service.DHCP, Guests.bytes(renewal), own, DHCP_PORT)).hasSize(1);
    ledger.count("dhcp: dhcp-acknowledged");
    Bytes question = DnsText.bytes(DnsText.question(node + ".rack.home.arpa", "A"));
    List<Bytes> names = appliance.ask(Service.DNS, question, own, nextPort());
    assertThat(DnsText.show(DnsText.read(names.getFirst().toArray()))).contains("A " + own);
    ledger.count("dns: answered from our zones");
    assertThat(appliance.ask(Service.NTP, Malformed.clock(0x23), own, nextPort())).hasSize(1);
    ledger.count("ntp: answered");
  }

  /// From its installer's hello to the report that it is ready.
  void install(String node, String token) {
    record(node, EventType.RECOVERY);
    boot(node);
    var hello = new JourneyDecisions.Hello(Optional.empty(), Optional.of(mac(node)));
    var minted = new JourneyDecisions.Minted(token, "1d", Duration.ofHours(2));
    granted(node, state -> JourneyDecisions.hello(hello, state, asked(node), minted));
    assertThat(state(node).phase()).isEqualTo(Phase.INSTALLING);
    appliance.advance(Duration.ofMinutes(4));
    report(node, token, Map.of("stage", "install", "result", "done"));
    appliance.advance(Duration.ofMinutes(1));
    comesUp(node);
    report(node, token, READY);
    assertThat(state(node).phase()).isEqualTo(Phase.READY);
  }

  private static final Map<String, String> READY =
      Map.of(
          "stage",
          "ready",
          "result",
          "done",
          "config",
          "applied",
          "sshd",
          "true",
          "clock",
          "synchronised");

  private void report(String node, String token, Map<String, String> fields) {
    granted(node, state -> JourneyDecisions.report(token, fields, state, asked(node)));
  }

  private JourneyDecisions.Asked asked(String node) {
    Node its = appliance.node(node);
    return new JourneyDecisions.Asked(its, its.address(), appliance.wall(), true, Optional.empty());
  }

  /// As the exchange over HTTP does it.
  private void granted(String node, Function<BootState, JourneyDecisions.Verdict> decision) {
    JourneyDecisions.Verdict verdict =
        appliance.chronicle.decide(
            node,
            appliance.wall(),
            state -> {
              JourneyDecisions.Verdict of = decision.apply(state);
              return new Chronicle.Verdict<>(of, of.events(), of.change());
            });
    assertThat(verdict.granted()).as("%s: %s", node, verdict.reason()).isTrue();
  }

  /// A node that is up tells how it is.
  void tellsItsHealth(String node, int celsius) {
    Map<String, String> fields =
        Map.of("stage", "health", "temperature", Integer.toString(celsius), "throttled", "0x0");
    granted(node, state -> JourneyDecisions.health("key", "key", fields, state, asked(node)));
    appliance.chronicle.measured(node, HealthSample.of(appliance.wall(), fields));
  }

  private BootState state(String node) {
    return appliance.chronicle.state(node, appliance.wall());
  }

  private void record(String node, EventType type) {
    appliance.chronicle.record(JournalEvent.of(appliance.wall(), node, type));
  }

  // Power comes back ──────────────────────────────────────────────────────────────────────────

  /// All of them get their power one after the other, as watts are there.
  void powerReturns(List<String> nodes) {
    Instant run = appliance.wall();
    for (String node : nodes) {
      var outlet = new Outlet.Port(SWITCH, port(node));
      Staging begun = StagingBegins.begun(outlet, stages(), run, Optional.empty());
      appliance.chronicle.record(begun.event(node, ""));
    }
    Set<String> on = new HashSet<>();
    for (int look = 0; look < 10 * nodes.size() && on.size() < nodes.size(); look++) {
      List<Order> orders =
          StagingDecisions.orders(
              members(nodes), Map.of("sw1", view(nodes, on)), stages(), appliance.wall());
      List<String> switched = new ArrayList<>();
      for (Order order : orders) {
        appliance.chronicle.record(order.next().event(order.node(), order.reason()));
        if (order instanceof Order.On) {
          switched.add(order.node());
        }
      }
      assertThat(switched).as("at once").hasSizeLessThanOrEqualTo(2);
      on.addAll(switched);
      appliance.advance(Duration.ofSeconds(20));
      switched.forEach(this::boot);
      appliance.advance(Duration.ofSeconds(20));
      switched.forEach(this::comesUp);
    }
    assertThat(nodes)
        .allSatisfy(node ->
            assertThat(Staging.of(state(node).facts()).orElseThrow().step())
                .isEqualTo(Staging.Step.ARRIVED));
  }

  private Site.Stages stages() {
    return appliance.world().site().stages();
  }

  private static String port(String node) {
    return node.substring(1);
  }

  private List<Member> members(List<String> nodes) {
    return nodes.stream()
        .map(node ->
            new Member(
                node,
                Staging.of(state(node).facts()).orElseThrow(),
                Optional.of(new Outlet.Port(SWITCH, port(node))),
                Duration.ZERO,
                false,
                Optional.empty()))
        .toList();
  }

  private static PowerView view(List<String> nodes, Set<String> on) {
    List<PowerPort> ports =
        nodes.stream()
            .map(node ->
                new PowerPort(
                    port(node),
                    on.contains(node),
                    on.contains(node)
                        ? PowerPort.Condition.DELIVERING
                        : PowerPort.Condition.DISABLED,
                    Optional.of(on.contains(node) ? 1.0 : 0.0)))
            .toList();
    return new PowerView(SWITCH, true, true, ports, List.of());
  }
}
