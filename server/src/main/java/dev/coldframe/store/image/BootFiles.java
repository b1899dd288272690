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
import java.util.List;
import java.util.Optional;
import java.util.SequencedCollection;

/// The files of an image's boot partition, and where their bytes lie in the image. Any thread.
public final class BootFiles implements AutoCloseable {
  private final StoredImage image;
  private final FileChannel channel;
  private final FatVolume volume;

  private BootFiles(StoredImage image, FileChannel channel, FatVolume volume) {
    this.image = image;
    this.channel = channel;
    this.volume = volume;
  }

  /// One file.
  ///
  /// @param path as the boot partition has it
  /// @param runs where its bytes lie in the image, in order; none when it is empty
  public record BootFile(String path, long sizeBytes, List<ByteRange> runs) {
    public BootFile {
      runs = List.copyOf(runs);
    }
  }

  /// Opens an image that has a boot partition. Blocks.
  ///
  /// @throws IOException when it cannot be read any more
  public static BootFiles open(StoredImage image) throws IOException {
    ByteRange area =
        image.boot().orElseThrow(() -> new IOException(image.name() + " has no boot partition"));
    FileChannel channel = FileChannel.open(image.file(), StandardOpenOption.READ);
    try {
      FatVolume volume =
          switch (FatVolume.read(source(channel), area)) {
            case Parsed.Good<FatVolume>(FatVolume good) -> good;
            case Parsed.Bad<FatVolume>(String defect) ->
                throw new IOException("the boot partition of " + image.name() + ": " + defect);
          };
      return new BootFiles(image, channel, volume);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /// The image.
  public StoredImage image() {
    return image;
  }

  /// Where the boot partition lies in the image.
  public ByteRange area() {
    return image.boot().orElseThrow();
  }

  /// The image's bytes, open for reading until [#close].
  public FileChannel channel() {
    return channel;
  }

  /// The file under a path, in any case, as a card reader would find it.
  public Optional<BootFile> file(String path) {
    return volume.file(path).map(BootFiles::bootFile);
  }

  /// All files, by path.
  public SequencedCollection<BootFile> all() {
    return volume.files().values().stream().map(BootFiles::bootFile).toList();
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
