package dev.coldframe.web;

import static dev.coldframe.testkit.Sites.T0;
import static org.awaitility.Awaitility.await;

import dev.coldframe.boot.lint.LintFinding;
import dev.coldframe.node.EventType;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.node.Site;
import dev.coldframe.store.Chronicle;
import dev.coldframe.store.ConsoleLogs;
import dev.coldframe.store.JournalReader;
import dev.coldframe.store.NodeSecrets;
import dev.coldframe.store.SqliteLeaseStore;
import dev.coldframe.store.Worlds;
import dev.coldframe.store.image.Images;
import dev.coldframe.testkit.Sites;
import dev.coldframe.testkit.TcpHttp;
import dev.coldframe.testkit.UnixHttp;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The operator plane over the real stores, on its socket and on a free loopback port, with a clock
/// that the test sets.
final class PlaneFixture implements AutoCloseable {
  private static final String SETTLED = "settled";

  Instant now = T0;
  List<LintFinding> findings = List.of();
  final SqliteLeaseStore leases;
  final Chronicle chronicle;
  final JournalReader journal;
  final ConsoleLogs consoles;
  final Worlds worlds;
  final NodeSecrets secrets;
  final Operations operations;
  final OperatorPlane plane;
  final UnixHttp socket;
  final TcpHttp tcp;
  private final Path state;
  private long settled;

  PlaneFixture(Path state, Site site) throws IOException {
    this.state = state;
    leases = new SqliteLeaseStore(state);
    chronicle = new Chronicle(state);
    journal = new JournalReader(state);
    consoles = new ConsoleLogs(state);
    worlds = new Worlds(site, leases, Sites.quirks(), T0);
    worlds.get().nodes().forEach(node -> chronicle.know(node.name(), T0));
    var sources =
        new Sources(
            worlds,
            chronicle,
            journal,
            consoles,
            leases,
            new Images(state),
            new FakePreviews(),
            () -> findings,
            () -> Map.of("dhcp: unknown board", 3L),
            () -> now,
            T0);
    secrets = NodeSecrets.of(state);
    operations = new Operations(worlds, chronicle, secrets, () -> now);
    plane = OperatorPlane.open(state, sources, operations);
    String base = plane.listen(site.admin());
    socket = new UnixHttp(state.resolve(OperatorPlane.SOCKET));
    tcp = new TcpHttp(URI.create(base).getPort());
  }

  /// A token as the state folder has it.
  String token(String name) throws IOException {
    return Files.readString(state.resolve(name + ".token")).strip();
  }

  StagingDesk staging() {
    return operations.staging();
  }

  void record(String subject, EventType type, String... fields) {
    chronicle.record(JournalEvent.of(now, subject, type, fields));
  }

  /// Waits until everything recorded so far can be read.
  void settle() {
    record(SETTLED, EventType.SEEN);
    await()
        .until(
            () -> journal.events(Optional.of(SETTLED), settled, 1),
            marks -> {
              marks.forEach(mark -> settled = mark.id());
              return !marks.isEmpty();
            });
  }

  @Override
  public void close() {
    plane.close();
    journal.close();
    chronicle.close();
    leases.close();
  }
}
