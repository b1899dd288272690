package dev.coldframe.decide;

import java.util.Set;

/// Files that loaders ask for in every boot and that are normally absent (raspberry-pi-boot.md,
/// sections 3.4 to 3.6): they are refused like any other, and nobody needs to read of it (row
/// B-16).
public final class UsualMisses {
  private static final Set<String> NAMES =
      Set.of(
          "bootsig.bin",
          "autoboot.txt",
          "recovery.elf",
          "recover4.elf",
          "recovery.img",
          "pieeprom.sig",
          "pieeprom.upd",
          "vl805.sig",
          "vl805.bin",
          "dt-blob.bin",
          "armstub8-2712.bin");

  private UsualMisses() {}

  /// Whether a path names one of them, in whatever directory.
  public static boolean contains(String path) {
    return NAMES.contains(path.substring(path.lastIndexOf('/') + 1));
  }
}
