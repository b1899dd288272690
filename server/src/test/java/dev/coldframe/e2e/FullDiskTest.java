package dev.coldframe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import dev.coldframe.node.Lease;
import dev.coldframe.store.SqliteLeaseStore;
import dev.coldframe.testkit.DhcpRequest;
import dev.coldframe.wire.dhcp.DhcpMessage;
import dev.coldframe.wire.dhcp.MessageType;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The disk of the state folder is full, and then is not: a file system of 24 MB in memory.
@Tag("real")
class FullDiskTest {
  private static final int OFFSET = 34_000;
  private static final Duration QUICK = Duration.ofSeconds(60);
  private static final String CANNOT = "the lease store cannot be written";

  private static final String CONFIG =
      """
      site: rack
      domain: rack.home.arpa
      appliance: { address: 127.0.0.1 }
      networks: [{ interface: lo, subnet: 127.0.0.0/16, pool: 127.0.16.0-127.0.31.255 }]
      profiles: { pi: { boot: local } }
      limits: { per-source: off }
      services: [dhcp, dns]
      nodes:
        n1: { mac: dc:a6:32:00:00:01, address: 127.0.1.1, profile: pi }
        n2: { mac: dc:a6:32:00:00:02, address: 127.0.1.2, profile: pi }
        n3: { mac: dc:a6:32:00:00:03, address: 127.0.1.3, profile: pi }
      """;

  @TempDir Path folder;
  private Path state;
  private final Map<MacAddress, Ip4> acknowledged = new HashMap<>();
  private int strangers;

  @BeforeEach
  void mount() throws IOException {
    state = Files.createDirectories(folder.resolve("state"));
    Command.run(QUICK, "mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", state.toString()).text();
  }

  @AfterEach
  void unmount() {
    Command.run(QUICK, "umount", state.toString()).text();
  }

  @Test
  @Tag("K-04")
  void pinsAreServedNothingElseIsAcknowledgedAndItGoesOnByItselfWhenThereIsRoom() throws Exception {
    try (var server = new LoopbackServer(folder, OFFSET, CONFIG, "serve.log");
        var wire = new HostileClient(server, 1)) {
      List<GoodNode> nodes = IntStream.rangeClosed(1, 3).mapToObj(i -> node(i, server)).toList();
      nodes.forEach(GoodNode::lease);
      assertThat(take(wire)).as("there is room").isTrue();

      Path filler = fill();
      // What the database's files have room for already is still written, and acknowledged rightly.
      while (server.counted("dhcp", CANNOT) == 0) {
        take(wire);
        assertThat(strangers).as("until the disk is full").isLessThan(4_000);
      }
      assertThat(take(wire)).as("acknowledged without being stored").isFalse();
      for (GoodNode node : nodes) {
        assertThat(node.lease()).as("tries").isEqualTo(1);
        node.resolves(node.name(), node.address());
      }
      assertThat(server.said()).containsOnlyOnce("answered until it can store=leases");

      Files.delete(filler);
      assertThat(take(wire)).as("there is room again").isTrue();
      assertThat(server.said()).contains("store can be written again store=leases");
      server.kill();
      Map<MacAddress, Ip4> stored = new HashMap<>();
      for (Lease lease : SqliteLeaseStore.read(state)) {
        stored.put(lease.mac(), lease.address());
      }
      assertThat(stored).containsAllEntriesOf(acknowledged);
    }
  }

  private static GoodNode node(int i, LoopbackServer server) {
    MacAddress mac = new MacAddress(0xdca6_3200_0000L + i);
    return new GoodNode("n" + i, mac, Ip4.parse("127.0.1." + i), server);
  }

  /// Leaves not a byte.
  private Path fill() throws IOException {
    Path filler = state.resolve("filler");
    for (int size : List.of(1 << 20, 4_096, 1)) {
      try (OutputStream out =
          Files.newOutputStream(filler, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
        while (true) {
          out.write(new byte[size]);
        }
      } catch (IOException _) {
        // Full, by pieces of that size.
      }
    }
    assertThat(Files.size(filler)).isGreaterThan(1 << 20);
    return filler;
  }

  /// A machine that nobody knows takes an address.
  ///
  /// @return whether that was acknowledged, within its tries
  private boolean take(HostileClient wire) throws IOException {
    var mac = new MacAddress(0x0200_0000_0000L + ++strangers);
    wire.send(DhcpRequest.of(MessageType.DISCOVER, mac.toString()));
    DhcpMessage offer = heard(wire, mac, 5_000).orElseThrow();
    for (int attempt = 0; attempt < 3; attempt++) {
      wire.take(offer);
      Optional<DhcpMessage> ack = heard(wire, mac, 1_000);
      if (ack.filter(a -> a.type() == MessageType.ACK).isPresent()) {
        acknowledged.put(mac, ack.get().yiaddr());
        return true;
      }
    }
    return false;
  }

  /// What is said to that machine; a late word to another one is passed over.
  private static Optional<DhcpMessage> heard(HostileClient wire, MacAddress mac, int millis)
      throws IOException {
    Optional<DhcpMessage> heard = wire.heard(millis);
    while (heard.isPresent() && !MacAddress.of(heard.get().chaddr()).equals(mac)) {
      heard = wire.heard(millis);
    }
    return heard;
  }
}
