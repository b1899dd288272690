package dev.coldframe.store.image;

import dev.coldframe.disk.Partition;
import dev.coldframe.net.ByteRange;
import dev.coldframe.node.ImageFacts;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// An image that was taken in, complete.
///
/// @param name what profiles call it
/// @param folder where it lies
/// @param source what was downloaded
/// @param content what came out of that
/// @param partitions by number; none when the image is one bare file system
/// @param boot where the boot partition lies; empty when it has none that can be read
/// @param rootFiles kernel and initramfs in its root file system, where the boot partition has none
/// @param facts what it is
/// @param imported when it was taken in
public record StoredImage(
    String name,
    Path folder,
    Source source,
    Content content,
    List<Partition> partitions,
    Optional<ByteRange> boot,
    List<BootFiles.BootFile> rootFiles,
    ImageFacts facts,
    Instant imported) {
  static final String IMAGE = "image.img";
  static final String FACTS = "image.json";
  static final String BLOCKS = "blocks.json";

  public StoredImage {
    partitions = List.copyOf(partitions);
    rootFiles = List.copyOf(rootFiles);
  }

  /// What was downloaded.
  ///
  /// @param file its name
  /// @param sha256 64 hex digits
  public record Source(String file, String sha256, long sizeBytes) {}

  /// What came out of it.
  ///
  /// @param sha256 64 hex digits, also the folder's name
  /// @param dataBytes how much of it is not empty
  /// @param table `mbr`, `gpt` or `none`
  /// @param diskId as in [dev.coldframe.disk.PartitionTable]; empty without a table
  public record Content(
      String sha256, long sizeBytes, long dataBytes, String table, String diskId) {}

  /// Whether a machine can be booted from it: it has a kernel, or a boot partition that may name
  /// one otherwise. What a PC's image has is no such: an EFI system partition, under a GPT.
  public boolean bootable() {
    return !facts.kernels().isEmpty() || (boot.isPresent() && !content.table().equals("gpt"));
  }

  /// The image itself.
  public Path file() {
    return folder.resolve(IMAGE);
  }
}
