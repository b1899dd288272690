package dev.coldframe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import dev.coldframe.node.Lease;
import dev.coldframe.store.SqliteLeaseStore;
import dev.coldframe.testkit.DhcpRequest;
import dev.coldframe.wire.dhcp.DhcpMessage;
import dev.coldframe.wire.dhcp.MessageType;
import dev.coldframe.wire.dhcp.OptionCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A server that starts with a damaged lease store. On loopback, on ports of its own.
@Tag("real")
class DamagedServerTest {
  private static final int OFFSET = 36_000;

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
      """;

  @TempDir Path folder;

  @Test
  @Tag("K-03")
  void pinsAreServedNothingElseIsAcknowledgedAndTheFileStaysAsItIs() throws Exception {
    Path database = damage();
    byte[] damaged = Files.readAllBytes(database);
    try (var server = new LoopbackServer(folder, OFFSET, CONFIG, "serve.log");
        var wire = new HostileClient(server, 1)) {
      assertThat(server.said())
          .containsOnlyOnce("the lease store is damaged")
          .contains("leases.db: bytes 8192 to 12287 are not what was written")
          .doesNotContain("\tat ");
      var node =
          new GoodNode("n1", MacAddress.parse("dc:a6:32:00:00:01"), Ip4.parse("127.0.1.1"), server);
      assertThat(node.lease()).as("tries").isEqualTo(1);
      node.resolves(node.name(), node.address());
      wire.send(DhcpRequest.of(MessageType.DISCOVER, "02:00:00:00:00:07"));
      wire.take(wire.heard(5_000).orElseThrow());
      Optional<DhcpMessage> ack = wire.heard(1_000);
      assertThat(ack).as("acknowledged without being stored").isEmpty();
      assertThat(server.counted("dhcp", "the lease store cannot be written")).isPositive();
      // Whoever says that it has a lease may be right.
      wire.send(
          DhcpRequest.of(MessageType.REQUEST, "02:00:00:00:00:08")
              .put(OptionCode.REQUESTED_ADDRESS, Ip4.parse("127.0.16.8")));
      assertThat(wire.heard(1_000)).as("told to give its address up").isEmpty();
      assertThat(server.counted("dhcp", "the lease store is damaged")).isPositive();
    }
    assertThat(Files.readAllBytes(database)).isEqualTo(damaged);
  }

  /// A store that was closed, with a bit of its third page flipped.
  private Path damage() throws IOException {
    Path state = Files.createDirectories(folder.resolve("state"));
    try (var store = new SqliteLeaseStore(state)) {
      store
          .save(
              new Lease(
                  Ip4.parse("127.0.16.9"),
                  MacAddress.parse("02:00:00:00:00:09"),
                  Optional.empty(),
                  Optional.empty(),
                  Instant.now().plusSeconds(3_600),
                  Lease.State.ACTIVE))
          .join();
    }
    Path database = state.resolve("leases.db");
    byte[] bytes = Files.readAllBytes(database);
    bytes[2 * 4096 + 100] ^= 4;
    FileTime written = Files.getLastModifiedTime(database);
    Files.write(database, bytes);
    Files.setLastModifiedTime(database, written);
    return database;
  }
}
