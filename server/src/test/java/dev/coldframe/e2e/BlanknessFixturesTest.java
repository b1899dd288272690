package dev.coldframe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.disk.Blankness;
import dev.coldframe.disk.DiskContents;
import dev.coldframe.disk.KnownSectors;
import dev.coldframe.net.ByteRange;
import dev.coldframe.net.Bytes;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Disks as people's formatters leave them, judged as an installer's are: it shows what it is asked
/// for. Nothing is mounted.
@Tag("real")
@Tag("L-04")
class BlanknessFixturesTest {
  private static final Duration LIMIT = Duration.ofMinutes(1);

  @TempDir Path folder;
  private String disk = "";

  @BeforeEach
  void disk() {
    disk = folder.resolve("disk").toString();
  }

  private static Bytes mac(Bytes bytes) {
    return bytes;
  }

  private DiskContents judge() throws IOException {
    try (var file = new RandomAccessFile(disk, "r")) {
      KnownSectors known = KnownSectors.none(file.length());
      for (int rounds = 0; rounds < 6; rounds++) {
        DiskContents answer = Blankness.judge(known, BlanknessFixturesTest::mac);
        if (!(answer instanceof DiskContents.Unread(var ranges))) {
          return answer;
        }
        for (ByteRange range : ranges) {
          byte[] piece = new byte[(int) range.length()];
          file.seek(range.first());
          file.readFully(piece);
          known = known.with(range.first(), Bytes.wrap(piece));
        }
      }
    }
    throw new AssertionError("it asks without end");
  }

  /// The disk is `$d`; `part` formats a file and puts it where the partition of a retail card lies.
  private void make(String script) {
    Command.run(
            LIMIT,
            "bash",
            "-euc",
            """
            d=$1
            part() { # offset in MiB, type, formatter
              truncate -s $((4096 - $1))M "$d.part"
              "${@:3}" "$d.part" > /dev/null
              dd if="$d.part" of="$d" bs=1M seek="$1" conv=notrunc,sparse status=none
              echo "start=$(($1 * 2048)),type=$2" | sfdisk -q "$d"
            }
            truncate -s 4G "$d"
            """
                + script,
            "-",
            disk)
        .text();
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = "=>",
      textBlock =
          """
          true                                                            => empty
          tr '\\0' '\\377' < /dev/zero | dd of="$d" bs=1M count=64 iflag=fullblock status=none; truncate -s 64M "$d" => empty
          part 4 c mkfs.vfat -F 32                                        => an empty FAT32 volume
          part 4 c mkfs.vfat -F 32 -n SANDISK                             => an empty FAT32 volume
          part 16 7 mkfs.exfat -L SANDISK                                 => an empty exFAT volume
          mkfs.vfat -F 32 "$d"                                            => an empty FAT32 volume
          """)
  void whatIsSoldAsBlankIsBlank(String script, String how) throws IOException {
    make(script);
    assertThat(judge()).isEqualTo(new DiskContents.Blank(how));
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = "=>",
      textBlock =
          """
          part 4 c mkfs.vfat -F 32; mmd -i "$d@@4M" ::DCIM                => a FAT or exFAT volume with files in it
          part 4 c mkfs.vfat -F 32; echo a | mcopy -i "$d@@4M" - ::a.txt => a FAT or exFAT volume with files in it
          part 4 83 mkfs.ext4 -q                                          => an ext file system in its one partition
          mkfs.ext4 -q "$d"                                               => an ext file system
          mkfs.xfs -q "$d"                                                => an XFS file system
          mkfs.btrfs -q "$d"                                              => a btrfs file system
          mkswap -q "$d"                                                  => swap space
          echo geheim | cryptsetup luksFormat --type luks1 --pbkdf-force-iterations 1000 --batch-mode "$d" - => a LUKS volume
          echo geheim | cryptsetup luksFormat --type luks2 --pbkdf pbkdf2 --pbkdf-force-iterations 1000 --batch-mode "$d" - => a LUKS volume
          echo size=+,type=L | sfdisk -q --label gpt "$d"               => a GPT
          echo size=+,type=L | sfdisk -q --label gpt "$d"; dd if=/dev/zero of="$d" bs=1M count=1 conv=notrunc status=none => the backup of a GPT
          printf 'size=1G,type=c\\ntype=83\\n' | sfdisk -q "$d"         => a partition table with 2 partitions
          tr '\\0' '\\245' < /dev/zero | dd of="$d" bs=1M count=64 iflag=fullblock status=none; truncate -s 64M "$d" => unknown data, 0xa5 at byte 0
          """)
  void whatSomebodyMadeIsForeign(String script, String what) throws IOException {
    make(script);
    assertThat(judge()).isEqualTo(new DiskContents.Foreign(what));
  }
}
