package dev.coldframe.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.junit.jupiter.api.Assumptions;

/// The images that `scripts/lab-image` and `scripts/lab-pc-image` make, and disks that hold one or
/// nothing.
final class LabImage {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final Path FOLDER = Path.of("target/lab").toAbsolutePath();

  /// Where its boot partition starts and ends, and its root file system starts.
  static final long BOOT_OFFSET = 8L << 20;

  static final long ROOT_OFFSET = 200L << 20;

  /// The image, and the same as it is imported.
  static final Path RAW = FOLDER.resolve("lab-arm64.img");

  static final Path PACKED = FOLDER.resolve("lab-arm64.img.xz");

  /// The image of the lab's PC.
  static final Path PC_RAW = FOLDER.resolve("lab-amd64.img");

  static final Path PC_PACKED = FOLDER.resolve("lab-amd64.img.xz");
  static final long PC_ROOT_OFFSET = 128L << 20;

  /// The same with Ubuntu.
  static final Path UBUNTU_RAW = FOLDER.resolve("lab-ubuntu.img");

  static final Path UBUNTU_PACKED = FOLDER.resolve("lab-ubuntu.img.xz");

  private LabImage() {}

  /// Without the image the test is skipped; in CI that is a failure.
  static void need() {
    need(PACKED, "scripts/lab-image");
  }

  /// As [#need], for the image of the lab's PC.
  static void needPc() {
    need(PC_PACKED, "scripts/lab-pc-image");
  }

  /// As [#need], for the image of the lab's PC with Ubuntu.
  static void needUbuntu() {
    need(UBUNTU_PACKED, "scripts/lab-pc-image ubuntu");
  }

  private static void need(Path image, String script) {
    if (!Files.exists(image)) {
      if ("true".equals(System.getenv("CI"))) {
        throw new AssertionError("no " + image + ": run " + script);
      }
      Assumptions.abort("no lab image; " + script + " makes it");
    }
  }

  /// A disk that holds the image as it is.
  static Path written(Path disk, long bytes) {
    run("cp", "--sparse=always", RAW.toString(), disk.toString());
    run("truncate", "-s", Long.toString(bytes), disk.toString());
    return disk;
  }

  /// A disk as it leaves the factory, in place of what was there.
  static Path blank(Path disk, long bytes) {
    try (FileChannel channel =
        FileChannel.open(
            disk,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      channel.truncate(0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    run("truncate", "-s", Long.toString(bytes), disk.toString());
    return disk;
  }

  /// Takes a file out of a disk's boot partition.
  static Path take(Path disk, String path, Path to) {
    run("mcopy", "-n", "-o", "-i", disk + "@@" + BOOT_OFFSET, "::/" + path, to.toString());
    return to;
  }

  /// Puts a file into a disk's boot partition.
  static void put(Path disk, Path file, String path) {
    run("mcopy", "-o", "-i", disk + "@@" + BOOT_OFFSET, file.toString(), "::/" + path);
  }

  /// Does what an installer does to the boot partition: a name, and a user with a key.
  static void seed(Lab lab, Path disk, String name, String publicKey) {
    put(
        disk,
        lab.write(
            "user-data",
            """
            #cloud-config
            hostname: %s
            users:
              - { name: grower, shell: /bin/bash, ssh_authorized_keys: ["%s"] }
            """
                .formatted(name, publicKey)),
        "user-data");
    put(disk, lab.write("meta-data", "instance-id: lab-1\n"), "meta-data");
    Path cmdline = take(disk, "cmdline.txt", lab.folder().resolve("cmdline.txt"));
    String line = Lab.read(cmdline).strip() + " ds=nocloud;i=lab-1\n";
    put(disk, lab.write("cmdline.txt", line), "cmdline.txt");
  }

  /// Takes away what a loader looks for on a disk, so that it goes on to the network.
  static void withoutBootScript(Path disk) {
    run("mdel", "-i", disk + "@@" + BOOT_OFFSET, "::/boot.scr");
  }

  /// Takes the kernel and the initramfs out of the root of the PC's image.
  ///
  /// @return a folder with `vmlinuz` and `initrd.img`
  static Path pcKernel(Path to) {
    String script =
        """
        mkdir -p "$2"
        image="$1?offset=$3"
        debugfs -R 'ls -p /boot' "$image" 2> /dev/null | cut -d / -f 6 > "$2/names"
        for file in vmlinuz initrd.img; do
          debugfs -R "dump /boot/$(grep "^$file-" "$2/names") $2/$file" "$image"
        done
        test -s "$2/vmlinuz" -a -s "$2/initrd.img"
        """;
    run("bash", "-ec", script, "-", PC_RAW.toString(), to.toString(), "" + PC_ROOT_OFFSET);
    return to;
  }

  private static void run(String... words) {
    Command.run(LIMIT, words).text();
  }
}
