package dev.coldframe.bench.peers;

import dev.coldframe.testkit.Images;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.zip.Deflater;

/// A system image of 512 MiB laid out like Raspberry Pi OS, made by the usual tools: MBR, FAT32 of
/// 64 MiB, ext4. Its content is the same each time; the times and ids of its file systems are not.
final class SystemImage {
  static final String NAME = "2025-11-24-raspios-trixie-arm64-lite.img";
  static final int MIB = 1 << 20;

  /// Of the image.
  static final long BYTES = 512L * MIB;

  /// The root file system's first byte.
  static final long ROOT_AT = 68L * MIB;

  /// In the root file system: what must come out of an install unchanged.
  static final String PAYLOAD = "usr/lib/payload";

  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final int SEED = 1;

  /// What an image consists of, in blocks of 64 KiB.
  ///
  /// @param incompressible percent of the blocks that deflate, at its quickest, does not make
  ///   smaller by a twentieth
  /// @param empty percent of the blocks that are zeros
  record Share(double incompressible, double empty) {
    private static final int BLOCK_BYTES = 1 << 16;
    private static final double MUST_SAVE = 0.05;

    /// Looks at all of it.
    static Share of(InputStream image) throws IOException {
      int all = 0;
      int hard = 0;
      int empty = 0;
      byte[] block = image.readNBytes(BLOCK_BYTES);
      byte[] packed = new byte[2 * BLOCK_BYTES];
      try (var deflater = new Deflater(Deflater.BEST_SPEED)) {
        while (block.length > 0) {
          all++;
          if (isZero(block)) {
            empty++;
          } else {
            deflater.reset();
            deflater.setInput(block);
            deflater.finish();
            hard += deflater.deflate(packed) > block.length * (1 - MUST_SAVE) ? 1 : 0;
          }
          block = image.readNBytes(BLOCK_BYTES);
        }
      }
      return new Share(100.0 * hard / all, 100.0 * empty / all);
    }

    private static boolean isZero(byte[] block) {
      for (byte b : block) {
        if (b != 0) {
          return false;
        }
      }
      return true;
    }
  }

  private SystemImage() {}

  /// Makes one.
  ///
  /// @param folder an empty one; besides the image it gets what a start is seen by
  /// @param boot MiB of data that nothing packs, in the boot partition
  /// @param root MiB of such data in the root file system
  /// @param text MiB of text in it
  /// @return what the image consists of
  static Share make(Path folder, int boot, int root, int text)
      throws IOException, InterruptedException {
    Path work = Files.createDirectories(folder.resolve("work"));
    Path bootFiles = Files.createDirectories(work.resolve("boot"));
    for (Map.Entry<String, byte[]> file : Images.trixie().entrySet()) {
      Path path = bootFiles.resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.write(path, file.getValue());
    }
    var random = new SplittableRandom(SEED);
    random(bootFiles.resolve("payload"), boot, random);
    Path payload = work.resolve("root").resolve(PAYLOAD);
    Files.createDirectories(payload.getParent());
    random(payload, root, random);
    text(payload.resolveSibling("text"), text, random);
    Path image = folder.resolve(NAME);
    Running.output(List.of("bash", "-euc", MAKE, "-", work.toString(), image.toString()), LIMIT);
    Running.output(List.of("rm", "-r", work.toString()), LIMIT);
    // What Probe asks a web server for.
    Files.write(folder.resolve("4k.bin"), new byte[4 << 10]);
    try (InputStream in = Files.newInputStream(image)) {
      return Share.of(in);
    }
  }

  private static final String MAKE =
      """
      cd "$1"
      truncate -s 512M "$2"
      printf 'label: dos\\nlabel-id: 0x4e639091\\nstart=8192,size=131072,type=c\\nstart=139264\\n' | sfdisk -q "$2"
      truncate -s 64M boot.fat
      mkfs.vfat -F 32 -n bootfs boot.fat
      mcopy -s -i boot.fat boot/* ::/
      truncate -s 444M root.ext4
      mkfs.ext4 -q -m 0 -N 4096 -J size=4 -L rootfs -d root root.ext4
      dd if=boot.fat of="$2" bs=1M seek=4 conv=notrunc,sparse status=none
      dd if=root.ext4 of="$2" bs=1M seek=68 conv=notrunc,sparse status=none
      """;

  private static void random(Path file, int mib, SplittableRandom random) throws IOException {
    byte[] bytes = new byte[MIB];
    try (OutputStream out = Files.newOutputStream(file)) {
      for (int i = 0; i < mib; i++) {
        random.nextBytes(bytes);
        out.write(bytes);
      }
    }
  }

  private static void text(Path file, int mib, SplittableRandom random) throws IOException {
    try (var out = new BufferedOutputStream(Files.newOutputStream(file))) {
      for (long left = (long) mib * MIB; left > 0; left -= 24) {
        out.write(
            String.format("line %08x of a file%n", random.nextInt(1 << 20))
                .getBytes(StandardCharsets.US_ASCII));
      }
    }
  }
}
