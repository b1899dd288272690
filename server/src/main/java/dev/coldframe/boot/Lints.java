package dev.coldframe.boot;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// What in a boot tree some loader does not stand. A node with a newer loader boots all the same,
/// so these are warnings.
public final class Lints {
  /// Longer lines of config.txt are cut (raspberry-pi-boot.md, section 6.1).
  public static final int CONFIG_LINE_CHARS = 98;

  /// Older firmware reads no more of config.txt (row B-15).
  public static final int CONFIG_BYTES = 4096;

  /// COMMAND_LINE_SIZE of arm64 kernels, the ending zero included.
  public static final int CMDLINE_CHARS = 2047;

  /// Loaders before 2025-09-23 count blocks to 65,535 and ask for 1024 bytes or more (row B-07).
  public static final long BLOCKS_BYTES = 65_535L * 1024;

  /// EEPROMs since 2022-02-28 take so much as `boot.img` (raspberry-pi-boot.md, section 4.3).
  public static final long RAMDISK_BYTES = 128L << 20;

  private Lints() {}

  /// What is to say about a file by its size.
  public static List<String> of(String path, long sizeBytes) {
    var out = new ArrayList<String>();
    if (sizeBytes > BLOCKS_BYTES) {
      out.add(
          path
              + " has more than 65535 blocks of 1024 bytes; loaders before 2025-09-23 cannot load it"
              + " over TFTP");
    }
    if (sizeBytes > RAMDISK_BYTES && Ramdisk.isVolume(path)) {
      out.add(path + " is larger than the 128 MiB that loaders take");
    }
    return out;
  }

  /// What is to say about a file by its text.
  public static List<String> of(String path, String text) {
    var out = new ArrayList<String>();
    if (path.equals(ConfigTxt.PATH)) {
      if (text.getBytes(StandardCharsets.UTF_8).length > CONFIG_BYTES) {
        out.add(path + " is longer than 4 KiB; older firmware reads no further");
      }
      int number = 0;
      for (String line : text.lines().toList()) {
        number++;
        if (line.length() > CONFIG_LINE_CHARS && !line.stripLeading().startsWith("#")) {
          out.add(path + ":" + number + " is longer than 98 characters; the firmware cuts it");
        }
      }
    }
    if (path.equals(CmdlineTxt.PATH) && text.strip().length() > CMDLINE_CHARS) {
      out.add(path + " is longer than 2047 characters; the kernel cuts it");
    }
    return out;
  }
}
