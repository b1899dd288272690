package dev.coldframe.disk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.net.ByteRange;
import dev.coldframe.testkit.Images;
import java.io.IOException;
import java.util.Random;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

/// Partition tables, kind and hostile.
class PartitionTableTest {
  private static final int SECTORS = 4096;

  private static Parsed<PartitionTable> read(byte[] disk) throws IOException {
    return PartitionTable.read(Images.source(disk));
  }

  private static byte[] mbr() {
    byte[] out = new byte[SECTORS * 512];
    out[510] = 0x55;
    out[511] = (byte) 0xaa;
    return out;
  }

  private static byte[] gpt() {
    byte[] out = mbr();
    Images.entry(out, 0, 0xee, 1, SECTORS - 1);
    byte[] entries = new byte[128 * 128];
    for (int i = 0; i < 16; i++) {
      entries[i] = (byte) (0x10 + i);
      entries[16 + i] = (byte) (0x20 + i);
    }
    Images.putInt(entries, 32, 40);
    Images.putInt(entries, 40, 139);
    System.arraycopy(
        "b\0o\0o\0t\0".getBytes(java.nio.charset.StandardCharsets.US_ASCII), 0, entries, 56, 8);
    System.arraycopy(entries, 0, out, 2 * 512, entries.length);
    System.arraycopy(entries, 0, out, (SECTORS - 33) * 512, entries.length);
    header(out, 1, 2, entries);
    header(out, SECTORS - 1, SECTORS - 33, entries);
    return out;
  }

  private static void header(byte[] out, int own, int table, byte[] entries) {
    byte[] header = new byte[92];
    System.arraycopy(
        "EFI PART".getBytes(java.nio.charset.StandardCharsets.US_ASCII), 0, header, 0, 8);
    Images.putInt(header, 8, 0x10000);
    Images.putInt(header, 12, 92);
    Images.putInt(header, 24, own);
    Images.putInt(header, 72, table);
    Images.putInt(header, 80, 128);
    Images.putInt(header, 84, 128);
    Images.putInt(header, 88, crc(entries));
    Images.putInt(header, 16, crc(header));
    System.arraycopy(header, 0, out, own * 512, 92);
  }

  private static int crc(byte[] bytes) {
    var crc = new CRC32();
    crc.update(bytes);
    return (int) crc.getValue();
  }

  @Test
  void readsAnMbr() throws IOException {
    byte[] disk = mbr();
    Images.putInt(disk, 440, 0x4e639091);
    Images.entry(disk, 0, 0x0c, 64, 100);
    Images.entry(disk, 1, 0x83, 200, 50);
    PartitionTable table = read(disk).good().orElseThrow();
    assertThat(table.kind()).isEqualTo(PartitionTable.Kind.MBR);
    assertThat(table.diskId()).isEqualTo("4e639091");
    assertThat(table.partitions())
        .containsExactly(
            new Partition(1, new ByteRange(64 * 512, 100 * 512), "0c", "", "4e639091-01"),
            new Partition(2, new ByteRange(200 * 512, 50 * 512), "83", "", "4e639091-02"));
  }

  @Test
  void readsLogicalPartitions() throws IOException {
    byte[] disk = mbr();
    Images.entry(disk, 3, 0x0f, 1000, 1000);
    byte[] link = mbr();
    Images.entry(link, 0, 0x83, 8, 100);
    Images.entry(link, 1, 0x05, 200, 100);
    System.arraycopy(link, 0, disk, 1000 * 512, 512);
    Images.entry(link, 0, 0x0b, 8, 20);
    Images.entry(link, 1, 0, 0, 0);
    System.arraycopy(link, 0, disk, 1200 * 512, 512);
    assertThat(read(disk).good().orElseThrow().partitions())
        .extracting(Partition::number, Partition::type, p -> p.area().first() / 512)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(5, "83", 1008L),
            org.assertj.core.groups.Tuple.tuple(6, "0b", 1208L));
  }

  @Test
  void endsALoopOfLogicalPartitions() throws IOException {
    byte[] disk = mbr();
    Images.entry(disk, 0, 0x05, 1000, 1000);
    byte[] link = mbr();
    Images.entry(link, 0, 0x83, 8, 1);
    Images.entry(link, 1, 0x05, 0, 100);
    System.arraycopy(link, 0, disk, 1000 * 512, 512);
    assertThat(read(disk)).isEqualTo(new Parsed.Bad<>("the chain of logical partitions goes back"));
  }

  @Test
  void readsAGpt() throws IOException {
    PartitionTable table = read(gpt()).good().orElseThrow();
    assertThat(table.kind()).isEqualTo(PartitionTable.Kind.GPT);
    assertThat(table.fromBackup()).isFalse();
    assertThat(table.partitions())
        .containsExactly(
            new Partition(
                1,
                new ByteRange(40 * 512, 100 * 512),
                "13121110-1514-1716-1819-1a1b1c1d1e1f",
                "boot",
                "23222120-2524-2726-2829-2a2b2c2d2e2f"));
  }

  @Test
  void readsAGptFromItsBackup() throws IOException {
    byte[] disk = gpt();
    disk[2 * 512 + 56]++;
    PartitionTable table = read(disk).good().orElseThrow();
    assertThat(table.fromBackup()).isTrue();
    assertThat(table.partitions()).hasSize(1);
  }

  @Test
  void namesTheDefectOfTheFirstCopyWhenBothAreDamaged() throws IOException {
    byte[] disk = gpt();
    disk[512 + 20]++;
    disk[(SECTORS - 1) * 512]++;
    assertThat(read(disk))
        .isEqualTo(new Parsed.Bad<>("the GUID partition table's header is damaged"));
  }

  @Test
  void namesWhatIsWrong() throws IOException {
    assertThat(read(new byte[100])).isEqualTo(new Parsed.Bad<>("shorter than one sector"));
    assertThat(read(new byte[4096])).isEqualTo(new Parsed.Bad<>("no partition table"));
    assertThat(read(mbr())).isEqualTo(new Parsed.Bad<>("the partition table has no partition"));
    byte[] late = mbr();
    Images.entry(late, 0, 0x0c, 64, SECTORS);
    assertThat(read(late))
        .isEqualTo(new Parsed.Bad<>("a partition ends behind the end of the disk"));
    byte[] overlap = mbr();
    Images.entry(overlap, 0, 0x0c, 64, 100);
    Images.entry(overlap, 1, 0x83, 163, 100);
    assertThat(read(overlap)).isEqualTo(new Parsed.Bad<>("partitions overlap"));
  }

  @Test
  void neverThrowsWhateverIsWrong() throws IOException {
    var random = new Random(20261125);
    byte[] mbr = mbr();
    Images.entry(mbr, 0, 0x0f, 1000, 1000);
    System.arraycopy(mbr, 0, mbr, 1000 * 512, 512);
    for (int i = 0; i < 20_000; i++) {
      byte[] disk = i % 2 == 0 ? gpt() : mbr.clone();
      for (int n = 1 + random.nextInt(6); n > 0; n--) {
        int at =
            switch (random.nextInt(3)) {
              case 0 -> 440 + random.nextInt(72);
              case 1 -> (i % 2 == 0 ? 512 : 1000 * 512 + 440) + random.nextInt(72);
              default -> random.nextInt(2048);
            };
        disk[at] = (byte) random.nextInt(256);
      }
      assertThat(read(disk)).isNotNull();
    }
  }
}
