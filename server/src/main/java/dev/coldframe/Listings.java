package dev.coldframe;

import dev.coldframe.config.QuirkTable;
import dev.coldframe.net.MacAddress;
import dev.coldframe.node.BootState;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.node.Lease;
import dev.coldframe.node.Node;
import dev.coldframe.node.Phase;
import dev.coldframe.node.Site;
import dev.coldframe.node.World;
import dev.coldframe.store.JournalReader;
import dev.coldframe.store.SqliteLeaseStore;
import dev.coldframe.store.StoreException;
import dev.coldframe.store.Worlds;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// What commands list, read from the state folder, with or without a running server.
public final class Listings implements AutoCloseable {
  private final Path state;
  private final World world;
  private final Optional<JournalReader> journal;

  /// Opens the state folder; one that does not exist yet lists nothing but the config file.
  ///
  /// @throws EnvironmentException when this user may not read it
  public Listings(Site site, Path state) {
    if (Files.isDirectory(state) && !Files.isExecutable(state)) {
      throw new EnvironmentException(
          "the state folder " + state + " may not be read by this user; use sudo");
    }
    this.state = state;
    try {
      this.world = Worlds.read(site, state, QuirkTable.read());
      this.journal =
          Files.exists(state.resolve("journal.db"))
              ? Optional.of(new JournalReader(state))
              : Optional.empty();
    } catch (StoreException e) {
      throw new EnvironmentException(Objects.requireNonNull(e.getMessage()), e);
    }
  }

  /// A node, or an unknown board.
  ///
  /// @param name empty for an unknown board
  /// @param facts what is known: mac, serial, board, address, profile …
  /// @param phase its phase
  /// @param since when it entered the phase; empty when nothing was heard of it
  public record NodeRow(
      Optional<String> name, Map<String, String> facts, String phase, Optional<Instant> since) {}

  /// An address in use.
  public record LeaseRow(
      String mac, String address, Optional<String> node, Instant expires, String state) {}

  /// A line of the journal.
  ///
  /// @param id its place; grows with time
  public record EventRow(
      long id, Instant at, String subject, String type, Map<String, String> fields) {}

  /// Every node in the order of the inventory, then unknown boards.
  public List<NodeRow> nodes() {
    Map<String, BootState> states = journal.map(JournalReader::states).orElse(Map.of());
    var out = new ArrayList<NodeRow>();
    for (Node node : world.nodes()) {
      out.add(row(node, Optional.ofNullable(states.get(node.name()))));
    }
    states.forEach((subject, stands) -> {
      if (stands.phase() == Phase.NEW && isNobodys(subject)) {
        out.add(
            new NodeRow(
                Optional.empty(),
                stands.facts(),
                stands.phase().label(),
                Optional.of(stands.since())));
      }
    });
    return out;
  }

  /// Whether a journal's subject is a board that no node has.
  private boolean isNobodys(String subject) {
    return world.node(subject).isEmpty()
        && MacAddress.tryParse(subject)
            .filter(mac -> world.nodeWith(mac).isPresent() || world.nodeLearned(mac).isPresent())
            .isEmpty();
  }

  /// One node.
  public Optional<NodeRow> node(String name) {
    Optional<BootState> stands = journal.map(JournalReader::states).map(states -> states.get(name));
    return world.node(name).map(node -> row(node, stands));
  }

  private static NodeRow row(Node node, Optional<BootState> stands) {
    var facts = new LinkedHashMap<>(stands.map(BootState::facts).orElse(Map.of()));
    node.identity().macs().stream().findFirst().ifPresent(m -> facts.put("mac", m.toString()));
    node.identity().serials().stream()
        .findFirst()
        .ifPresent(serial -> facts.put("serial", serial.toString()));
    facts.put("address", node.address().toString());
    facts.put("profile", node.profile().name());
    facts.put("origin", node.origin() == Node.Origin.FILE ? "file" : "adopted");
    return new NodeRow(
        Optional.of(node.name()),
        facts,
        stands.map(BootState::phase).orElse(Phase.ADOPTED).label(),
        stands.map(BootState::since));
  }

  /// The leases that are active at a time, by address.
  public List<LeaseRow> leases(Instant now) {
    if (!Files.exists(state.resolve("leases.db"))) {
      return List.of();
    }
    return SqliteLeaseStore.read(state).stream()
        .filter(lease -> lease.activeAt(now))
        .map(lease ->
            new LeaseRow(
                lease.mac().toString(),
                lease.address().toString(),
                lease.node(),
                lease.expires(),
                kind(lease)))
        .toList();
  }

  private String kind(Lease lease) {
    return world.nodeAt(lease.address()).isPresent() ? "pinned" : "active";
  }

  /// The newest events, oldest first.
  ///
  /// @param subject only this node's; empty: all
  /// @param after only events with a greater id
  public List<EventRow> events(Optional<String> subject, long after, int limit) {
    return journal.map(reader -> reader.events(subject, after, limit)).orElse(List.of()).stream()
        .map(entry -> row(entry.id(), entry.event()))
        .toList();
  }

  private static EventRow row(long id, JournalEvent event) {
    return new EventRow(id, event.at(), event.subject(), event.type().label(), event.fields());
  }

  @Override
  public void close() {
    journal.ifPresent(JournalReader::close);
  }
}
