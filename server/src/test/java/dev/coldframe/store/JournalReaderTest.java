package dev.coldframe.store;

import static dev.coldframe.testkit.Sites.T0;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.node.EventType;
import dev.coldframe.node.Phase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Journals that an older coldframe wrote and no newer server has opened yet.
class JournalReaderTest {
  private static final JournalReader.Filter OFFERS =
      new JournalReader.Filter(Optional.of("geranium"), List.of(EventType.DHCP_OFFERED));

  @TempDir Path folder;

  /// A journal of which only the first scripts have run.
  private void write(int version) throws SQLException {
    Database newest = Database.journal(folder);
    var old = new Database(newest.file(), newest.scripts().subList(0, version), "NORMAL");
    try (Connection connection = old.openWriter();
        Statement statement = connection.createStatement()) {
      statement.execute(
          "INSERT INTO event (at, subject, type, fields) VALUES ("
              + T0.toEpochMilli()
              + ", 'geranium', 'DHCP_OFFERED', '{\"stage\":\"pi-eeprom\"}')");
      statement.execute(
          "INSERT INTO node VALUES ('geranium', 'READY', " + T0.toEpochMilli() + ", '{}')");
      connection.commit();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void isReadAsItIs(int version) throws Exception {
    write(version);
    try (var reader = new JournalReader(folder)) {
      assertThat(reader.events(Optional.empty(), 0, 10))
          .isEqualTo(reader.following(OFFERS, 0, 10))
          .isEqualTo(reader.newest(OFFERS, Long.MAX_VALUE, 10))
          .singleElement()
          .satisfies(entry -> {
            assertThat(entry.event().type()).isEqualTo(EventType.DHCP_OFFERED);
            assertThat(entry.event().fields()).containsOnlyKeys("stage");
          });
      assertThat(reader.states())
          .hasEntrySatisfying("geranium", s -> assertThat(s.phase()).isEqualTo(Phase.READY));
      assertThat(reader.health("geranium", T0, 10)).isEmpty();
    }
    try (Connection connection = Database.journal(folder).openReader()) {
      assertThat(Database.version(connection)).as("reading changes nothing").isEqualTo(version);
    }
  }
}
