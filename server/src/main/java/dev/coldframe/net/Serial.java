package dev.coldframe.net;

import java.util.Locale;
import java.util.Optional;

/// A Raspberry Pi's serial number: 16 hex digits as the OS shows it, or the 8 that a boot loader
/// shows (the low half).
///
/// Boards up to the Pi 3 have `00000000` above, the Pi 4 family `10000000`; the Pi 5 family uses
/// all 64 bits. Loaders put only the low 32 bits on the wire, so two serials *match* when they
/// agree in what both of them know (raspberry-pi-boot.md, section 1.3).
///
/// @param bits all that is known, the low half in the low 32 bits
/// @param full whether all 64 bits are known
public record Serial(long bits, boolean full) {
  /// @throws IllegalArgumentException when a half serial has bits above the low 32
  public Serial {
    if (!full && bits >>> 32 != 0) {
      throw new IllegalArgumentException("a half serial has 32 bits");
    }
  }

  /// The low 32 bits as a loader shows them.
  public static Serial half(int bits) {
    return new Serial(Integer.toUnsignedLong(bits), false);
  }

  /// Reads 8 or 16 hex digits, in either case.
  ///
  /// @throws IllegalArgumentException when the text is anything else
  public static Serial parse(String text) {
    return tryParse(text)
        .orElseThrow(
            () -> new IllegalArgumentException("not a serial of 8 or 16 hex digits: " + text));
  }

  /// As [#parse], empty instead of an exception.
  public static Optional<Serial> tryParse(String text) {
    boolean full = text.length() == 16;
    if (!full && text.length() != 8) {
      return Optional.empty();
    }
    long bits = 0;
    for (int i = 0; i < text.length(); i++) {
      int digit = Character.digit(text.charAt(i), 16);
      if (digit < 0 || text.charAt(i) > 'f') {
        return Optional.empty();
      }
      bits = bits << 4 | digit;
    }
    return Optional.of(new Serial(bits, full));
  }

  /// The low 32 bits.
  public int low() {
    return (int) bits;
  }

  /// Whether both can be the same board: equal low halves and, where both are full, equal high
  /// halves.
  public boolean matches(Serial other) {
    return low() == other.low() && (!full || !other.full || bits == other.bits);
  }

  /// The TFTP directory that a loader asks for: eight lower-case hex digits, without the slash.
  public String prefix() {
    return String.format(Locale.ROOT, "%08x", low());
  }

  /// 16 lower-case hex digits, or 8 where only those are known.
  @Override
  public String toString() {
    return full ? String.format(Locale.ROOT, "%016x", bits) : prefix();
  }
}
