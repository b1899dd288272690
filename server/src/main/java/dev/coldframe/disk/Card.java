package dev.coldframe.disk;

import static dev.coldframe.disk.LittleEndian.put16;
import static dev.coldframe.disk.LittleEndian.put32;

import dev.coldframe.net.Bytes;
import java.util.List;

/// A memory card with one FAT32 volume that a board's ROM reads: a partition table, and the volume
/// from the first MiB on. Equal input gives equal bytes.
///
/// @param table the first sector
/// @param volume what lies from [#VOLUME_AT] on
public record Card(Bytes table, FatLayout volume) {
  /// Where the volume starts.
  public static final int VOLUME_AT = 1 << 20;

  private static final FatLayout.Name NAME = new FatLayout.Name("COLDFRAME", 0xc01df4a3);
  private static final int TYPE = 0x0c;
  private static final int ENTRY_AT = 446;

  /// Lays out a card.
  public static Parsed<Card> of(List<FatLayout.Source> files) {
    var shape = new FatLayout.Shape(FatVolume.Kind.FAT32, 1);
    return switch (FatLayout.of(files, NAME, shape)) {
      case Parsed.Bad<FatLayout>(String defect) -> new Parsed.Bad<>(defect);
      case Parsed.Good<FatLayout>(FatLayout volume) -> new Parsed.Good<>(of(volume));
    };
  }

  private static Card of(FatLayout volume) {
    int sector = PartitionTable.SECTOR_BYTES;
    byte[] table = new byte[sector];
    put32(table, 440, NAME.volumeId());
    // Heads and cylinders are not used any more: the largest say so.
    for (int at : new int[] {1, 5}) {
      table[ENTRY_AT + at] = (byte) 0xfe;
      put16(table, ENTRY_AT + at + 1, 0xffff);
    }
    table[ENTRY_AT + 4] = TYPE;
    put32(table, ENTRY_AT + 8, VOLUME_AT / sector);
    put32(table, ENTRY_AT + 12, volume.sizeBytes() / sector);
    put16(table, 510, 0xaa55);
    return new Card(Bytes.wrap(table), volume);
  }

  /// The whole card.
  public long sizeBytes() {
    return VOLUME_AT + volume.sizeBytes();
  }
}
