package dev.coldframe.transport.content;

import dev.coldframe.disk.Cpio;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// An image's initramfs with the installer's archive behind it. The kernel unpacks one after the
/// other; the second must start on a multiple of four, or it is silently left out
/// (installer-facts.md, section 1).
///
/// @param initramfs the image's own
/// @param archive the installer
record WithInstaller(Shelved initramfs, ByteBuffer archive) implements Shelved {
  @Override
  public Optional<Content> share() {
    return initramfs.share().map(this::joined);
  }

  private Content joined(Content own) {
    var parts = new ArrayList<Content.Part>(PackedTree.parts(own));
    int padding = Cpio.padding(own.sizeBytes());
    if (padding > 0) {
      parts.add(memory(ByteBuffer.allocateDirect(padding)));
    }
    parts.add(memory(archive));
    String tag = own.etag() + "-" + FileReader.tag(archive.duplicate());
    return Content.Joined.of(List.copyOf(parts), tag, own.origin() + " + installer", own::close);
  }

  private static Content.Part memory(ByteBuffer bytes) {
    return new Content.Part(MemorySegment.ofBuffer(bytes.duplicate()), Optional.empty(), 0);
  }

  @Override
  public void giveUp() {
    initramfs.giveUp();
  }
}
