package dev.coldframe.disk;

import dev.coldframe.net.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.apache.commons.compress.archivers.cpio.CpioArchiveEntry;
import org.apache.commons.compress.archivers.cpio.CpioArchiveOutputStream;
import org.apache.commons.compress.archivers.cpio.CpioConstants;

/// An archive for a kernel's initramfs: plain `newc`, no compression, so that it can be appended to
/// any other (raspberry-pi-boot.md, section 8.3). Equal input gives equal bytes.
public final class Cpio {
  /// Each archive of an initramfs starts on a multiple of this, and each file that a Pi 5 loads has
  /// a multiple of it.
  public static final int ALIGNMENT = 4;

  private static final int BLOCK_BYTES = 512;

  private Cpio() {}

  /// Something in the archive.
  ///
  /// @param path relative, its folders named before it
  /// @param mode permission bits
  /// @param content of a file; empty for a folder
  /// @param folder whether it is one
  public record Entry(String path, int mode, Bytes content, boolean folder) {
    /// A folder.
    public static Entry folder(String path) {
      return new Entry(path, 0755, Bytes.EMPTY, true);
    }

    /// A file.
    public static Entry file(String path, int mode, Bytes content) {
      return new Entry(path, mode, content, false);
    }
  }

  /// How many zero bytes stand between an archive of that size and one behind it.
  public static int padding(long sizeBytes) {
    return (int) (-sizeBytes & (ALIGNMENT - 1));
  }

  /// Packs.
  ///
  /// @param entries no path twice
  public static Bytes of(List<Entry> entries) {
    var out = new ByteArrayOutputStream();
    try (var archive =
        new CpioArchiveOutputStream(out, CpioConstants.FORMAT_NEW, BLOCK_BYTES, "US-ASCII")) {
      for (Entry entry : entries) {
        var header = new CpioArchiveEntry(CpioConstants.FORMAT_NEW, entry.path());
        header.setMode(
            (entry.folder() ? CpioConstants.C_ISDIR : CpioConstants.C_ISREG) | entry.mode());
        header.setNumberOfLinks(entry.folder() ? 2 : 1);
        header.setSize(entry.content().size());
        archive.putArchiveEntry(header);
        archive.write(entry.content().toArray());
        archive.closeArchiveEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("memory takes every archive", e);
    }
    return Bytes.wrap(out.toByteArray());
  }
}
