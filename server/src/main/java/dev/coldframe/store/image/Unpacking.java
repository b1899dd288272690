package dev.coldframe.store.image;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;

/// The image inside what was downloaded, as a stream. What kind of archive it is, its first bytes
/// say, never its name. No name from inside an archive ever becomes a path (row H-12).
final class Unpacking {
  /// More entries than an image's archive has.
  static final int MAX_ZIP_ENTRIES = 1000;

  private static final byte[] ZIP = {'P', 'K', 3, 4};

  private Unpacking() {}

  /// Whether a file is a zip archive, which is read at its end first.
  static boolean isZip(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return Arrays.equals(in.readNBytes(ZIP.length), ZIP);
    }
  }

  /// The one image in a zip archive.
  ///
  /// @param file the archive; closed with the stream
  static InputStream ofZip(Path file) throws IOException, ImageRefused {
    ZipFile zip = ZipFile.builder().setPath(file).get();
    try {
      ZipArchiveEntry image = onlyImage(Collections.list(zip.getEntries()));
      if (!zip.canReadEntryData(image)) {
        throw new ImageRefused("the zip archive is encrypted or packed in an unknown way");
      }
      return new ZippedImage(zip, image);
    } catch (IOException | ImageRefused | RuntimeException e) {
      zip.close();
      throw e;
    }
  }

  private static ZipArchiveEntry onlyImage(List<ZipArchiveEntry> entries) throws ImageRefused {
    if (entries.size() > MAX_ZIP_ENTRIES) {
      throw new ImageRefused("the zip archive holds more than " + MAX_ZIP_ENTRIES + " files");
    }
    var images = new ArrayList<ZipArchiveEntry>();
    for (ZipArchiveEntry entry : entries) {
      if (leadsAway(entry.getName())) {
        throw new ImageRefused("the zip archive holds a file with a path that leads out of it");
      }
      boolean file = !entry.isDirectory() && !entry.isUnixSymlink() && isRegular(entry);
      if (!file && !entry.isDirectory()) {
        throw new ImageRefused("the zip archive holds a link or a device");
      }
      if (file && entry.getName().toLowerCase(Locale.ROOT).endsWith(".img")) {
        images.add(entry);
      }
    }
    if (images.size() != 1) {
      throw new ImageRefused(
          "the zip archive holds " + images.size() + " files that end in .img; it must hold one");
    }
    return images.getFirst();
  }

  private static boolean leadsAway(String name) {
    return name.startsWith("/")
        || name.contains("\\")
        || name.contains(":")
        || List.of(name.split("/", -1)).contains("..");
  }

  /// What Unix says of the entry; 0 where it was packed elsewhere.
  private static boolean isRegular(ZipArchiveEntry entry) {
    int type = entry.getUnixMode() & 0170000;
    return type == 0 || type == 0100000;
  }

  /// Checks the sum at the end, which the library leaves to its users.
  private static final class ZippedImage extends FilterInputStream {
    private final ZipFile zip;
    private final ZipArchiveEntry entry;
    private final CheckedInputStream checked;

    ZippedImage(ZipFile zip, ZipArchiveEntry entry) throws IOException {
      this(zip, entry, new CheckedInputStream(zip.getInputStream(entry), new CRC32()));
    }

    private ZippedImage(ZipFile zip, ZipArchiveEntry entry, CheckedInputStream checked) {
      super(checked);
      this.zip = zip;
      this.entry = entry;
      this.checked = checked;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      int n = checked.read(target, offset, length);
      if (n < 0 && checked.getChecksum().getValue() != entry.getCrc()) {
        throw new IOException("the sum in the zip archive does not match");
      }
      return n;
    }

    @Override
    public void close() throws IOException {
      try (zip) {
        super.close();
      }
    }
  }
}
