package dev.coldframe.store;

import static dev.coldframe.testkit.Sites.T0;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.net.Ip4;
import dev.coldframe.node.BootState;
import dev.coldframe.node.Card;
import dev.coldframe.node.EventType;
import dev.coldframe.node.HealthSample;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.node.Journey;
import dev.coldframe.node.Phase;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChronicleTest {
  @TempDir Path folder;

  private static JournalEvent offered(String node) {
    return JournalEvent.of(
        T0, node, EventType.DHCP_OFFERED, "stage", "pi-eeprom", "mac", "dc:a6:32:01:36:c2");
  }

  @Test
  void takesUpEveryNodeWhereItStood() {
    try (var chronicle = new Chronicle(folder)) {
      chronicle.know("geranium", T0);
      chronicle.record(offered("geranium"));
      chronicle.decide(
          "geranium",
          T0,
          _ ->
              new Chronicle.Verdict<>(
                  "x",
                  List.of(
                      JournalEvent.of(T0, "geranium", EventType.HELLO),
                      JournalEvent.of(
                          T0,
                          "geranium",
                          EventType.INSTALL_PERMITTED,
                          "disk",
                          "0xaa",
                          "model",
                          "SC32G")),
                  s ->
                      s.withInstall(
                          Journey.begin(
                                  "hash",
                                  Ip4.parse("192.168.0.20"),
                                  T0,
                                  Duration.ofHours(2),
                                  "1d",
                                  "")
                              .withReleased("user-data", T0))));
    }
    try (var chronicle = new Chronicle(folder)) {
      BootState state = chronicle.state("geranium", T0);
      assertThat(state.phase()).isEqualTo(Phase.INSTALLING);
      assertThat(state.installs()).isOne();
      assertThat(state.facts()).containsEntry("mac", "dc:a6:32:01:36:c2");
      assertThat(state.journey().orElseThrow().released()).containsKey("user-data");
      assertThat(state.cards()).containsExactly(new Card("0xaa", "SC32G", T0, 1, 0));
    }
  }

  @Test
  void keepsEventsInOrderWithThePhaseChangesTheyCause() {
    try (var chronicle = new Chronicle(folder)) {
      chronicle.know("geranium", T0);
      chronicle.record(offered("geranium"));
      chronicle.record(JournalEvent.of(T0, "dahlia", EventType.SEEN));
    }
    try (var reader = new JournalReader(folder)) {
      assertThat(reader.events(Optional.of("geranium"), 0, 10))
          .extracting(e -> e.event().type())
          .containsExactly(EventType.DHCP_OFFERED, EventType.PHASE);
      long first = reader.events(Optional.empty(), 0, 10).getFirst().id();
      assertThat(reader.events(Optional.empty(), first, 10)).hasSize(2);
      assertThat(reader.events(Optional.empty(), 0, 1).getFirst().event().subject())
          .isEqualTo("dahlia");
    }
  }

  @Test
  void keepsABoundedNumberOfEventsForEachNode() {
    try (var chronicle = new Chronicle(folder)) {
      chronicle.know("geranium", T0);
      for (int i = 0; i < JournalTables.EVENTS_PER_SUBJECT + 600; i++) {
        chronicle.record(JournalEvent.of(T0, "geranium", EventType.FILE_REFUSED, "path", "f" + i));
      }
    }
    try (var reader = new JournalReader(folder)) {
      var left = reader.events(Optional.of("geranium"), 0, 1_000_000);
      assertThat(left.size())
          .isBetween(JournalTables.EVENTS_PER_SUBJECT, JournalTables.EVENTS_PER_SUBJECT + 256);
      assertThat(left.getLast().event().fields()).containsEntry("path", "f2599");
    }
  }

  @Test
  void aBoardThatBecomesANodeTakesItsFactsAlong() {
    try (var chronicle = new Chronicle(folder)) {
      chronicle.record(
          JournalEvent.of(
              T0,
              "dc:a6:32:01:36:c2",
              EventType.SEEN,
              "board",
              "Pi 4B",
              "mac",
              "dc:a6:32:01:36:c2"));
      chronicle.adopt(
          JournalEvent.of(
              T0, "node-1", EventType.ADOPTED, "mac", "dc:a6:32:01:36:c2", "node", "node-1"));
      assertThat(chronicle.states()).containsOnlyKeys("node-1");
      assertThat(chronicle.state("node-1", T0).phase()).isEqualTo(Phase.ADOPTED);
      assertThat(chronicle.state("node-1", T0).facts()).containsEntry("board", "Pi 4B");
    }
    try (var reader = new JournalReader(folder)) {
      assertThat(reader.states()).containsOnlyKeys("node-1");
    }
  }

  @Test
  void tellsListenersEachEventOnce() {
    var heard = new ArrayList<EventType>();
    try (var chronicle = new Chronicle(folder)) {
      chronicle.know("geranium", T0);
      chronicle.listen(event -> heard.add(event.type()));
      chronicle.record(offered("geranium"));
    }
    assertThat(heard).containsExactly(EventType.DHCP_OFFERED, EventType.PHASE);
  }

  @Test
  void aForgottenNodeBeginsAnewAndItsJournalStays() {
    try (var chronicle = new Chronicle(folder)) {
      chronicle.know("node-1", T0);
      chronicle.record(offered("node-1"));
      chronicle.forget(JournalEvent.of(T0, "node-1", EventType.FORGOTTEN, "by", "operator"));
      assertThat(chronicle.knows("node-1")).isFalse();
    }
    try (var reader = new JournalReader(folder)) {
      assertThat(reader.states()).isEmpty();
      assertThat(reader.events(Optional.of("node-1"), 0, 10).getLast().event().type())
          .isEqualTo(EventType.FORGOTTEN);
    }
  }

  @Test
  void takesUpAJournalOfTheFirstSchema() throws Exception {
    try (var connection =
            DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("journal.db"));
        var statement = connection.createStatement();
        var script = Database.class.getResourceAsStream("journal-1.sql")) {
      for (String sql :
          new String(script.readAllBytes(), StandardCharsets.UTF_8).split(";\\s*\n", -1)) {
        if (!sql.isBlank()) {
          statement.execute(sql);
        }
      }
      statement.execute(
          "INSERT INTO event (at, subject, type, fields) VALUES (0, 'geranium', 'HELLO', '{}')");
      statement.execute("PRAGMA user_version=1");
    }
    try (var chronicle = new Chronicle(folder)) {
      chronicle.measured("geranium", HealthSample.of(T0, Map.of("temperature", "41")));
    }
    try (var reader = new JournalReader(folder)) {
      assertThat(reader.last()).isEqualTo(1);
      assertThat(reader.health("geranium", Instant.EPOCH, 10)).hasSize(1);
    }
  }

  @Test
  void measurementsAreKeptForSevenDays() {
    Instant later = T0.plus(JournalTables.HEALTH_KEPT);
    try (var chronicle = new Chronicle(folder)) {
      chronicle.measured("dahlia", HealthSample.of(T0, Map.of()));
      chronicle.measured("geranium", HealthSample.of(T0.minusSeconds(1), Map.of()));
      chronicle.measured("iris", HealthSample.of(T0.minusSeconds(1), Map.of()));
      chronicle.measured("tulip", HealthSample.of(T0, Map.of()));
      chronicle.forget(JournalEvent.of(T0, "tulip", EventType.FORGOTTEN));
      chronicle.measured("geranium", HealthSample.of(T0, Map.of()));
      chronicle.measured("geranium", HealthSample.of(later, Map.of("throttled", "x".repeat(99))));
    }
    try (var reader = new JournalReader(folder)) {
      assertThat(reader.health("geranium", Instant.EPOCH, 10))
          .extracting(HealthSample::at)
          .containsExactly(T0, later);
      assertThat(reader.health("geranium", later, 10).getFirst().throttled()).hasSize(16);
      assertThat(reader.health("geranium", Instant.EPOCH, 1)).as("the newest").hasSize(1);
      assertThat(reader.health("dahlia", Instant.EPOCH, 10)).hasSize(1);
      assertThat(reader.health("iris", Instant.EPOCH, 10)).as("silent since").isEmpty();
      assertThat(reader.health("tulip", Instant.EPOCH, 10)).as("forgotten").isEmpty();
    }
  }
}
