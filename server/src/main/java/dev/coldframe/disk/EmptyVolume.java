package dev.coldframe.disk;

import static dev.coldframe.disk.LittleEndian.u16;
import static dev.coldframe.disk.LittleEndian.u32;
import static dev.coldframe.disk.LittleEndian.u8;

import dev.coldframe.net.ByteRange;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;

/// FAT and exFAT volumes with nothing in them, as memory cards are sold: a label and Windows' own
/// folder do not count. Reads the boot sector and the start of the root folder only.
///
/// ```
/// exFAT boot sector: 3 "EXFAT   " · 88 cluster heap, in sectors · 96 root folder's cluster
///                    108 sector size, as a power of two · 109 sectors a cluster, likewise
/// exFAT entries, 32 bytes: 00 end · 81 bitmap · 82 upper case · 83 label · a0 GUID
///                    85 file: 4 attributes · c0 stream: 3 length of the name · c1 name
/// ```
final class EmptyVolume {
  private static final int ENTRY = 32;
  private static final int IN_USE = 0x80;

  /// As much of the root folder as is looked at; a fresh one has its end well before.
  private static final int ROOT_BYTES = 4096;

  private static final String WINDOWS_OWN = "System Volume Information";

  private EmptyVolume() {}

  /// Whether a sector is that of a FAT or exFAT volume.
  static boolean isBootSector(byte[] sector) {
    if (isExFat(sector)) {
      return true;
    }
    try {
      FatGeometry.of(sector, Long.MAX_VALUE);
      return true;
    } catch (DiskDefect _) {
      return false;
    }
  }

  private static boolean isExFat(byte[] sector) {
    return LittleEndian.text(sector, 3, 8).equals("EXFAT   ") && u16(sector, 510) == 0xaa55;
  }

  /// `FAT32`, `exFAT` …
  static String name(ByteSource disk, ByteRange area) throws IOException {
    byte[] sector = disk.read(area.first(), 512);
    try {
      return isExFat(sector) ? "exFAT" : FatGeometry.of(sector, area.length()).kind().name();
    } catch (DiskDefect _) {
      return "FAT";
    }
  }

  /// The first file or folder that somebody put there, in words; empty when there is none.
  static Optional<String> firstFile(ByteSource disk, ByteRange area) throws IOException {
    byte[] sector = disk.read(area.first(), 512);
    try {
      return isExFat(sector) ? ofExFat(disk, area, sector) : ofFat(disk, area, sector);
    } catch (DiskDefect defect) {
      return Optional.of("damage: " + defect.defect());
    }
  }

  private static Optional<String> ofFat(ByteSource disk, ByteRange area, byte[] sector)
      throws IOException, DiskDefect {
    FatGeometry geometry = FatGeometry.of(sector, area.length());
    boolean wide = geometry.kind() == FatVolume.Kind.FAT32;
    long at = wide ? geometry.clusterAt((int) geometry.rootCluster()) : geometry.rootAt();
    int size = Math.min(ROOT_BYTES, wide ? geometry.clusterBytes() : geometry.rootBytes());
    byte[] root = root(disk, area, at, size);
    for (FatDirectory.Entry entry : FatDirectory.read(root, wide)) {
      boolean own =
          entry.kind() == FatDirectory.Kind.LABEL
              || (entry.kind() == FatDirectory.Kind.FOLDER && isWindowsOwn(entry.name()));
      if (!own) {
        return Optional.of("files in it");
      }
    }
    return ends(root) ? Optional.empty() : Optional.of("a long root folder");
  }

  private static Optional<String> ofExFat(ByteSource disk, ByteRange area, byte[] sector)
      throws IOException, DiskDefect {
    int sectorShift = u8(sector, 108);
    int clusterShift = u8(sector, 109);
    boolean sound = sectorShift >= 9 && sectorShift <= 12 && sectorShift + clusterShift <= 25;
    DiskDefect.unless(sound && u32(sector, 96) >= 2, "no exFAT file system");
    long heap = u32(sector, 88) << sectorShift;
    long at = heap + ((u32(sector, 96) - 2) << (sectorShift + clusterShift));
    int size = Math.min(ROOT_BYTES, 1 << Math.min(sectorShift + clusterShift, 20));
    byte[] root = root(disk, area, at, size);
    for (int i = 0; i + ENTRY <= root.length && root[i] != 0; i += ENTRY) {
      if (u8(root, i) == 0x85 && !isWindowsOwn(exFatName(root, i))) {
        return Optional.of("files in it");
      }
    }
    return ends(root) ? Optional.empty() : Optional.of("a long root folder");
  }

  private static byte[] root(ByteSource disk, ByteRange area, long at, int size)
      throws IOException, DiskDefect {
    DiskDefect.unless(
        at > 0 && at + size <= area.length(), "the root folder lies outside the volume");
    return disk.read(area.first() + at, size);
  }

  /// Whether the folder ends inside what was read.
  private static boolean ends(byte[] root) {
    for (int i = 0; i < root.length; i += ENTRY) {
      if (root[i] == 0) {
        return true;
      }
    }
    return false;
  }

  private static String exFatName(byte[] root, int file) {
    int secondary = u8(root, file + 1);
    var name = new StringBuilder();
    int length = 0;
    for (int i = 1; i <= secondary && file + (i + 1) * ENTRY <= root.length; i++) {
      int at = file + i * ENTRY;
      if (u8(root, at) == (0x40 | IN_USE)) {
        length = u8(root, at + 3);
      } else if (u8(root, at) == (0x41 | IN_USE)) {
        for (int c = 0; c < 15; c++) {
          name.append((char) u16(root, at + 2 + 2 * c));
        }
      }
    }
    return name.substring(0, Math.min(length, name.length()));
  }

  private static boolean isWindowsOwn(String name) {
    return name.toLowerCase(Locale.ROOT).equals(WINDOWS_OWN.toLowerCase(Locale.ROOT));
  }
}
