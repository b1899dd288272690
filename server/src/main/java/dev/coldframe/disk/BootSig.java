package dev.coldframe.disk;

import dev.coldframe.net.Bytes;
import java.util.Locale;
import java.util.Optional;

/// The text beside a `boot.img` or an update of the EEPROM, as `rpi-eeprom-digest` writes it
/// (raspberry-pi-boot.md, section 4.2), and the public key as an EEPROM holds it (section 5.2).
public final class BootSig {
  private static final int MODULUS_BYTES = 256;
  private static final int EXPONENT_BYTES = 8;

  private BootSig() {}

  /// The text.
  ///
  /// @param sha256 of the file
  /// @param unixSeconds when it was signed
  /// @param rsa2048 the signature, RSASSA-PKCS1-v1_5 with SHA-256; a loader without a key needs
  ///   none
  public static String text(Bytes sha256, long unixSeconds, Optional<Bytes> rsa2048) {
    return text(sha256.hex(), unixSeconds)
        + rsa2048.map(signature -> "rsa2048: " + signature.hex() + "\n").orElse("");
  }

  /// The text beside an update of the EEPROM, as `rpi-eeprom-update` writes it.
  ///
  /// @param sha256 of the image, hex digits
  /// @param unixSeconds a board takes only what is dated later than its last update
  /// @param targetSoc the chip that it is for, `2711`
  public static String ofUpdate(String sha256, long unixSeconds, String targetSoc) {
    return text(sha256, unixSeconds) + "target-soc: " + targetSoc + "\n";
  }

  private static String text(String sha256, long unixSeconds) {
    return String.format(Locale.ROOT, "%s\nts: %d\n", sha256, unixSeconds);
  }

  /// `pubkey.bin`: modulus and exponent, little-endian, 256 and 8 bytes.
  ///
  /// @param modulus big-endian, with or without a leading zero
  /// @param exponent big-endian
  public static Bytes publicKey(Bytes modulus, Bytes exponent) {
    byte[] out = new byte[MODULUS_BYTES + EXPONENT_BYTES];
    reverse(modulus.toArray(), out, 0, MODULUS_BYTES);
    reverse(exponent.toArray(), out, MODULUS_BYTES, EXPONENT_BYTES);
    return Bytes.wrap(out);
  }

  private static void reverse(byte[] from, byte[] out, int at, int most) {
    for (int i = 0; i < Math.min(from.length, most); i++) {
      out[at + i] = from[from.length - 1 - i];
    }
  }
}
