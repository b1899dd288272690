package dev.coldframe.disk;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.net.ByteRange;
import dev.coldframe.net.Bytes;
import dev.coldframe.testkit.Images;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What an installer may take for blank. The same is tried with real formatters in the real-client
/// tier.
@Tag("L-04")
class BlanknessTest {
  private static final int MIB = 1 << 20;
  private static final String IMAGE = "ab".repeat(32);

  private static Bytes mac(Bytes bytes) {
    return Sha256.of(bytes.toArray(), bytes.size());
  }

  private final byte[] disk = new byte[32 * MIB];
  private int rounds;

  /// Plays the installer: shows what it is asked for until there is an answer.
  private DiskContents judge() {
    KnownSectors known = KnownSectors.none(disk.length);
    while (true) {
      assertThat(rounds++).as("questions").isLessThan(6);
      switch (Blankness.judge(known, BlanknessTest::mac)) {
        case DiskContents.Unread(var ranges) -> {
          assertThat(ranges).isNotEmpty();
          for (ByteRange range : ranges) {
            known =
                known.with(
                    range.first(),
                    Bytes.wrap(
                        Arrays.copyOfRange(disk, (int) range.first(), (int) (range.last() + 1))));
          }
        }
        case DiskContents answer -> {
          assertThat(known.knownBytes()).as("bytes shown").isLessThan(64 << 10);
          return answer;
        }
      }
    }
  }

  private void put(int at, byte[] bytes) {
    System.arraycopy(bytes, 0, disk, at, bytes.length);
  }

  private void put(int at, String text) {
    put(at, text.getBytes(ISO_8859_1));
  }

  private void table(int type, int firstSector, int sectors) {
    disk[510] = 0x55;
    disk[511] = (byte) 0xaa;
    Images.entry(disk, 0, type, firstSector, sectors);
  }

  private static byte[] fat(Map<String, byte[]> files) {
    return Images.fat(files);
  }

  @ParameterizedTest
  @ValueSource(ints = {0x00, 0xff})
  void aCardAsFlashIsDeliveredIsBlank(int value) {
    Arrays.fill(disk, (byte) value);
    assertThat(judge()).isEqualTo(new DiskContents.Blank("empty"));
    assertThat(rounds).isEqualTo(2);
  }

  @Test
  void anythingElseIsForeignKnownOrNot() {
    Arrays.fill(disk, (byte) 0xa5);
    assertThat(judge()).isEqualTo(new DiskContents.Foreign("unknown data, 0xa5 at byte 0"));
  }

  @Test
  void aNewCardWithAnEmptyFatVolumeIsBlank() {
    table(0x0c, 8192, 8192);
    put(4 * MIB, fat(Map.of()));
    assertThat(judge()).isInstanceOf(DiskContents.Blank.class);
  }

  @Test
  void windowsOwnFolderDoesNotCount() {
    table(0x0c, 8192, 8192);
    put(4 * MIB, fat(Map.of("System Volume Information/WPSettings.dat", new byte[] {1})));
    assertThat(judge()).isInstanceOf(DiskContents.Blank.class);
  }

  @Test
  void aCameraCardIsForeign() {
    table(0x0c, 8192, 8192);
    put(4 * MIB, fat(Map.of("DCIM/100/1.jpg", new byte[] {1})));
    assertThat(judge().words()).isEqualTo("a FAT or exFAT volume with files in it");
  }

  @Test
  void aVolumeWithoutATableIsLookedIntoAsWell() {
    put(0, fat(Map.of()));
    assertThat(judge()).isInstanceOf(DiskContents.Blank.class);
    rounds = 0;
    put(0, fat(Map.of("a.txt", new byte[] {1})));
    assertThat(judge()).isInstanceOf(DiskContents.Foreign.class);
  }

  @Test
  void twoPartitionsAreForeignHoweverEmpty() {
    table(0x0c, 8192, 8192);
    Images.entry(disk, 1, 0x83, 16_384, 8192);
    assertThat(judge().words()).isEqualTo("a partition table with 2 partitions");
  }

  @Test
  void aPartitionOfAnotherKindIsForeign() {
    table(0x83, 8192, 8192);
    assertThat(judge().words()).isEqualTo("a partition that is neither FAT nor exFAT");
  }

  @Test
  void dataBesideAnEmptyVolumeIsForeign() {
    table(0x0c, 8192, 8192);
    put(4 * MIB, fat(Map.of()));
    disk[33 << 10] = 0x42;
    assertThat(judge().words()).isEqualTo("unknown data, 0x42 at byte 33792");
  }

  /// An exFAT volume as new SDXC cards have it.
  private void exFat(int at, byte[]... entries) {
    put(at + 3, "EXFAT   ");
    Images.putInt(disk, at + 88, 128);
    Images.putInt(disk, at + 96, 4);
    disk[at + 108] = 9;
    disk[at + 109] = 3;
    disk[at + 510] = 0x55;
    disk[at + 511] = (byte) 0xaa;
    int root = at + 128 * 512 + 2 * 4096;
    put(root, new byte[] {(byte) 0x83, 0});
    put(root + 32, new byte[] {(byte) 0x81});
    put(root + 64, new byte[] {(byte) 0x82});
    for (int i = 0; i < entries.length; i++) {
      put(root + 96 + 32 * i, entries[i]);
    }
  }

  private static byte[][] exFatFile(String name) {
    byte[] file = new byte[32];
    file[0] = (byte) 0x85;
    file[1] = (byte) (1 + (name.length() + 14) / 15);
    byte[] stream = new byte[32];
    stream[0] = (byte) 0xc0;
    stream[3] = (byte) name.length();
    byte[][] out = new byte[2 + (name.length() + 14) / 15][];
    out[0] = file;
    out[1] = stream;
    for (int i = 2; i < out.length; i++) {
      String part = name.substring((i - 2) * 15, Math.min(name.length(), (i - 1) * 15));
      byte[] entry = new byte[32];
      entry[0] = (byte) 0xc1;
      System.arraycopy(part.getBytes(UTF_16LE), 0, entry, 2, part.length() * 2);
      out[i] = entry;
    }
    return out;
  }

  @Test
  void anEmptyExFatVolumeIsBlank() {
    table(0x07, 32_768, 16_384);
    exFat(16 * MIB);
    assertThat(judge()).isEqualTo(new DiskContents.Blank("an empty exFAT volume"));
  }

  @Test
  void windowsOwnFolderDoesNotCountInExFatEither() {
    table(0x07, 32_768, 16_384);
    exFat(16 * MIB, exFatFile("System Volume Information"));
    assertThat(judge()).isInstanceOf(DiskContents.Blank.class);
  }

  @Test
  void anExFatVolumeWithAFileIsForeign() {
    table(0x07, 32_768, 16_384);
    exFat(16 * MIB, exFatFile("DCIM"));
    assertThat(judge()).isInstanceOf(DiskContents.Foreign.class);
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          0,        4c554b53babe,     a LUKS volume
          1080,     53ef,             an ext file system
          512,      4546492050415254, a GPT
          512,      4c4142454c4f4e45, an LVM volume
          65600,    5f42485266535f4d, a btrfs file system
          4086,     53574150535041434532, swap space
          0,        58465342,         an XFS file system
          4096,     fc4e2ba9,         a Linux RAID member
          32769,    4344303031,       an ISO 9660 file system
          33553920, 4546492050415254, the backup of a GPT
          33488896, fc4e2ba9,         'unknown data, 0xfc at byte 33488896'
          16384,    00000000000001,   'unknown data, 0x01 at byte 16390'
          """)
  void aSignatureIsNamed(int at, String hex, String what) {
    put(at, Bytes.parseHex(hex).toArray());
    assertThat(judge()).isEqualTo(new DiskContents.Foreign(what));
  }

  @Test
  void ourOwnMarkIsFoundAndWhetherTheDiskBoots() {
    var mark = new InstallMark("geranium", "c0ffee", IMAGE);
    put((int) InstallMark.AREA.first(), mark.sector(BlanknessTest::mac).toArray());
    disk[3 * MIB] = 0x42;
    assertThat(judge()).isEqualTo(new DiskContents.Marked(mark, false));
    rounds = 0;
    table(0x0c, 8192, 8192);
    assertThat(judge()).isEqualTo(new DiskContents.Marked(mark, true));
  }

  @Test
  void aMarkHidesNothingThatCameAfterIt() {
    var mark = new InstallMark("geranium", "c0ffee", IMAGE);
    put((int) InstallMark.AREA.first(), mark.sector(BlanknessTest::mac).toArray());
    put(512, "LABELONE");
    assertThat(judge()).isEqualTo(new DiskContents.Foreign("an LVM volume"));
    rounds = 0;
    put(512, "whatever");
    assertThat(judge()).isInstanceOf(DiskContents.Foreign.class);
  }

  @Test
  void whatWasMadeOfTheOnePartitionIsForeignThoughItsVolumeIsStillThere() {
    for (int at : new int[] {4096, 4 * MIB - 8192}) {
      Arrays.fill(disk, (byte) 0);
      rounds = 0;
      table(0x0c, 8192, 8192);
      put(4 * MIB, fat(Map.of()));
      put(4 * MIB + at, Bytes.parseHex("fc4e2ba9").toArray());
      assertThat(judge().words()).as("at " + at).contains("a Linux RAID member");
    }
  }

  @Test
  void aMarkOfAnotherSiteIsUnknownData() {
    var mark = new InstallMark("geranium", "c0ffee", IMAGE);
    put((int) InstallMark.AREA.first(), mark.sector(_ -> Bytes.wrap(new byte[32])).toArray());
    assertThat(judge()).isInstanceOf(DiskContents.Foreign.class);
  }

  @Test
  void everyChangedByteOfAMarkMakesItUnknown() {
    byte[] sector =
        new InstallMark("geranium", "c0ffee", IMAGE).sector(BlanknessTest::mac).toArray();
    for (int i = 0; i < sector.length; i++) {
      byte[] changed = sector.clone();
      changed[i] ^= 1;
      assertThat(InstallMark.read(Bytes.wrap(changed), BlanknessTest::mac))
          .as("byte " + i)
          .isEmpty();
    }
  }

  @Test
  void aDiskTooSmallForAnythingIsForeign() {
    assertThat(Blankness.judge(KnownSectors.none(Blankness.MIN_BYTES - 1), BlanknessTest::mac))
        .isInstanceOf(DiskContents.Foreign.class);
    assertThat(Blankness.judge(KnownSectors.none(Blankness.MIN_BYTES), BlanknessTest::mac))
        .isInstanceOf(DiskContents.Unread.class);
  }

  @Test
  void randomSectorsNeverThrow() {
    var random = new java.util.Random(20_261_125);
    for (int i = 0; i < 300; i++) {
      Arrays.fill(disk, 0, MIB, (byte) 0);
      byte[] noise = new byte[512];
      random.nextBytes(noise);
      put(0, noise);
      if (i % 2 == 0) {
        put(0, new byte[] {(byte) 0xeb, 0x3c, (byte) 0x90});
        put(3, i % 4 == 0 ? "EXFAT   " : "");
        disk[510] = 0x55;
        disk[511] = (byte) 0xaa;
      }
      rounds = 0;
      assertThat(judge()).isNotNull();
    }
  }

  @Test
  void everyFieldOfABootSectorMayLie() {
    byte[] volume = fat(new LinkedHashMap<>());
    for (int at = 11; at < 90; at++) {
      for (int value : new int[] {0, 1, 0x7f, 0x80, 0xff}) {
        Arrays.fill(disk, 0, MIB, (byte) 0);
        put(0, volume);
        disk[at] = (byte) value;
        rounds = 0;
        assertThat(judge()).isNotNull();
      }
    }
  }
}
