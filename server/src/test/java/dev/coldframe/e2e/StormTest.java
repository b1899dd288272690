package dev.coldframe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import dev.coldframe.testkit.DhcpRequest;
import dev.coldframe.wire.dhcp.DhcpMessage;
import dev.coldframe.wire.dhcp.MessageType;
import dev.coldframe.wire.dhcp.OptionCode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Power comes back to a large rack, and the config file is read again in the middle of that. What
/// took how long is measured and written down, not asserted.
@Tag("real")
class StormTest {
  private static final int OFFSET = 33_000;
  private static final int NODES = 1_000;
  private static final Duration WINDOW = Duration.ofSeconds(2);

  /// Of a Pi 3's ROM, which asks five times, five seconds apart.
  private static final Duration ASKS_EVERY = Duration.ofSeconds(5);

  private static final long GROWTH_BYTES = 32L << 20;
  private static final int RELOADS = 10;

  @TempDir Path folder;

  /// One of two worlds that have no address, router, name or time in common.
  private record Rack(String domain, int block, String router, Duration leaseTime) {
    static final Rack OLD = new Rack("old.home.arpa", 16, "127.0.0.8", Duration.ofHours(1));
    static final Rack NEW = new Rack("new.home.arpa", 32, "127.0.0.9", Duration.ofHours(2));

    Ip4 pin(int node) {
      return Ip4.parse("127.0." + (block + node / 250) + "." + (1 + node % 250));
    }

    String config(int nodes) {
      var out =
          new StringBuilder(
              """
              site: rack
              domain: %s
              appliance: { address: 127.0.0.1 }
              networks:
                - { interface: lo, subnet: 127.0.0.0/16, router: %s, pool: 127.0.128.0-127.0.131.255 }
              profiles: { pi: { boot: local } }
              lease-time: %ds
              services: [dhcp]
              nodes:
              """
                  .formatted(domain, router, leaseTime.toSeconds()));
      for (int i = 0; i < nodes; i++) {
        out.append(
            "  n%d: { mac: \"%s\", address: %s, profile: pi }\n".formatted(i, mac(i), pin(i)));
      }
      return out.toString();
    }

    /// Whether everything in an answer is this world's.
    boolean said(DhcpMessage answer, int node) {
      return answer.yiaddr().equals(pin(node))
          && answer.options().text(OptionCode.DOMAIN).equals(Optional.of(domain))
          && answer.options().address(OptionCode.ROUTER).equals(Optional.of(Ip4.parse(router)))
          && answer
              .options()
              .address(OptionCode.LEASE_TIME)
              .equals(Optional.of(new Ip4((int) leaseTime.toSeconds())));
    }
  }

  private static MacAddress mac(int node) {
    return new MacAddress(0xdca6_3200_0000L + node);
  }

  private static DhcpRequest discover(MacAddress mac) {
    return DhcpRequest.of(MessageType.DISCOVER, mac.toString());
  }

  /// A thousand nodes and as many machines that nobody knows ask within two seconds; each node that
  /// was not answered asks again, as a Pi 3 does.
  @Test
  @Tag("K-10")
  void aThousandNodesWithinTwoSecondsAllGetTheirPins() throws Exception {
    var proof = new Proof("storm", "scripts/e2e storm --evidence");
    try (var server =
            new LoopbackServer(folder, OFFSET, Rack.OLD.config(NODES), "serve.log", "-Xmx128m");
        var wire = new HostileClient(server, 1)) {
      long before = server.liveBytes();
      var asked = new ConcurrentHashMap<Integer, Long>();
      var took = new ConcurrentHashMap<Integer, Long>();
      long began = System.nanoTime();
      Duration idle = server.computed();
      int tries = 0;
      try (var _ = new Flood(_ -> take(wire, asked, took), 0)) {
        while (took.size() < NODES && tries < GoodNode.TRIES) {
          tries++;
          ask(wire, asked, took);
        }
      }
      proof.equal("every node has its pin", took.size(), NODES);
      proof.note("DISCOVERs of the node that needed most", tries);
      proof.note(
          "all were answered within (ms)",
          TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began));
      proof.note("the server computed for (ms)", server.computed().minus(idle).toMillis());
      List<Long> sorted = took.values().stream().sorted().toList();
      proof.note("from DISCOVER to ACK, median (ms)", millis(sorted.get(NODES / 2)));
      proof.note("the same of 99 in 100 nodes, at most (ms)", millis(sorted.get(NODES * 99 / 100)));
      long growth = server.liveBytes() - before;
      proof.note("memory in use, more than before (bytes)", growth);
      proof.equal("memory is flat", growth < GROWTH_BYTES, true);
      proof.equal("nothing broke", server.errors(), List.of());
    }
    proof.end();
  }

  /// Each node that has no address yet asks in its place of the two seconds; then they wait.
  private static void ask(HostileClient wire, Map<Integer, Long> asked, Map<Integer, Long> took)
      throws IOException {
    long began = System.nanoTime();
    for (int i = 0; i < NODES; i++) {
      if (!took.containsKey(i)) {
        asked.putIfAbsent(i, System.nanoTime());
        wire.send(discover(mac(i)));
        wire.send(wire.discover());
      }
      LockSupport.parkNanos(began + WINDOW.toNanos() * (i + 1) / NODES - System.nanoTime());
    }
    while (took.size() < NODES && System.nanoTime() < began + ASKS_EVERY.toNanos()) {
      Lab.pause(1);
    }
  }

  private static double millis(long nanos) {
    return Math.round(nanos / 1e5) / 10.0;
  }

  /// Takes one answer: what is offered is taken, if it is a node's.
  private static void take(HostileClient wire, Map<Integer, Long> asked, Map<Integer, Long> took)
      throws IOException {
    Optional<DhcpMessage> heard = wire.heard();
    int node = heard.map(StormTest::nodeOf).orElse(-1);
    if (node < 0) {
      return;
    }
    assertThat(Rack.OLD.said(heard.get(), node)).as("n%d: %s", node, heard.get()).isTrue();
    if (heard.get().type() == MessageType.ACK) {
      took.putIfAbsent(node, System.nanoTime() - asked.getOrDefault(node, 0L));
    } else {
      wire.take(heard.get());
    }
  }

  /// -1: a machine that is no node.
  private static int nodeOf(DhcpMessage answer) {
    long number = MacAddress.of(answer.chaddr()).bits() - mac(0).bits();
    return number >= 0 && number < NODES ? (int) number : -1;
  }

  /// All the time nodes ask, and the file is exchanged for another one in which everything is
  /// different: what is answered is of the one or of the other.
  @Test
  @Tag("K-13")
  void everyAnswerDuringAReloadIsOfTheOldWorldOrOfTheNew() throws Exception {
    int nodes = 100;
    try (var server = new LoopbackServer(folder, OFFSET, Rack.OLD.config(nodes), "serve.log");
        var wire = new HostileClient(server, 1)) {
      Set<Rack> seen = new HashSet<>();
      int answers = 0;
      for (int reload = 1; reload <= RELOADS; reload++) {
        Rack next = reload % 2 == 1 ? Rack.NEW : Rack.OLD;
        server.reload(next.config(nodes));
        for (int i = 0; reloads(server) < reload; i++) {
          answers += ask(wire, i % nodes, seen);
          assertThat(i).as("tries until the file is read").isLessThan(1_000_000);
        }
        for (int i = 0; i < nodes; i++) {
          DhcpMessage answer = answered(wire, i, reload * nodes + i);
          assertThat(next.said(answer, i)).as("after it was read: %s", answer).isTrue();
        }
      }
      assertThat(seen).containsExactlyInAnyOrder(Rack.OLD, Rack.NEW);
      assertThat(answers).as("answers while files were read").isGreaterThan(RELOADS);
      System.out.println(answers + " answers while files were read");
    }
  }

  /// The answer to a question that was asked just now, not to an earlier one.
  private static DhcpMessage answered(HostileClient wire, int node, int xid) throws IOException {
    for (int attempt = 0; attempt < GoodNode.TRIES; attempt++) {
      wire.send(discover(mac(node)).xid(xid));
      for (var heard = wire.heard(5_000); heard.isPresent(); heard = wire.heard(5_000)) {
        if (heard.get().xid() == xid) {
          return heard.get();
        }
      }
    }
    throw new AssertionError("n" + node + " was not answered");
  }

  private static int reloads(LoopbackServer server) {
    String said = server.said();
    return (int)
        IntStream.range(0, said.length())
            .filter(at -> said.startsWith("coldframe reloaded", at))
            .count();
  }

  /// Asks, and looks at every answer that has come.
  private static int ask(HostileClient wire, int node, Set<Rack> seen) throws IOException {
    wire.send(discover(mac(node)));
    int answers = 0;
    for (var heard = wire.heard(1); heard.isPresent(); heard = wire.heard(1)) {
      DhcpMessage answer = heard.get();
      int whose = nodeOf(answer);
      Rack of = Rack.OLD.said(answer, whose) ? Rack.OLD : Rack.NEW;
      assertThat(of.said(answer, whose)).as("half of each: n%d: %s", whose, answer).isTrue();
      seen.add(of);
      answers++;
    }
    return answers;
  }
}
