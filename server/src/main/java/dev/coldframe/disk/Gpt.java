package dev.coldframe.disk;

import static dev.coldframe.disk.DiskDefect.unless;
import static dev.coldframe.disk.LittleEndian.i64;
import static dev.coldframe.disk.LittleEndian.u16;
import static dev.coldframe.disk.LittleEndian.u32;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.CRC32;

/// The GUID partition table (UEFI 2.10, section 5.3).
///
/// ```
/// header  0 "EFI PART" · 12 header bytes · 16 its CRC-32 · 24 own sector · 56 disk GUID
///         72 first sector of the entries · 80 how many · 84 bytes of each · 88 their CRC-32
/// entry   0 type GUID · 16 own GUID · 32 first sector · 40 last sector · 56 name, UTF-16
/// ```
final class Gpt {
  private static final int SECTOR = PartitionTable.SECTOR_BYTES;
  private static final int MIN_HEADER_BYTES = 92;
  private static final int MIN_ENTRY_BYTES = 128;

  /// The usual table has 16 KiB.
  private static final int MAX_TABLE_BYTES = 1 << 20;

  private Gpt() {}

  static PartitionTable read(ByteSource disk) throws DiskDefect, IOException {
    unless(disk.sizeBytes() >= 3L * SECTOR, "shorter than a GUID partition table");
    try {
      return read(disk, 1, false);
    } catch (DiskDefect first) {
      try {
        return read(disk, disk.sizeBytes() / SECTOR - 1, true);
      } catch (DiskDefect _) {
        throw first;
      }
    }
  }

  private static PartitionTable read(ByteSource disk, long sector, boolean backup)
      throws DiskDefect, IOException {
    byte[] header = disk.read(sector * SECTOR, SECTOR);
    unless(
        LittleEndian.text(header, 0, 8).equals("EFI PART"), "the GUID partition table is missing");
    long headerBytes = u32(header, 12);
    unless(
        headerBytes >= MIN_HEADER_BYTES && headerBytes <= SECTOR,
        "the GUID partition table's header has no such length");
    long sum = u32(header, 16);
    byte[] summed = Arrays.copyOf(header, (int) headerBytes);
    Arrays.fill(summed, 16, 20, (byte) 0);
    unless(crc(summed) == sum, "the GUID partition table's header is damaged");
    unless(i64(header, 24) == sector, "the GUID partition table's header is misplaced");
    long count = u32(header, 80);
    long entryBytes = u32(header, 84);
    unless(
        entryBytes >= MIN_ENTRY_BYTES
            && entryBytes % 8 == 0
            && entryBytes <= MAX_TABLE_BYTES
            && count <= MAX_TABLE_BYTES / entryBytes,
        "the GUID partition table is too large");
    byte[] table = table(disk, i64(header, 72), (int) (count * entryBytes));
    unless(crc(table) == u32(header, 88), "the GUID partition table's entries are damaged");
    return entries(table, (int) entryBytes, guid(header, 56), backup);
  }

  private static byte[] table(ByteSource disk, long sector, int length)
      throws DiskDefect, IOException {
    unless(
        sector > 0 && sector <= (disk.sizeBytes() - length) / SECTOR,
        "the GUID partition table lies outside the disk");
    return disk.read(sector * SECTOR, length);
  }

  private static PartitionTable entries(byte[] table, int entryBytes, String id, boolean backup)
      throws DiskDefect {
    var out = new ArrayList<Partition>();
    for (int at = 0; at + entryBytes <= table.length; at += entryBytes) {
      String type = guid(table, at);
      if (type.equals("00000000-0000-0000-0000-000000000000")) {
        continue;
      }
      long first = i64(table, at + 32);
      long last = i64(table, at + 40);
      unless(first >= 0 && last >= first, "a partition has no extent");
      out.add(
          new Partition(
              at / entryBytes + 1,
              PartitionTable.sectors(first, last - first + 1),
              type,
              name(table, at + 56),
              guid(table, at + 16)));
    }
    return new PartitionTable(PartitionTable.Kind.GPT, id, out, backup);
  }

  private static String name(byte[] table, int at) {
    String text = new String(table, at, 72, StandardCharsets.UTF_16LE);
    int end = text.indexOf('\0');
    return (end < 0 ? text : text.substring(0, end)).replaceAll("\\p{Cntrl}", "?");
  }

  /// The first three groups are little-endian, the others plain bytes.
  private static String guid(byte[] in, int at) {
    var out = new StringBuilder();
    out.append(
        String.format(
            Locale.ROOT, "%08x-%04x-%04x-", u32(in, at), u16(in, at + 4), u16(in, at + 6)));
    for (int i = 8; i < 16; i++) {
      out.append(String.format(Locale.ROOT, i == 10 ? "-%02x" : "%02x", in[at + i]));
    }
    return out.toString();
  }

  private static long crc(byte[] bytes) {
    var crc = new CRC32();
    crc.update(bytes);
    return crc.getValue();
  }
}
