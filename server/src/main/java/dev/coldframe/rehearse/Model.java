package dev.coldframe.rehearse;

import dev.coldframe.net.Bytes;
import dev.coldframe.net.MacAddress;
import dev.coldframe.net.Serial;
import java.nio.charset.StandardCharsets;

/// A board that can be rehearsed, with the firmware that it runs.
public enum Model {
  /// The ROM of 2016: option 97 is useless, option 43 must end in three blanks.
  PI_3B("Pi 3B", 3, 0xa02082, "bcm2710-rpi-3-b.dtb"),
  /// The same, and its Ethernet keeps the last packet until another one comes (reference, section
  /// 2.3, "Lost OFFER"; FW#764). Seen on some boards, sometimes.
  PI_3B_HOLDING("Pi 3B (holding)", 3, 0xa02082, "bcm2710-rpi-3-b.dtb"),
  /// The same, of the earliest batch: an OFFER that comes too fast finds it not listening
  /// (reference, section 2.3, "Fast answers").
  PI_3B_EARLY("Pi 3B (early)", 3, 0xa02082, "bcm2710-rpi-3-b.dtb"),
  /// A later ROM, which shows its serial and takes option 43 without the blanks.
  PI_3B_PLUS("Pi 3B+", 3, 0xa020d3, "bcm2710-rpi-3-b-plus.dtb"),
  /// A boot EEPROM of 2026.
  PI_4B("Pi 4B", 4, 0xc03114, "bcm2711-rpi-4-b.dtb"),
  /// A boot EEPROM of spring 2020: blocks of 1024 bytes, a 16-bit block counter, no option 60 in
  /// its REQUEST, option 97 with the other byte order (reference, appendix A, variants).
  PI_4B_2020("Pi 4B (2020)", 4, 0xa03111, "bcm2711-rpi-4-b.dtb"),
  /// A boot EEPROM of 2026, which loads the kernel itself.
  PI_5("Pi 5", 5, 0xd04170, "bcm2712-rpi-5-b.dtb");

  private final String label;
  private final int family;
  private final int revision;
  private final String deviceTree;

  Model(String label, int family, int revision, String deviceTree) {
    this.label = label;
    this.family = family;
    this.revision = revision;
    this.deviceTree = deviceTree;
  }

  /// The name people use.
  public String label() {
    return label;
  }

  /// 3, 4 or 5: whose boot files it asks for.
  public int family() {
    return family;
  }

  /// Whether the last packet that came is kept from the ROM until another one comes.
  boolean holdsLastPacket() {
    return this == PI_3B_HOLDING;
  }

  /// Whether its ROM loses an answer that comes too fast.
  boolean isSlowToListen() {
    return this == PI_3B_EARLY;
  }

  /// The file that describes the board to the kernel.
  String deviceTree() {
    return deviceTree;
  }

  /// What the ROM or EEPROM says of itself in option 97, type byte included (reference, section
  /// 2.2).
  Bytes option97(MacAddress mac, Serial serial) {
    return switch (this) {
      case PI_3B, PI_3B_EARLY, PI_3B_HOLDING -> Bytes.parseHex("00" + "44".repeat(16));
      case PI_3B_PLUS -> repeatedSerial(serial);
      case PI_4B -> named("4iPR", mac, serial);
      case PI_4B_2020 -> named("RPi4", mac, serial);
      case PI_5 -> named("5iPR", mac, serial);
    };
  }

  /// The serial's low half four times, little-endian: 3B+ and every `bootcode.bin`.
  static Bytes repeatedSerial(Serial serial) {
    return Bytes.parseHex("00" + little(serial.low()).repeat(4));
  }

  /// Fourcc, revision, last four bytes of the MAC, serial.
  private Bytes named(String fourcc, MacAddress mac, Serial serial) {
    return Bytes.parseHex(
        "00"
            + Bytes.of(fourcc, StandardCharsets.US_ASCII).hex()
            + little(revision)
            + mac.bytes().slice(2, 6).hex()
            + little(serial.low()));
  }

  private static String little(int value) {
    int big = Integer.reverseBytes(value);
    return Bytes.of(big >>> 24, big >>> 16 & 255, big >>> 8 & 255, big & 255).hex();
  }
}
