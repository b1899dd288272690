package dev.coldframe.transport.content;

import dev.coldframe.boot.Ramdisk;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/// A node's boot tree as one FAT volume. Nothing is copied: the volume is a list of pieces, and
/// those of files are the files themselves.
///
/// @param layout what lies where
/// @param files what goes into it, by path
/// @param etag says what is in it
record PackedTree(Ramdisk layout, Map<String, Shelved> files, String etag) implements Shelved {
  static final String ORIGIN = "packed";

  private static final MemorySegment ZEROS =
      MemorySegment.ofBuffer(ByteBuffer.allocateDirect(1 << 16)).asReadOnly();

  /// Packs files.
  ///
  /// @return empty when one of them is gone meanwhile
  /// @throws IOException when they do not fit into one volume
  static Optional<Shelved> of(SequencedMap<String, Shelved> files) throws IOException {
    var entries = new ArrayList<Ramdisk.Entry>();
    var tags = new StringBuilder();
    for (Map.Entry<String, Shelved> file : files.entrySet()) {
      Optional<Content> content = file.getValue().share();
      if (content.isEmpty()) {
        return Optional.empty();
      }
      try (Content c = content.get()) {
        entries.add(new Ramdisk.Entry(file.getKey(), c.sizeBytes()));
        tags.append(file.getKey()).append('\n').append(c.etag()).append('\n');
      }
    }
    String tag = FileReader.tag(StandardCharsets.UTF_8.encode(tags.toString()));
    return switch (Ramdisk.of(entries)) {
      case Ramdisk.Result.Laid(Ramdisk layout) ->
          Optional.of(new PackedTree(layout, Map.copyOf(files), tag));
      case Ramdisk.Result.Refused(String defect) ->
          throw new IOException("the boot tree cannot be packed: " + defect);
    };
  }

  @Override
  public Optional<Content> share() {
    var held = new HashMap<String, Content>();
    for (Map.Entry<String, Shelved> file : files.entrySet()) {
      Optional<Content> content = file.getValue().share();
      if (content.isEmpty()) {
        held.values().forEach(Content::close);
        return Optional.empty();
      }
      held.put(file.getKey(), content.get());
    }
    return Optional.of(
        Content.Joined.of(parts(held), etag, ORIGIN, () -> held.values().forEach(Content::close)));
  }

  private List<Content.Part> parts(Map<String, Content> held) {
    var out = new ArrayList<Content.Part>();
    long at = 0;
    for (Ramdisk.Piece piece : layout.pieces()) {
      zeros(out, piece.at() - at);
      at = piece.at();
      switch (piece) {
        case Ramdisk.Piece.Made(_, var bytes) -> {
          ByteBuffer made = ByteBuffer.allocateDirect(bytes.size()).put(bytes.toArray()).flip();
          out.add(new Content.Part(MemorySegment.ofBuffer(made), Optional.empty(), 0));
          at += bytes.size();
        }
        case Ramdisk.Piece.File(_, String path) -> {
          Content file = held.getOrDefault(path, NOTHING);
          out.addAll(parts(file));
          at += file.sizeBytes();
        }
      }
    }
    zeros(out, layout.sizeBytes() - at);
    return out;
  }

  private static final Content NOTHING =
      new Content.Memory(ByteBuffer.allocateDirect(0), "nothing", ORIGIN);

  /// What a file consists of.
  static List<Content.Part> parts(Content file) {
    return switch (file) {
      case Content.Memory memory ->
          List.of(
              new Content.Part(
                  MemorySegment.ofBuffer(memory.bytes().duplicate()), Optional.empty(), 0));
      case Content.OnDisk disk ->
          List.of(new Content.Part(disk.mapped(), Optional.of(disk.channel()), disk.offset()));
      case Content.Joined joined -> joined.parts();
    };
  }

  private static void zeros(List<Content.Part> out, long length) {
    for (long left = length; left > 0; left -= ZEROS.byteSize()) {
      long some = Math.min(left, ZEROS.byteSize());
      out.add(new Content.Part(ZEROS.asSlice(0, some), Optional.empty(), 0));
    }
  }

  @Override
  public void giveUp() {}
}
