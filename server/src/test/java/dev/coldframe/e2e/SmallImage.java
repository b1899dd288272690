package dev.coldframe.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/// A disk image laid out like Raspberry Pi OS, made by the usual tools: MBR, FAT32, ext4; 96 MiB,
/// packed with xz, its SHA-256 beside it.
final class SmallImage {
  static final String NAME = "2025-11-24-raspios-trixie-arm64-lite.img";

  private static final Duration LIMIT = Duration.ofSeconds(60);

  private SmallImage() {}

  private static void run(String... words) {
    Command.run(LIMIT, words).text();
  }

  /// Makes one.
  ///
  /// @param files of its boot partition, by path
  static Path make(Path folder, Map<String, byte[]> files) throws IOException {
    Files.createDirectories(folder);
    Path image = folder.resolve(NAME);
    Path boot = folder.resolve("boot.fat");
    Path root = folder.resolve("root.ext4");
    run("truncate", "-s", "96M", image.toString());
    run(
        "sh",
        "-c",
        "printf 'label: dos\\nlabel-id: 0x4e639091\\nstart=8192,size=131072,type=c\\nstart=139264\\n'"
            + " | sfdisk -q "
            + image);
    run("truncate", "-s", "64M", boot.toString());
    run("mkfs.vfat", "-F", "32", "-n", "bootfs", boot.toString());
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Path path = folder.resolve("in").resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.write(path, file.getValue());
    }
    run("sh", "-c", "mcopy -s -i " + boot + " " + folder.resolve("in") + "/* ::/");
    run("truncate", "-s", "20M", root.toString());
    run("mkfs.ext4", "-q", "-L", "rootfs", root.toString());
    run("dd", "if=" + boot, "of=" + image, "bs=1M", "seek=4", "conv=notrunc,sparse", "status=none");
    run(
        "dd",
        "if=" + root,
        "of=" + image,
        "bs=1M",
        "seek=68",
        "conv=notrunc,sparse",
        "status=none");
    run("xz", "-0", image.toString());
    run(
        "sh",
        "-c",
        "cd " + folder + " && sha256sum *.img.xz > " + image.getFileName() + ".xz.sha256");
    return folder.resolve(image.getFileName() + ".xz");
  }
}
