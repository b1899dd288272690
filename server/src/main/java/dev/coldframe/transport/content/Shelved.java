package dev.coldframe.transport.content;

import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.util.List;
import java.util.Optional;

/// Content that several users share. Any thread.
sealed interface Shelved
    permits Shelved.InMemory, Shelved.OpenFile, Shelved.InImage, PackedTree, WithInstaller {
  /// One more user's content; empty when it has been given up meanwhile.
  Optional<Content> share();

  /// The shelf's own use ends. Users keep what they have.
  void giveUp();

  /// Bytes in memory; the garbage collector knows when nobody uses them.
  record InMemory(Content.Memory content) implements Shelved {
    @Override
    public Optional<Content> share() {
      return Optional.of(content);
    }

    @Override
    public void giveUp() {}
  }

  /// An open file, closed when the last user is done.
  final class OpenFile implements Shelved {
    private final SharedChannel file;
    private final MemorySegment mapped;
    private final String etag;
    private final String origin;

    OpenFile(FileChannel channel, MemorySegment mapped, String etag, String origin) {
      this.file = new SharedChannel(channel);
      this.mapped = mapped;
      this.etag = etag;
      this.origin = origin;
    }

    @Override
    public Optional<Content> share() {
      return file.take()
          ? Optional.of(new Content.OnDisk(file.channel(), 0, mapped, etag, origin, file::giveUp))
          : Optional.empty();
    }

    @Override
    public void giveUp() {
      file.giveUp();
    }
  }

  /// A file inside an image: one run of it, or several.
  ///
  /// @param file the image; the shelf's own use of it belongs to who opened it
  /// @param runs at least one
  record InImage(SharedChannel file, List<Content.Part> runs, String etag, String origin)
      implements Shelved {
    public InImage {
      runs = List.copyOf(runs);
    }

    @Override
    public Optional<Content> share() {
      return file.take() ? Optional.of(content()) : Optional.empty();
    }

    private Content content() {
      if (runs.size() > 1) {
        return Content.Joined.of(runs, etag, origin, file::giveUp);
      }
      Content.Part only = runs.getFirst();
      return new Content.OnDisk(
          file.channel(), only.offset(), only.bytes(), etag, origin, file::giveUp);
    }

    @Override
    public void giveUp() {}
  }
}
