package dev.coldframe.disk;

import static dev.coldframe.disk.DiskDefect.unless;
import static dev.coldframe.disk.LittleEndian.put16;
import static dev.coldframe.disk.LittleEndian.put32;

import dev.coldframe.net.ByteRange;
import dev.coldframe.net.Bytes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Puts files into a sound FAT volume. One thread's.
final class FatEditor {
  private static final int ENTRY = FatDirectory.ENTRY_BYTES;
  private static final int ARCHIVE = 0x20;
  private static final int FSINFO_SECTOR_AT = 48;

  private final Overlay volume;
  private final long at;
  private final FatGeometry geometry;
  private final FatEntries fat;

  FatEditor(ByteSource source, ByteRange area) throws DiskDefect, IOException {
    this.volume = new Overlay(source);
    this.at = area.first();
    this.geometry =
        FatGeometry.of(source.read(area.first(), FatGeometry.BOOT_SECTOR_BYTES), area.length());
    this.fat = new FatEntries(volume, at, geometry);
  }

  /// A folder: where its entries lie, in runs.
  ///
  /// @param first its first cluster; 0 is the fixed root of FAT12 and FAT16
  private record Folder(int first, List<ByteRange> runs) {
    int sizeBytes() {
      return (int) runs.stream().mapToLong(ByteRange::length).sum();
    }

    /// Where an entry lies in the source.
    long place(int offset) {
      long left = offset;
      for (ByteRange run : runs) {
        if (left < run.length()) {
          return run.first() + left;
        }
        left -= run.length();
      }
      throw new IllegalArgumentException("behind the folder's end");
    }
  }

  void put(String path, Bytes content) throws DiskDefect, IOException {
    String[] parts = path.split("/", -1);
    Folder folder = root();
    for (int i = 0; i < parts.length - 1; i++) {
      FatDirectory.Entry entry =
          find(folder, parts[i])
              .filter(e -> e.kind() == FatDirectory.Kind.FOLDER)
              .orElseThrow(() -> new DiskDefect("no such folder in the volume"));
      folder = folder((int) entry.cluster());
    }
    String name = parts[parts.length - 1];
    unless(FatTree.isName(name), "a name that FAT has no room for");
    Optional<FatDirectory.Entry> old = find(folder, name);
    if (old.isPresent()) {
      unless(old.get().kind() == FatDirectory.Kind.FILE, "a folder has that name");
      fat.free((int) old.get().cluster());
    }
    int first = store(content);
    long entry = old.isPresent() ? folder.place(old.get().at()) : add(folder, name);
    byte[] rest = volume.read(entry, ENTRY);
    put16(rest, 20, first >>> 16);
    put16(rest, 26, first);
    put32(rest, 28, content.size());
    volume.write(entry, rest);
  }

  private Folder root() throws DiskDefect, IOException {
    return geometry.kind() == FatVolume.Kind.FAT32
        ? folder((int) geometry.rootCluster())
        : new Folder(0, List.of(new ByteRange(at + geometry.rootAt(), geometry.rootBytes())));
  }

  private Folder folder(int first) throws DiskDefect, IOException {
    var runs = new ArrayList<ByteRange>();
    for (int cluster : fat.chain(first)) {
      runs.add(new ByteRange(at + geometry.clusterAt(cluster), geometry.clusterBytes()));
    }
    return new Folder(first, runs);
  }

  private byte[] bytes(Folder folder) throws IOException {
    byte[] out = new byte[folder.sizeBytes()];
    int end = 0;
    for (ByteRange run : folder.runs()) {
      volume.read(run.first(), out, end, (int) run.length());
      end += (int) run.length();
    }
    return out;
  }

  private Optional<FatDirectory.Entry> find(Folder folder, String name)
      throws DiskDefect, IOException {
    boolean wide = geometry.kind() == FatVolume.Kind.FAT32;
    return FatDirectory.read(bytes(folder), wide).stream()
        .filter(e -> e.kind() != FatDirectory.Kind.LABEL && e.name().equalsIgnoreCase(name))
        .findFirst();
  }

  /// Writes a file's bytes.
  ///
  /// @return its first cluster; 0 when it is empty
  private int store(Bytes content) throws DiskDefect, IOException {
    int size = geometry.clusterBytes();
    int count = (content.size() + size - 1) / size;
    List<Integer> clusters = fat.take(count);
    for (int i = 0; i < count; i++) {
      byte[] cluster = new byte[size];
      int from = i * size;
      content.copyTo(from, Math.min(size, content.size() - from), cluster, 0);
      volume.write(at + geometry.clusterAt(clusters.get(i)), cluster);
    }
    return clusters.isEmpty() ? 0 : clusters.getFirst();
  }

  /// Adds an entry.
  ///
  /// @return where its 8+3 part lies
  private long add(Folder folder, String name) throws DiskDefect, IOException {
    int wanted = FatNames.entries(name);
    Folder roomy = folder;
    byte[] all = bytes(folder);
    int start = room(all, wanted);
    while (start < 0) {
      roomy = extended(roomy);
      all = bytes(roomy);
      start = room(all, wanted);
    }
    byte[] made = new byte[wanted * ENTRY];
    int last = FatNames.beside(all).write(name, made, 0);
    made[last + 11] = ARCHIVE;
    for (int offset : new int[] {16, 18, 24}) {
      put16(made, last + offset, FatWriter.DATE);
    }
    for (int i = 0; i < wanted; i++) {
      volume.write(
          roomy.place(start + i * ENTRY), Arrays.copyOfRange(made, i * ENTRY, (i + 1) * ENTRY));
    }
    int behind = start + wanted * ENTRY;
    if (behind > end(all) && behind < all.length) {
      // This was the end of the folder; what follows was unused whatever it held.
      volume.write(roomy.place(behind), new byte[ENTRY]);
    }
    return roomy.place(start + last);
  }

  /// The first place with so many unused entries in a row, those behind the end included.
  private static int room(byte[] all, int wanted) {
    int end = end(all);
    int run = 0;
    for (int entry = 0; entry < all.length; entry += ENTRY) {
      run = entry >= end || all[entry] == (byte) 0xe5 ? run + 1 : 0;
      if (run == wanted) {
        return entry - (wanted - 1) * ENTRY;
      }
    }
    return -1;
  }

  /// Where the first entry lies that was never used.
  private static int end(byte[] all) {
    int entry = 0;
    while (entry < all.length && all[entry] != 0) {
      entry += ENTRY;
    }
    return entry;
  }

  private Folder extended(Folder folder) throws DiskDefect, IOException {
    unless(folder.first() != 0, "the root folder is full");
    unless(folder.sizeBytes() < FatDirectory.MAX_BYTES, "a directory is too long");
    int more = fat.extend(folder.first());
    volume.write(at + geometry.clusterAt(more), new byte[geometry.clusterBytes()]);
    return folder(folder.first());
  }

  /// Everything that changed.
  List<FatPatch.Write> writes() throws IOException {
    if (geometry.kind() == FatVolume.Kind.FAT32) {
      byte[] boot = volume.read(at, FatGeometry.BOOT_SECTOR_BYTES);
      int sector = LittleEndian.u16(boot, FSINFO_SECTOR_AT);
      long info = at + (long) sector * LittleEndian.u16(boot, 11);
      boolean inside = sector > 0 && info < at + geometry.fatAt();
      if (inside && LittleEndian.text(volume.read(info, 4), 0, 4).equals("RRaA")) {
        byte[] counts = new byte[8];
        put32(counts, 0, fat.freeClusters());
        put32(counts, 4, 0xffff_ffffL);
        volume.write(info + 488, counts);
      }
    }
    return FatPatch.joined(volume.changed());
  }
}
