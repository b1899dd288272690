package dev.coldframe.store.image;

import dev.coldframe.disk.ByteSource;
import dev.coldframe.disk.FatVolume;
import dev.coldframe.disk.FatVolume.FatFile;
import dev.coldframe.disk.Parsed;
import dev.coldframe.net.ByteRange;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SequencedCollection;

/// The files that an image is booted with, and where their bytes lie in the image: its boot
/// partition, and what a PC's image has in its root instead. Any thread.
public final class BootFiles implements AutoCloseable {
  private final StoredImage image;
  private final FileChannel channel;
  private final Optional<FatVolume> volume;

  private BootFiles(StoredImage image, FileChannel channel, Optional<FatVolume> volume) {
    this.image = image;
    this.channel = channel;
    this.volume = volume;
  }

  /// One file.
  ///
  /// @param path as the boot partition has it; below `boot/` in the root
  /// @param runs where its bytes lie in the image, in order; none when it is empty
  public record BootFile(String path, long sizeBytes, List<ByteRange> runs) {
    public BootFile {
      runs = List.copyOf(runs);
    }
  }

  /// Opens an image. Blocks.
  ///
  /// @throws IOException when it cannot be read any more
  public static BootFiles open(StoredImage image) throws IOException {
    FileChannel channel = FileChannel.open(image.file(), StandardOpenOption.READ);
    try {
      Optional<FatVolume> volume =
          image.boot().isPresent()
              ? Optional.of(volume(image, channel, image.boot().get()))
              : Optional.empty();
      return new BootFiles(image, channel, volume);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static FatVolume volume(StoredImage image, FileChannel channel, ByteRange area)
      throws IOException {
    return switch (FatVolume.read(source(channel), area)) {
      case Parsed.Good<FatVolume>(FatVolume good) -> good;
      case Parsed.Bad<FatVolume>(String defect) ->
          throw new IOException("the boot partition of " + image.name() + ": " + defect);
    };
  }

  /// The image.
  public StoredImage image() {
    return image;
  }

  /// The image's bytes, open for reading until [#close].
  public FileChannel channel() {
    return channel;
  }

  /// The file under a path: of the boot partition in any case, as a card reader would find it; of
  /// the root as it is.
  public Optional<BootFile> file(String path) {
    return volume
        .flatMap(v -> v.file(path))
        .map(BootFiles::bootFile)
        .or(() -> image.rootFiles().stream().filter(f -> f.path().equals(path)).findFirst());
  }

  /// All files: of the boot partition by path, then of the root.
  public SequencedCollection<BootFile> all() {
    var out = new ArrayList<BootFile>();
    volume.ifPresent(v -> v.files().values().forEach(file -> out.add(bootFile(file))));
    out.addAll(image.rootFiles());
    return out;
  }

  private static BootFile bootFile(FatFile file) {
    return new BootFile(file.path(), file.sizeBytes(), file.runs());
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  /// An open file as a source.
  static ByteSource source(FileChannel channel) throws IOException {
    long size = channel.size();
    return new ByteSource() {
      @Override
      public long sizeBytes() {
        return size;
      }

      @Override
      public void read(long position, byte[] target, int offset, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(target, offset, length);
        while (buffer.hasRemaining()) {
          if (channel.read(buffer, position + buffer.position() - offset) < 0) {
            throw new EOFException("shorter than it was");
          }
        }
      }
    };
  }

  /// The beginning of a small text file; empty when there is none.
  static String text(ByteSource source, FatVolume volume, String path, int mostBytes)
      throws IOException {
    Optional<FatFile> file = volume.file(path);
    if (file.isEmpty() || file.get().runs().isEmpty()) {
      return "";
    }
    ByteRange first = file.get().runs().getFirst();
    byte[] bytes = source.read(first.first(), (int) Math.min(mostBytes, first.length()));
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
