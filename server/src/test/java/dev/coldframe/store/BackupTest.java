package dev.coldframe.store;

import static dev.coldframe.testkit.Sites.T0;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.ZstdOutputStream;
import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import dev.coldframe.node.Arm;
import dev.coldframe.node.EventType;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.node.Lease;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A state folder into one file and back.
class BackupTest {
  private static final String IMAGE = "images/" + "ab".repeat(32) + "/";
  private static final long SPARSE_BYTES = 64L << 20;

  @TempDir Path folder;
  private Path state;
  private Path backup;

  @BeforeEach
  void fill() throws IOException {
    state = folder.resolve("state");
    backup = folder.resolve("backup.tar.zst");
    try (var _ = StateFolder.lock(state)) {
      SiteKey key = SiteKey.of(state);
      new NodeSecrets(state, key).secrets("geranium");
      AdminTokens.of(state);
      try (var leases = new SqliteLeaseStore(state);
          var chronicle = new Chronicle(state)) {
        leases.save(lease(1)).join();
        leases.learn(MacAddress.parse("dc:a6:32:00:00:09"), "geranium").join();
        chronicle.record(JournalEvent.of(T0, "geranium", EventType.HELLO, "address", "a"));
      }
    }
    put("firmware/pi4/pieeprom.bin", "eeprom");
    put("scratch/half", "x");
    put("coldframe.sock", "");
    put("firmware/.new-1", "x");
    put(IMAGE + "image.json", "{}");
    try (var disk = new RandomAccessFile(state.resolve(IMAGE + "disk").toFile(), "rw")) {
      disk.setLength(SPARSE_BYTES);
      disk.seek(1 << 20);
      disk.writeBytes("data");
    }
  }

  private void put(String name, String text) throws IOException {
    Path file = state.resolve(name);
    Files.createDirectories(file.resolveSibling(""));
    Files.writeString(file, text);
  }

  private static Lease lease(int n) {
    return new Lease(
        Ip4.parse("192.168.0." + n),
        MacAddress.parse("dc:a6:32:00:01:0" + n),
        Optional.empty(),
        Optional.empty(),
        T0.plusSeconds(60),
        Lease.State.ACTIVE);
  }

  private BackupManifest save(boolean images) throws Exception {
    return BackupWriter.write(state, backup, images, "1.0", T0);
  }

  private Restore.Done restore(Path to, boolean force) throws Exception {
    return Restore.restore(backup, to, force, T0);
  }

  private static List<String> files(Path tree) throws IOException {
    try (Stream<Path> all = Files.walk(tree)) {
      return all.filter(Files::isRegularFile)
          .map(file -> tree.relativize(file).toString())
          .sorted()
          .toList();
    }
  }

  /// Something may have been installed by it since the backup.
  @Test
  void aWordAboutADiskIsNotBroughtBack() throws Exception {
    try (var leases = new SqliteLeaseStore(state)) {
      leases.save(new Arm("geranium", "0x1b53", "a Linux system", T0.plusSeconds(600))).join();
    }
    save(false);
    Path to = folder.resolve("restored");
    restore(to, false);
    assertThat(SqliteLeaseStore.readArms(state)).as("what is there").hasSize(1);
    assertThat(SqliteLeaseStore.readArms(to)).isEmpty();
    assertThat(SqliteLeaseStore.read(to)).containsExactly(lease(1));
  }

  @Test
  void holdsWhatMustBeKeptAndNothingElse() throws Exception {
    assertThat(save(false).files())
        .containsOnlyKeys(
            "admin.token",
            "firmware/pi4/pieeprom.bin",
            "journal.db",
            "leases.db",
            "read.token",
            "secrets/geranium.sealed",
            "site.key");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(backup)))
        .isEqualTo("rw-------");
    assertThat(files(folder)).filteredOn(name -> name.startsWith(".")).isEmpty();
  }

  @Test
  @Tag("K-15")
  void isConsistentWhileAServerWritesAndTheSameAfterwards() throws Exception {
    try (var leases = new SqliteLeaseStore(state)) {
      leases.save(lease(2)).join();
      save(false);
      leases.save(lease(3)).join();
    }
    Path other = folder.resolve("elsewhere/state");
    Restore.Done done = restore(other, false);
    assertThat(done.manifest().made()).isEqualTo(T0);
    assertThat(done.kept()).isEmpty();
    assertThat(done.images()).isFalse();
    assertThat(SqliteLeaseStore.read(other)).containsExactly(lease(1), lease(2));
    assertThat(SqliteLeaseStore.readLearned(other)).containsValue("geranium");
    try (var journal = new JournalReader(other)) {
      assertThat(journal.events(Optional.of("geranium"), 0, 10))
          .extracting(entry -> entry.event().type())
          .startsWith(EventType.HELLO);
    }
    Secrets before = NodeSecrets.of(state).secrets("geranium");
    Secrets after = NodeSecrets.of(other).secrets("geranium");
    assertThat(after.machineId()).isEqualTo(before.machineId());
    assertThat(after.hostKeys()).isEqualTo(before.hostKeys());
    for (String name : List.of("site.key", "admin.token", "firmware/pi4/pieeprom.bin")) {
      assertThat(other.resolve(name)).hasSameBinaryContentAs(state.resolve(name));
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(other.resolve(name))))
          .isEqualTo("rw-------");
    }
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(other)))
        .isEqualTo("rwx------");
  }

  @Test
  void imagesComeBackWithTheirHoles() throws Exception {
    assertThat(save(true).files()).containsKeys(IMAGE + "disk", IMAGE + "image.json");
    assertThat(Files.size(backup)).as("zeros cost nothing").isLessThan(1 << 20);
    Path other = folder.resolve("other");
    assertThat(restore(other, false).images()).isTrue();
    Path disk = other.resolve(IMAGE + "disk");
    assertThat(disk).hasSameBinaryContentAs(state.resolve(IMAGE + "disk"));
    Process stat = new ProcessBuilder("stat", "-c", "%b", disk.toString()).start();
    String blocks = new String(stat.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    assertThat(Long.parseLong(blocks.strip()) * 512).isLessThan(1 << 20);
  }

  @Test
  void nothingIsOverwritten() throws Exception {
    Files.writeString(backup, "precious");
    assertThatThrownBy(() -> save(false)).hasMessageContaining("is there already");
    assertThat(backup).hasContent("precious");
  }

  @Test
  void aFolderThatIsNotThereIsNamed() {
    backup = folder.resolve("none/backup");
    assertThatThrownBy(() -> save(false))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessage(folder.resolve("none").toString());
    assertThatThrownBy(() -> restore(folder.resolve("other"), false))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessage(backup.toString());
    assertThat(folder.resolve("other")).doesNotExist();
  }

  @Test
  void aFolderThatNoServerUsedIsNotSaved() throws Exception {
    state = Files.createDirectory(folder.resolve("empty"));
    assertThatThrownBy(() -> save(false)).hasMessageContaining("nothing in");
    assertThat(backup).doesNotExist();
  }

  @Test
  void aFolderInUseIsReplacedOnlyWhenForcedAndKept() throws Exception {
    save(false);
    put("new", "since then");
    List<String> before = files(state);
    assertThatThrownBy(() -> restore(state, false)).hasMessageContaining("is not empty");
    assertThat(files(state)).isEqualTo(before);

    Restore.Done done = restore(state, true);
    Path kept = done.kept().orElseThrow();
    assertThat(kept).isEqualTo(folder.resolve("state.before-20260301T120000"));
    assertThat(files(kept)).isEqualTo(before);
    assertThat(files(state)).doesNotContain("new").contains("leases.db", "site.key");
    assertThat(done.images()).as("images that were there stay").isTrue();
    assertThat(state.resolve(IMAGE + "disk")).hasSameBinaryContentAs(kept.resolve(IMAGE + "disk"));
  }

  @Test
  void whatWasThereStaysWhereItsNameIsTaken() throws Exception {
    save(false);
    put("new", "since then");
    List<String> before = files(state);
    Path taken = Files.createDirectory(folder.resolve("state.before-20260301T120000"));
    Files.writeString(taken.resolve("note"), "an earlier one");

    assertThatThrownBy(() -> restore(state, true)).hasMessageContaining("what was there before");

    assertThat(files(state)).doesNotContain("new").contains("leases.db");
    assertThat(taken.resolve("note")).exists();
    try (Stream<Path> beside = Files.list(folder)) {
      Path old =
          beside
              .filter(path -> path.getFileName().toString().startsWith(".coldframe-restore-"))
              .findFirst()
              .orElseThrow();
      assertThat(files(old)).isEqualTo(before);
    }
  }

  @Test
  void aFolderWithNothingButALockIsEmpty() throws Exception {
    save(false);
    Path other = folder.resolve("other");
    StateFolder.lock(other).close();
    assertThat(restore(other, false).kept()).isEmpty();
    assertThat(files(other)).contains("leases.db");
  }

  @Test
  @Tag("K-08")
  void aFolderThatAServerHoldsIsNotReplaced() throws Exception {
    save(false);
    try (var _ = StateFolder.lock(state)) {
      List<String> before = files(state);
      assertThatThrownBy(() -> restore(state, true))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("in use");
      assertThat(files(state)).isEqualTo(before);
    }
  }

  @Test
  void cutAnywhereItIsRefusedAndNothingIsChanged() throws Exception {
    save(false);
    byte[] whole = Files.readAllBytes(backup);
    Path other = folder.resolve("other");
    var lengths = new TreeSet<Integer>(List.of(0, 1, 4, 17, whole.length - 1));
    for (int i = 1; i < 40; i++) {
      lengths.add(whole.length * i / 40);
    }
    for (int length : lengths) {
      Files.write(backup, Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> restore(other, false))
          .as("%d of %d bytes", length, whole.length)
          .isInstanceOf(BackupRefused.class);
    }
    assertThat(other).doesNotExist();
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).containsExactlyInAnyOrder(backup, state);
    }
  }

  /// Also in the manifest, which stands at the end and which nothing but the whole's checksum
  /// covers. A few bits of the compression mean nothing: with another one of these, all comes back.
  @Test
  void aChangedByteAnywhereIsFoundOrChangesNothing() throws Exception {
    save(false);
    byte[] whole = Files.readAllBytes(backup);
    Path other = folder.resolve("other");
    restore(other, false);
    Map<String, String> right = contents(other);
    Trees.delete(other);
    var places = new TreeSet<Integer>();
    for (int i = 0; i < 64; i++) {
      places.add(whole.length / 64 * i);
      places.add(whole.length - 1 - 7 * i);
    }
    int refused = 0;
    for (int place : places) {
      byte[] damaged = whole.clone();
      damaged[place] ^= 0x40;
      Files.write(backup, damaged);
      try {
        restore(other, false);
        assertThat(contents(other)).as("byte %d of %d", place, whole.length).isEqualTo(right);
        Trees.delete(other);
      } catch (BackupRefused _) {
        refused++;
        assertThat(other).doesNotExist();
      }
    }
    assertThat(refused).isGreaterThan(places.size() * 9 / 10);
  }

  private static Map<String, String> contents(Path tree) throws IOException {
    var out = new TreeMap<String, String>();
    for (String file : files(tree)) {
      out.put(file, HexFormat.of().formatHex(Files.readAllBytes(tree.resolve(file))));
    }
    return out;
  }

  /// An archive that is no backup, with a manifest that says it is.
  private void archive(TarArchiveEntry entry, String content, String manifest) throws IOException {
    try (var tar =
        new TarArchiveOutputStream(new ZstdOutputStream(Files.newOutputStream(backup)))) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
      entry.setSize(entry.isFile() ? bytes.length : 0);
      tar.putArchiveEntry(entry);
      if (entry.isFile()) {
        tar.write(bytes);
      }
      tar.closeArchiveEntry();
      var last = new TarArchiveEntry("manifest.json");
      last.setSize(manifest.length());
      tar.putArchiveEntry(last);
      tar.write(manifest.getBytes(StandardCharsets.UTF_8));
      tar.closeArchiveEntry();
    }
  }

  @ParameterizedTest
  @Tag("H-12")
  @ValueSource(
      strings = {
        "state/../../evil",
        "/etc/evil",
        "state//evil",
        "evil",
        "state/.hidden",
        "state/a/./b",
        "state/"
      })
  void aNameThatLeadsElsewhereIsRefused(String name) throws Exception {
    archive(new TarArchiveEntry(name, true), "x", "{\"format\":1}");
    assertThatThrownBy(() -> restore(folder.resolve("other"), false))
        .isInstanceOf(BackupRefused.class)
        .hasMessageContaining("no backup of coldframe");
    assertThat(folder.resolve("evil")).doesNotExist();
  }

  @Test
  @Tag("H-12")
  void aLinkIsRefused() throws Exception {
    var link = new TarArchiveEntry("state/link", TarArchiveEntry.LF_SYMLINK);
    link.setLinkName("/etc/passwd");
    archive(link, "", "{\"format\":1}");
    assertThatThrownBy(() -> restore(folder.resolve("other"), false))
        .isInstanceOf(BackupRefused.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"format\":2,\"made\":\"2026-03-01T12:00:00Z\",\"files\":[]}",
        "{\"format\":1,\"made\":\"2026-03-01T12:00:00Z\",\"files\":[]}",
        "{\"format\":1,\"made\":\"2026-03-01T12:00:00Z\",\"files\":[{\"path\":\"a\",\"bytes\":1,\"sha256\":\"00\"}]}",
        "{\"format\":1,\"files\":[]}",
        "{"
      })
  void aManifestThatDoesNotFitIsRefused(String manifest) throws Exception {
    archive(new TarArchiveEntry("state/a"), "x", manifest);
    assertThatThrownBy(() -> restore(folder.resolve("other"), false))
        .isInstanceOf(BackupRefused.class);
    assertThat(folder.resolve("other")).doesNotExist();
  }

  @Test
  @Tag("K-06")
  void aBackupOfANewerServerIsRefused() throws Exception {
    pragma("PRAGMA user_version=99");
    Files.delete(state.resolve("leases.db-sums"));
    save(false);
    assertThatThrownBy(() -> restore(folder.resolve("other"), false))
        .hasMessageContaining("newer coldframe");
  }

  private void pragma(String sql) throws SQLException {
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + state.resolve("leases.db"));
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Test
  void foldersChangePlacesWithAndWithoutTheKernel() throws Exception {
    Path one = Files.createDirectory(folder.resolve("one"));
    Path two = Files.createDirectory(folder.resolve("two"));
    Files.writeString(one.resolve("1"), "");
    assertThat(Swap.atOnce(one, two)).isTrue();
    assertThat(files(two)).containsExactly("1");
    assertThat(Swap.atOnce(one, folder.resolve("none"))).isFalse();
    Swap.byRenames(one, two);
    assertThat(files(one)).containsExactly("1");
    assertThat(files(two)).isEmpty();
  }

  /// Three renames that stop after the first one.
  @Test
  @Tag("K-05")
  void aStateFolderThatAnExchangeLeftWithoutItsNameIsFoundAgain() throws Exception {
    Files.move(state, folder.resolve("state.swap"));
    StateFolder.lock(state).close();
    assertThat(SqliteLeaseStore.read(state)).containsExactly(lease(1));
    assertThat(folder.resolve("state.swap")).doesNotExist();
  }

  @Test
  @Tag("K-03")
  void damagedLeasesAreNotSavedAsIfTheyWereSound() throws Exception {
    Path leases = state.resolve("leases.db");
    FileTime written = Files.getLastModifiedTime(leases);
    try (var database = new RandomAccessFile(leases.toFile(), "rw")) {
      database.seek(4_096 + 50);
      database.write(0x55);
    }
    Files.setLastModifiedTime(leases, written);
    assertThatThrownBy(() -> save(false))
        .isInstanceOfSatisfying(
            BackupRefused.class,
            e -> assertThat(e.reason()).contains("leases.db: bytes 4096 to 8191"));
    assertThat(backup).doesNotExist();
  }
}
