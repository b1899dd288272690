package dev.coldframe.disk;

import static dev.coldframe.disk.DiskDefect.unless;

import dev.coldframe.net.Bytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/// A new FAT volume, laid out before any file is read: the volume starts at its first sector, with
/// no partition table around it, one FAT and every file in one run (a "superfloppy", as a Pi wants
/// `boot.img`; raspberry-pi-boot.md, section 4.3). Equal input gives equal bytes: files are sorted,
/// and there is no clock in it.
///
/// @param kind the width of an entry of the FAT
/// @param sizeBytes the whole volume
/// @param pieces what lies where, in order; zeros lie between them
public record FatLayout(FatVolume.Kind kind, long sizeBytes, List<Piece> pieces) {
  /// The largest volume; a Pi loads 128 MB at most.
  public static final long MAX_BYTES = 2L << 30;

  static final int SECTOR_BYTES = 512;

  public FatLayout {
    pieces = List.copyOf(pieces);
  }

  /// A file that goes into the volume.
  ///
  /// @param path with `/` between the parts
  public record Source(String path, long sizeBytes) {}

  /// What the volume is called.
  ///
  /// @param label up to 11 characters, upper case
  /// @param volumeId the serial number
  public record Name(String label, int volumeId) {}

  /// Something in the volume.
  public sealed interface Piece {
    /// Where it starts in the volume.
    long at();

    /// How long it is; at least 1.
    long length();

    /// Boot sector, FAT, directories.
    record Made(long at, Bytes bytes) implements Piece {
      @Override
      public long length() {
        return bytes.size();
      }
    }

    /// A file's bytes.
    record File(long at, String path, long length) implements Piece {}
  }

  /// The width and the clusters of a volume.
  ///
  /// @param perCluster sectors of a cluster
  record Shape(FatVolume.Kind kind, int perCluster) {
    long clustersFor(long bytes) {
      long cluster = (long) perCluster * SECTOR_BYTES;
      return (bytes + cluster - 1) / cluster;
    }

    long leastClusters() {
      return switch (kind) {
        case FAT12 -> 1;
        case FAT16 -> FatGeometry.MAX_FAT12_CLUSTERS + 1L;
        case FAT32 -> FatGeometry.MAX_FAT16_CLUSTERS + 1L;
      };
    }

    long mostClusters() {
      return switch (kind) {
        case FAT12 -> FatGeometry.MAX_FAT12_CLUSTERS;
        case FAT16 -> FatGeometry.MAX_FAT16_CLUSTERS;
        case FAT32 -> MAX_BYTES / SECTOR_BYTES / perCluster;
      };
    }
  }

  /// Tried in order; the first that has enough clusters is taken. Each begins where the one before
  /// ends, so that no volume is padded.
  private static final List<Shape> SHAPES =
      List.of(
          new Shape(FatVolume.Kind.FAT12, 1),
          new Shape(FatVolume.Kind.FAT12, 4),
          new Shape(FatVolume.Kind.FAT16, 4),
          new Shape(FatVolume.Kind.FAT16, 8),
          new Shape(FatVolume.Kind.FAT32, 8));

  /// Lays out a volume.
  ///
  /// @param files in any order; folders come from their paths
  public static Parsed<FatLayout> of(List<Source> files, Name name) {
    return parsed(() -> {
      FatTree tree = FatTree.of(files);
      for (Shape shape : SHAPES) {
        if (tree.clusters(shape) <= shape.mostClusters()) {
          return new FatWriter(tree, shape, name).layout();
        }
      }
      throw new DiskDefect("too much for one volume");
    });
  }

  /// Lays out a volume of a given shape.
  static Parsed<FatLayout> of(List<Source> files, Name name, Shape shape) {
    return parsed(() -> {
      FatTree tree = FatTree.of(files);
      unless(tree.clusters(shape) <= shape.mostClusters(), "too much for one volume");
      return new FatWriter(tree, shape, name).layout();
    });
  }

  private static Parsed<FatLayout> parsed(Parsed.Reading<FatLayout> reading) {
    try {
      return Parsed.of(reading);
    } catch (IOException e) {
      throw new UncheckedIOException("nothing is read here", e);
    }
  }
}
