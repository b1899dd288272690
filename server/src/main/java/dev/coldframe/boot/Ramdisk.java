package dev.coldframe.boot;

import dev.coldframe.disk.BootSig;
import dev.coldframe.disk.FatLayout;
import dev.coldframe.disk.Parsed;
import dev.coldframe.net.Bytes;
import java.util.List;
import java.util.Optional;

/// A boot tree as one FAT volume, `boot.img`: laid out before a byte of it is read
/// (raspberry-pi-boot.md, section 4.3).
///
/// @param sizeBytes the whole volume
/// @param pieces what lies where, in order; zeros lie between them
public record Ramdisk(long sizeBytes, List<Piece> pieces) {
  /// Its name in the tree.
  public static final String PATH = "boot.img";

  /// Where the loader's HTTP mode looks for it.
  public static final String HTTP_PATH = "net_install/boot.img";

  /// The signature beside it.
  public static final String SIGNATURE_PATH = "boot.sig";

  /// Where the loader's HTTP mode looks for that.
  public static final String HTTP_SIGNATURE_PATH = "net_install/boot.sig";

  /// All of these.
  public static final List<String> PATHS =
      List.of(PATH, HTTP_PATH, SIGNATURE_PATH, HTTP_SIGNATURE_PATH);

  private static final FatLayout.Name NAME = new FatLayout.Name("BOOT", 0xc01df4a3);

  public Ramdisk {
    pieces = List.copyOf(pieces);
  }

  /// A file that goes into it.
  public record Entry(String path, long sizeBytes) {}

  /// Something in it.
  public sealed interface Piece {
    /// Where it starts.
    long at();

    /// Made here.
    record Made(long at, Bytes bytes) implements Piece {}

    /// The bytes of a file.
    record File(long at, String path) implements Piece {}
  }

  /// What came of laying it out.
  public sealed interface Result {
    /// A volume.
    record Laid(Ramdisk ramdisk) implements Result {}

    /// The files do not fit into one.
    record Refused(String defect) implements Result {}
  }

  /// Whether a path is a ramdisk or its signature.
  public static boolean isOne(String path) {
    return isVolume(path) || isSignature(path);
  }

  /// Whether a path is a ramdisk.
  public static boolean isVolume(String path) {
    return path.equals(PATH) || path.equals(HTTP_PATH);
  }

  /// Whether a path is a ramdisk's signature.
  public static boolean isSignature(String path) {
    return path.equals(SIGNATURE_PATH) || path.equals(HTTP_SIGNATURE_PATH);
  }

  /// Lays out a volume of a whole tree.
  public static Result of(List<Entry> tree) {
    List<FatLayout.Source> sources =
        tree.stream().map(e -> new FatLayout.Source(e.path(), e.sizeBytes())).toList();
    return switch (FatLayout.of(sources, NAME)) {
      case Parsed.Bad<FatLayout>(String defect) -> new Result.Refused(defect);
      case Parsed.Good<FatLayout>(FatLayout layout) ->
          new Result.Laid(
              new Ramdisk(
                  layout.sizeBytes(), layout.pieces().stream().map(Ramdisk::piece).toList()));
    };
  }

  /// The text beside it, for a loader that has a key.
  ///
  /// @param sha256 of the volume
  /// @param unixSeconds when it was signed
  /// @param rsa2048 the signature, RSASSA-PKCS1-v1_5 with SHA-256
  public static String signature(Bytes sha256, long unixSeconds, Bytes rsa2048) {
    return BootSig.text(sha256, unixSeconds, Optional.of(rsa2048));
  }

  private static Piece piece(FatLayout.Piece piece) {
    return switch (piece) {
      case FatLayout.Piece.Made(long at, Bytes bytes) -> new Piece.Made(at, bytes);
      case FatLayout.Piece.File(long at, String path, long _) -> new Piece.File(at, path);
    };
  }
}
