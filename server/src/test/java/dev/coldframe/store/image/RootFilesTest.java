package dev.coldframe.store.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.node.ImageFacts;
import dev.coldframe.node.ImageFacts.Dialect;
import dev.coldframe.node.ImageFacts.Family;
import dev.coldframe.testkit.Images;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Images whose kernel lies in an ext4 root, made with the genuine tools of e2fsprogs.
class RootFilesTest {
  private static final int ROOT_BYTES = 8 << 20;
  private static final byte[] KERNEL = Images.bytes(7, 1_234_567);
  private static final byte[] INITRAMFS = Images.bytes(8, 654_321);

  @TempDir Path folder;

  private Path root() throws IOException {
    return Files.createDirectories(folder.resolve("root"));
  }

  private void put(String path, byte[] bytes) throws IOException {
    Path file = root().resolve(path);
    Files.createDirectories(file.getParent());
    Files.write(file, bytes);
  }

  private void put(String path, String text) throws IOException {
    put(path, text.getBytes(StandardCharsets.UTF_8));
  }

  private StoredImage imported() throws Exception {
    Path disk = Files.write(folder.resolve("disk.img"), Images.disk(new byte[ROOT_BYTES]));
    String mke2fs =
        "PATH=$PATH:/usr/sbin:/sbin; mke2fs -q -t ext4 -d \"$1\" -E offset=$3 \"$2\" 8M 2>&1";
    Process made =
        new ProcessBuilder(
                "sh", "-c", mke2fs, "-", root().toString(), disk.toString(), "" + Images.BOOT_AT)
            .start();
    String said = new String(made.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(made.waitFor()).as(said).isZero();
    return new dev.coldframe.store.image.Images(folder.resolve("state"))
        .add(
            new dev.coldframe.store.image.Images.Request(disk, "desk", Optional.empty()),
            (_, _, _) -> {});
  }

  private static byte[] read(StoredImage image, String path) throws IOException {
    try (var files = BootFiles.open(image)) {
      var out = new ByteArrayOutputStream();
      for (var run : files.file(path).orElseThrow().runs()) {
        ByteBuffer bytes = ByteBuffer.allocate((int) run.length());
        files.channel().read(bytes, run.first());
        out.write(bytes.array());
      }
      return out.toByteArray();
    }
  }

  @Test
  void theNewestKernelAndItsInitramfsAreReadOutOfTheRoot() throws Exception {
    put("boot/vmlinuz-6.1.0-9-amd64", "older");
    put("boot/initrd.img-6.1.0-9-amd64", "older");
    put("boot/vmlinuz-6.1.0-49-amd64", KERNEL);
    put("boot/initrd.img-6.1.0-49-amd64", INITRAMFS);
    put("boot/vmlinuz-6.12.0-1-amd64", "no initramfs for it");
    put("usr/lib/os-release", "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nID=debian\n");
    put("usr/bin/cloud-init", "#!/usr/bin/python3\n");
    StoredImage image = imported();
    ImageFacts facts = image.facts();
    assertThat(facts.kernels()).containsExactly("boot/vmlinuz-6.1.0-49-amd64");
    assertThat(facts.initramfs()).containsExactly("boot/initrd.img-6.1.0-49-amd64");
    assertThat(facts.family()).isEqualTo(Family.DEBIAN);
    assertThat(facts.dialect()).isEqualTo(Dialect.CLOUD_INIT);
    assertThat(facts.seedInRoot()).isTrue();
    assertThat(facts.description()).isEqualTo("Debian GNU/Linux 12 (bookworm)");
    assertThat(image.bootable()).isTrue();
    assertThat(read(image, "boot/vmlinuz-6.1.0-49-amd64")).isEqualTo(KERNEL);
    assertThat(read(image, "boot/initrd.img-6.1.0-49-amd64")).isEqualTo(INITRAMFS);
  }

  @Test
  void aRootWithoutAKernelOrCloudInitIsSaidToBeThat() throws Exception {
    put("boot/vmlinuz-6.1.0-49-amd64", KERNEL);
    put("etc/hostname", "desk\n");
    StoredImage image = imported();
    assertThat(image.facts().kernels()).isEmpty();
    assertThat(image.facts().dialect()).isEqualTo(Dialect.NONE);
    assertThat(image.facts().seedInRoot()).isFalse();
    assertThat(image.bootable()).isFalse();
  }

  @Test
  void aFileWithAHoleIsNoKernel() throws Exception {
    Path kernel = root().resolve("boot/vmlinuz-6");
    Files.createDirectories(kernel.getParent());
    try (var file = new java.io.RandomAccessFile(kernel.toFile(), "rw")) {
      file.setLength(200_000);
      file.seek(150_000);
      file.write(KERNEL, 0, 1000);
    }
    put("boot/initrd.img-6", INITRAMFS);
    assertThat(imported().facts().kernels()).isEmpty();
  }

  /// Between its extents and the file lies a block of the tree, which is no part of the file.
  @Test
  void aFileInManyPiecesIsReadWhole() throws Exception {
    for (int i = 0; i < 400; i++) {
      put("filler/" + i, Images.bytes(i, 4_000));
    }
    put("boot/initrd.img-6", INITRAMFS);
    StoredImage whole = imported();
    assertThat(whole.facts().kernels()).isEmpty();
    Path disk = folder.resolve("disk.img");
    Path kernel = Files.write(folder.resolve("kernel"), KERNEL);
    // Every other filler goes, and what is written then finds holes of one block.
    var requests = new StringBuilder();
    for (int i = 0; i < 400; i += 2) {
      requests.append("rm /filler/").append(i).append('\n');
    }
    requests.append("write ").append(kernel).append(" /boot/vmlinuz-6\n");
    requests.append("stat /boot/vmlinuz-6\n");
    Path script = Files.writeString(folder.resolve("requests"), requests);
    String debugfs = "PATH=$PATH:/usr/sbin:/sbin; debugfs -w -f \"$1\" \"$2?offset=$3\" 2>&1";
    Process wrote =
        new ProcessBuilder(
                "sh", "-c", debugfs, "-", script.toString(), disk.toString(), "" + Images.BOOT_AT)
            .start();
    String said = new String(wrote.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(wrote.waitFor()).as(said).isZero();
    assertThat(said).as("it has a block of the extent tree").contains("ETB");
    StoredImage image =
        new dev.coldframe.store.image.Images(folder.resolve("second"))
            .add(
                new dev.coldframe.store.image.Images.Request(disk, "desk", Optional.empty()),
                (_, _, _) -> {});
    assertThat(read(image, "boot/vmlinuz-6")).isEqualTo(KERNEL);
  }

  @Test
  void theProgramIsFoundOrThereIsNone() throws Exception {
    Path there = Files.createDirectories(folder.resolve("sbin"));
    List<Path> folders = List.of(folder.resolve("nowhere"), there);
    assertThat(RootFiles.program(folders)).isEmpty();
    Path program = Files.writeString(there.resolve("debugfs"), "#!/bin/sh\n");
    assertThat(RootFiles.program(folders)).as("it may not be run").isEmpty();
    assertThat(program.toFile().setExecutable(true)).isTrue();
    assertThat(RootFiles.program(folders)).contains(program);
  }

  @Test
  void versionsAreComparedAsNumbers() {
    assertThat(
            RootFiles.newestPair(
                List.of(
                    "initrd.img-6.1.0-49-amd64",
                    "initrd.img-6.1.0-9-amd64",
                    "vmlinuz-6.1.0-49-amd64",
                    "vmlinuz-6.1.0-9-amd64",
                    "vmlinuz-7.0-rescue")))
        .containsExactly("vmlinuz-6.1.0-49-amd64", "initrd.img-6.1.0-49-amd64");
    String huge = "99999999999999999999999";
    assertThat(RootFiles.newestPair(List.of("vmlinuz-" + huge, "initrd-" + huge))).hasSize(2);
    assertThat(RootFiles.newestPair(List.of("vmlinuz-6.1", "initramfs-6.1")))
        .containsExactly("vmlinuz-6.1", "initramfs-6.1");
    assertThat(RootFiles.newestPair(List.of("vmlinuz-6.1", "grub"))).isEmpty();
  }
}
