package dev.coldframe.store;

import static dev.coldframe.testkit.Sites.T0;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.node.BootState;
import dev.coldframe.node.EventType;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.node.Phase;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.JDBC;

/// The journal as the queue of what other appliances are told.
class OutboxTest {
  @TempDir Path folder;

  private static JournalEvent refused(String path) {
    return JournalEvent.of(T0, "geranium", EventType.FILE_REFUSED, "path", path);
  }

  @Test
  void holdsWhatWasSeenHereAndNotWhatOthersSaw() {
    try (var chronicle = new Chronicle(folder)) {
      chronicle.record(refused("mine"));
      chronicle
          .takeOver("a1", "rack-2", List.of(new Chronicle.Others(7, refused("theirs"))))
          .join();
    }
    try (var outbox = new Outbox(folder);
        var reader = new JournalReader(folder)) {
      List<Chronicle.Others> own = outbox.own(0, 10);
      assertThat(own).hasSize(1);
      assertThat(own.getFirst().event().fields()).containsEntry("path", "mine");
      assertThat(outbox.own(own.getFirst().number(), 10)).isEmpty();
      assertThat(outbox.taken()).containsOnly(java.util.Map.entry("a1", 7L));
      assertThat(reader.events(Optional.of("geranium"), 0, 10))
          .extracting(entry -> entry.event().fields().getOrDefault(JournalReader.SEEN_BY, ""))
          .containsExactly("", "rack-2");
    }
  }

  private static Chronicle.Taken agreed(@Nullable BootState now, long revision, BootState agreed) {
    return new Chronicle.Taken(
        now, Optional.of(new Chronicle.Agreement(revision, Optional.of(agreed))));
  }

  @Test
  void aStateAndThatItWasAgreedUponAreKeptTogetherOrNotAtAll() throws Exception {
    BootState ready = BootState.initial(Phase.READY, T0);
    try (var chronicle = new Chronicle(folder)) {
      try (var connection =
              JDBC.createConnection(
                  "jdbc:sqlite:" + folder.resolve("journal.db"), new Properties());
          var statement = connection.createStatement()) {
        statement.execute(
            "CREATE TRIGGER full BEFORE INSERT ON node BEGIN SELECT RAISE(ABORT, 'full'); END");
      }
      for (int i = 0; i < 200; i++) {
        chronicle.take("dahlia-" + i, _ -> agreed(ready, 4, ready));
      }
    }
    try (var outbox = new Outbox(folder)) {
      assertThat(outbox.states()).isEmpty();
      assertThat(outbox.agreed()).isEmpty();
    }
  }

  @Test
  void knowsAfterARestartWhatChangedSinceItWasAgreedUpon() {
    BootState ready = BootState.initial(Phase.READY, T0);
    try (var chronicle = new Chronicle(folder)) {
      chronicle.record(refused("x"));
      chronicle.take("dahlia", _ -> agreed(ready, 4, ready));
      BootState adopted = BootState.initial(Phase.ADOPTED, T0);
      chronicle.take("geranium", now -> agreed(now, 2, adopted));
    }
    try (var outbox = new Outbox(folder)) {
      var agreed = outbox.agreed();
      BootState dahlia = Objects.requireNonNull(outbox.states().get("dahlia"));
      BootState geranium = Objects.requireNonNull(outbox.states().get("geranium"));
      assertThat(Objects.requireNonNull(agreed.get("dahlia")).is(dahlia)).isTrue();
      assertThat(Objects.requireNonNull(agreed.get("dahlia")).revision()).isEqualTo(4);
      assertThat(Objects.requireNonNull(agreed.get("geranium")).is(geranium)).isFalse();
      assertThat(outbox.lastSeen()).containsEntry("geranium", T0);
    }
  }

  @Test
  void numbersThatWereToldAreNotGivenAgain() {
    try (var chronicle = new Chronicle(folder)) {
      chronicle.numberBeyond(500);
      chronicle.record(refused("first"));
      chronicle.numberBeyond(100);
      chronicle.record(refused("second"));
    }
    try (var outbox = new Outbox(folder)) {
      assertThat(outbox.own(0, 10))
          .extracting(Chronicle.Others::number)
          .containsExactly(501L, 502L);
      assertThat(outbox.last()).isEqualTo(502);
    }
  }

  @Test
  void tellsOfChangesThatAreMadeHereAlone() {
    var changed = new ArrayList<String>();
    var taken = new ArrayList<String>();
    try (var chronicle = new Chronicle(folder)) {
      chronicle.listenForChanges(changed::add);
      chronicle.listenForOthers(taken::add);
      chronicle.record(JournalEvent.of(T0, "geranium", EventType.SEEN, "mac", "dc:a6:32:01:36:c2"));
      chronicle.record(refused("changes nothing"));
      chronicle.take("dahlia", _ -> new Chronicle.Taken(BootState.initial(Phase.READY, T0)));
      chronicle.take("dahlia", before -> new Chronicle.Taken(before));
      assertThat(changed).containsExactly("geranium");
      assertThat(taken).containsExactly("dahlia");
      chronicle.forget(JournalEvent.of(T0, "geranium", EventType.FORGOTTEN));
      assertThat(changed).containsExactly("geranium", "geranium");
      chronicle.take("dahlia", _ -> new Chronicle.Taken(null));
      assertThat(chronicle.knows("dahlia")).isFalse();
    }
    assertThat(JournalReader.states(Database.journal(folder))).isEmpty();
  }
}
