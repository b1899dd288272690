package dev.coldframe.store.shared;

import dev.coldframe.node.BootState;
import dev.coldframe.node.EventType;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.node.StateMerge;
import dev.coldframe.store.Chronicle;
import dev.coldframe.store.Outbox;
import dev.coldframe.store.StoreException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps where each subject stands the same here and in the shared database. What changes here is
/// written over the revision that it changed; where another appliance was first, [StateMerge]
/// decides, and what is lost is told in the journal (row A-04).
///
/// A state is *open* from its change here until it is written there: what comes in meanwhile waits
/// for that. Any thread.
final class SharedStates {
  private static final Logger LOG = LoggerFactory.getLogger(SharedStates.class);
  private static final int BATCH = 64;

  private final Chronicle chronicle;
  private final String me;
  private final InstantSource clock;

  /// What changed here and is not written there, and when it changed.
  private final Map<String, Instant> open = new ConcurrentHashMap<>();

  /// What is being written there.
  private final Set<String> flying = ConcurrentHashMap.newKeySet();

  /// What others wrote while a change that was made here was on its way: looked at when it is
  /// there, because it may be on top of it.
  private final Map<String, StateRow> meanwhile = new ConcurrentHashMap<>();

  /// What changed here and cannot be written there before this program can read the row there, and
  /// when it changed.
  private final Map<String, Instant> stuck = new ConcurrentHashMap<>();

  private final Map<String, Agreed> agreed = new ConcurrentHashMap<>();
  private final NewerRows newer;

  /// How a state stood when it was the same here and there.
  ///
  /// @param state empty where that is not known any more, or there was none
  /// @param moved since when it stands so, at least
  private record Agreed(long revision, Optional<BootState> state, Instant moved) {
    static final Agreed NEVER = new Agreed(0, Optional.empty(), Instant.EPOCH);

    /// Whether the database says the same.
    boolean is(StateRow row) {
      return state.equals(row.state());
    }
  }

  /// What one wants to write, or has written.
  private record Change(Agreed before, StateRow row) {}

  /// What became of it.
  ///
  /// @param dropped what of another's was lost, in words
  /// @param kept whose state stays
  /// @param iInstall whether this appliance installs the node just now, where two had changed it
  /// @param theyInstall whether the other one does
  private record Written(
      StateRow row, Optional<String> dropped, String kept, boolean iInstall, boolean theyInstall) {
    Written(StateRow row, Optional<String> dropped, String kept) {
      this(row, dropped, kept, false, false);
    }
  }

  /// @param outbox how it stood when this appliance ended last
  /// @param me this appliance's id
  /// @param newer told of states that a newer program wrote
  SharedStates(
      Chronicle chronicle, Outbox outbox, String me, NewerRows newer, InstantSource clock) {
    this.chronicle = chronicle;
    this.me = me;
    this.newer = newer;
    this.clock = clock;
    Map<String, Outbox.Agreed> before = outbox.agreed();
    Map<String, Instant> seen = outbox.lastSeen();
    outbox
        .states()
        .forEach((subject, state) -> {
          Outbox.Agreed then = before.get(subject);
          if (then == null || !then.is(state)) {
            open.put(subject, seen.getOrDefault(subject, state.since()));
          }
        });
    before.forEach((subject, then) -> {
      Optional<BootState> state =
          open.containsKey(subject)
              ? Optional.empty()
              : Optional.ofNullable(outbox.states().get(subject));
      Instant since = state.map(BootState::since).orElse(Instant.EPOCH);
      Instant heard = seen.getOrDefault(subject, since);
      agreed.put(subject, new Agreed(then.revision(), state, heard.isAfter(since) ? heard : since));
      if (!outbox.states().containsKey(subject) && !then.digest().isEmpty()) {
        open.put(subject, clock.instant());
      }
    });
  }

  /// A state has changed here.
  void changed(String subject) {
    open.put(subject, clock.instant());
  }

  /// How many states are not written there yet.
  int waiting() {
    return open.size() + flying.size() + stuck.size();
  }

  // What others wrote ────────────────────────────────────────────────────────────────────────────

  /// What a look at the database has shown.
  ///
  /// @param whole whether everything was read
  /// @param missing what was the same here and there, and is not there any more
  record Look(List<StateRow> rows, boolean whole, Set<String> missing) {}

  /// Reads what others wrote; everything at first.
  Look read(Connection connection, String since, boolean whole) throws SQLException {
    var missing = new HashSet<String>();
    if (whole) {
      agreed.forEach((subject, then) -> {
        if (then.state().isPresent()) {
          missing.add(subject);
        }
      });
    }
    try (PreparedStatement query =
        connection.prepareStatement(
            "SELECT "
                + StateRow.COLUMNS
                + " FROM state WHERE xid >= ?::xid8 AND (? OR appliance <> ?::uuid)")) {
      query.setString(1, since);
      query.setBoolean(2, whole);
      query.setString(3, me);
      var out = new ArrayList<StateRow>();
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          missing.remove(rows.getString(1));
          readable(rows).ifPresent(out::add);
        }
      }
      return new Look(out, whole, missing);
    }
  }

  /// One row that cannot be read keeps none of the others away.
  private Optional<StateRow> readable(ResultSet row) throws SQLException {
    try {
      return Optional.of(StateRow.of(row));
    } catch (StoreException e) {
      LOG.debug("a state is not shared until this appliance is upgraded", e);
      newer.note("state", row.getString(1));
      return Optional.empty();
    }
  }

  /// Takes it over.
  void take(Look look) {
    look.rows().forEach(row -> take(row, look.whole()));
    for (String subject : look.missing()) {
      chronicle.take(
          subject,
          before -> {
            if (!isOpen(subject)) {
              reopen(subject);
            }
            return new Chronicle.Taken(before);
          });
    }
  }

  /// Takes one over, unless it is older than what is known, or the state is open.
  void take(StateRow row) {
    take(row, false);
  }

  /// The same.
  ///
  /// @param whole whether all that there is was read: then what is older is so because the database
  ///   was restored or has failed over, and has lost what was agreed since
  private void take(StateRow row, boolean whole) {
    chronicle.take(
        row.subject(),
        before -> {
          Agreed known = agreed.getOrDefault(row.subject(), Agreed.NEVER);
          Instant waits = stuck.remove(row.subject());
          if (waits != null) {
            open.putIfAbsent(row.subject(), waits);
          }
          if (isOpen(row.subject())) {
            if (flying.contains(row.subject())) {
              meanwhile.merge(row.subject(), row, (a, b) -> a.revision() > b.revision() ? a : b);
            }
            return new Chronicle.Taken(before);
          }
          boolean lost = whole && row.revision() < known.revision() && known.is(row);
          if (row.revision() > known.revision() || lost) {
            return agree(row, row.state().orElse(null));
          }
          if (whole && !known.is(row)) {
            reopen(row.subject());
          }
          return new Chronicle.Taken(before);
        });
  }

  /// Tells the database again what it had known: nothing that was agreed is taken for forgotten
  /// because a database has lost it.
  private void reopen(String subject) {
    Agreed known = agreed.getOrDefault(subject, Agreed.NEVER);
    LOG.warn("the shared database has lost where a subject stood; it is told again of={}", subject);
    agreed.put(subject, Agreed.NEVER);
    open.put(subject, known.moved());
  }

  /// Whether a change that was made here is not written there yet.
  boolean isOpen(String subject) {
    return open.containsKey(subject) || flying.contains(subject) || stuck.containsKey(subject);
  }

  private Chronicle.Taken agree(StateRow row, @Nullable BootState now) {
    agreed.put(row.subject(), new Agreed(row.revision(), row.state(), row.moved()));
    return new Chronicle.Taken(
        now, Optional.of(new Chronicle.Agreement(row.revision(), row.state())));
  }

  // What is written here ─────────────────────────────────────────────────────────────────────────

  /// Writes some of what is open. On one thread.
  ///
  /// @return whether there was anything
  boolean push(SharedDatabase database) {
    List<Change> changes = takeOff();
    if (changes.isEmpty()) {
      return false;
    }
    try {
      List<Optional<Written>> written =
          SharedJournal.await(
              database.write(connection -> {
                var out = new ArrayList<Optional<Written>>();
                for (Change change : changes) {
                  out.add(write(connection, change));
                }
                return out;
              }));
      for (int i = 0; i < changes.size(); i++) {
        Change change = changes.get(i);
        written
            .get(i)
            .ifPresentOrElse(
                one -> landed(change, one),
                () -> {
                  stuck.put(change.row().subject(), change.row().moved());
                  flying.remove(change.row().subject());
                });
      }
      return true;
    } finally {
      for (Change change : changes) {
        String subject = change.row().subject();
        if (flying.remove(subject)) {
          open.putIfAbsent(subject, change.row().moved());
          meanwhile.remove(subject); // it is found there at the next try
        }
      }
    }
  }

  private List<Change> takeOff() {
    var out = new ArrayList<Change>();
    // In the order of their names, as everybody does, so that no two wait for each other.
    for (String subject : open.keySet().stream().sorted().limit(BATCH).toList()) {
      flying.add(subject);
      Instant moved = open.remove(subject);
      Agreed before = agreed.getOrDefault(subject, Agreed.NEVER);
      out.add(
          new Change(
              before,
              new StateRow(
                  subject,
                  before.revision() + 1,
                  chronicle.known(subject).map(Outbox::kept),
                  moved == null ? clock.instant() : moved,
                  me)));
    }
    return out;
  }

  /// @return empty where the row there cannot be read
  private Optional<Written> write(Connection connection, Change change) throws SQLException {
    if (change.row().write(connection)) {
      return Optional.of(new Written(change.row(), Optional.empty(), me));
    }
    String subject = change.row().subject();
    StateRow theirs;
    try {
      theirs = StateRow.lock(connection, subject).orElseThrow();
    } catch (StoreException e) {
      LOG.debug("a state is not shared until this appliance is upgraded", e);
      newer.note("state", subject);
      return Optional.empty();
    }
    Written decided = decide(change, theirs, SharedJobs.holder(connection, subject).orElse(""));
    if (!decided.row().write(connection)) {
      throw new SQLException("a locked row was changed");
    }
    return Optional.of(decided);
  }

  private Written decide(Change change, StateRow theirs, String holder) {
    StateRow mine = change.row();
    long next = theirs.revision() + 1;
    if (mine.state().isEmpty() || theirs.state().isEmpty()) {
      // Forgotten at one: the later word counts, and there is nothing to tell of.
      StateRow kept = mine.moved().isAfter(theirs.moved()) ? mine : theirs;
      return new Written(
          new StateRow(mine.subject(), next, kept.state(), kept.moved(), me),
          Optional.empty(),
          kept.appliance());
    }
    boolean iInstall = holder.equals(me);
    boolean theyInstall = holder.equals(theirs.appliance());
    StateMerge.Merged merged =
        StateMerge.of(
            change.before().state(),
            new StateMerge.Word(mine.state().get(), mine.moved(), iInstall),
            new StateMerge.Word(theirs.state().get(), theirs.moved(), theyInstall));
    StateRow kept = merged.mine() ? mine : theirs;
    return new Written(
        new StateRow(mine.subject(), next, Optional.of(merged.state()), kept.moved(), me),
        merged.dropped(),
        merged.mine() ? me : theirs.appliance(),
        iInstall,
        theyInstall);
  }

  private void landed(Change change, Written written) {
    StateRow row = written.row();
    chronicle.take(
        row.subject(),
        now -> {
          flying.remove(row.subject());
          if (row.state().equals(change.row().state())) {
            return agree(row, now);
          }
          return agree(
              row,
              open.containsKey(row.subject())
                  ? onTop(change, written, now)
                  : row.state().orElse(null));
        });
    if (written.dropped().isPresent()) {
      tell(row.subject(), written);
    }
    StateRow later = meanwhile.remove(row.subject());
    if (later != null) {
      take(later);
    }
  }

  /// It was changed here once more while it was on its way.
  private @Nullable BootState onTop(Change change, Written written, @Nullable BootState now) {
    StateRow row = written.row();
    if (now == null || row.state().isEmpty()) {
      return now;
    }
    return StateMerge.of(
            change.row().state(),
            new StateMerge.Word(now, clock.instant(), written.iInstall()),
            new StateMerge.Word(row.state().get(), row.moved(), written.theyInstall()))
        .state();
  }

  private void tell(String subject, Written written) {
    String dropped = written.dropped().orElse("");
    LOG.warn(
        "two appliances had changed a state subject={} dropped={} kept-of={}",
        subject,
        dropped,
        Objects.equals(written.kept(), me) ? "this one" : written.kept());
    chronicle.record(
        JournalEvent.of(
            clock.instant(),
            subject,
            EventType.STATE_CONFLICT,
            "kept",
            Objects.equals(written.kept(), me) ? "mine" : "theirs",
            "dropped",
            dropped));
  }
}
