package dev.coldframe.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import dev.coldframe.node.EventType;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.node.Lease;
import dev.coldframe.store.Chronicle;
import dev.coldframe.store.SqliteLeaseStore;
import dev.coldframe.testkit.DhcpRequest;
import dev.coldframe.wire.dhcp.DhcpMessage;
import dev.coldframe.wire.dhcp.MessageType;
import dev.coldframe.wire.dhcp.OptionCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.sql.DriverManager;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A server that starts with a damaged lease store or journal. On loopback, on ports of its own.
@Tag("real")
class DamagedServerTest {
  private static final int OFFSET = 36_000;

  private static final int EVENTS = 1_000;

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

  /// As many servers as there are kinds of damage; each serves its node and keeps its hands off.
  @Test
  @Tag("K-03")
  void aDamagedJournalEndsNoStartAndPinsAreServed() throws Exception {
    Path state = Files.createDirectories(folder.resolve("state"));
    Path journal = state.resolve("journal.db");
    try (var chronicle = new Chronicle(state)) {
      for (int i = 0; i < EVENTS; i++) {
        chronicle.record(
            JournalEvent.of(Instant.now(), "n1", EventType.FILE_REFUSED, "path", "f" + i));
      }
    }
    try (var other = DriverManager.getConnection("jdbc:sqlite:" + journal);
        var statement = other.createStatement()) {
      statement.execute("DELETE FROM event WHERE id > " + EVENTS / 2);
    }
    Files.delete(state.resolve("journal.db-sums"));
    byte[] sound = Files.readAllBytes(journal);
    int trunk = ByteBuffer.wrap(sound).getInt(32) - 1;
    var damages = new LinkedHashMap<String, byte[]>();
    damages.put("journal.db: its first bytes are not those of one", flipped(sound, 3));
    damages.put("Tree ", zeroed(sound, 5));
    damages.put("reelist", flipped(sound, trunk * 4096 + 8));
    damages.put("journal.db: it ends at byte 8192, and had", Arrays.copyOf(sound, 8192));
    damages.put("it is not a database", "something else\n".repeat(700).getBytes(UTF_8));
    for (var damage : damages.entrySet()) {
      Files.write(journal, damage.getValue());
      try (var server = new LoopbackServer(folder, OFFSET, CONFIG, "serve.log")) {
        assertThat(server.said())
            .containsOnlyOnce("the journal is damaged and left as it is")
            .contains(damage.getKey(), "coldframe restore --force")
            .doesNotContain("\tat ");
        var node =
            new GoodNode(
                "n1", MacAddress.parse("dc:a6:32:00:00:01"), Ip4.parse("127.0.1.1"), server);
        assertThat(node.lease()).as("tries, with %s", damage.getKey()).isEqualTo(1);
        node.resolves(node.name(), node.address());
        assertThat(server.counted("journal", "the journal is damaged")).isPositive();
      }
      assertThat(Files.readAllBytes(journal)).as(damage.getKey()).isEqualTo(damage.getValue());
    }
  }

  private static byte[] flipped(byte[] bytes, int at) {
    byte[] out = bytes.clone();
    out[at] ^= 64;
    return out;
  }

  private static byte[] zeroed(byte[] bytes, int page) {
    byte[] out = bytes.clone();
    Arrays.fill(out, page * 4096, (page + 1) * 4096, (byte) 0);
    return out;
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
