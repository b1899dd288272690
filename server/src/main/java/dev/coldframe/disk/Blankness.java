package dev.coldframe.disk;

import static dev.coldframe.disk.LittleEndian.u16;
import static dev.coldframe.disk.LittleEndian.u8;

import dev.coldframe.net.ByteRange;
import dev.coldframe.net.Bytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// Whether a disk is blank (architecture, section 5): neither a partition table nor a known
/// signature at its start and end, and nothing else there either; or one FAT or exFAT volume with
/// nothing in it, as cards are sold.
///
/// Looks at a few windows only. A window that holds anything but 00 and ff, which is how flash
/// memory is delivered, makes the disk a foreign one, known signature or not: raw and encrypted
/// volumes have none.
public final class Blankness {
  private static final int KIB = 1024;
  private static final int SECTOR_BYTES = 512;

  /// As much of what an install withholds to its end as is looked at.
  private static final int HEAD_BYTES = 8 * KIB;

  /// A disk that is smaller holds no system.
  public static final long MIN_BYTES = 4L << 20;

  /// A signature and where it lies.
  private record Signature(String name, long at, Bytes magic) {
    static Signature of(String name, long at, String magic) {
      return new Signature(name, at, Bytes.of(magic, StandardCharsets.ISO_8859_1));
    }

    static Signature ofHex(String name, long at, String magic) {
      return new Signature(name, at, Bytes.parseHex(magic));
    }
  }

  private static final List<Signature> AT_START =
      List.of(
          Signature.ofHex("a LUKS volume", 0, "4c554b53babe"),
          Signature.of("an LVM volume", 512, "LABELONE"),
          Signature.of("an XFS file system", 0, "XFSB"),
          Signature.of("an NTFS file system", 3, "NTFS    "),
          Signature.of("a BitLocker volume", 3, "-FVE-FS-"),
          Signature.ofHex("an ext file system", KIB + 0x38, "53ef"),
          Signature.ofHex("an F2FS file system", KIB, "1020f5f2"),
          Signature.ofHex("a Linux RAID member", 0, "fc4e2ba9"),
          Signature.ofHex("a Linux RAID member", 4L * KIB, "fc4e2ba9"),
          Signature.of("swap space", 4L * KIB - 10, "SWAPSPACE2"),
          Signature.ofHex("a bcache device", 4L * KIB + 24, "c68573f6"),
          Signature.of("a squashfs file system", 0, "hsqs"),
          Signature.of("a GPT", 512, "EFI PART"),
          Signature.ofHex("a LUKS volume", 16L * KIB, "534b554cbabe"),
          Signature.of("an ISO 9660 file system", 32L * KIB + 1, "CD001"),
          Signature.of("a UDF file system", 32L * KIB + 1, "BEA01"),
          Signature.of("a btrfs file system", 64L * KIB + 64, "_BHRfS_M"),
          Signature.of("a ReiserFS file system", 64L * KIB + 52, "ReIsEr"));

  private static final Bytes RAID = Bytes.parseHex("fc4e2ba9");

  private final KnownSectors disk;

  private Blankness(KnownSectors disk) {
    this.disk = disk;
  }

  /// Looks at what is known of a disk.
  ///
  /// @param mac signs marks with the site's key
  public static DiskContents judge(KnownSectors disk, UnaryOperator<Bytes> mac) {
    if (disk.sizeBytes() < MIN_BYTES) {
      return new DiskContents.Foreign("less than 4 MiB");
    }
    List<ByteRange> missing = disk.missing(windows(disk.sizeBytes()));
    if (!missing.isEmpty()) {
      return new DiskContents.Unread(missing);
    }
    try {
      return new Blankness(disk).judge(mac);
    } catch (KnownSectors.Unknown more) {
      return new DiskContents.Unread(List.of(more.range()));
    } catch (IOException e) {
      throw new IllegalStateException("nothing but memory is read", e);
    }
  }

  /// What decides about every disk.
  static List<ByteRange> windows(long sizeBytes) {
    var out = new ArrayList<ByteRange>(inside(new ByteRange(0, sizeBytes)));
    out.add(InstallMark.AREA);
    return out;
  }

  /// Where signatures lie in a disk or a partition: at its start; and at its end those of ZFS and
  /// Linux RAID 0.90, then those of Linux RAID 1.0 and of firmware, and the backup of a GPT.
  private static List<ByteRange> inside(ByteRange area) {
    long at = area.first();
    return List.of(
        new ByteRange(at, 8L * KIB),
        new ByteRange(at + 16L * KIB, KIB),
        new ByteRange(at + 32L * KIB, 2L * KIB),
        new ByteRange(at + 64L * KIB, KIB),
        new ByteRange(at + oldRaid(area.length()), 4L * KIB),
        new ByteRange(at + area.length() - 8L * KIB, 8L * KIB));
  }

  /// Where a member of a Linux RAID 0.90 says that it is one.
  private static long oldRaid(long sizeBytes) {
    return sizeBytes / (64 * KIB) * (64 * KIB) - 64 * KIB;
  }

  private boolean isRaid(ByteRange area) throws IOException {
    long end = area.first() + area.length();
    return isRaid(area.first() + oldRaid(area.length())) || isRaid(end - 8L * KIB);
  }

  private boolean isRaid(long at) throws IOException {
    return RAID.startsWith(disk.read(at, RAID.size()), 0, RAID.size());
  }

  private DiskContents judge(UnaryOperator<Bytes> mac) throws IOException {
    Optional<String> signature = signature(0);
    byte[] first = disk.read(0, SECTOR_BYTES);
    Optional<InstallMark> mark =
        InstallMark.read(
            Bytes.wrap(disk.read(InstallMark.AREA.first(), (int) InstallMark.AREA.length())), mac);
    if (mark.isPresent() && !isFlash(first)) {
      return new DiskContents.Marked(mark.get(), true);
    }
    if (mark.isPresent() && signature.isEmpty() && isFlash(disk.read(0, HEAD_BYTES))) {
      return new DiskContents.Marked(mark.get(), false);
    }
    if (signature.isPresent()) {
      return new DiskContents.Foreign(signature.get());
    }
    if (text(disk.sizeBytes() - SECTOR_BYTES, 8).equals("EFI PART")) {
      return new DiskContents.Foreign("the backup of a GPT");
    }
    return u16(first, 510) == 0xaa55 ? volume(first) : flash(0, "empty");
  }

  /// A signature at the start of the disk, or of a partition.
  private Optional<String> signature(long start) throws IOException {
    for (Signature signature : AT_START) {
      byte[] there = disk.read(start + signature.at(), signature.magic().size());
      if (signature.magic().startsWith(there, 0, there.length)) {
        return Optional.of(signature.name());
      }
    }
    return Optional.empty();
  }

  /// A boot sector: of a partition table with one volume, or of a volume without a table.
  private DiskContents volume(byte[] first) throws IOException {
    if (EmptyVolume.isBootSector(first)) {
      return volume(new ByteRange(0, disk.sizeBytes()), 0);
    }
    Parsed<PartitionTable> table = PartitionTable.read(disk);
    if (!(table instanceof Parsed.Good<PartitionTable>(PartitionTable good))) {
      return new DiskContents.Foreign("a damaged partition table");
    }
    if (good.kind() != PartitionTable.Kind.MBR || good.partitions().size() != 1) {
      return new DiskContents.Foreign(
          "a partition table with " + good.partitions().size() + " partitions");
    }
    ByteRange area = good.partitions().getFirst().area();
    if (area.length() < MIN_BYTES) {
      return new DiskContents.Foreign("a partition of less than 4 MiB");
    }
    List<ByteRange> missing = disk.missing(inside(area));
    if (!missing.isEmpty()) {
      return new DiskContents.Unread(missing);
    }
    // What was made of the partition may have left the volume's own sectors as they were.
    Optional<String> signature = signature(area.first());
    if (signature.isPresent() || isRaid(area)) {
      return new DiskContents.Foreign(
          signature.orElse("a Linux RAID member") + " in its one partition");
    }
    return EmptyVolume.isBootSector(disk.read(area.first(), 512))
        ? volume(area, 512)
        : new DiskContents.Foreign("a partition that is neither FAT nor exFAT");
  }

  /// @param tableBytes how much in front belongs to the partition table
  private DiskContents volume(ByteRange area, int tableBytes) throws IOException {
    Optional<String> there = EmptyVolume.firstFile(disk, area);
    if (there.isPresent()) {
      return new DiskContents.Foreign("a FAT or exFAT volume with " + there.get());
    }
    String how = "an empty " + EmptyVolume.name(disk, area) + " volume";
    return tableBytes > 0 && area.first() >= MIN_WINDOWS
        ? flash(tableBytes, how)
        : new DiskContents.Blank(how);
  }

  /// A partition from here on leaves all windows at the start outside.
  private static final long MIN_WINDOWS = 1L << 20;

  /// Nothing but 00 and ff in the windows outside the volume.
  ///
  /// @param from where to begin in the first window
  private DiskContents flash(int from, String how) throws IOException {
    for (ByteRange window : windows(disk.sizeBytes())) {
      if (from > 0 && window.first() >= MIN_WINDOWS) {
        continue;
      }
      int skip = window.first() == 0 ? from : 0;
      byte[] bytes = disk.read(window.first() + skip, (int) window.length() - skip);
      for (int i = 0; i < bytes.length; i++) {
        int value = u8(bytes, i);
        if (value != 0 && value != 0xff) {
          long at = window.first() + skip + i;
          return new DiskContents.Foreign(
              "unknown data, 0x" + HexFormat.of().toHexDigits((byte) value) + " at byte " + at);
        }
      }
    }
    return new DiskContents.Blank(how);
  }

  private static boolean isFlash(byte[] bytes) {
    for (byte b : bytes) {
      if (b != 0 && b != (byte) 0xff) {
        return false;
      }
    }
    return true;
  }

  private String text(long at, int length) throws IOException {
    return new String(disk.read(at, length), StandardCharsets.ISO_8859_1);
  }
}
