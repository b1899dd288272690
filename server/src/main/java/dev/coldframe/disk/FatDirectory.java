package dev.coldframe.disk;

import static dev.coldframe.disk.DiskDefect.unless;
import static dev.coldframe.disk.LittleEndian.u16;
import static dev.coldframe.disk.LittleEndian.u32;
import static dev.coldframe.disk.LittleEndian.u8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// The entries of a directory.
///
/// ```
/// entry  0 name 8+3 · 11 attributes · 12 case of the name · 20/26 first cluster · 28 size
/// part of a long name, last part first:
///        0 number, 0x40 in the last · 1, 14, 28 characters in UTF-16 · 11 0x0f · 13 sum of the 8+3
/// ```
final class FatDirectory {
  static final int ENTRY_BYTES = 32;

  /// 65,536 entries, as the specification has it.
  static final int MAX_BYTES = 65_536 * ENTRY_BYTES;

  private static final int LONG_NAME = 0x0f;
  private static final int VOLUME = 0x08;
  private static final int DIRECTORY = 0x10;
  private static final int DELETED = 0xe5;
  private static final int LAST_PART = 0x40;
  private static final int MAX_PARTS = 20;
  private static final int PART_CHARS = 13;
  private static final int[] CHARS_AT = {1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30};

  /// What an entry names.
  ///
  /// @param kind what it is
  /// @param name the long name, or the short one
  /// @param cluster the first cluster; 0 where there is none
  /// @param sizeBytes of a file
  /// @param at where its 8+3 part lies in the directory
  record Entry(Kind kind, String name, long cluster, long sizeBytes, int at) {}

  enum Kind {
    FILE,
    FOLDER,
    LABEL
  }

  private final boolean wide;
  private final List<Entry> entries = new ArrayList<>();

  /// The long name that was read so far, and what its 8+3 entry must add up to.
  private final char[] name = new char[MAX_PARTS * PART_CHARS];

  private int nextPart;
  private int sum;

  private FatDirectory(boolean wide) {
    this.wide = wide;
  }

  /// Reads a directory.
  ///
  /// @param wide whether first clusters have their upper half, as in FAT32
  static List<Entry> read(byte[] bytes, boolean wide) throws DiskDefect {
    var directory = new FatDirectory(wide);
    for (int at = 0; at + ENTRY_BYTES <= bytes.length; at += ENTRY_BYTES) {
      if (bytes[at] == 0) {
        break;
      }
      directory.entry(bytes, at);
    }
    return directory.entries;
  }

  private void entry(byte[] in, int at) throws DiskDefect {
    int attributes = u8(in, at + 11);
    if (u8(in, at) == DELETED) {
      nextPart = -1;
    } else if ((attributes & 0x3f) == LONG_NAME) {
      part(in, at);
    } else {
      entry(in, at, attributes);
      nextPart = -1;
    }
  }

  private void entry(byte[] in, int at, int attributes) throws DiskDefect {
    if ((attributes & VOLUME) != 0) {
      entries.add(new Entry(Kind.LABEL, LittleEndian.text(in, at, 11).strip(), 0, 0, at));
      return;
    }
    String called = nextPart == 0 && sum == checksum(in, at) ? longName() : shortName(in, at);
    if (called.equals(".") || called.equals("..")) {
      return;
    }
    unless(
        !called.isEmpty() && called.chars().noneMatch(c -> c < ' ' || c == '/'),
        "a file has an impossible name");
    long cluster = u16(in, at + 26) | (wide ? (long) u16(in, at + 20) << 16 : 0);
    entries.add(
        (attributes & DIRECTORY) != 0
            ? new Entry(Kind.FOLDER, called, cluster, 0, at)
            : new Entry(Kind.FILE, called, cluster, u32(in, at + 28), at));
  }

  /// Parts that do not follow one another are dropped; then the short name counts, as in Linux.
  private void part(byte[] in, int at) {
    int number = u8(in, at) & 0x1f;
    if ((u8(in, at) & LAST_PART) != 0 && number >= 1 && number <= MAX_PARTS) {
      Arrays.fill(name, '\0');
      sum = u8(in, at + 13);
    } else if (number == 0 || number != nextPart || sum != u8(in, at + 13)) {
      nextPart = -1;
      return;
    }
    for (int i = 0; i < PART_CHARS; i++) {
      name[(number - 1) * PART_CHARS + i] = (char) u16(in, at + CHARS_AT[i]);
    }
    nextPart = number - 1;
  }

  private String longName() {
    int end = 0;
    while (end < name.length && name[end] != 0) {
      end++;
    }
    return new String(name, 0, end);
  }

  static int checksum(byte[] in, int at) {
    int sum = 0;
    for (int i = 0; i < 11; i++) {
      sum = ((sum & 1) << 7) + (sum >>> 1) + u8(in, at + i) & 0xff;
    }
    return sum;
  }

  /// Linux and Windows write `config.txt` as an 8+3 name with two bits that say "lower case".
  private static String shortName(byte[] in, int at) {
    String stem = LittleEndian.text(in, at, 8).stripTrailing();
    String suffix = LittleEndian.text(in, at + 8, 3).stripTrailing();
    if (stem.startsWith("\u0005")) {
      stem = "\u00e5" + stem.substring(1);
    }
    int lower = u8(in, at + 12);
    stem = (lower & 0x08) != 0 ? stem.toLowerCase(Locale.ROOT) : stem;
    suffix = (lower & 0x10) != 0 ? suffix.toLowerCase(Locale.ROOT) : suffix;
    return suffix.isEmpty() ? stem : stem + "." + suffix;
  }
}
