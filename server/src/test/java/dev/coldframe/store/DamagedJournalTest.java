package dev.coldframe.store;

import static dev.coldframe.testkit.Sites.T0;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coldframe.net.Ip4;
import dev.coldframe.node.EventType;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.node.Journey;
import dev.coldframe.node.Phase;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A journal in which something was changed after it was written.
class DamagedJournalTest {
  private static final int PAGE = 4096;
  private static final long SEED = 20_261_130;
  private static final int EVENTS = 1_200;

  @TempDir Path folder;

  private Path file() {
    return folder.resolve("journal.db");
  }

  private static JournalEvent refused(int n) {
    return JournalEvent.of(T0, "dahlia", EventType.FILE_REFUSED, "path", "f".repeat(80) + n);
  }

  /// A node's install begins, with a token.
  private static void begin(Chronicle chronicle) {
    chronicle.decide(
        "geranium",
        T0,
        _ ->
            new Chronicle.Verdict<>(
                "x",
                List.of(JournalEvent.of(T0, "geranium", EventType.HELLO)),
                state ->
                    state.withInstall(
                        Journey.begin(
                            "hash", Ip4.parse("192.168.0.20"), T0, Duration.ofDays(1), "1d", ""))));
  }

  /// One node with a token, another with many events; closed as it should be.
  private byte[] closed() throws IOException {
    try (var chronicle = new Chronicle(folder)) {
      begin(chronicle);
      for (int i = 0; i < EVENTS; i++) {
        chronicle.record(refused(i));
      }
    }
    return Files.readAllBytes(file());
  }

  /// As the server was killed, so that nobody knows what the file was.
  private void withoutSums() throws IOException {
    Files.deleteIfExists(folder.resolve("journal.db-sums"));
  }

  private byte[] write(byte[] bytes) throws IOException {
    FileTime written = Files.getLastModifiedTime(file());
    Files.deleteIfExists(folder.resolve("journal.db-wal"));
    Files.deleteIfExists(folder.resolve("journal.db-shm"));
    Files.write(file(), bytes);
    Files.setLastModifiedTime(file(), written);
    return bytes;
  }

  private static byte[] flipped(byte[] bytes, int at, int bit) {
    byte[] out = bytes.clone();
    out[at] ^= (byte) (1 << bit);
    return out;
  }

  /// Opens it, and looks that nothing is known, kept or changed.
  private void isBlind(String as, String where) throws IOException {
    byte[] before = Files.readAllBytes(file());
    var reasons = new ArrayList<String>();
    try (Chronicle chronicle = Journals.open(folder, false)) {
      chronicle.listenForLosses(reasons::add);
      assertThat(chronicle.damage()).as(as).get().asString().startsWith(where);
      assertThat(chronicle.isBlind()).as(as).isTrue();
      assertThat(chronicle.remembers()).as(as).isFalse();
      assertThat(chronicle.states()).as(as).isEmpty();
      assertThat(chronicle.refusal()).as(as).get().asString().contains("coldframe restore");
      chronicle.settle();
      assertThat(Journals.noted(folder)).as(as).isPresent();
      chronicle.record(refused(0));
      assertThat(chronicle.state("dahlia", T0).phase()).as("boards go on").isEqualTo(Phase.NEW);
      assertThat(chronicle.knows("dahlia")).isTrue();
      assertThat(chronicle.dropped()).as(as).isEqualTo(1);
    }
    assertThat(reasons).as(as).containsExactly("the journal is damaged");
    assertThat(Files.readAllBytes(file())).as(as).isEqualTo(before);
  }

  @Test
  @Tag("K-03")
  void aBitThatFlippedWhileNoServerRanIsFoundWithItsPlaceAndNothingIsWritten() throws IOException {
    byte[] sound = closed();
    var random = new Random(SEED);
    for (int at = 0; at < sound.length; at += at < 100 ? 7 : 1 + random.nextInt(9_000)) {
      write(flipped(sound, at, random.nextInt(8)));
      int page = at / PAGE * PAGE;
      isBlind("byte " + at, "journal.db: bytes " + page + " to " + (page + PAGE - 1));
    }
  }

  /// After a kill there are no checksums: the structure is looked at, and where each node stands.
  @Test
  @Tag("K-03")
  void afterAKillNoDamageEndsInAnExceptionAndAFileThatIsRefusedIsNotChanged() throws IOException {
    byte[] sound = closed();
    withoutSums();
    var random = new Random(SEED);
    int refused = 0;
    for (int i = 0; i < 60; i++) {
      int at = i < 30 ? i : random.nextInt(sound.length);
      byte[] damaged = write(flipped(sound, at, random.nextInt(8)));
      if (Journals.damage(folder).isPresent()) {
        refused++;
        isBlind("byte " + at, "journal.db");
        assertThat(Files.readAllBytes(file())).isEqualTo(damaged);
      }
    }
    assertThat(refused).isPositive();
  }

  @Test
  @Tag("K-03")
  void aFileThatWasCutIsRefusedWithItsLength() throws IOException {
    byte[] sound = closed();
    withoutSums();
    int half = sound.length / PAGE / 2 * PAGE;
    write(Arrays.copyOf(sound, half));
    isBlind("half", "journal.db: it ends at byte " + half + ", and had " + sound.length);
    write(Arrays.copyOf(sound, half + 9));
    isBlind("in a page", "journal.db: it ends at byte " + (half + 9) + ", in the middle of a page");
    write(Arrays.copyOf(sound, 60));
    isBlind("in its header", "journal.db: it ends at byte 60, within its header");
  }

  @Test
  @Tag("K-03")
  void aFileThatIsNoDatabaseIsRefusedByName() throws IOException {
    closed();
    withoutSums();
    write("no database\n".repeat(900).getBytes(StandardCharsets.US_ASCII));
    isBlind("text", "journal.db: its first bytes are not those of one: it is not a database");
  }

  @Test
  @Tag("K-03")
  void aDamagedFreeListIsFound() throws Exception {
    closed();
    try (var other = DriverManager.getConnection("jdbc:sqlite:" + file());
        var statement = other.createStatement()) {
      statement.execute("DELETE FROM event");
    }
    withoutSums();
    byte[] bytes = Files.readAllBytes(file());
    int trunk = ByteBuffer.wrap(bytes).getInt(32);
    assertThat(trunk).as("the first page of the free list").isPositive();
    ByteBuffer.wrap(bytes).putInt((trunk - 1) * PAGE + 8, 0x7fff_ffff);
    write(bytes);
    isBlind("free list", "journal.db: ");
    assertThat(Journals.damage(folder)).get().asString().containsIgnoringCase("freelist");
  }

  @Test
  @Tag("K-03")
  void aStateThatMakesNoSenseIsDamageAndItsNodeIsNamed() throws Exception {
    closed();
    withoutSums();
    try (var other = DriverManager.getConnection("jdbc:sqlite:" + file());
        var statement = other.createStatement()) {
      statement.execute("UPDATE node SET state = '{\"installs\":' WHERE subject = 'geranium'");
    }
    isBlind("state", "journal.db: where geranium stands makes no sense");
  }

  /// As in a journal that is too large to be looked at whole: found where it is written or read.
  @Test
  @Tag("K-03")
  void damageThatShowsLaterEndsTheWritingAndTheNextStartKnows() throws Exception {
    byte[] sound = closed();
    withoutSums();
    write(withoutEventPages(sound));
    var reasons = new ArrayList<String>();
    try (var chronicle = new Chronicle(Database.journal(folder), true);
        var reader = new JournalReader(folder, chronicle::damaged)) {
      chronicle.listenForLosses(reasons::add);
      assertThat(chronicle.state("geranium", T0).journey()).isPresent();
      assertThatThrownBy(() -> reader.events(Optional.of("dahlia"), 0, EVENTS))
          .isInstanceOf(StoreException.class)
          .hasMessageStartingWith("the journal is damaged: journal.db");
      assertThat(chronicle.damage()).get().asString().startsWith("journal.db: ");
      assertThat(chronicle.isBlind()).as("it knows where nodes stand").isFalse();
      chronicle.record(refused(1));
      assertThat(chronicle.dropped()).isEqualTo(1);
    }
    assertThat(reasons).containsExactly("the journal is damaged");
    isBlind("the next start", "journal.db: ");
  }

  @Test
  @Tag("K-03")
  void damageThatShowsWhenItIsWrittenEndsTheWriting() throws Exception {
    byte[] sound = closed();
    withoutSums();
    write(withoutEventPages(sound));
    try (var chronicle = new Chronicle(Database.journal(folder), true)) {
      for (int i = 0; i < 300 && chronicle.damage().isEmpty(); i++) {
        chronicle.record(refused(i));
        chronicle.record(JournalEvent.of(T0, "geranium", EventType.FILE_REFUSED, "path", "x"));
        settle(chronicle);
      }
      assertThat(chronicle.damage()).isPresent();
      assertThat(chronicle.dropped()).isPositive();
    }
    assertThat(Journals.noted(folder)).isPresent();
  }

  /// Waits until what was recorded is written, or refused.
  private static void settle(Chronicle chronicle) {
    try {
      chronicle.agreeOnNothing();
    } catch (StoreException _) {
      // It is refused from now on.
    }
  }

  /// All leaf pages of events, and of their indexes, are zeros.
  private byte[] withoutEventPages(byte[] sound) {
    byte[] out = sound.clone();
    for (int page = 1; page < sound.length / PAGE; page++) {
      String text = new String(sound, page * PAGE, PAGE, StandardCharsets.ISO_8859_1);
      boolean leaf = sound[page * PAGE] == 13 || sound[page * PAGE] == 10;
      if (leaf && text.contains("dahlia") && !text.contains("geranium")) {
        Arrays.fill(out, page * PAGE, (page + 1) * PAGE, (byte) 0);
      }
    }
    return out;
  }

  @Test
  @Tag("K-03")
  void aLogDamagedBeforeItsEndIsCutThereAndNoTokenIsGoodAnyMore() throws IOException {
    Path live = Files.createDirectories(folder.resolve("live"));
    byte[] log;
    try (var chronicle = new Chronicle(live)) {
      begin(chronicle);
      chronicle.know("geranium", T0);
      for (int i = 0; i < 9; i++) {
        chronicle.record(JournalEvent.of(T0, "geranium", EventType.HELLO));
        begin(chronicle);
        settle(chronicle);
      }
      Files.copy(live.resolve("journal.db"), file());
      log = Files.readAllBytes(live.resolve("journal.db-wal"));
    }
    Path here = folder.resolve("journal.db-wal");
    int frame = 24 + PAGE;
    int at = 32 + (log.length - 32) / frame / 2 * frame;
    Files.write(here, flipped(log, at + 500, 2));
    try (Chronicle chronicle = Journals.open(folder, false)) {
      assertThat(chronicle.damage()).isEmpty();
      assertThat(chronicle.isBlind()).isFalse();
      assertThat(chronicle.remembers()).as("what is armed counts").isFalse();
      Journey journey = chronicle.state("geranium", T0).journey().orElseThrow();
      assertThat(journey.aliveAt(T0)).as("the token opens something").isFalse();
      assertThat(journey.ended()).isEqualTo("the end of the journal is lost");
      // A server that is killed here: its words about disks may still be stored.
    }
    try (Chronicle chronicle = Journals.open(folder, false)) {
      assertThat(chronicle.remembers()).as("what is armed counts, a start later").isFalse();
      chronicle.settle();
    }
    try (Chronicle chronicle = Journals.open(folder, false)) {
      assertThat(chronicle.remembers()).as("all was taken back").isTrue();
      assertThat(chronicle.state("geranium", T0).journey().orElseThrow().ended())
          .as("the token is good again")
          .isEqualTo("the end of the journal is lost");
    }
    assertThat(folder.resolve("journal.db-wal-damaged"))
        .hasBinaryContent(flipped(log, at + 500, 2));
  }

  @Test
  void aWholeOneIsTakenUpAndANewOneRemembersNothing() throws IOException {
    try (Chronicle chronicle = Journals.open(folder, false)) {
      assertThat(chronicle.damage()).isEmpty();
      assertThat(chronicle.remembers()).isFalse();
    }
    try (Chronicle chronicle = Journals.open(folder, false)) {
      assertThat(chronicle.remembers()).as("killed before all was taken back").isFalse();
      chronicle.settle();
    }
    closed();
    assertThat(folder.resolve("journal.db-sums")).exists();
    try (Chronicle chronicle = Journals.open(folder, false)) {
      assertThat(chronicle.remembers()).isTrue();
      assertThat(chronicle.state("geranium", T0).journey()).isPresent();
      assertThat(folder.resolve("journal.db-sums")).doesNotExist();
    }
  }

  /// What an operator does: a backup, or nothing, in its place.
  @Test
  void anotherFileInItsPlaceIsUsedAndTheNoteIsGone() throws IOException {
    byte[] sound = closed();
    write(flipped(sound, 3 * PAGE, 1));
    isBlind("damaged", "journal.db: bytes");
    assertThat(Journals.noted(folder)).isPresent();
    write(sound);
    assertThat(Journals.noted(folder)).isEmpty();
    try (Chronicle chronicle = Journals.open(folder, false)) {
      assertThat(chronicle.damage()).isEmpty();
      assertThat(chronicle.remembers()).as("it has what happened last").isFalse();
      assertThat(chronicle.state("geranium", T0).journey().orElseThrow().aliveAt(T0))
          .as("the token opens something")
          .isFalse();
      chronicle.settle();
      assertThat(folder.resolve("journal.db-damaged")).doesNotExist();
    }
  }

  @Test
  void aCopyIsPutAsideAndBegunAnew() throws IOException {
    byte[] damaged = write(flipped(closed(), 3 * PAGE, 1));
    try (Chronicle chronicle = Journals.open(folder, true)) {
      assertThat(chronicle.damage()).isEmpty();
      assertThat(chronicle.states()).isEmpty();
      chronicle.record(refused(1));
    }
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.filter(f -> f.getFileName().toString().startsWith("journal.db-damaged-")))
          .singleElement()
          .satisfies(aside -> assertThat(aside).hasBinaryContent(damaged));
    }
    try (var reader = new JournalReader(folder)) {
      assertThat(reader.states()).containsOnlyKeys("dahlia");
    }
  }

  @Test
  void noBackupIsMadeOfADamagedJournal() throws Exception {
    byte[] sound = closed();
    try (var leases = new SqliteLeaseStore(folder)) {
      leases.save(StoreFaults.lease(1)).join();
    }
    write(flipped(sound, 3 * PAGE, 1));
    Path backup = folder.resolve("backup");
    assertThatThrownBy(() -> BackupWriter.write(folder, backup, false, "1.0", T0))
        .isInstanceOf(BackupRefused.class)
        .hasMessageContaining("the journal is damaged: journal.db: bytes");
    assertThat(backup).doesNotExist();
  }

  /// A write that is refused says so to who waits for it.
  @Test
  void whoWaitsForAWriteHearsOfTheDamage() throws IOException {
    write(flipped(closed(), 3 * PAGE, 1));
    try (Chronicle chronicle = Journals.open(folder, false)) {
      assertThatThrownBy(() ->
              chronicle.takeOver("a", "b", List.of(new Chronicle.Others(1, refused(1)))).join())
          .isInstanceOf(CompletionException.class)
          .hasMessageContaining("the journal is damaged");
    }
  }
}
