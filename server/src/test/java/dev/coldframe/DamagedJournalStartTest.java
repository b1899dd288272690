package dev.coldframe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.config.ConfigLoader;
import dev.coldframe.config.LoadOptions;
import dev.coldframe.config.Loaded;
import dev.coldframe.node.Arm;
import dev.coldframe.node.EventType;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.node.Phase;
import dev.coldframe.node.Site;
import dev.coldframe.store.Chronicle;
import dev.coldframe.store.SqliteLeaseStore;
import dev.coldframe.testkit.Commands;
import dev.coldframe.testkit.UnixHttp;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An appliance whose journal is damaged when it starts: what it serves, and what it decides no
/// more.
class DamagedJournalStartTest {
  private static final String CONFIG =
      """
      appliance: { address: 127.0.0.1 }
      networks: [{ interface: lo, subnet: 127.0.0.0/16, pool: 127.0.16.0-127.0.31.255 }]
      admin: { listen: 127.0.0.1:0 }
      services: [dhcp, http]
      profiles:
        files: { boot: files }
        pi: { boot: install, image: raspios }
      nodes:
        geranium: { mac: dc:a6:32:00:00:01, address: 127.0.1.1, profile: pi }
        dahlia:   { mac: dc:a6:32:00:00:02, address: 127.0.1.2, profile: files }
      """;

  private static final String WHERE = "journal.db: bytes 8192 to 12287 are not what was written";

  @TempDir Path folder;
  private Path config;
  private Path state;
  private int offset;
  private byte[] damaged;

  @BeforeEach
  void write() throws IOException {
    Path root = Files.createDirectories(folder.resolve("tftp-root"));
    Files.writeString(root.resolve("hello.txt"), "hello");
    Files.createDirectories(folder.resolve("templates"));
    config = Files.writeString(folder.resolve("coldframe.yaml"), CONFIG);
    state = Files.createDirectories(folder.resolve("state"));
    try (var leases = new SqliteLeaseStore(state)) {
      leases.save(new Arm("geranium", "0x1b53", "a Linux system", soon())).join();
    }
    try (var chronicle = new Chronicle(state)) {
      chronicle.know("geranium", Instant.now());
    }
    Path journal = state.resolve("journal.db");
    var written = Files.getLastModifiedTime(journal);
    damaged = Files.readAllBytes(journal);
    damaged[2 * 4096 + 100] ^= 4;
    Files.write(journal, damaged);
    Files.setLastModifiedTime(journal, written);
  }

  private static Instant soon() {
    return Instant.now().plusSeconds(3_600);
  }

  private Coldframe start() {
    Site site = ((Loaded.Ok) ConfigLoader.load(config, new LoadOptions(state, true))).site();
    offset = RandomGenerator.getDefault().nextInt(20_000, 60_000);
    return Coldframe.start(site, new Coldframe.Run(state, offset, false, true, List.of()));
  }

  private Commands.Ran run(String... words) {
    var all = Stream.of(Stream.of("-c", config.toString(), "--state", state.toString()));
    return Commands.run(
        Stream.concat(all.flatMap(w -> w), Stream.of(words)).toArray(String[]::new));
  }

  /// What the boot plane answers to an address.
  private String ask(String from, String request) throws IOException {
    try (var socket = new Socket()) {
      socket.setSoTimeout(20_000);
      socket.bind(new InetSocketAddress(InetAddress.ofLiteral(from), 0));
      socket.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 80 + offset));
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private String get(String from, String path) throws IOException {
    return ask(from, "GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  }

  private String hello(String from) throws IOException {
    String body = "{\"mac\":\"dc:a6:32:00:00:01\",\"nonce\":\"1\"}";
    return ask(
        from,
        "POST /-/hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n"
            + "Content-Length: "
            + body.length()
            + "\r\n\r\n"
            + body);
  }

  @Test
  @Tag("K-03")
  void boardsAreServedNothingIsInstalledAndTheFileStaysAsItIs() throws IOException {
    try (Coldframe coldframe = start()) {
      assertThat(get("127.0.1.2", "/hello.txt")).as("boot files").contains("200 OK", "hello");
      assertThat(get("127.0.1.1", "/hello.txt"))
          .as("its system is on its disk, for all that is known")
          .contains(" 404 ");
      Chronicle chronicle = coldframe.chronicle();
      for (EventType seen : List.of(EventType.DHCP_OFFERED, EventType.FILE_SERVED)) {
        chronicle.record(
            JournalEvent.of(
                Instant.now(), "geranium", seen, "stage", "pi-eeprom", "mac", "dc:a6:32:00:00:01"));
      }
      assertThat(chronicle.state("geranium", Instant.now()).phase()).isEqualTo(Phase.BOOTING);
      assertThat(hello("127.0.1.1"))
          .as("an installer whose boot was seen")
          .contains(" 503 ", "the journal is damaged: " + WHERE)
          .doesNotContain("token");
      assertThat(coldframe.world().knowledge().arms()).as("words about disks").isEmpty();
    }
    assertThat(SqliteLeaseStore.readArms(state)).isEmpty();
    assertThat(Files.readAllBytes(state.resolve("journal.db"))).isEqualTo(damaged);
  }

  /// As after a server that was killed before it had taken back what counts no more.
  @Test
  @Tag("K-03")
  void withASoundFileAfterADamagedOneTheWordsAreTakenBackOnceAndForAll() throws IOException {
    Path journal = state.resolve("journal.db");
    Path note = state.resolve("journal.db-damaged");
    var written = Files.getLastModifiedTime(journal);
    damaged[2 * 4096 + 100] ^= 4;
    Files.write(journal, damaged);
    Files.setLastModifiedTime(journal, written);
    Files.writeString(note, WHERE);
    try (Coldframe coldframe = start()) {
      assertThat(coldframe.chronicle().damage()).isEmpty();
      assertThat(coldframe.chronicle().remembers()).isFalse();
      assertThat(SqliteLeaseStore.readArms(state)).as("on disk while it runs").isEmpty();
      assertThat(note).doesNotExist();
    }
    try (Coldframe coldframe = start()) {
      assertThat(coldframe.chronicle().remembers()).isTrue();
    }
  }

  @Test
  @Tag("K-03")
  void operatorsAreToldAndCommandsGoOnOrSayWhyNot() throws IOException {
    try (Coldframe coldframe = start()) {
      assertThat(coldframe.operatorPlane().join()).isPresent();
      var http = new UnixHttp(state.resolve("coldframe.sock"));
      assertThat(http.send("GET", "/healthz").body()).isEqualTo("{\"status\":\"damaged\"}");
      assertThat(http.send("GET", "/api/v1/site").body())
          .contains("\"store-damaged\"", WHERE, "coldframe restore --force");
      assertThat(http.send("GET", "/api/v1/events").body()).contains("\"events\":[]");
      assertThat(http.send("GET", "/api/v1/boards").status()).isEqualTo(200);
      coldframe
          .chronicle()
          .record(JournalEvent.of(Instant.now(), "geranium", EventType.FILE_REFUSED));
      assertThat(http.send("GET", "/metrics").body()).contains("what=\"the journal is damaged\"");
      listings();
      for (String noted : List.of("nodes", "node geranium", "explain geranium")) {
        assertThat(run(noted.split(" ", -1)).err())
            .as(noted)
            .contains("note: the journal is damaged", WHERE);
      }
      Commands.Ran watch = run("watch", "--for", "1");
      assertThat(watch.exit()).isEqualTo(3);
      assertThat(watch.err()).contains("the journal is damaged", WHERE);
      for (List<String> refused :
          List.of(
              List.of("recover", "geranium", "--yes"),
              List.of("forget", "geranium", "--yes"),
              List.of("adopt", "dc:a6:32:00:00:09", "--name", "iris"))) {
        Commands.Ran ran = run(refused.toArray(String[]::new));
        assertThat(ran.exit()).as("%s: %s", refused, ran.err()).isEqualTo(1);
        assertThat(ran.err()).as("%s", refused).contains("the journal is damaged: " + WHERE);
      }
      Commands.Ran backup = run("backup", "-o", folder.resolve("backup").toString());
      assertThat(backup.exit()).isEqualTo(1);
      assertThat(backup.err()).contains("the journal is damaged: " + WHERE);
      assertThat(run("--json", "doctor", "--port-offset", "30000").out())
          .contains("\"store-damaged\"", "Restore a backup");
    }
  }

  @Test
  @Tag("K-03")
  void withNoServerCommandsSayItToo() {
    listings();
    assertThat(run("--json", "doctor", "--port-offset", "30000").out())
        .contains("\"store-damaged\"", "What the server keeps is damaged: " + WHERE);
    Commands.Ran backup = run("backup", "-o", folder.resolve("backup").toString());
    assertThat(backup.err()).contains("the journal is damaged: " + WHERE);
    assertThat(run("check").exit()).isZero();
  }

  private void listings() {
    for (String command : List.of("nodes", "leases", "node geranium", "explain geranium")) {
      Commands.Ran ran = run(command.split(" ", -1));
      assertThat(ran.exit()).as("%s: %s", command, ran.err()).isZero();
      assertThat(ran.err()).as(command).doesNotContain("Exception", "\tat ");
    }
    assertThat(run("nodes").out()).contains("geranium", "dahlia");
  }
}
