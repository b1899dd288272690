package dev.coldframe.disk;

import static dev.coldframe.disk.DiskDefect.unless;
import static dev.coldframe.disk.LittleEndian.u16;
import static dev.coldframe.disk.LittleEndian.u32;
import static dev.coldframe.disk.LittleEndian.u8;

import dev.coldframe.net.ByteRange;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/// The table in a disk's first sector, and its chain of logical partitions.
///
/// ```
/// 440  disk id, 4 bytes
/// 446  four entries: 0 status 00 or 80 · 4 type · 8 first sector · 12 sectors
/// 510  55 aa
/// ```
final class Mbr {
  private static final int ENTRIES_AT = 446;
  private static final int ENTRY_BYTES = 16;
  private static final int PROTECTIVE = 0xee;
  private static final int FIRST_LOGICAL = 5;

  private record Entry(int status, int type, long first, long sectors) {
    static Entry of(byte[] sector, int index) {
      int at = ENTRIES_AT + index * ENTRY_BYTES;
      return new Entry(
          u8(sector, at), u8(sector, at + 4), u32(sector, at + 8), u32(sector, at + 12));
    }

    boolean isEmpty() {
      return type == 0 || sectors == 0;
    }

    boolean isExtended() {
      return type == 0x05 || type == 0x0f || type == 0x85;
    }
  }

  private Mbr() {}

  /// Whether the sector only says that a GPT follows.
  static boolean isProtective(byte[] sector) {
    for (int i = 0; i < 4; i++) {
      if (Entry.of(sector, i).type() == PROTECTIVE) {
        return isSigned(sector);
      }
    }
    return false;
  }

  private static boolean isSigned(byte[] sector) {
    return u16(sector, 510) == 0xaa55;
  }

  static PartitionTable read(ByteSource disk, byte[] sector) throws DiskDefect, IOException {
    unless(isSigned(sector), "no partition table");
    String diskId = HexFormat.of().toHexDigits((int) u32(sector, 440));
    var out = new ArrayList<Partition>();
    for (int i = 0; i < 4; i++) {
      Entry entry = Entry.of(sector, i);
      unless((entry.status() & 0x7f) == 0, "no partition table");
      if (entry.isEmpty()) {
        continue;
      }
      if (entry.isExtended()) {
        logical(disk, entry, diskId, out);
      } else {
        out.add(partition(i + 1, entry.first(), entry, diskId));
      }
    }
    return new PartitionTable(PartitionTable.Kind.MBR, diskId, out, false);
  }

  /// Each link of the chain holds one partition and where the next link is. Links go forward only,
  /// which ends every loop.
  private static void logical(ByteSource disk, Entry extended, String diskId, List<Partition> out)
      throws DiskDefect, IOException {
    long base = extended.first();
    long at = base;
    int number = FIRST_LOGICAL;
    for (int links = 0; links < PartitionTable.MAX_PARTITIONS; links++) {
      ByteRange link = PartitionTable.sectors(at, 1);
      unless(
          link.first() + link.length() <= disk.sizeBytes(),
          "a logical partition lies behind the end of the disk");
      byte[] sector = disk.read(link.first(), PartitionTable.SECTOR_BYTES);
      unless(isSigned(sector), "the chain of logical partitions is broken");
      Entry own = Entry.of(sector, 0);
      if (!own.isEmpty()) {
        out.add(partition(number++, at + own.first(), own, diskId));
      }
      Entry next = Entry.of(sector, 1);
      if (next.isEmpty()) {
        return;
      }
      unless(base + next.first() > at, "the chain of logical partitions goes back");
      at = base + next.first();
    }
    throw new DiskDefect("too many logical partitions");
  }

  private static Partition partition(int number, long first, Entry entry, String diskId)
      throws DiskDefect {
    return new Partition(
        number,
        PartitionTable.sectors(first, entry.sectors()),
        HexFormat.of().toHexDigits((byte) entry.type()),
        "",
        String.format(Locale.ROOT, "%s-%02x", diskId, number));
  }
}
