package dev.coldframe.transport.content;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;

/// Files in the place of the firmware, kernels and device trees that a rehearsal's user has not put
/// into the TFTP root yet: of the right size, the same bytes each time, and useless on a board.
/// Their first line says so.
public final class StandIns {
  private static final int KIB = 1024;
  private static final Map<String, Integer> SIZES = sizes();

  private StandIns() {}

  /// The paths and their sizes in bytes.
  public static Map<String, Integer> files() {
    return SIZES;
  }

  /// Writes those that the user's root does not have, and names the folder as a root behind it.
  ///
  /// @param folder where to; made when it is not there
  /// @param own the user's TFTP root; need not exist
  public static Root write(Path folder, Path own) throws IOException {
    for (Map.Entry<String, Integer> file : SIZES.entrySet()) {
      if (!Files.exists(own.resolve(file.getKey()))) {
        write(folder.resolve(file.getKey()), file.getKey(), file.getValue());
      }
    }
    return new Root(folder, "stand-in");
  }

  private static void write(Path file, String name, int size) throws IOException {
    Files.createDirectories(file.getParent());
    byte[] bytes = new byte[size];
    new SplittableRandom(name.hashCode()).nextBytes(bytes);
    byte[] head =
        ("Coldframe stand-in for " + name + ": for rehearsals only, boots nothing\n")
            .getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(head, 0, bytes, 0, Math.min(head.length, size));
    try (OutputStream out = Files.newOutputStream(file)) {
      out.write(bytes);
    }
  }

  /// As they are in Raspberry Pi OS of 2025, rounded; an initramfs is a multiple of four bytes.
  private static Map<String, Integer> sizes() {
    var out = new LinkedHashMap<String, Integer>();
    out.put("bootcode.bin", 52 * KIB);
    out.put("start.elf", 2_980_000);
    out.put("fixup.dat", 7_262);
    out.put("start4.elf", 2_250_000);
    out.put("fixup4.dat", 5_396);
    out.put("kernel8.img", 9_400_000);
    out.put("kernel_2712.img", 9_450_000);
    out.put("initramfs8", 12_400_000);
    out.put("initramfs_2712", 12_400_000);
    out.put("bcm2710-rpi-2-b.dtb", 32_000);
    out.put("bcm2710-rpi-3-b.dtb", 34_500);
    out.put("bcm2710-rpi-3-b-plus.dtb", 35_100);
    out.put("bcm2710-rpi-cm3.dtb", 32_300);
    out.put("bcm2711-rpi-4-b.dtb", 55 * KIB);
    out.put("bcm2711-rpi-400.dtb", 56_200);
    out.put("bcm2711-rpi-cm4.dtb", 56_800);
    out.put("bcm2712-rpi-5-b.dtb", 78_500);
    out.put("bcm2712-d-rpi-5-b.dtb", 78_500);
    out.put("bcm2712-rpi-500.dtb", 77_900);
    out.put("bcm2712-rpi-cm5-cm5io.dtb", 78_900);
    out.put("bcm2712-rpi-cm5l-cm5io.dtb", 78_900);
    out.put("overlays/README", 230_000);
    out.put("overlays/overlay_map.dtb", 5_700);
    out.put("overlays/hat_map.dtb", 3_000);
    out.put("overlays/bcm2712d0.dtbo", 1_200);
    out.put("overlays/disable-bt.dtbo", 1_073);
    out.put("overlays/rpi-poe.dtbo", 1_600);
    out.put("overlays/vc4-kms-v3d.dtbo", 2_760);
    out.put("overlays/vc4-kms-v3d-pi4.dtbo", 4_000);
    out.put("overlays/vc4-kms-v3d-pi5.dtbo", 4_000);
    return Collections.unmodifiableMap(out);
  }
}
