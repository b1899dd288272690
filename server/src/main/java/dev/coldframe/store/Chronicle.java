package dev.coldframe.store;

import dev.coldframe.node.BootState;
import dev.coldframe.node.HealthSample;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.node.Lifecycle;
import dev.coldframe.node.Phase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The journal of every node and, folded from it, where each node stands. Any thread may record; a
/// state changes atomically with the event that changes it, the disk follows within moments
/// (`journal.db`, synchronous NORMAL).
public final class Chronicle implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Chronicle.class);

  private static final String DAMAGED = "the journal is damaged";

  private final States states;
  private final List<Consumer<JournalEvent>> listeners = new CopyOnWriteArrayList<>();
  private final List<Runnable> readers = new CopyOnWriteArrayList<>();
  private final List<Consumer<String>> changes = new CopyOnWriteArrayList<>();
  private final List<Consumer<String>> others = new CopyOnWriteArrayList<>();
  private final AtomicLong dropped = new AtomicLong();
  private final List<Consumer<String>> losses = new CopyOnWriteArrayList<>();
  private final Database database;
  private final DamageNote note;
  private final boolean blind;
  private final boolean remembers;

  /// Whether no token that counts no more comes back with the next start.
  private final boolean ended;

  /// What is damaged in the journal, and where. Nothing is written into it from then on.
  private final AtomicReference<@Nullable String> damage = new AtomicReference<>();

  /// Nothing where there is nothing to write into.
  private final @Nullable JournalWriter writer;

  /// Opens or makes `journal.db` in the state folder and takes up every node where it stood; it is
  /// not looked at first, see [Journals].
  ///
  /// @throws StoreException when it cannot be opened or written
  public Chronicle(Path folder) {
    this(Database.journal(folder), Files.exists(folder.resolve("journal.db")));
  }

  /// @param remembers whether all is known that was decided about disks; else no token that was
  ///   given is good any more
  Chronicle(Database database, boolean remembers) {
    this.database = database;
    note = new DamageNote(database.file());
    this.remembers = remembers;
    blind = false;
    writer = new JournalWriter(database);
    Map<String, BootState> known = JournalReader.states(database);
    states = new States(known);
    ended = remembers || endTokens(known);
  }

  /// Returns when that is on disk, or cannot be.
  private boolean endTokens(Map<String, BootState> known) {
    Map<String, BootState> changed = new HashMap<>();
    known.forEach((subject, state) -> {
      BootState without = withoutToken(state);
      if (!without.equals(state)) {
        changed.put(subject, without);
      }
    });
    changed.forEach((subject, state) -> states.change(subject, _ -> state));
    try {
      write(
              0,
              tables -> {
                for (var entry : changed.entrySet()) {
                  tables.save(entry.getKey(), entry.getValue());
                }
              })
          .join();
      database.settleLog();
      return true;
    } catch (CompletionException | StoreException e) {
      LOG.error("tokens end for now only, because the journal cannot be written", e);
      return false;
    }
  }

  private static BootState withoutToken(BootState state) {
    return state
        .journey()
        .map(journey -> state.withJourney(journey.end("the end of the journal is lost")))
        .orElse(state);
  }

  /// One that knows nothing and keeps nothing.
  ///
  /// @param damage why
  Chronicle(Database database, String damage) {
    this.database = database;
    note = new DamageNote(database.file());
    this.damage.set(damage);
    remembers = false;
    ended = false;
    blind = true;
    writer = null;
    states = new States(Map.of());
  }

  /// What is damaged in the journal, and where; empty while it is written.
  public Optional<String> damage() {
    return Optional.ofNullable(damage.get());
  }

  /// Why nothing is decided about nodes now, and what to do; empty while it is.
  public Optional<String> refusal() {
    return damage().map(where -> "the journal is damaged: " + where + "; " + Journals.REMEDY);
  }

  /// Whether it could not be read when it was opened, so that it is not known where nodes stood.
  public boolean isBlind() {
    return blind;
  }

  /// Whether all is known that was decided about disks: not with a journal that is new, or whose
  /// end is lost.
  public boolean remembers() {
    return remembers;
  }

  /// Told when no word about a disk counts any more that was given before, also after the next
  /// start: unless it [#remembers], each start looks at all of the journal and ends tokens until
  /// then.
  public void settle() {
    synchronized (note) {
      if (ended && damage.get() == null) {
        note.write(Optional.empty());
      }
    }
  }

  /// What was found damaged while the journal is in use: no more is written into it, and the next
  /// start looks at all of it. Any thread.
  ///
  /// @param found what was said of it, as far as that is known
  public void damaged(String found) {
    if (damage.compareAndSet(null, found)) {
      String where = Journals.place(database).orElse(found);
      damage.set(where);
      synchronized (note) {
        note.write(Optional.of(where));
      }
      LOG.error(
          "the journal is damaged and not written any more; boards are served as before, and nothing"
              + " is decided by operators; {} file={} where={}",
          Journals.REMEDY,
          database.file(),
          where);
    }
  }

  /// Writes, unless the journal is damaged.
  ///
  /// @param events how many events are lost where it is not written
  private CompletableFuture<Void> write(int events, JournalWriter.Entry entry) {
    if (writer == null || damage.get() != null) {
      lost(events, DAMAGED);
      return CompletableFuture.failedFuture(new StoreException(DAMAGED));
    }
    return writer
        .submit(entry)
        .whenComplete((_, failure) -> {
          if (failure != null) {
            boolean isDamage = Database.isDamage(failure);
            lost(events, isDamage ? DAMAGED : "the journal cannot be written");
            if (isDamage) {
              damaged(writer.damage().orElse("journal.db"));
            }
          }
        });
  }

  private void lost(int events, String reason) {
    dropped.addAndGet(events);
    losses.forEach(listener -> listener.accept(reason));
  }

  /// Records what happened.
  public void record(JournalEvent event) {
    decide(event.subject(), event.at(), _ -> new Verdict<>(event, List.of(event)));
  }

  /// What was decided about a node, and what thereby happened to it.
  ///
  /// @param outcome what the caller acts on
  /// @param events recorded in this order, each moving the state on
  /// @param change applied to the state after the events
  public record Verdict<T>(
      T outcome, List<JournalEvent> events, Function<BootState, BootState> change) {
    /// A verdict that changes the state by its events alone.
    public Verdict(T outcome, List<JournalEvent> events) {
      this(outcome, events, Function.identity());
    }
  }

  /// Looks at a node's state and decides, with no other change between.
  ///
  /// @param decision a pure function of the state
  /// @return its outcome
  public <T> T decide(String subject, Instant now, Function<BootState, Verdict<T>> decision) {
    var recorded = new ArrayList<JournalEvent>();
    var outcome = new ArrayList<T>(1);
    states.change(
        subject,
        old -> {
          recorded.clear();
          outcome.clear();
          BootState before = old == null ? BootState.initial(Phase.NEW, now) : old;
          Verdict<T> verdict = decision.apply(before);
          outcome.add(verdict.outcome());
          BootState after = verdict.change().apply(fold(before, verdict.events(), recorded));
          if (old != null || !recorded.isEmpty()) {
            if (!changes.isEmpty() && (old == null || !after.equals(before))) {
              changes.forEach(watcher -> watcher.accept(subject));
            }
            persist(subject, after, before, recorded);
            return after;
          }
          return null;
        });
    recorded.forEach(event -> listeners.forEach(listener -> listener.accept(event)));
    return outcome.getFirst();
  }

  private static BootState fold(
      BootState state, List<JournalEvent> events, List<JournalEvent> recorded) {
    BootState now = state;
    for (JournalEvent event : events) {
      Lifecycle.Step step = Lifecycle.step(now, event);
      now = step.state();
      recorded.add(event);
      recorded.addAll(step.derived());
    }
    return now;
  }

  private void persist(
      String subject, BootState after, BootState before, List<JournalEvent> recorded) {
    if (recorded.isEmpty() && after.equals(before)) {
      return;
    }
    List<JournalEvent> events = List.copyOf(recorded);
    var _ =
        write(
                events.size(),
                tables -> {
                  for (JournalEvent event : events) {
                    tables.add(event, null);
                  }
                  tables.save(subject, after);
                })
            .thenRun(() -> {
              if (!events.isEmpty()) {
                readers.forEach(Runnable::run);
              }
            });
  }

  /// Keeps what a node that is up measured, for as long as its plots go back.
  public void measured(String subject, HealthSample sample) {
    var _ = write(1, tables -> tables.add(subject, sample));
  }

  /// Where a subject stands; empty for one that was never heard of.
  public Optional<BootState> known(String subject) {
    return Optional.ofNullable(states.get(subject));
  }

  /// Where a node stands; a subject never heard of is NEW.
  public BootState state(String subject, Instant now) {
    BootState state = states.get(subject);
    return state == null ? BootState.initial(Phase.NEW, now) : state;
  }

  /// Whether anything was ever heard of a subject.
  public boolean knows(String subject) {
    return states.knows(subject);
  }

  /// How many subjects stand in a phase.
  public long count(Phase phase) {
    return states.count(phase);
  }

  /// The subjects whose phase is to end within a time.
  public Set<String> timed() {
    return states.timed();
  }

  /// The first subject whose state is such; all of them are looked at.
  public Optional<String> find(Predicate<BootState> such) {
    return states.find(such);
  }

  /// Every subject and where it stands.
  public Map<String, BootState> states() {
    return states.all();
  }

  /// Makes sure that a node of the inventory has a state: a new one starts as adopted.
  public void know(String node, Instant now) {
    states.change(node, old -> old == null ? BootState.initial(Phase.ADOPTED, now) : old);
  }

  /// The node of a board that became one takes over what was known under its MAC.
  public void adopt(JournalEvent adopted) {
    String mac = adopted.fields().getOrDefault("mac", "");
    BootState seen = states.remove(mac);
    if (seen != null) {
      states.change(adopted.subject(), old -> old == null ? seen : old);
      erase(mac);
    }
    record(adopted);
  }

  /// Records that a node was forgotten. Its journal stays; a node of that name that comes later
  /// stands at the beginning.
  public void forget(JournalEvent forgotten) {
    record(forgotten);
    String subject = forgotten.subject();
    states.change(
        subject,
        _ -> {
          erase(subject);
          return null;
        });
  }

  private void erase(String subject) {
    changes.forEach(watcher -> watcher.accept(subject));
    remove(subject);
  }

  private void remove(String subject) {
    var _ =
        write(0, tables -> tables.delete(subject))
            .exceptionally(failure -> {
              LOG.error("a state was not removed from the journal of={}", subject, failure);
              return null;
            });
  }

  /// What another appliance of the site saw.
  ///
  /// @param number its place in that one's journal
  public record Others(long number, JournalEvent event) {}

  /// Takes over what another appliance saw. Nobody hears it as something that happens: who reads
  /// the journal finds it, and where its nodes stand comes by [#take].
  ///
  /// @param appliance its id
  /// @param name what it is called in the journal
  /// @param events in their order there
  /// @return completes when they are kept
  public CompletableFuture<Void> takeOver(String appliance, String name, List<Others> events) {
    return write(
            0,
            tables -> {
              for (Others other : events) {
                tables.add(other.event(), name);
              }
              tables.taken(appliance, events.getLast().number());
            })
        .thenRun(() -> readers.forEach(Runnable::run));
  }

  /// That a state is the same here and in the shared database.
  ///
  /// @param state empty where it was forgotten
  public record Agreement(long revision, Optional<BootState> state) {}

  /// What is known of a subject once the shared database was heard.
  ///
  /// @param state the same as before where nothing is to be taken; nothing where it was forgotten
  /// @param agreed where that is news
  public record Taken(@Nullable BootState state, Optional<Agreement> agreed) {
    /// A state of which nothing was agreed.
    public Taken(@Nullable BootState state) {
      this(state, Optional.empty());
    }
  }

  /// Takes over where a subject stands, as the shared database has it.
  ///
  /// @param change from what is known here, with no other change between
  public void take(String subject, Function<@Nullable BootState, Taken> change) {
    var taken = new AtomicBoolean();
    states.change(
        subject,
        before -> {
          Taken word = change.apply(before);
          BootState after = word.state();
          boolean isNews = !Objects.equals(before, after);
          taken.set(isNews);
          if (isNews || word.agreed().isPresent()) {
            keep(subject, isNews, word);
          }
          return after;
        });
    if (taken.get()) {
      others.forEach(listener -> listener.accept(subject));
      readers.forEach(Runnable::run);
    }
  }

  /// Together or not at all: an older state beside a newer agreement would be taken for a change
  /// that was made here since, and would be written over the newer one.
  private void keep(String subject, boolean isNews, Taken word) {
    BootState after = word.state();
    var _ =
        write(
                0,
                tables -> {
                  if (isNews && after == null) {
                    tables.delete(subject);
                  } else if (isNews && after != null) {
                    tables.save(subject, after);
                  }
                  if (word.agreed().isPresent()) {
                    tables.save(subject, word.agreed().get());
                  }
                })
            .exceptionally(failure -> {
              LOG.debug("what was agreed is not kept of={}", subject, failure);
              return null;
            });
  }

  /// Gives events greater numbers than this one from now on: numbers that were once told to others
  /// are not given again, also when the file has lost its end or is an older copy.
  public void numberBeyond(long number) {
    var _ = write(0, tables -> tables.numberBeyond(number));
  }

  /// Forgets what was the same here and in a shared database: another one is joined. Returns when
  /// that is kept.
  ///
  /// @throws StoreException when it cannot be
  public void agreeOnNothing() {
    try {
      write(0, JournalTables::agreeOnNothing).join();
    } catch (CompletionException e) {
      throw new StoreException("the journal cannot be written", e);
    }
  }

  /// Calls back within each change of a state that is made here, also when it is removed; it must
  /// neither block nor ask for the state.
  public void listenForChanges(Consumer<String> watcher) {
    changes.add(watcher);
  }

  /// Calls back after another appliance's word on a subject was taken over; it must not block.
  public void listenForOthers(Consumer<String> listener) {
    others.add(listener);
  }

  /// Calls back after each event, on the thread that recorded it; it must not block.
  public void listen(Consumer<JournalEvent> listener) {
    listeners.add(listener);
  }

  /// Calls back when a [JournalReader] finds more than before, on the thread that writes; it must
  /// not block.
  public void listenForReaders(Runnable reader) {
    readers.add(reader);
  }

  /// Calls back when something could not be kept, with the reason; it must not block.
  public void listenForLosses(Consumer<String> listener) {
    losses.add(listener);
  }

  /// How many events never reached the disk.
  public long dropped() {
    return dropped.get();
  }

  /// Writes what is waiting and closes.
  @Override
  public void close() {
    if (writer != null) {
      writer.close();
    }
    if (dropped() > 0) {
      LOG.warn("journal lines never reached the disk count={}", dropped());
    }
  }
}
