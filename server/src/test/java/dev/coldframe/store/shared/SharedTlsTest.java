package dev.coldframe.store.shared;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import dev.coldframe.node.CutOff;
import dev.coldframe.node.SharedState;
import dev.coldframe.store.SqliteLeaseStore;
import dev.coldframe.store.StoreException;
import dev.coldframe.testkit.Certificates;
import dev.coldframe.testkit.Postgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/// An appliance and a real PostgreSQL that lets it in over TLS and with its password alone.
@Tag("real")
class SharedTlsTest {
  private static final int PORT = 35_434;
  private static final String PASSWORD = "a-password-that-nobody-prints";
  private static final String HOST = "localhost";

  @TempDir Path folder;

  private final Logger logger = (Logger) LoggerFactory.getLogger("dev.coldframe");
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();

  private Certificates ours;
  private Certificates others;
  private Path password;
  private Postgres postgres;

  @BeforeEach
  void start() throws Exception {
    log.start();
    logger.setLevel(Level.DEBUG);
    logger.setAdditive(false);
    logger.addAppender(log);
    ours = new Certificates(folder.resolve("ours"));
    others = new Certificates(folder.resolve("others"));
    ours.server("DNS:" + HOST);
    password = Files.writeString(folder.resolve("password"), PASSWORD + "\n");
    postgres = new Postgres(folder, "127.0.0.1", PORT, List.of());
    postgres.execute("postgres", "ALTER ROLE coldframe PASSWORD '" + PASSWORD + "'");
    postgres.kill();
    postgres.let(
        "host all postgres 127.0.0.1/32 trust", "hostssl all coldframe 127.0.0.1/32 scram-sha-256");
    postgres.speakTls(ours.certificate(), ours.key());
    postgres.start();
  }

  @AfterEach
  void stop() {
    postgres.close();
    logger.detachAppender(log);
    logger.setLevel(null);
    logger.setAdditive(true);
    assertThat(logged()).doesNotContain(PASSWORD);
  }

  /// All that was logged, with what caused it.
  private String logged() {
    return log.list.stream()
        .map(event ->
            event.getFormattedMessage() + ThrowableProxyUtil.asString(event.getThrowableProxy()))
        .collect(Collectors.joining("\n"));
  }

  private SharedState at(String host, String mode, Optional<Path> authority) {
    return at(host + ":" + PORT, mode, authority, password);
  }

  private static SharedState at(
      String hosts, String mode, Optional<Path> authority, Path password) {
    var options = new HashMap<>(Map.of("sslmode", mode, "currentSchema", "coldframe"));
    authority.ifPresent(file -> options.put("sslrootcert", file.toString()));
    return new SharedState(
        hosts, "coldframe", Optional.of("coldframe"), Optional.of(password.toString()), options);
  }

  /// Why an appliance that starts is cut off; doctor and migrate say the same, and none of them the
  /// password.
  private Optional<String> refused(SharedState where) throws IOException {
    Path state = Files.createTempDirectory(folder, "state");
    Optional<String> reason;
    try (var database = new SharedDatabase(where, state, InstantSource.system(), "test")) {
      database.join();
      reason = database.cutOff().map(CutOff::reason);
    }
    assertThat(SharedDatabase.trouble(where)).isEqualTo(reason);
    reason.ifPresent(words -> {
      assertThat(words).doesNotContain(PASSWORD);
      assertThat(logged()).contains("the shared database is not reached");
      try (var leases = new SqliteLeaseStore(state)) {
        assertThat(leases.leases()).isEmpty();
      }
      assertThatThrownBy(() -> new Migration(where, state).run())
          .isInstanceOf(StoreException.class)
          .hasMessageEndingWith("cannot be used: " + words)
          .hasCauseInstanceOf(SQLException.class);
    });
    return reason;
  }

  private List<Boolean> encrypted() throws SQLException {
    try (Connection connection = postgres.connect("postgres");
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)"
                    + " WHERE application_name LIKE 'coldframe%'")) {
      var out = new ArrayList<Boolean>();
      while (rows.next()) {
        out.add(rows.getBoolean(1));
      }
      return out;
    }
  }

  @Test
  void theRightAuthorityAndNameAreTakenAndEverythingGoesOverTls() throws Exception {
    for (SharedState where :
        List.of(
            at(HOST, "verify-full", Optional.of(ours.authority())),
            at("127.0.0.1", "verify-ca", Optional.of(ours.authority())),
            at("127.0.0.1", "require", Optional.empty()))) {
      Path state = Files.createTempDirectory(folder, "state");
      try (var database = new SharedDatabase(where, state, InstantSource.system(), "test")) {
        database.join();
        assertThat(database.cutOff()).as("%s", where).isEmpty();
        assertThat(encrypted()).as("feed and writer").containsExactly(true, true);
      }
    }
  }

  @Test
  void anotherAuthorityIsRefused() throws Exception {
    assertThat(refused(at(HOST, "verify-full", Optional.of(others.authority()))))
        .hasValue(
            "its certificate was not signed by one in ca.crt; copy the certificate of its authority"
                + " there");
    assertThat(refused(at(HOST, "verify-full", Optional.empty())))
        .hasValueSatisfying(reason ->
            assertThat(reason)
                .startsWith("this machine does not trust its certificate")
                .endsWith("?sslrootcert=ca.crt"));
  }

  @Test
  void aCertificateForAnotherNameIsRefused() throws Exception {
    assertThat(refused(at("127.0.0.1", "verify-full", Optional.of(ours.authority()))))
        .hasValueSatisfying(reason ->
            assertThat(reason).startsWith("its certificate is not for the name that state: has"));
  }

  @Test
  void aFileThatHoldsNoCertificateIsNamed() throws Exception {
    for (String text : List.of("", "no certificate\n")) {
      Path file = Files.writeString(folder.resolve("empty.crt"), text);
      assertThat(refused(at(HOST, "verify-full", Optional.of(file))))
          .hasValueSatisfying(
              reason -> assertThat(reason).startsWith("no certificate can be read from empty.crt"));
    }
  }

  @Test
  void aServerWithoutTlsIsRefusedAndHearsNothing() throws Exception {
    try (var plain = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      var heard =
          CompletableFuture.supplyAsync(() -> {
            try (Socket client = plain.accept()) {
              client.getInputStream().readNBytes(8);
              client.getOutputStream().write('N');
              return client.getInputStream().readAllBytes().length;
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
      assertThat(
              SharedDatabase.trouble(
                  at(
                      HOST + ":" + plain.getLocalPort(),
                      "verify-full",
                      Optional.of(ours.authority()),
                      password)))
          .hasValueSatisfying(reason -> assertThat(reason).startsWith("it speaks no TLS; set ssl"));
      assertThat(heard.join()).as("bytes after the server has declined").isZero();
    }
  }

  @Test
  void whatTheServerSaysOfAPasswordIsToldWithoutIt() throws Exception {
    Files.writeString(password, "another-" + PASSWORD + "\n");
    assertThat(refused(at(HOST, "verify-full", Optional.of(ours.authority()))))
        .hasValueSatisfying(
            reason -> assertThat(reason).contains("password authentication failed"));
    assertThat(refused(at(HOST, "disable", Optional.empty())))
        .as("without TLS it lets nobody in")
        .hasValueSatisfying(reason -> assertThat(reason).contains("no pg_hba.conf entry"));
  }

  @Test
  void aPasswordThatIsMissingOrEmptyIsAskedForAndNoTls() throws Exception {
    postgres.kill();
    for (String way : List.of("scram-sha-256", "password")) {
      postgres.let(
          "host all postgres 127.0.0.1/32 trust", "host all coldframe 127.0.0.1/32 " + way);
      postgres.start();
      for (String mode : List.of("disable", "require")) {
        SharedState with = at(HOST, mode, Optional.empty());
        var none =
            new SharedState(
                with.hosts(), with.database(), with.user(), Optional.empty(), with.options());
        assertThat(refused(none))
            .as("%s %s", way, mode)
            .hasValueSatisfying(
                reason -> assertThat(reason).startsWith("it wants a password and none is named"));
        Files.writeString(password, "\n" + PASSWORD + "\n");
        assertThat(refused(with))
            .as("%s %s", way, mode)
            .hasValueSatisfying(reason ->
                // A server that gets the password itself says it too.
                assertThat(reason)
                    .contains(
                        way.equals("password") ? "empty password" : "first line of the file"));
        Files.writeString(password, PASSWORD + "\n");
        assertThat(refused(with)).isEmpty();
      }
      postgres.kill();
    }
  }

  @Test
  void theCertificateOfThisServerIsShownToADatabaseThatWantsOne() throws Exception {
    var clients = new Certificates(folder.resolve("clients"));
    clients.server("DNS:appliance");
    postgres.kill();
    postgres.let(
        "host all postgres 127.0.0.1/32 trust",
        "hostssl all coldframe 127.0.0.1/32 trust clientcert=verify-ca");
    postgres.trust(clients.authority());
    postgres.start();
    SharedState without = at(HOST, "verify-full", Optional.of(ours.authority()));
    assertThat(refused(without))
        .hasValueSatisfying(reason -> assertThat(reason).contains("client certificate"));
    var options = new HashMap<>(without.options());
    options.put("sslcert", clients.certificate().toString());
    options.put("sslkey", clients.keyAsDer().toString());
    assertThat(
            refused(
                new SharedState(
                    without.hosts(),
                    without.database(),
                    without.user(),
                    without.passwordFile(),
                    options)))
        .isEmpty();
  }
}
