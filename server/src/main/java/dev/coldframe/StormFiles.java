package dev.coldframe;

import dev.coldframe.transport.content.StandIns;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/// What a Pi 4 loads, for any server's TFTP folder: of a real Pi's sizes, the same bytes each time,
/// and useless on a board.
public final class StormFiles {
  private static final Set<String> LARGE = Set.of("start4.elf", "kernel8.img", "initramfs8");
  private static final List<String> NAMES =
      List.of("start4.elf", "fixup4.dat", "bcm2711-rpi-4-b.dtb", "kernel8.img", "initramfs8");

  private static final String CONFIG_TXT = "arm_64bit=1\nauto_initramfs=1\nenable_uart=1\n";
  private static final String CMDLINE_TXT = "console=serial0,115200 ip=dhcp rootwait quiet\n";

  private StormFiles() {}

  /// Writes them.
  ///
  /// @param folder where to; made when it is not there
  /// @param quarter whether the three large ones have a quarter of their size
  /// @return the folder
  public static Path write(Path folder, boolean quarter) throws IOException {
    Files.createDirectories(folder);
    for (String name : NAMES) {
      int size = StandIns.files().getOrDefault(name, 0);
      byte[] bytes = new byte[quarter && LARGE.contains(name) ? size / 4 : size];
      new SplittableRandom(name.hashCode()).nextBytes(bytes);
      Files.write(folder.resolve(name), bytes);
    }
    Files.writeString(folder.resolve("config.txt"), CONFIG_TXT);
    Files.writeString(folder.resolve("cmdline.txt"), CMDLINE_TXT);
    return folder;
  }
}
