package dev.coldframe.transport.content;

import dev.coldframe.node.OsImage;
import dev.coldframe.store.image.BootFiles;
import dev.coldframe.store.image.BootFiles.BootFile;
import dev.coldframe.store.image.Images;
import dev.coldframe.store.image.StoredImage;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// The files that images are booted with, sent straight out of the images. An image is mapped once;
/// a file is a slice of it. Any thread; blocks.
final class ImageFiles {
  /// A text that is merged with ours is not longer.
  private static final int MAX_TEXT_BYTES = 1 << 16;

  private final Images images;

  /// By the image's name.
  private final Map<String, Open> open = new ConcurrentHashMap<>();

  ImageFiles(Images images) {
    this.images = images;
  }

  /// An open image.
  ///
  /// @param mapped all of it; what nobody reads takes no memory
  private record Open(BootFiles boot, SharedChannel file, MemorySegment mapped) {
    String sha256() {
      return boot.image().content().sha256();
    }
  }

  /// A file of an image; empty when there is none, or the image has been removed.
  Optional<Shelved> find(OsImage image, String path) throws IOException {
    Optional<Open> there = opened(image);
    return there.flatMap(o -> o.boot().file(path).map(file -> shelved(o, file)));
  }

  /// A file of an image as text; empty when there is none, or too much of it.
  Optional<String> text(OsImage image, String path) throws IOException {
    Optional<Shelved> found = find(image, path);
    Optional<Content> content = found.flatMap(Shelved::share);
    if (content.isEmpty()) {
      return Optional.empty();
    }
    try (Content file = content.get()) {
      if (file.sizeBytes() > MAX_TEXT_BYTES) {
        return Optional.empty();
      }
      ByteBuffer bytes = ByteBuffer.allocate((int) file.sizeBytes());
      file.read(0, bytes);
      return Optional.of(StandardCharsets.UTF_8.decode(bytes.flip()).toString());
    }
  }

  /// The paths of what an image is booted with.
  List<String> paths(OsImage image) throws IOException {
    return opened(image).stream()
        .flatMap(o -> o.boot().all().stream())
        .map(BootFile::path)
        .toList();
  }

  /// What an image's files say as their origin.
  static String origin(String image) {
    return "image " + image;
  }

  private Optional<Open> opened(OsImage image) throws IOException {
    Open before = open.get(image.name());
    if (before != null && before.sha256().equals(image.sha256())) {
      return Optional.of(before);
    }
    synchronized (open) {
      Open known = open.get(image.name());
      if (known != null && known.sha256().equals(image.sha256())) {
        return Optional.of(known);
      }
      Optional<StoredImage> stored =
          images.named(image.name()).filter(i -> i.content().sha256().equals(image.sha256()));
      if (stored.isEmpty()) {
        return Optional.empty();
      }
      Open now = open(stored.get());
      open.put(image.name(), now);
      if (known != null) {
        known.file().giveUp();
      }
      return Optional.of(now);
    }
  }

  private static Open open(StoredImage image) throws IOException {
    BootFiles boot = BootFiles.open(image);
    // Unmapped when neither this nor a user can reach it any more.
    FileChannel channel = boot.channel();
    MemorySegment mapped =
        channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto());
    return new Open(boot, new SharedChannel(channel), mapped);
  }

  private static Shelved shelved(Open image, BootFile file) {
    String origin = origin(image.boot().image().name());
    if (file.runs().isEmpty()) {
      return FileReader.memory(ByteBuffer.allocateDirect(0), origin);
    }
    var parts = new ArrayList<Content.Part>();
    for (var run : file.runs()) {
      parts.add(
          new Content.Part(
              image.mapped().asSlice(run.first(), run.length()),
              Optional.of(image.file().channel()),
              run.first()));
    }
    String tag =
        image.sha256().substring(0, 24)
            + "-"
            + Long.toHexString(file.runs().getFirst().first())
            + "-"
            + Long.toHexString(file.sizeBytes());
    return new Shelved.InImage(image.file(), parts, tag, origin);
  }

  /// Closes what no world names any more; who still reads from it keeps it.
  void keepOnly(Map<String, OsImage> wanted) {
    synchronized (open) {
      open.values()
          .removeIf(o -> {
            OsImage image = wanted.get(o.boot().image().name());
            boolean gone = image == null || !image.sha256().equals(o.sha256());
            if (gone) {
              o.file().giveUp();
            }
            return gone;
          });
    }
  }
}
