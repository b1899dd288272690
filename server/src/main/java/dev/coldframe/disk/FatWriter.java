package dev.coldframe.disk;

import static dev.coldframe.disk.DiskDefect.unless;
import static dev.coldframe.disk.LittleEndian.put;
import static dev.coldframe.disk.LittleEndian.put16;
import static dev.coldframe.disk.LittleEndian.put32;

import dev.coldframe.net.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Writes the boot sector, the FAT and the directories of one volume. Used once.
///
/// ```
/// boot sector (FAT32: 32 sectors with its copy and FSInfo) · FAT · FAT12/16: root · clusters
/// ```
final class FatWriter {
  private static final int SECTOR = FatLayout.SECTOR_BYTES;
  private static final int FAT32_RESERVED = 32;
  private static final int FSINFO_SECTOR = 1;
  private static final int BACKUP_SECTOR = 6;
  private static final int LABEL = 0x08;
  private static final int FOLDER = 0x10;
  private static final int FILE = 0x20;

  /// 1980-01-01, the first day there is: equal input gives equal bytes.
  static final int DATE = 0x0021;

  private final FatTree tree;
  private final FatLayout.Shape shape;
  private final FatLayout.Name name;
  private final boolean wide;
  private final int clusterBytes;
  private final int reserved;
  private final int rootBytes;
  private final long clusters;
  private final int fatSectors;
  private final byte[] head;
  private final List<FatLayout.Piece> pieces = new ArrayList<>();
  private int nextCluster = 2;

  FatWriter(FatTree tree, FatLayout.Shape shape, FatLayout.Name name) throws DiskDefect {
    unless(name.label().matches("[A-Z0-9_-]{1,11}"), "a volume label that FAT has no room for");
    this.tree = tree;
    this.shape = shape;
    this.name = name;
    this.wide = shape.kind() == FatVolume.Kind.FAT32;
    this.clusterBytes = shape.perCluster() * SECTOR;
    this.reserved = wide ? FAT32_RESERVED : 1;
    // A sector holds 16 entries; the root of FAT12 and FAT16 is whole sectors.
    this.rootBytes = wide ? 0 : (tree.entryBytes(1) + SECTOR) / SECTOR * SECTOR;
    unless(rootBytes / FatDirectory.ENTRY_BYTES <= 0xffff, "the root folder is too long");
    this.clusters = Math.max(shape.leastClusters(), tree.clusters(shape));
    this.fatSectors = (int) (((clusters + 2) * shape.kind().bits() / 8 + SECTOR) / SECTOR);
    this.head = new byte[(reserved + fatSectors) * SECTOR + rootBytes];
  }

  FatLayout layout() throws DiskDefect {
    long size = head.length + clusters * clusterBytes;
    unless(size <= FatLayout.MAX_BYTES, "too much for one volume");
    link(0, 0x0fff_fff8);
    link(1, 0x0fff_ffff);
    if (wide) {
      int length = tree.entryBytes(1);
      int first = allot(length);
      byte[] root = new byte[length];
      pieces.add(new FatLayout.Piece.Made(clusterAt(first), Bytes.wrap(root)));
      folder(tree, root, label(root, 0), 0);
      head(size, first);
    } else {
      int at = (reserved + fatSectors) * SECTOR;
      folder(tree, head, label(head, at), 0);
      head(size, 0);
    }
    pieces.addFirst(new FatLayout.Piece.Made(0, Bytes.wrap(head)));
    return new FatLayout(shape.kind(), size, pieces);
  }

  private int label(byte[] out, int at) {
    put(out, at, padded(name.label()));
    rest(out, at, LABEL, 0, 0);
    return at + FatDirectory.ENTRY_BYTES;
  }

  /// Writes the entries of a folder, and all below it.
  ///
  /// @param start where its first entry goes
  /// @param cluster its own first cluster; 0 is the root
  private void folder(FatTree folder, byte[] out, int start, int cluster) {
    var names = new FatNames();
    int at = start;
    for (Map.Entry<String, FatTree> child : folder.folders().entrySet()) {
      int entry = names.write(child.getKey(), out, at);
      int length = child.getValue().entryBytes(2);
      int first = allot(length);
      rest(out, entry, FOLDER, first, 0);
      byte[] bytes = new byte[length];
      pieces.add(new FatLayout.Piece.Made(clusterAt(first), Bytes.wrap(bytes)));
      put(bytes, 0, ".          ");
      rest(bytes, 0, FOLDER, first, 0);
      put(bytes, FatDirectory.ENTRY_BYTES, "..         ");
      // A parent that is the root is written as 0, in FAT32 too.
      rest(bytes, FatDirectory.ENTRY_BYTES, FOLDER, cluster, 0);
      folder(child.getValue(), bytes, 2 * FatDirectory.ENTRY_BYTES, first);
      at = entry + FatDirectory.ENTRY_BYTES;
    }
    for (Map.Entry<String, FatLayout.Source> file : folder.files().entrySet()) {
      int entry = names.write(file.getKey(), out, at);
      long size = file.getValue().sizeBytes();
      int first = size == 0 ? 0 : allot(size);
      rest(out, entry, FILE, first, size);
      if (size > 0) {
        pieces.add(new FatLayout.Piece.File(clusterAt(first), file.getValue().path(), size));
      }
      at = entry + FatDirectory.ENTRY_BYTES;
    }
  }

  private static void rest(byte[] out, int at, int attributes, int cluster, long size) {
    out[at + 11] = (byte) attributes;
    put16(out, at + 16, DATE);
    put16(out, at + 18, DATE);
    put16(out, at + 20, cluster >>> 16);
    put16(out, at + 24, DATE);
    put16(out, at + 26, cluster);
    put32(out, at + 28, size);
  }

  /// The first cluster of a run of as many as that takes.
  private int allot(long length) {
    int first = nextCluster;
    nextCluster += (int) shape.clustersFor(length);
    for (int cluster = first; cluster < nextCluster; cluster++) {
      link(cluster, cluster + 1 < nextCluster ? cluster + 1 : 0x0fff_ffff);
    }
    return first;
  }

  private long clusterAt(int cluster) {
    return head.length + (long) (cluster - 2) * clusterBytes;
  }

  /// Writes an entry of the FAT.
  private void link(int cluster, int next) {
    int fat = reserved * SECTOR;
    switch (shape.kind()) {
      case FAT12 -> {
        int at = fat + cluster + cluster / 2;
        int pair = LittleEndian.u16(head, at);
        put16(
            head,
            at,
            (cluster & 1) == 0
                ? (pair & 0xf000) | (next & 0xfff)
                : (pair & 0x000f) | ((next & 0xfff) << 4));
      }
      case FAT16 -> put16(head, fat + 2 * cluster, next);
      case FAT32 -> put32(head, fat + 4 * cluster, next);
    }
  }

  private void head(long size, int rootCluster) {
    long sectors = size / SECTOR;
    boolean few = !wide && sectors <= 0xffff;
    head[0] = (byte) 0xeb;
    head[1] = (byte) (wide ? 0x58 : 0x3c);
    head[2] = (byte) 0x90;
    put(head, 3, "MSWIN4.1");
    put16(head, 11, SECTOR);
    head[13] = (byte) shape.perCluster();
    put16(head, 14, reserved);
    head[16] = 1;
    put16(head, 17, rootBytes / FatDirectory.ENTRY_BYTES);
    put16(head, 19, few ? (int) sectors : 0);
    head[21] = (byte) 0xf8;
    put16(head, 22, wide ? 0 : fatSectors);
    put16(head, 24, 63);
    put16(head, 26, 255);
    put32(head, 32, few ? 0 : sectors);
    int extended = wide ? 64 : 36;
    head[extended] = (byte) 0x80;
    head[extended + 2] = 0x29;
    put32(head, extended + 3, name.volumeId());
    put(head, extended + 7, padded(name.label()));
    put(head, extended + 18, String.format(Locale.ROOT, "%-8s", shape.kind().name()));
    put16(head, 510, 0xaa55);
    if (wide) {
      fat32(rootCluster);
    }
  }

  private void fat32(int rootCluster) {
    put32(head, 36, fatSectors);
    put32(head, 44, rootCluster);
    put16(head, 48, FSINFO_SECTOR);
    put16(head, 50, BACKUP_SECTOR);
    int info = FSINFO_SECTOR * SECTOR;
    put(head, info, "RRaA");
    put(head, info + 484, "rrAa");
    put32(head, info + 488, clusters + 2 - nextCluster);
    put32(head, info + 492, nextCluster);
    put16(head, info + 510, 0xaa55);
    System.arraycopy(head, 0, head, BACKUP_SECTOR * SECTOR, 2 * SECTOR);
  }

  private static String padded(String label) {
    return String.format(Locale.ROOT, "%-11s", label);
  }
}
