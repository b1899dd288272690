package dev.coldframe.disk;

import static dev.coldframe.disk.DiskDefect.unless;
import static dev.coldframe.disk.LittleEndian.u16;
import static dev.coldframe.disk.LittleEndian.u32;
import static dev.coldframe.disk.LittleEndian.u8;

/// Where a FAT volume keeps what, from its boot sector (Microsoft FAT specification 1.03). All
/// offsets count from the volume's first byte.
///
/// ```
/// 11 bytes a sector · 13 sectors a cluster · 14 reserved sectors · 16 copies of the FAT
/// 17 root entries · 19 / 32 sectors · 22 / 36 sectors of a FAT · 44 FAT32: root cluster
/// 39 / 67 volume id · 43 / 71 label
/// ```
///
/// @param kind the width of an entry of the FAT
/// @param clusterBytes bytes of a cluster
/// @param clusters how many data clusters; they are numbered from 2
/// @param fatAt where the first FAT starts
/// @param fatBytes how long it is
/// @param fats how many copies of it there are, one behind the other
/// @param rootAt where the root directory starts; for FAT32 its first cluster says
/// @param rootBytes its size; 0 for FAT32
/// @param rootCluster for FAT32
/// @param dataAt where cluster 2 starts
/// @param volumeId the serial number
/// @param label from the boot sector
record FatGeometry(
    FatVolume.Kind kind,
    int clusterBytes,
    int clusters,
    long fatAt,
    long fatBytes,
    int fats,
    long rootAt,
    int rootBytes,
    long rootCluster,
    long dataAt,
    int volumeId,
    String label) {
  static final int BOOT_SECTOR_BYTES = 512;

  /// More than any formatter makes.
  private static final int MAX_CLUSTER_BYTES = 1 << 19;

  /// Linux and Windows draw the lines here, whatever the name in the boot sector says.
  static final int MAX_FAT12_CLUSTERS = 4084;

  static final int MAX_FAT16_CLUSTERS = 65_524;
  private static final int MAX_FAT32_CLUSTERS = 0x0fff_fff5;

  /// The counts as the boot sector has them.
  private record Counts(
      int sectorBytes, int perCluster, int reserved, int fats, int roots, long fat, long all) {
    static Counts of(byte[] b) {
      long all = u16(b, 19) != 0 ? u16(b, 19) : u32(b, 32);
      long fat = u16(b, 22) != 0 ? u16(b, 22) : u32(b, 36);
      return new Counts(u16(b, 11), u8(b, 13), u16(b, 14), u8(b, 16), u16(b, 17), fat, all);
    }

    void check(long volumeBytes) throws DiskDefect {
      boolean sectors = sectorBytes >= 512 && sectorBytes <= 4096 && isPower(sectorBytes);
      unless(sectors && isPower(perCluster), "no FAT file system");
      unless(
          sectorBytes * perCluster <= MAX_CLUSTER_BYTES, "the FAT volume's clusters are too big");
      unless(
          reserved > 0 && fats > 0 && fats <= 4 && fat > 0 && all > 0,
          "the FAT volume's boot sector is damaged");
      unless(all <= volumeBytes / sectorBytes, "the FAT volume is longer than its partition");
      unless(dataSector() < all, "the FAT volume has no room for data");
    }

    long rootSector() {
      return reserved + fats * fat;
    }

    long dataSector() {
      return rootSector() + (roots * 32L + sectorBytes - 1) / sectorBytes;
    }
  }

  /// Reads a boot sector.
  ///
  /// @param volumeBytes how long the volume may be
  static FatGeometry of(byte[] boot, long volumeBytes) throws DiskDefect {
    boolean jump = u8(boot, 0) == 0xeb || u8(boot, 0) == 0xe9;
    unless(jump && u16(boot, 510) == 0xaa55, "no FAT file system");
    Counts counts = Counts.of(boot);
    counts.check(volumeBytes);
    long clusters = (counts.all() - counts.dataSector()) / counts.perCluster();
    FatVolume.Kind kind = kind(u16(boot, 22) == 0, clusters);
    unless(clusters > 0 && clusters <= MAX_FAT32_CLUSTERS, "the FAT volume has no such size");
    long entries = counts.fat() * counts.sectorBytes() * 8 / kind.bits();
    unless(entries >= clusters + 2, "the FAT is too short for its volume");
    boolean wide = kind == FatVolume.Kind.FAT32;
    unless(wide == (counts.roots() == 0), "the FAT volume's boot sector contradicts itself");
    int extended = wide ? 64 : 36;
    return new FatGeometry(
        kind,
        counts.sectorBytes() * counts.perCluster(),
        (int) clusters,
        (long) counts.reserved() * counts.sectorBytes(),
        counts.fat() * counts.sectorBytes(),
        counts.fats(),
        counts.rootSector() * counts.sectorBytes(),
        counts.roots() * 32,
        wide ? u32(boot, 44) : 0,
        counts.dataSector() * counts.sectorBytes(),
        u8(boot, extended + 2) == 0x29 ? (int) u32(boot, extended + 3) : 0,
        u8(boot, extended + 2) == 0x29 ? LittleEndian.text(boot, extended + 7, 11).strip() : "");
  }

  /// A FAT32 may be smaller than the specification wants; Linux tells it by its long FAT, as here.
  private static FatVolume.Kind kind(boolean longFat, long clusters) {
    if (longFat) {
      return FatVolume.Kind.FAT32;
    }
    return clusters <= MAX_FAT12_CLUSTERS ? FatVolume.Kind.FAT12 : FatVolume.Kind.FAT16;
  }

  /// Where a cluster starts.
  long clusterAt(int cluster) {
    return dataAt + (long) (cluster - 2) * clusterBytes;
  }

  private static boolean isPower(int value) {
    return value > 0 && Integer.bitCount(value) == 1;
  }
}
