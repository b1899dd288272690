package dev.coldframe.disk;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// For which build of the kernel a boot file is, as `uname -r` says it: `6.12.47+rpt-rpi-v8`
/// (raspberry-pi-boot.md, section 8.5). What cannot be unpacked with the libraries that are there
/// (a 32-bit `zImage`, lz4) has no answer.
public final class KernelBuild {
  /// Larger than any kernel or initramfs that a board's memory takes.
  private static final long MAX_BYTES = 512L << 20;

  private static final String BANNER = "Linux version ";
  private static final Pattern VERSION = Pattern.compile(BANNER + "(\\d+\\.\\d+[\\w.+~-]*) \\(");
  private static final Pattern MODULES =
      Pattern.compile("(?:\\./)?(?:usr/)?lib/modules/([^/]+)(?:/.*)?");

  private static final int CHUNK_BYTES = 1 << 16;

  /// The banner with the longest version (UTS_RELEASE has 64 characters).
  private static final int OVERLAP_BYTES = 128;

  private static final int HEADER_BYTES = 110;
  private static final int MAX_NAME_BYTES = 4096;

  /// More than any padding between two archives.
  private static final int MAX_ZEROS = 1 << 20;

  private KernelBuild() {}

  /// The build that a kernel is: an arm64 `Image`, packed or not.
  ///
  /// @throws IOException when it cannot be read, or is damaged
  public static Optional<String> ofKernel(InputStream kernel) throws IOException {
    InputStream in = Packing.unpacked(kernel);
    byte[] window = new byte[CHUNK_BYTES + OVERLAP_BYTES];
    int held = 0;
    for (long total = 0; total < MAX_BYTES; ) {
      int read = in.readNBytes(window, held, CHUNK_BYTES);
      Matcher found =
          VERSION.matcher(new String(window, 0, held + read, StandardCharsets.ISO_8859_1));
      if (found.find()) {
        return Optional.of(found.group(1));
      }
      if (read < CHUNK_BYTES) {
        break;
      }
      total += read;
      System.arraycopy(window, held + read - OVERLAP_BYTES, window, 0, OVERLAP_BYTES);
      held = OVERLAP_BYTES;
    }
    return Optional.empty();
  }

  /// The builds that an initramfs holds modules for. It is one or more `newc` archives, and at last
  /// a packed one, behind which nothing is looked for.
  ///
  /// @throws IOException when it cannot be read, or is damaged
  public static Set<String> ofInitramfs(InputStream initramfs) throws IOException {
    var out = new TreeSet<String>();
    InputStream plain = new BufferedInputStream(initramfs, CHUNK_BYTES);
    while (startsArchive(plain)) {
      archive(plain, out);
    }
    InputStream packed = Packing.unpacked(plain);
    if (startsArchive(packed)) {
      archive(packed, out);
    }
    return out;
  }

  /// Skips the zeros before an archive.
  private static boolean startsArchive(InputStream in) throws IOException {
    for (int zeros = 0; zeros <= MAX_ZEROS; zeros++) {
      in.mark(HEADER_BYTES);
      int first = in.read();
      if (first != 0) {
        in.reset();
        return first == '0';
      }
    }
    throw damaged();
  }

  /// Reads one archive to its trailer (Linux, Documentation/driver-api/early-userspace/
  /// buffer-format.rst).
  private static void archive(InputStream in, Set<String> out) throws IOException {
    for (long total = 0; total < MAX_BYTES; ) {
      String header = text(in, HEADER_BYTES);
      if (!header.startsWith("07070")) {
        throw damaged();
      }
      long size = number(header, 6);
      long nameBytes = number(header, 11);
      if (nameBytes < 1 || nameBytes > MAX_NAME_BYTES) {
        throw damaged();
      }
      String name = text(in, (int) nameBytes).replace("\0", "");
      in.skipNBytes(Cpio.padding(HEADER_BYTES + nameBytes));
      if (name.equals("TRAILER!!!")) {
        return;
      }
      in.skipNBytes(size + Cpio.padding(size));
      total += HEADER_BYTES + nameBytes + size;
      Matcher modules = MODULES.matcher(name);
      if (modules.matches()) {
        out.add(modules.group(1));
      }
    }
    throw damaged();
  }

  private static IOException damaged() {
    return new IOException("an initramfs is damaged");
  }

  private static String text(InputStream in, int length) throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException("an initramfs ends too early");
    }
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  /// One of the header's 13 numbers of eight hex digits, behind six bytes of magic.
  private static long number(String header, int index) throws IOException {
    int at = 6 + 8 * index;
    try {
      return Long.parseUnsignedLong(header.substring(at, at + 8), 16);
    } catch (NumberFormatException _) {
      throw damaged();
    }
  }
}
