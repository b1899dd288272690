package dev.coldframe.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.node.SharedState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/// A PostgreSQL server of Debian's package, in a folder of its own, on one port of one address. It
/// can be killed, and comes back with what it has committed.
public final class Postgres implements AutoCloseable {
  private static final Path VERSIONS = Path.of("/usr/lib/postgresql");
  private static final String ACCOUNT = "postgres";
  private static final long QUICK = 120;

  private final Path bin;
  private final Path data;
  private final Path log;
  private final String address;
  private final int port;
  private final List<String> prefix;
  private final List<String> settings = new ArrayList<>();
  private @Nullable Process process;

  /// Makes a new, empty server and starts it. Where it is not installed or this is not root, the
  /// test is skipped; in CI that is a failure.
  ///
  /// @param folder for its data; whoever runs it must get there
  /// @param prefix words before every command, as `ip netns exec …`
  public Postgres(Path folder, String address, int port, List<String> prefix) {
    this(folder.resolve("postgres"), folder.resolve("postgres.log"), address, port, prefix);
    try {
      // Its account must get through the folders above.
      for (Path above = folder;
          above != null && above.getNameCount() > 1;
          above = above.getParent()) {
        Files.setPosixFilePermissions(above, PosixFilePermissions.fromString("rwxr-xr-x"));
      }
      Files.createDirectory(data);
      run("chown", ACCOUNT, data.toString());
      run(
          as(
              bin.resolve("initdb").toString(),
              "-D",
              data.toString(),
              "--auth=trust",
              "--no-sync",
              "--username=postgres",
              "--encoding=UTF8",
              "--locale=C"));
      let("host all all 0.0.0.0/0 trust", "host replication all 127.0.0.1/32 trust");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    start();
    execute("postgres", "CREATE ROLE coldframe LOGIN");
    execute("postgres", "CREATE DATABASE coldframe OWNER coldframe");
  }

  private Postgres(Path data, Path log, String address, int port, List<String> prefix) {
    this.address = address;
    this.port = port;
    this.prefix = List.copyOf(prefix);
    this.bin = bin();
    this.data = data;
    this.log = log;
  }

  /// A second server on another port that follows this one, and takes no writes until it is told
  /// to.
  public Postgres standby(int otherPort) {
    Path copy = data.resolveSibling("standby");
    var other = new Postgres(copy, data.resolveSibling("standby.log"), address, otherPort, prefix);
    try {
      Files.createDirectory(copy);
      Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rwx------"));
      run("chown", ACCOUNT, copy.toString());
      var words = new ArrayList<>(prefix);
      words.addAll(
          List.of(
              as(
                  bin.resolve("pg_basebackup").toString(),
                  "--pgdata=" + copy,
                  "--host=" + address,
                  "--port=" + port,
                  "--username=" + ACCOUNT,
                  "--write-recovery-conf",
                  "--checkpoint=fast",
                  "--no-sync")));
      run(words.toArray(String[]::new));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    other.start();
    return other;
  }

  /// Makes a standby a server of its own, and waits until it takes writes.
  public void promote() {
    execute("postgres", "SELECT pg_promote(true, " + QUICK + ")");
  }

  /// Who is let in, from the next start on: lines of `pg_hba.conf`.
  public void let(String... lines) {
    try {
      Files.writeString(data.resolve("pg_hba.conf"), String.join("\n", lines) + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// From the next start on it speaks TLS with this certificate and key, both PEM.
  public void speakTls(Path certificate, Path key) {
    copy(certificate);
    copy(key);
    settings.clear();
    settings.addAll(List.of("ssl=on", "ssl_cert_file=" + certificate.getFileName()));
    settings.add("ssl_key_file=" + key.getFileName());
  }

  /// From the next start on it looks whether clients' certificates are of this authority; after
  /// [#speakTls].
  public void trust(Path authority) {
    copy(authority);
    settings.add("ssl_ca_file=" + authority.getFileName());
  }

  private void copy(Path file) {
    try {
      Path own = data.resolve(file.getFileName());
      Files.copy(file, own, StandardCopyOption.REPLACE_EXISTING);
      Files.setPosixFilePermissions(own, PosixFilePermissions.fromString("rw-------"));
      run("chown", ACCOUNT, own.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path bin() {
    try (var versions = Files.list(VERSIONS)) {
      boolean root = new ProcessBuilder("id", "-u").start().inputReader().readLine().equals("0");
      Optional<Path> newest =
          versions.map(v -> v.resolve("bin")).filter(Files::isDirectory).max(Path::compareTo);
      if (root && newest.isPresent()) {
        return newest.get();
      }
    } catch (IOException _) {
      // There is none.
    }
    if ("true".equals(System.getenv("CI"))) {
      throw new AssertionError("needs root and Debian's package postgresql");
    }
    Assumptions.abort("needs root and Debian's package postgresql");
    throw new AssertionError();
  }

  private static String[] as(String... words) {
    var all = new ArrayList<>(List.of("setpriv", "--reuid", ACCOUNT, "--regid", ACCOUNT));
    all.addAll(List.of("--clear-groups", "--"));
    all.addAll(List.of(words));
    return all.toArray(String[]::new);
  }

  private void run(String... words) throws IOException {
    Process ran =
        new ProcessBuilder(words)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    try {
      assertThat(ran.waitFor(QUICK, TimeUnit.SECONDS)).as("%s ends", List.of(words)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
    assertThat(ran.exitValue()).as("%s, see %s", List.of(words), log).isZero();
  }

  /// Starts it, and waits until it answers.
  public void start() {
    var words = new ArrayList<>(prefix);
    words.addAll(
        List.of(
            as(
                bin.resolve("postgres").toString(),
                "-D",
                data.toString(),
                "-p",
                String.valueOf(port),
                "-c",
                "listen_addresses=" + address,
                "-c",
                "unix_socket_directories=",
                "-c",
                "shared_buffers=16MB",
                "-c",
                "max_connections=40")));
    settings.forEach(setting -> words.addAll(List.of("-c", setting)));
    try {
      process =
          new ProcessBuilder(words)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Awaitility.await("PostgreSQL answers, see " + log)
        .atMost(Duration.ofSeconds(QUICK))
        .pollInterval(Duration.ofMillis(50))
        .until(this::answers);
  }

  private boolean answers() throws IOException, InterruptedException {
    var words = new ArrayList<>(prefix);
    words.addAll(
        List.of(
            bin.resolve("pg_isready").toString(), "-q", "-h", address, "-p", String.valueOf(port)));
    return new ProcessBuilder(words).start().waitFor() == 0;
  }

  /// Ends it as a power cut does: SIGKILL, to it and all that it has started.
  public void kill() {
    Process running = process;
    if (running == null) {
      return;
    }
    List<ProcessHandle> children = running.descendants().toList();
    running.destroyForcibly();
    children.forEach(ProcessHandle::destroyForcibly);
    Awaitility.await("PostgreSQL is gone")
        .atMost(Duration.ofSeconds(QUICK))
        .until(() -> !running.isAlive() && children.stream().noneMatch(ProcessHandle::isAlive));
    process = null;
  }

  /// The value of `state:` for it.
  public String url() {
    return "postgresql://coldframe@" + address + ":" + port + "/coldframe?sslmode=disable";
  }

  /// The same, as the config file gives it.
  public SharedState state() {
    return new SharedState(
        address + ":" + port,
        "coldframe",
        Optional.of("coldframe"),
        Optional.empty(),
        Map.of("sslmode", "disable", "currentSchema", "coldframe"));
  }

  /// A connection of an administrator, where it can be reached from this process.
  public Connection connect(String database) throws SQLException {
    var properties = new Properties();
    properties.setProperty("user", ACCOUNT);
    properties.setProperty("currentSchema", "coldframe");
    Connection connection =
        new org.postgresql.Driver()
            .connect("jdbc:postgresql://" + address + ":" + port + "/" + database, properties);
    if (connection == null) {
      throw new SQLException("no connection");
    }
    return connection;
  }

  /// Executes one statement as an administrator.
  public void execute(String database, String sql) {
    var words = new ArrayList<>(prefix);
    words.addAll(
        List.of(
            bin.resolve("psql").toString(),
            "-q",
            "-h",
            address,
            "-p",
            String.valueOf(port),
            "-U",
            ACCOUNT,
            "-d",
            database,
            "-v",
            "ON_ERROR_STOP=1",
            "-c",
            sql));
    try {
      run(words.toArray(String[]::new));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    kill();
  }
}
