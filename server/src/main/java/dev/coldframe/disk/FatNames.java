package dev.coldframe.disk;

import static dev.coldframe.disk.LittleEndian.put16;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/// Names in one directory that is written. A name that is no upper-case 8+3 name gets a long name
/// before it, as Windows writes it; the case bits that Linux writes instead are not read
/// everywhere.
final class FatNames {
  private static final int ENTRY = FatDirectory.ENTRY_BYTES;
  private static final int PART_CHARS = 13;
  private static final int[] CHARS_AT = {1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30};
  private static final String PLAIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'()-@^_`{}~";

  private final Set<String> taken = new HashSet<>();

  /// Beside the names that a directory has already.
  static FatNames beside(byte[] directory) {
    var out = new FatNames();
    for (int at = 0; at + ENTRY <= directory.length; at += ENTRY) {
      out.taken.add(LittleEndian.text(directory, at, 11));
    }
    return out;
  }

  /// How many entries a name takes.
  static int entries(String name) {
    return isShort(name) ? 1 : 1 + parts(name);
  }

  private static int parts(String name) {
    return (name.length() + PART_CHARS - 1) / PART_CHARS;
  }

  private static boolean isShort(String name) {
    int dot = name.indexOf('.');
    String stem = dot < 0 ? name : name.substring(0, dot);
    String suffix = dot < 0 ? "" : name.substring(dot + 1);
    return !stem.isEmpty()
        && stem.length() <= 8
        && suffix.length() <= 3
        && (stem + suffix).chars().allMatch(c -> PLAIN.indexOf(c) >= 0);
  }

  /// Writes a name's entries.
  ///
  /// @param at where the first of them starts
  /// @return where the last one starts, which is to hold the rest
  int write(String name, byte[] out, int at) {
    byte[] alias = alias(name).getBytes(StandardCharsets.ISO_8859_1);
    int parts = entries(name) - 1;
    int sum = FatDirectory.checksum(alias, 0);
    for (int part = parts; part >= 1; part--) {
      int entry = at + (parts - part) * ENTRY;
      out[entry] = (byte) (part == parts ? part | 0x40 : part);
      out[entry + 11] = 0x0f;
      out[entry + 13] = (byte) sum;
      for (int i = 0; i < PART_CHARS; i++) {
        int index = (part - 1) * PART_CHARS + i;
        int c = index < name.length() ? name.charAt(index) : index == name.length() ? 0 : 0xffff;
        put16(out, entry + CHARS_AT[i], c);
      }
    }
    int last = at + parts * ENTRY;
    System.arraycopy(alias, 0, out, last, alias.length);
    return last;
  }

  /// The 8+3 name, padded to 11 characters, that no other name of the directory has.
  private String alias(String name) {
    String upper = name.toUpperCase(Locale.ROOT);
    if (isShort(upper)) {
      int dot = upper.indexOf('.');
      String padded =
          dot < 0 ? padded(upper, "") : padded(upper.substring(0, dot), upper.substring(dot + 1));
      if (taken.add(padded)) {
        return padded;
      }
    }
    int dot = upper.lastIndexOf('.');
    String stem = plain(dot <= 0 ? upper : upper.substring(0, dot));
    String suffix = plain(dot <= 0 ? "" : upper.substring(dot + 1));
    suffix = suffix.substring(0, Math.min(3, suffix.length()));
    for (int n = 1; ; n++) {
      String tail = "~" + n;
      String padded =
          padded(stem.substring(0, Math.min(8 - tail.length(), stem.length())) + tail, suffix);
      if (taken.add(padded)) {
        return padded;
      }
    }
  }

  private static String plain(String text) {
    var out = new StringBuilder();
    text.chars()
        .filter(c -> c != '.' && c != ' ')
        .forEach(c -> out.append(PLAIN.indexOf(c) >= 0 ? (char) c : '_'));
    return out.toString();
  }

  private static String padded(String stem, String suffix) {
    return String.format(Locale.ROOT, "%-8s%-3s", stem, suffix);
  }
}
