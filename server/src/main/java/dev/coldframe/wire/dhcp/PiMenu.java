package dev.coldframe.wire.dhcp;

import dev.coldframe.net.Bytes;

/// Option 43 as every Raspberry Pi accepts it (raspberry-pi-boot.md, section 2.5): PXE discovery
/// control, menu prompt, and a menu whose one entry reads `Raspberry Pi Boot` with the three
/// trailing blanks that the ROM of a Pi 3 insists on.
public final class PiMenu {
  /// The 35 bytes.
  public static final Bytes OPTION_43 =
      Bytes.parseHex(
          "06 01 03 0a 04 00 50 58 45 09 17 00 00 14 52 61 73 70 62 65 72 72 79 20 50 69 20 42 6f"
              + " 6f 74 20 20 20 ff");

  private PiMenu() {}
}
