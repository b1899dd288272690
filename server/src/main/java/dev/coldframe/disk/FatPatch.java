package dev.coldframe.disk;

import dev.coldframe.net.ByteRange;
import dev.coldframe.net.Bytes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SequencedMap;

/// Changes to an existing FAT volume, kept apart from it: an installer writes them over the image's
/// own boot partition. Geometry, label and volume id stay, and so does every file that is not named
/// (architecture, section 5). Equal input gives equal changes.
///
/// @param writes what to write over the source, in order; apart from one another
public record FatPatch(List<Write> writes) {
  public FatPatch {
    writes = List.copyOf(writes);
  }

  /// Bytes that replace others.
  ///
  /// @param at offset in the source
  public record Write(long at, Bytes bytes) {}

  /// Puts files into a volume, or in the place of those with the same names. Their folders must be
  /// there.
  ///
  /// @param area where the volume lies in the source
  /// @param files by path, with `/` between the parts
  public static Parsed<FatPatch> of(
      ByteSource source, ByteRange area, SequencedMap<String, Bytes> files) throws IOException {
    // Reads the volume once as everybody does, so that a damaged one is never written to.
    return switch (FatVolume.read(source, area)) {
      case Parsed.Bad<FatVolume>(String defect) -> new Parsed.Bad<>(defect);
      case Parsed.Good<FatVolume> _ ->
          Parsed.of(() -> {
            var editor = new FatEditor(source, area);
            for (var file : files.entrySet()) {
              editor.put(file.getKey(), file.getValue());
            }
            return new FatPatch(editor.writes());
          });
    };
  }

  /// Neighbours joined.
  static List<Write> joined(SequencedMap<Long, byte[]> sectors) {
    var out = new ArrayList<Write>();
    var run = new ArrayList<byte[]>();
    long first = 0;
    long next = -1;
    for (var sector : sectors.entrySet()) {
      if (sector.getKey() != next && !run.isEmpty()) {
        out.add(new Write(first, joined(run)));
        run.clear();
      }
      if (run.isEmpty()) {
        first = sector.getKey();
      }
      run.add(sector.getValue());
      next = sector.getKey() + sector.getValue().length;
    }
    if (!run.isEmpty()) {
      out.add(new Write(first, joined(run)));
    }
    return out;
  }

  private static Bytes joined(List<byte[]> parts) {
    byte[] out = new byte[parts.stream().mapToInt(p -> p.length).sum()];
    int at = 0;
    for (byte[] part : parts) {
      System.arraycopy(part, 0, out, at, part.length);
      at += part.length;
    }
    return Bytes.wrap(out);
  }
}
