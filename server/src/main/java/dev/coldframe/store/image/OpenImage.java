package dev.coldframe.store.image;

import dev.coldframe.disk.BlockMap;
import dev.coldframe.disk.ByteSource;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;

/// A whole image, open for reading until [#close], also when it is removed meanwhile. Any thread.
///
/// @param image the image
/// @param channel its bytes
/// @param source the same
/// @param blocks which parts hold data, and what each chunk adds up to
public record OpenImage(StoredImage image, FileChannel channel, ByteSource source, BlockMap blocks)
    implements AutoCloseable {
  /// Opens. Blocks.
  ///
  /// @throws IOException when it cannot be read any more
  public static OpenImage open(StoredImage image) throws IOException {
    BlockMap blocks =
        ImageJson.readBlocks(Files.readString(image.folder().resolve(StoredImage.BLOCKS)));
    FileChannel channel = FileChannel.open(image.file(), StandardOpenOption.READ);
    try {
      return new OpenImage(image, channel, BootFiles.source(channel), blocks);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
