package dev.coldframe.disk;

import static dev.coldframe.disk.DiskDefect.unless;

import dev.coldframe.net.ByteRange;
import java.io.IOException;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;

/// A FAT volume and where each of its files lies. Immutable.
///
/// @param kind the width of an entry of its FAT
/// @param label from the root directory, else from the boot sector; may be empty
/// @param volumeId the serial number, as `blkid` shows it without the dash
/// @param clusterBytes bytes of a cluster
/// @param files by path, with `/` between the parts; upper and lower case are the same
public record FatVolume(
    Kind kind, String label, int volumeId, int clusterBytes, SequencedMap<String, FatFile> files) {
  /// More files than a published boot partition has; those have some 400.
  public static final int MAX_FILES = 20_000;

  /// As deep as a boot tree.
  public static final int MAX_DEPTH = 16;

  /// Directory bytes of the whole volume.
  private static final long MAX_DIRECTORY_BYTES = 64 << 20;

  private static final Comparator<String> ANY_CASE = String.CASE_INSENSITIVE_ORDER;

  public FatVolume {
    var copy = new TreeMap<String, FatFile>(ANY_CASE);
    copy.putAll(files);
    files = Collections.unmodifiableSequencedMap(copy);
  }

  /// The widths.
  public enum Kind {
    FAT12(12),
    FAT16(16),
    FAT32(32);

    private final int bits;

    Kind(int bits) {
      this.bits = bits;
    }

    /// Bits of an entry.
    public int bits() {
      return bits;
    }
  }

  /// A file of the volume.
  ///
  /// @param path as the volume has it
  /// @param sizeBytes its size
  /// @param runs where its bytes lie in the source, in order; together as long as the file
  public record FatFile(String path, long sizeBytes, List<ByteRange> runs) {
    public FatFile {
      runs = List.copyOf(runs);
    }
  }

  /// The file under a path, in any case.
  public Optional<FatFile> file(String path) {
    return Optional.ofNullable(files.get(path));
  }

  /// Reads a volume.
  ///
  /// @param area where it lies in the source
  public static Parsed<FatVolume> read(ByteSource source, ByteRange area) throws IOException {
    return Parsed.of(() -> {
      unless(
          area.first() >= 0
              && area.length() >= FatGeometry.BOOT_SECTOR_BYTES
              && area.first() + area.length() <= source.sizeBytes(),
          "no FAT file system");
      byte[] boot = source.read(area.first(), FatGeometry.BOOT_SECTOR_BYTES);
      return new Walk(source, area.first(), FatGeometry.of(boot, area.length())).volume();
    });
  }

  /// Reads all directories of one volume.
  private static final class Walk {
    private final ByteSource source;
    private final long volumeAt;
    private final FatGeometry geometry;
    private final FatTable table;
    private final SequencedMap<String, FatFile> files = new TreeMap<>(ANY_CASE);
    private String label;
    private long directoryBytes;

    Walk(ByteSource source, long volumeAt, FatGeometry geometry) {
      this.source = source;
      this.volumeAt = volumeAt;
      this.geometry = geometry;
      this.table = new FatTable(source, volumeAt, geometry);
      this.label = geometry.label().equals("NO NAME") ? "" : geometry.label();
    }

    FatVolume volume() throws DiskDefect, IOException {
      List<ByteRange> root =
          geometry.kind() == Kind.FAT32
              ? table.directory(geometry.rootCluster())
              : List.of(new ByteRange(volumeAt + geometry.rootAt(), geometry.rootBytes()));
      walk(root, "", 1);
      return new FatVolume(
          geometry.kind(), label, geometry.volumeId(), geometry.clusterBytes(), files);
    }

    private void walk(List<ByteRange> runs, String folder, int depth)
        throws DiskDefect, IOException {
      unless(depth <= MAX_DEPTH, "folders nest too deeply");
      boolean wide = geometry.kind() == Kind.FAT32;
      for (FatDirectory.Entry entry : FatDirectory.read(bytes(runs), wide)) {
        String path = folder + entry.name();
        switch (entry.kind()) {
          case LABEL -> label = depth == 1 ? entry.name() : label;
          case FOLDER -> walk(table.directory(entry.cluster()), path + "/", depth + 1);
          case FILE -> add(path, entry);
        }
      }
    }

    private void add(String path, FatDirectory.Entry entry) throws DiskDefect, IOException {
      unless(files.size() < MAX_FILES, "more than " + MAX_FILES + " files");
      unless(!files.containsKey(path), "two files have the same name");
      files.put(
          path,
          new FatFile(path, entry.sizeBytes(), table.file(entry.cluster(), entry.sizeBytes())));
    }

    private byte[] bytes(List<ByteRange> runs) throws DiskDefect, IOException {
      int size = (int) runs.stream().mapToLong(ByteRange::length).sum();
      directoryBytes += size;
      unless(directoryBytes <= MAX_DIRECTORY_BYTES, "too many folders");
      byte[] out = new byte[size];
      int at = 0;
      for (ByteRange run : runs) {
        source.read(run.first(), out, at, (int) run.length());
        at += (int) run.length();
      }
      return out;
    }
  }
}
