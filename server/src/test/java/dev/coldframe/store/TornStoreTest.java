package dev.coldframe.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.node.Lease;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.compress.utils.SeekableInMemoryByteChannel;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A lease store whose log ends in the middle of a write.
class TornStoreTest {
  private static final int HEADER = 32;

  @TempDir Path folder;

  /// Leases that were acknowledged one by one, and how long the log was after each.
  private record Written(StoreFaults files, List<Integer> ends) {
    /// How many leases are whole in a log of that length.
    int whole(int length) {
      return (int) ends.stream().filter(end -> end <= length).count();
    }
  }

  private Written written(int count) {
    Path from = folder.resolve("from");
    try (var store = new SqliteLeaseStore(make(from))) {
      var ends = new ArrayList<Integer>();
      for (int i = 0; i < count; i++) {
        store.save(StoreFaults.lease(i)).join();
        ends.add(StoreFaults.of(from).log().length);
      }
      return new Written(StoreFaults.of(from), ends);
    }
  }

  private static Path make(Path path) {
    try {
      return Files.createDirectories(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static WalTail tail(byte[] log) throws IOException {
    try (SeekableByteChannel channel = new SeekableInMemoryByteChannel(log)) {
      return WalTail.of(channel);
    }
  }

  /// Every byte is looked at by the reader of the log; the store itself is opened at those where a
  /// write of SQLite ends, and at every 997th between them.
  @Test
  @Tag("K-02")
  void whereverTheLastThreeWritesAreCutWhatWasWholeIsThereAndTheRestIsTold() throws IOException {
    Written written = written(8);
    int last = written.files.log().length;
    int first = written.ends.get(4);
    Path copy = folder.resolve("copy");
    for (int length = first; length <= last; length++) {
      int whole = written.whole(length);
      int end = written.ends.get(whole - 1);
      StoreFaults cut = written.files.cutAt(length);
      assertThat(tail(cut.log()))
          .as("cut at %s", length)
          .isEqualTo(
              length == end ? new WalTail.Whole() : new WalTail.Torn(end, length - (long) end));
      int frame = (length - first) % (24 + 4096);
      if (frame < 2 || frame == 24 || length % 997 == 0 || length == last) {
        try (LeaseStore store = LeaseStores.open(cut.into(copy))) {
          assertThat(store.leases()).as("cut at %s", length).isEqualTo(leases(whole));
        }
      }
    }
  }

  private static List<Lease> leases(int count) {
    return StoreFaults.leases(0, count);
  }

  @Test
  @Tag("K-02")
  void aStoreThatWasCutIsWrittenAgainAndLeavesNoRestOfTheTornWrite() throws IOException {
    Written written = written(5);
    Path copy = folder.resolve("copy");
    written.files.cutAt(written.ends.get(4) - 1).into(copy);
    try (LeaseStore store = LeaseStores.open(copy)) {
      assertThat(StoreFaults.of(copy).log()).isEmpty();
      store.save(StoreFaults.lease(9)).join();
      var expected = new ArrayList<>(leases(4));
      expected.add(StoreFaults.lease(9));
      assertThat(store.leases()).isEqualTo(expected);
    }
  }

  @Test
  void aLogThatIsShorterThanItsHeaderHoldsNothing() throws IOException {
    byte[] log = written(1).files.log();
    assertThat(tail(new byte[0])).isEqualTo(new WalTail.Whole());
    for (int length = 1; length < HEADER; length++) {
      assertThat(tail(Arrays.copyOf(log, length))).isEqualTo(new WalTail.Torn(0, length));
    }
    assertThat(tail(Arrays.copyOf(log, HEADER))).isEqualTo(new WalTail.Whole());
  }

  /// After a checkpoint the file is written from its start again, over what it held.
  @Test
  void framesOfAnEarlierUseOfTheFileAreNoTornWrite() throws Exception {
    Path from = make(folder.resolve("from"));
    try (var store = new SqliteLeaseStore(from)) {
      for (int i = 0; i < 6; i++) {
        store.save(StoreFaults.lease(i)).join();
      }
      int before = StoreFaults.of(from).log().length;
      try (var other = DriverManager.getConnection("jdbc:sqlite:" + from.resolve("leases.db"));
          var statement = other.createStatement()) {
        statement.execute("PRAGMA wal_checkpoint(RESTART)");
      }
      store.save(StoreFaults.lease(6)).join();
      StoreFaults now = StoreFaults.of(from);
      assertThat(now.log()).hasSize(before);
      assertThat(tail(now.log())).isEqualTo(new WalTail.Whole());
      try (LeaseStore copy = LeaseStores.open(now.into(folder.resolve("copy")))) {
        assertThat(copy.leases()).isEqualTo(leases(7));
      }
    }
  }

  /// A power cut may leave the end of a write on disk and not its start.
  @Test
  void aLastWriteThatArrivedInAnotherOrderIsTornNotDamaged() throws IOException {
    Path from = make(folder.resolve("from"));
    try (var store = new SqliteLeaseStore(from)) {
      store.save(StoreFaults.lease(0)).join();
      int start = StoreFaults.of(from).log().length;
      store.takeSlot("node-1", StoreFaults.lease(1).mac()).join();
      byte[] log = StoreFaults.of(from).log();
      assertThat(log.length - start).as("more than one frame").isGreaterThan(2 * 4096);
      Arrays.fill(log, start, start + 4096, (byte) 0);
      assertThat(tail(log)).isEqualTo(new WalTail.Torn(start, log.length - (long) start));
    }
  }
}
