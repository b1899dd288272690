package dev.coldframe;

import dev.coldframe.config.DnsmasqText;
import dev.coldframe.config.KeaText;
import dev.coldframe.config.NodesText;
import dev.coldframe.config.QuirkTable;
import dev.coldframe.decide.BootEvidence;
import dev.coldframe.node.BootState;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.node.Lease;
import dev.coldframe.node.LeaseBook;
import dev.coldframe.node.Network;
import dev.coldframe.node.NodeRow;
import dev.coldframe.node.PoolLevel;
import dev.coldframe.node.Site;
import dev.coldframe.node.World;
import dev.coldframe.store.ConsoleEntry;
import dev.coldframe.store.ConsoleLogs;
import dev.coldframe.store.JournalReader;
import dev.coldframe.store.Journals;
import dev.coldframe.store.SqliteLeaseStore;
import dev.coldframe.store.StoreException;
import dev.coldframe.store.Worlds;
import dev.coldframe.web.Explained;
import dev.coldframe.web.NodeJson;
import dev.coldframe.web.RolloutJson;
import dev.coldframe.wire.dhcp.ClientIdText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
import tools.jackson.databind.node.ObjectNode;

/// What commands list, read from the state folder, with or without a running server.
public final class Listings implements AutoCloseable {
  private final Path state;
  private final World world;
  private final Optional<JournalReader> journal;
  private Optional<String> trouble;

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
      this.trouble = Journals.noted(state);
    } catch (StoreException e) {
      throw new EnvironmentException(Objects.requireNonNull(e.getMessage()), e);
    }
    boolean readable = trouble.isEmpty() && Files.exists(state.resolve("journal.db"));
    this.journal = readable ? sound(() -> new JournalReader(state)) : Optional.empty();
  }

  /// That the journal is damaged, and where, as far as it was looked at: nothing is listed of what
  /// happened then, nor of where nodes stand. Empty: it is not.
  public Optional<String> trouble() {
    return trouble.map(where ->
        "the journal is damaged, and it is not known where nodes stand ("
            + where
            + "); the server's log says what to do");
  }

  /// Nothing where the journal is damaged.
  private <T> Optional<T> sound(Supplier<T> read) {
    try {
      return Optional.of(read.get());
    } catch (StoreException e) {
      String message = Objects.requireNonNull(e.getMessage());
      if (!Journals.isDamage(e)) {
        throw new EnvironmentException(message, e);
      }
      trouble = Optional.of(message);
      return Optional.empty();
    }
  }

  private Map<String, BootState> states() {
    return journal.flatMap(reader -> sound(reader::states)).orElse(Map.of());
  }

  /// An address in use.
  ///
  /// @param client the client identifier that its holder showed last, for people
  public record LeaseRow(
      String mac,
      String address,
      Optional<String> node,
      Instant expires,
      String state,
      Optional<String> client) {}

  /// A line of the journal.
  ///
  /// @param id its place; grows with time
  public record EventRow(
      long id, Instant at, String subject, String type, Map<String, String> fields) {}

  /// Every node in the order of the inventory, then unknown boards.
  public List<NodeRow> nodes() {
    return NodeRow.all(world, states(), Instant.now());
  }

  /// One node.
  public Optional<NodeRow> node(String name) {
    Optional<BootState> stands = Optional.ofNullable(states().get(name));
    return world.node(name).map(node -> NodeRow.of(node, stands, world, Instant.now()));
  }

  /// All of them as JSON, as the API shows them.
  public static ObjectNode json(List<NodeRow> nodes) {
    return NodeJson.all(nodes);
  }

  /// A node as JSON, as the API shows it.
  public static ObjectNode json(NodeRow node) {
    return NodeJson.of(node);
  }

  /// How the boards take what their profiles want in their boot EEPROMs, as the API shows it.
  public ObjectNode rollouts() {
    return RolloutJson.of(world, states());
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
                kind(lease),
                lease.clientId().map(ClientIdText::of)))
        .toList();
  }

  /// What can be exported.
  public enum Format {
    /// The adopted nodes, for the config file.
    NODES,
    /// Networks, options and pins, for dnsmasq.
    DNSMASQ,
    /// The same for Kea.
    KEA;

    /// As the command line writes it.
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// The adopted nodes for the config file, or all nodes for another DHCP server.
  public String export(Format format) {
    return switch (format) {
      case NODES -> NodesText.of(world);
      case DNSMASQ -> DnsmasqText.of(world);
      case KEA -> KeaText.of(world);
    };
  }

  /// What is said of a board.
  ///
  /// @param sentences why it is answered as it is, then where its last boot stands
  /// @param causes what most likely keeps it there
  /// @param json all of it, as the API shows it
  public record Why(List<String> sentences, List<Cause> causes, ObjectNode json) {
    public Why {
      sentences = List.copyOf(sentences);
      causes = List.copyOf(causes);
    }
  }

  /// What may keep a boot where it stands.
  public record Cause(String words, String remedy, String source) {}

  /// Why a board is answered as it is, or not at all, and why its last boot stands where it does.
  ///
  /// @param subject a node's name or a hardware address
  public Why explain(String subject) {
    Map<String, BootState> states = states();
    Explained explained =
        sound(() -> explained(subject, states, journal))
            .orElseGet(() -> explained(subject, states, Optional.empty()));
    var sentences = new ArrayList<>(explained.sentences());
    sentences.add(explained.boot().words());
    return new Why(
        sentences,
        explained.boot().causes().stream()
            .map(c -> new Cause(c.words(), c.remedy(), c.source()))
            .toList(),
        explained.json());
  }

  private Explained explained(
      String subject, Map<String, BootState> states, Optional<JournalReader> events) {
    return Explained.of(subject, world, states, events, this::tree, Instant.now());
  }

  /// Without a folder for scratch files nothing is known of it.
  private BootEvidence.Tree tree(BootEvidence evidence) {
    try {
      Path scratch = Files.createTempDirectory("coldframe-explain");
      try {
        return Trees.of(evidence, new Preview(world.site(), state, scratch));
      } finally {
        Files.deleteIfExists(scratch);
      }
    } catch (IOException _) {
      return BootEvidence.Tree.UNKNOWN;
    }
  }

  /// Which pools are nearly used up, for people.
  public List<String> shortPools(Instant now) {
    var book =
        new LeaseBook(
            Files.exists(state.resolve("leases.db")) ? SqliteLeaseStore.read(state) : List.of());
    var out = new ArrayList<String>();
    for (Network network : world.site().networks()) {
      network
          .pool()
          .ifPresent(pool -> {
            int used = book.used(pool, now);
            long of = world.givable(pool);
            if (PoolLevel.isShort(used, of)) {
              out.add("pool " + pool + " is nearly used up: " + used + " of " + of);
            }
          });
    }
    return out;
  }

  private String kind(Lease lease) {
    return world.nodeAt(lease.address()).isPresent() ? "pinned" : "active";
  }

  /// The newest events, oldest first.
  ///
  /// @param subject only this node's; empty: all
  /// @param after only events with a greater id
  public List<EventRow> events(Optional<String> subject, long after, int limit) {
    return journal
        .flatMap(reader -> sound(() -> reader.events(subject, after, limit)))
        .orElse(List.of())
        .stream()
        .map(entry -> row(entry.id(), entry.event()))
        .toList();
  }

  /// A line of a console.
  ///
  /// @param node who said it
  /// @param id its place in the node's log; grows with time
  /// @param json the line as the API tells it, and the node
  public record LogRow(
      String node,
      long id,
      Instant at,
      String origin,
      OptionalInt severity,
      String program,
      String text,
      ObjectNode json) {
    private static LogRow of(String node, ConsoleEntry line) {
      return new LogRow(
          node,
          line.id(),
          line.at(),
          line.origin(),
          line.severity(),
          line.program(),
          line.text(),
          line.told().put("node", node));
    }
  }

  /// The newest lines that nodes said on their consoles, by the time at which they came.
  ///
  /// @param subject only this node's; empty: all
  /// @param after of each node only lines with a greater id; 0 where it is not named
  /// @param limit at most this many of each node
  public List<LogRow> logs(Optional<String> subject, Map<String, Long> after, int limit) {
    var logs = new ConsoleLogs(state);
    return subject.map(List::of).orElseGet(logs::nodes).stream()
        .flatMap(node ->
            logs.lines(node, after.getOrDefault(node, 0L), limit).stream()
                .map(entry -> LogRow.of(node, entry)))
        .sorted(Comparator.comparing(LogRow::at))
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
