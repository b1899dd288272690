package dev.coldframe.disk;

import static dev.coldframe.disk.DiskDefect.unless;

import dev.coldframe.net.Bytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/// The boot EEPROM of a Raspberry Pi 4 or 5 (raspberry-pi-boot.md, section 5.2). Immutable; all
/// numbers in it are big-endian.
///
/// ```
/// section  0 magic 55aaf??f · 4 length of what follows · 8 …; the next one at a multiple of 8
/// file     0 55aaf11f · 4 length · 8 name, 12 bytes · 20 4 bytes, left alone · 24 content
/// ```
///
/// @param board which one
/// @param bytes the whole image
/// @param sections in order
public record EepromImage(Board board, Bytes bytes, List<Section> sections) {
  private static final int FILE = 0x55aaf11f;
  private static final int PADDING = 0x55aafeef;
  private static final int HEAD_BYTES = 8;
  private static final int FILE_HEAD_BYTES = 24;
  private static final int NAME_BYTES = 12;

  /// The loader's own page at the end is never touched.
  private static final int SCRATCH_BYTES = 4096;

  /// What a loader reads of a file.
  public static final int MAX_FILE_BYTES = 4076;

  /// The read-only part of a Pi 5's image; two updatable parts follow, and the first is the one
  /// that published images fill.
  private static final int READ_ONLY_BYTES = 64 << 10;

  private static final int PART_BYTES = 988 << 10;

  /// By this text `rpi-eeprom-update` knows which of two images is newer.
  private static final Pattern BUILT = Pattern.compile("BUILD_TIMESTAMP=(\\d{1,15})");

  public EepromImage {
    sections = List.copyOf(sections);
  }

  /// The boards, by the size of their EEPROM.
  public enum Board {
    PI4(512 << 10),
    PI5(2 << 20);

    private final int sizeBytes;

    Board(int sizeBytes) {
      this.sizeBytes = sizeBytes;
    }

    /// How large its image is.
    public int sizeBytes() {
      return sizeBytes;
    }
  }

  /// One section.
  ///
  /// @param magic says what it is
  /// @param at where it starts
  /// @param length of what follows magic and length
  /// @param name of a file; else empty
  public record Section(int magic, int at, int length, String name) {
    int end() {
      return Math.toIntExact((at + HEAD_BYTES + (long) length + 7) & ~7);
    }
  }

  /// Reads an image.
  public static Parsed<EepromImage> read(Bytes bytes) {
    return parsed(() -> {
      for (Board board : Board.values()) {
        if (board.sizeBytes() == bytes.size()) {
          return new EepromImage(board, bytes, sections(board, bytes));
        }
      }
      throw new DiskDefect("no boot EEPROM has that size");
    });
  }

  private static List<Section> sections(Board board, Bytes bytes) throws DiskDefect {
    var out = new ArrayList<Section>();
    int at = 0;
    while (at + HEAD_BYTES <= bytes.size()) {
      int magic = bytes.intAt(at);
      if (magic == 0 || magic == -1) {
        if (board == Board.PI4 || at >= READ_ONLY_BYTES) {
          break;
        }
        at = READ_ONLY_BYTES;
        continue;
      }
      unless((magic & 0xfffff00f) == 0x55aaf00f, "the EEPROM image is damaged");
      int length = bytes.intAt(at + 4);
      unless(
          length >= 0 && length <= bytes.size() - at - HEAD_BYTES,
          "a section of the EEPROM image is longer than the image");
      unless(
          magic != FILE || length >= FILE_HEAD_BYTES - HEAD_BYTES,
          "a file of the EEPROM image is too short");
      String name = magic == FILE ? name(bytes, at + HEAD_BYTES) : "";
      out.add(new Section(magic, at, length, name));
      at = out.getLast().end();
    }
    unless(!out.isEmpty(), "the EEPROM image is empty");
    return out;
  }

  private static String name(Bytes bytes, int at) {
    String text = bytes.slice(at, at + NAME_BYTES).text(StandardCharsets.ISO_8859_1);
    return text.replace("\0", "");
  }

  private Optional<Section> section(String name) {
    return sections.reversed().stream()
        .filter(s -> s.name().equals(name) && s.at() < partEnd())
        .findFirst();
  }

  /// Where the part ends that is read and edited.
  private int partEnd() {
    return switch (board) {
      case PI4 -> bytes.size() - SCRATCH_BYTES;
      case PI5 -> READ_ONLY_BYTES + PART_BYTES;
    };
  }

  /// The content of a file; on a Pi 5 of its first updatable copy.
  public Optional<Bytes> file(String name) {
    return section(name)
        .map(s -> bytes.slice(s.at() + FILE_HEAD_BYTES, s.at() + HEAD_BYTES + s.length()));
  }

  /// When it was built, in seconds since 1970: what its loader prints first, and what the device
  /// tree of a running system says. Of several the latest; empty where it does not say.
  public OptionalLong built() {
    return BUILT
        .matcher(bytes.text(StandardCharsets.ISO_8859_1))
        .results()
        .mapToLong(stamp -> Long.parseLong(stamp.group(1)))
        .max();
  }

  /// The same with another content of a file; all other bytes stay but for padding.
  public Parsed<EepromImage> with(String name, Bytes content) {
    return parsed(() -> {
      Section file = section(name).orElseThrow(() -> new DiskDefect("no such file in the EEPROM"));
      unless(content.size() <= MAX_FILE_BYTES, "longer than the 4076 bytes that a loader reads");
      boolean last = file.equals(sections.getLast());
      int next = next(file);
      int end = file.at() + FILE_HEAD_BYTES + content.size();
      unless(end <= next, "there is no room for it in the EEPROM");
      byte[] out = bytes.toArray();
      put(out, file.at() + 4, FILE_HEAD_BYTES - HEAD_BYTES + content.size());
      content.copyTo(out, file.at() + FILE_HEAD_BYTES);
      int padded = Math.min((end + 7) & ~7, next);
      Arrays.fill(out, end, next, (byte) 0xff);
      if (!last && next - padded > HEAD_BYTES) {
        put(out, padded, PADDING);
        put(out, padded + 4, next - padded - HEAD_BYTES);
      }
      Bytes edited = Bytes.wrap(out);
      return new EepromImage(board, edited, sections(board, edited));
    });
  }

  /// Where the next section of the same part starts that is no padding, or the part ends.
  private int next(Section file) {
    return sections.stream()
        .filter(s -> s.at() > file.at() && s.at() < partEnd() && s.magic() != PADDING)
        .mapToInt(Section::at)
        .findFirst()
        .orElse(partEnd());
  }

  private static void put(byte[] out, int at, int value) {
    for (int i = 0; i < 4; i++) {
      out[at + i] = (byte) (value >>> (24 - 8 * i));
    }
  }

  private static Parsed<EepromImage> parsed(Parsed.Reading<EepromImage> reading) {
    try {
      return Parsed.of(reading);
    } catch (IOException e) {
      throw new UncheckedIOException("nothing is read here", e);
    }
  }

  /// Says what it is.
  @Override
  public String toString() {
    return "EepromImage[" + board + ", " + sections.size() + " sections]";
  }
}
