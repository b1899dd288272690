package dev.coldframe.store.image;

import dev.coldframe.disk.Packing;
import dev.coldframe.disk.Sha256;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What was downloaded: read once from end to end, and hashed on the way. Owned by one thread at a
/// time; [#packedBytes] may be asked by any.
final class Download implements AutoCloseable {
  private static final Pattern HASH =
      Pattern.compile("(?<![0-9a-fA-F])[0-9a-fA-F]{64}(?![0-9a-fA-F])");

  /// A list of hashes of a whole release is not longer.
  private static final int MAX_HASH_FILE_BYTES = 1 << 20;

  private final Hashed packed;
  private final InputStream unpacked;

  private Download(Hashed packed, InputStream unpacked) {
    this.packed = packed;
    this.unpacked = unpacked;
  }

  /// Opens a file.
  ///
  /// @throws ImageRefused when no image can be in it
  static Download open(Path file) throws IOException, ImageRefused {
    boolean zip = Unpacking.isZip(file);
    Hashed packed = new Hashed(Files.newInputStream(file));
    try {
      if (zip) {
        packed.drain();
      }
      return new Download(packed, unpack(zip, file, packed));
    } catch (IOException | ImageRefused | RuntimeException e) {
      packed.close();
      throw e;
    }
  }

  private static InputStream unpack(boolean zip, Path file, InputStream packed)
      throws ImageRefused {
    try {
      return zip ? Unpacking.ofZip(file) : Packing.unpacked(packed);
    } catch (IOException _) {
      throw damaged();
    }
  }

  /// What is said of a file whose image does not come out of it.
  static ImageRefused damaged() {
    return new ImageRefused("it cannot be unpacked: it is damaged or not complete");
  }

  /// The image.
  InputStream unpacked() {
    return unpacked;
  }

  /// How much was read of the file.
  long packedBytes() {
    return packed.count.get();
  }

  /// The hash of the whole file; reads what unpacking left.
  String sha256() throws IOException {
    packed.drain();
    return HexFormat.of().formatHex(packed.digest.digest());
  }

  @Override
  public void close() throws IOException {
    try (packed) {
      unpacked.close();
    }
  }

  /// The hash that stands in `<file>.sha256` beside the file: the only one, or the one in the line
  /// that names the file.
  static Optional<String> besides(Path file) throws IOException, ImageRefused {
    Path beside = file.resolveSibling(file.getFileName() + ".sha256");
    if (!Files.exists(beside)) {
      return Optional.empty();
    }
    if (Files.size(beside) > MAX_HASH_FILE_BYTES) {
      throw new ImageRefused(beside + " is too long for a list of hashes");
    }
    String text = Files.readString(beside, StandardCharsets.ISO_8859_1);
    var named = text.lines().filter(l -> l.contains(file.getFileName().toString())).findFirst();
    Matcher hash = HASH.matcher(named.orElse(text));
    if (!hash.find()) {
      throw new ImageRefused(beside + " holds no SHA-256; mend it or move it away");
    }
    return Optional.of(hash.group().toLowerCase(Locale.ROOT));
  }

  private static final class Hashed extends FilterInputStream {
    final MessageDigest digest = Sha256.digest();
    final AtomicLong count = new AtomicLong();

    Hashed(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      int n = super.read(target, offset, length);
      if (n > 0) {
        digest.update(target, offset, n);
        count.addAndGet(n);
      }
      return n;
    }

    @Override
    public boolean markSupported() {
      return false;
    }

    void drain() throws IOException {
      byte[] rest = new byte[1 << 16];
      int n;
      do {
        n = read(rest, 0, rest.length);
      } while (n >= 0);
    }
  }
}
