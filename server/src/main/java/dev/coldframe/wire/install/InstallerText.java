package dev.coldframe.wire.install;

import dev.coldframe.net.Bytes;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Reads an installer's lines.
///
/// ```
/// disk     <device> <bytes> <ro> <model> <number> <aliases, apart by blanks>
/// sectors  <device> <offset> <base64>     unreadable <device>
/// ```
public final class InstallerText {
  /// More disks than a node has.
  public static final int MAX_DISKS = 32;

  private static final int MAX_FIELD_CHARS = 200;
  private static final int MAX_ALIASES = 16;
  private static final int MAX_PIECES = 64;

  private InstallerText() {}

  /// A disk of the node.
  ///
  /// @param device its path on the node
  /// @param readOnly whether it cannot be written
  /// @param model what it calls itself; may be empty
  /// @param number its own number; may be empty
  /// @param aliases other paths of it
  public record DiskLine(
      String device,
      long sizeBytes,
      boolean readOnly,
      String model,
      String number,
      List<String> aliases) {
    public DiskLine {
      aliases = List.copyOf(aliases);
    }
  }

  /// A part of a disk.
  ///
  /// @param at its offset
  public record Piece(String device, long at, Bytes bytes) {}

  /// What an installer shows of its disks.
  ///
  /// @param pieces parts of them
  /// @param unreadable those that cannot be read
  public record Shown(List<Piece> pieces, Set<String> unreadable) {
    public Shown {
      pieces = List.copyOf(pieces);
      unreadable = Set.copyOf(unreadable);
    }
  }

  /// The disks of a node.
  ///
  /// @return empty when a line is none, or names a disk again
  public static Optional<List<DiskLine>> disks(String text) {
    var out = new ArrayList<DiskLine>();
    var devices = new HashSet<String>();
    for (String line : text.split("\n", -1)) {
      if (line.isEmpty()) {
        continue;
      }
      String[] f = line.split("\t", -1);
      Optional<Long> size = f.length == 7 ? number(f[2]) : Optional.empty();
      if (size.isEmpty() || !f[0].equals("disk") || !isDevice(f[1]) || out.size() == MAX_DISKS) {
        return Optional.empty();
      }
      if (!devices.add(f[1])) {
        return Optional.empty();
      }
      out.add(
          new DiskLine(
              f[1], size.get(), !f[3].equals("0"), shown(f[4]), shown(f[5]), aliases(f[6])));
    }
    return Optional.of(out);
  }

  /// Parts of disks.
  ///
  /// @return empty when a line is none, or holds no byte
  public static Optional<Shown> sectors(String text) {
    var out = new ArrayList<Piece>();
    var unreadable = new HashSet<String>();
    for (String line : text.split("\n", -1)) {
      if (line.isEmpty()) {
        continue;
      }
      String[] f = line.split("\t", -1);
      if (f.length == 2 && f[0].equals("unreadable") && unreadable.size() < MAX_DISKS) {
        unreadable.add(f[1]);
        continue;
      }
      Optional<Piece> piece = out.size() < MAX_PIECES ? piece(f) : Optional.empty();
      if (piece.isEmpty()) {
        return Optional.empty();
      }
      out.add(piece.get());
    }
    return Optional.of(new Shown(out, unreadable));
  }

  private static Optional<Piece> piece(String[] f) {
    if (f.length != 4 || !f[0].equals("sectors")) {
      return Optional.empty();
    }
    Optional<Bytes> bytes = base64(f[3]).filter(b -> !b.isEmpty());
    return number(f[2]).flatMap(at -> bytes.map(b -> new Piece(f[1], at, b)));
  }

  private static boolean isDevice(String path) {
    return path.matches("/dev/[A-Za-z0-9/_.-]{1,64}") && !path.contains("..");
  }

  private static Optional<Long> number(String digits) {
    return digits.matches("[0-9]{1,18}") ? Optional.of(Long.parseLong(digits)) : Optional.empty();
  }

  private static Optional<Bytes> base64(String text) {
    try {
      return Optional.of(Bytes.wrap(Base64.getDecoder().decode(text)));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  private static List<String> aliases(String text) {
    return List.of(text.split(" ", -1)).stream()
        .filter(alias -> alias.startsWith("/dev/disk/") && alias.length() <= MAX_FIELD_CHARS)
        .limit(MAX_ALIASES)
        .toList();
  }

  /// Printable ASCII only: names of disks come from whoever made them.
  private static String shown(String text) {
    String plain = text.replaceAll("[^ -~]", "?").strip();
    return plain.length() <= MAX_FIELD_CHARS ? plain : plain.substring(0, MAX_FIELD_CHARS);
  }
}
