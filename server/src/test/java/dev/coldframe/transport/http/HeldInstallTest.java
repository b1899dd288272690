package dev.coldframe.transport.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.net.Bytes;
import dev.coldframe.node.BootState;
import dev.coldframe.node.EventType;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.node.Phase;
import dev.coldframe.node.SharedState;
import dev.coldframe.node.World;
import dev.coldframe.store.Chronicle;
import dev.coldframe.store.InstallJobs;
import dev.coldframe.store.shared.SharedDatabase;
import dev.coldframe.store.shared.SharedJobs;
import dev.coldframe.store.shared.SharedJournal;
import dev.coldframe.testkit.Postgres;
import dev.coldframe.testkit.Sites;
import dev.coldframe.testkit.TcpCable;
import dev.coldframe.transport.content.Content;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two appliances on one real PostgreSQL, their boot planes over HTTP on loopback, and an installer
/// that asks both for what is secret while one of them is cut off.
@Tag("real")
class HeldInstallTest {
  private static final int DATABASE = 35_450;
  private static final String NODE = "geranium";
  private static final String HELLO = "{\"serial\":\"10000000a2ef5644\",\"nonce\":\"n\"}";
  private static final String SEED = "a seed with something secret";
  private static final Pattern TOKEN = Pattern.compile("\"token\":\"([0-9a-f]+)\"");

  @TempDir Path folder;
  private Postgres postgres;

  @BeforeEach
  void start() {
    postgres = new Postgres(folder, "127.0.0.1", DATABASE, List.of());
  }

  @AfterEach
  void stop() {
    postgres.close();
  }

  /// One appliance, and its cable to the database.
  @SuppressWarnings("NullAway.Init") // Its journal and its jobs come to be within its HTTP server.
  private final class Box implements AutoCloseable {
    final TcpCable cable;
    final HttpBench http;
    SharedDatabase database;
    SharedJournal journal;
    SharedJobs jobs;

    Box(String name, int port) throws IOException {
      Path state = Files.createDirectories(folder.resolve(name));
      cable = new TcpCable(port, DATABASE);
      database =
          new SharedDatabase(
              new SharedState(
                  "127.0.0.1:" + port,
                  "coldframe",
                  Optional.of("coldframe"),
                  Optional.empty(),
                  Map.of("sslmode", "disable", "currentSchema", "coldframe")),
              state,
              Clock.systemUTC(),
              "test");
      http =
          new HttpBench(
              state,
              () -> new Content.Memory(ByteBuffer.allocateDirect(0), "tag", "test"),
              Duration.ofMinutes(1),
              new HttpBench.Wiring(
                  this::world,
                  (_, _, _) -> Optional.of(Bytes.of(SEED, StandardCharsets.UTF_8)),
                  chronicle -> share(state, chronicle)));
    }

    private InstallJobs share(Path state, Chronicle chronicle) {
      journal = new SharedJournal(database, state, chronicle, Clock.systemUTC());
      database.register(journal);
      jobs = new SharedJobs(database, journal);
      database.join();
      database.start(SharedDatabase.Watcher.NOBODY);
      jobs.start(_ -> true);
      return jobs;
    }

    /// As the appliance's own: what is decided sees that it is cut off.
    private World world() {
      World world = Sites.world();
      return world.with(world.knowledge().withCutOff(database.cutOff()));
    }

    BootState state() {
      return http.chronicle.state(NODE, Instant.now());
    }

    /// What the node is answered.
    String ask(String request, String body) {
      try {
        return new String(
            http.exchange(
                request
                    + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: "
                    + body.length()
                    + "\r\n\r\n"
                    + body),
            StandardCharsets.UTF_8);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    String seed(String token, String name) {
      return ask("GET /-/seed/" + token + "/" + name, "");
    }

    @Override
    public void close() {
      jobs.close();
      journal.close();
      database.close();
      http.close();
      cable.close();
    }
  }

  private static void until(String what, Callable<Boolean> holds) {
    Awaitility.await(what).atMost(Duration.ofSeconds(30)).until(holds);
  }

  @Test
  @Tag("A-02")
  @Tag("A-05")
  void aHolderThatIsCutOffReleasesNothingSecretAndNobodyElseDoesWhileItHolds() throws Exception {
    try (var a = new Box("a", DATABASE + 1);
        var b = new Box("b", DATABASE + 2)) {
      for (var event :
          List.of(
              JournalEvent.of(Instant.now(), NODE, EventType.PHASE, "to", Phase.ADOPTED.label()),
              JournalEvent.of(
                  Instant.now(), NODE, EventType.DHCP_ACKNOWLEDGED, "stage", "pi-eeprom"),
              JournalEvent.of(Instant.now(), NODE, EventType.FILE_SERVED, "path", "start4.elf"))) {
        a.http.chronicle.record(event);
      }
      until("b knows of the boot", () -> b.state().filesServed() > 0);

      String hello = a.ask("POST /-/hello", HELLO);
      Matcher minted = TOKEN.matcher(hello);
      assertThat(minted.find()).as(hello).isTrue();
      String token = minted.group(1);
      until("b knows of the journey", () -> b.state().journey().isPresent());
      assertThat(b.seed(token, "user-data"))
          .as("it is a's")
          .startsWith("HTTP/1.1 503")
          .contains(" installs it, until ")
          .doesNotContain(SEED);

      a.cable.cut();
      until("a notices", () -> a.database.cutOff().isPresent());
      assertThat(a.jobs.holds(NODE)).isTrue();
      assertThat(a.seed(token, "user-data"))
          .startsWith("HTTP/1.1 503")
          .contains("nothing secret is released: the shared database")
          .doesNotContain(SEED);
      assertThat(b.seed(token, "user-data"))
          .as("still a's")
          .startsWith("HTTP/1.1 503")
          .doesNotContain(SEED);
      assertThat(b.http.counters.snapshot()).containsEntry("http: install held elsewhere", 2L);

      // As if a's time were over.
      postgres.execute("coldframe", "UPDATE coldframe.install_job SET until = now()");
      assertThat(b.seed(token, "user-data")).startsWith("HTTP/1.1 200").endsWith(SEED);
      assertThat(a.seed(token, "meta-data"))
          .as("a cannot know, and releases nothing")
          .startsWith("HTTP/1.1 503")
          .doesNotContain(SEED);

      a.cable.mend();
      until("a hears that it is b's", () -> !a.jobs.holds(NODE) && a.database.cutOff().isEmpty());
      assertThat(a.seed(token, "meta-data"))
          .startsWith("HTTP/1.1 503")
          .contains(" installs it, until ")
          .doesNotContain(SEED);
      until(
          "a knows what b released",
          () -> a.state().journey().orElseThrow().released().containsKey("user-data"));

      // Misused once, the token opens nothing at either.
      assertThat(b.ask("POST /-/hello", HELLO)).as("a second hello").startsWith("HTTP/1.1 403");
      assertThat(b.seed(token, "vendor-data")).startsWith("HTTP/1.1 403").doesNotContain(SEED);
      until("a knows that too", () -> !a.state().journey().orElseThrow().aliveAt(Instant.now()));
      // Also where the install is a's again, which then asks for nothing but the token. Cut off, b
      // does not renew it meanwhile.
      b.cable.cut();
      until("b notices", () -> b.database.cutOff().isPresent());
      postgres.execute("coldframe", "UPDATE coldframe.install_job SET until = now()");
      assertThat(a.seed(token, "vendor-data")).startsWith("HTTP/1.1 403").doesNotContain(SEED);
      assertThat(a.jobs.holds(NODE)).as("it had the install").isTrue();
    }
  }
}
