package dev.coldframe.store;

import dev.coldframe.node.BootState;
import dev.coldframe.node.Phase;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Where every subject stands, and how many stand in each phase. Any thread.
final class States {
  private final Map<String, BootState> bySubject = new ConcurrentHashMap<>();
  private final Map<Phase, LongAdder> standing = new EnumMap<>(Phase.class);
  private final Set<String> timed = ConcurrentHashMap.newKeySet();

  States(Map<String, BootState> known) {
    for (Phase phase : Phase.values()) {
      standing.put(phase, new LongAdder());
    }
    known.forEach((subject, state) -> change(subject, _ -> state));
  }

  @Nullable BootState get(String subject) {
    return bySubject.get(subject);
  }

  boolean knows(String subject) {
    return bySubject.containsKey(subject);
  }

  /// How many stand in a phase; takes the same time however many there are.
  long count(Phase phase) {
    return standing(phase).sum();
  }

  /// The first whose state is such; all of them are looked at.
  Optional<String> find(Predicate<BootState> such) {
    return bySubject.entrySet().stream()
        .filter(entry -> such.test(entry.getValue()))
        .map(Map.Entry::getKey)
        .findFirst();
  }

  /// Those whose phase is to end in time; takes no longer for all the others.
  Set<String> timed() {
    return Set.copyOf(timed);
  }

  Map<String, BootState> all() {
    return Map.copyOf(bySubject);
  }

  /// Changes one subject's state, with no other change of it between; from and to nothing as well.
  void change(String subject, UnaryOperator<@Nullable BootState> change) {
    bySubject.compute(
        subject,
        (_, before) -> {
          BootState after = change.apply(before);
          count(subject, before, after);
          return after;
        });
  }

  /// Takes a subject out, and says where it stood.
  @Nullable BootState remove(String subject) {
    var out = new AtomicReference<@Nullable BootState>();
    change(
        subject,
        before -> {
          out.set(before);
          return null;
        });
    return out.get();
  }

  private void count(String subject, @Nullable BootState before, @Nullable BootState after) {
    Phase from = before == null ? null : before.phase();
    Phase to = after == null ? null : after.phase();
    if (from == to) {
      return;
    }
    if (from != null) {
      standing(from).decrement();
    }
    if (to != null) {
      standing(to).increment();
    }
    if (to != null && to.isTimed()) {
      timed.add(subject);
    } else {
      timed.remove(subject);
    }
  }

  private LongAdder standing(Phase phase) {
    return Objects.requireNonNull(standing.get(phase));
  }
}
