package dev.coldframe.disk;

import static dev.coldframe.disk.DiskDefect.unless;

import dev.coldframe.net.ByteRange;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;

/// Which partitions a disk has.
///
/// @param kind the format
/// @param diskId for an MBR eight hex digits, for a GPT a GUID
/// @param partitions by number
/// @param fromBackup whether the GPT's first copy is damaged and its second was read
public record PartitionTable(
    Kind kind, String diskId, List<Partition> partitions, boolean fromBackup) {
  /// The sectors that tables count in. Images for cards and USB disks have no others.
  public static final int SECTOR_BYTES = 512;

  /// More partitions than any image has; a GPT has room for 128.
  public static final int MAX_PARTITIONS = 128;

  public PartitionTable {
    partitions = List.copyOf(partitions);
  }

  /// The formats.
  public enum Kind {
    MBR,
    GPT
  }

  /// Reads the table of a disk. A GPT is recognised by its protective MBR (UEFI 2.10, section
  /// 5.2.3); one whose first copy is damaged is read from its backup.
  public static Parsed<PartitionTable> read(ByteSource disk) throws IOException {
    return Parsed.of(() -> {
      unless(disk.sizeBytes() >= SECTOR_BYTES, "shorter than one sector");
      byte[] sector = disk.read(0, SECTOR_BYTES);
      PartitionTable table = Mbr.isProtective(sector) ? Gpt.read(disk) : Mbr.read(disk, sector);
      check(table.partitions(), disk.sizeBytes());
      return table;
    });
  }

  private static void check(List<Partition> partitions, long diskBytes) throws DiskDefect {
    unless(!partitions.isEmpty(), "the partition table has no partition");
    unless(partitions.size() <= MAX_PARTITIONS, "more than " + MAX_PARTITIONS + " partitions");
    long end = 0;
    List<ByteRange> areas =
        partitions.stream()
            .map(Partition::area)
            .sorted(Comparator.comparingLong(ByteRange::first))
            .toList();
    for (ByteRange area : areas) {
      unless(area.first() > 0, "a partition lies over the partition table");
      unless(area.first() >= end, "partitions overlap");
      end = area.first() + area.length();
      unless(end <= diskBytes, "a partition ends behind the end of the disk");
    }
  }

  /// A run of sectors in bytes.
  static ByteRange sectors(long first, long count) throws DiskDefect {
    long max = Long.MAX_VALUE / SECTOR_BYTES / 2;
    unless(first >= 0 && count > 0 && first < max && count < max, "a partition has no extent");
    return new ByteRange(first * SECTOR_BYTES, count * SECTOR_BYTES);
  }
}
