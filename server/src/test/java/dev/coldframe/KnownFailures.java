package dev.coldframe;

import dev.coldframe.boot.lint.Lint;
import dev.coldframe.disk.Cpio;
import dev.coldframe.disk.EepromImage.Board;
import dev.coldframe.disk.Sha256;
import dev.coldframe.net.Bytes;
import dev.coldframe.node.EepromUpdate;
import dev.coldframe.testkit.Eeproms;
import dev.coldframe.testkit.Images;
import dev.coldframe.testkit.SiteFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/// For each row of [Lint] a site that triggers it, and one beside it, as near as can be, that does
/// not.
final class KnownFailures {
  private static final String INSTALL = "boot: install, image: raspios";
  private static final String NFS = "boot: nfs, nfs-root: '192.168.0.5:/srv/{node}'";
  private static final String PI_5 = "serial: 0c8f7e5cbd989ae1, address: 192.168.0.21, profile: pi";
  private static final String V6 = "6.12.47+rpt-rpi-v8";
  private static final String V5 = "6.6.20+rpt-rpi-v8";
  private static final long BLOCKS = 65_535L * 1024;
  private static final long OLDER = 1_700_000_000L;
  private static final long NEWER = 1_800_000_000L;

  private KnownFailures() {}

  /// One that triggers a row.
  static SiteFixture triggering(Lint row, Path folder) throws IOException {
    var site = new SiteFixture(folder);
    return switch (row) {
      case IMAGE_MISSING -> site.profile("pi", INSTALL);
      case IMAGE_WITHOUT_BOOT -> site.profile("pi", INSTALL).image("raspios", bootless());
      case BOOT_TREE_BROKEN ->
          site.profile("pi", "boot-ramdisk: true")
              .sparse("templates/nodes/geranium/large", 5L << 30);
      case BOOT_FILES_MISSING -> site.without("bcm2711-rpi-4-b.dtb");
      case BOOT_FILES_EMPTY -> site.file("kernel8.img", "");
      case BUILDS_DIFFER -> builds(site, V5);
      case OVERLAY_MISSING -> site.file("config.txt", "dtoverlay=rpi-poe\n");
      case SERIAL_SUFFIX -> site.node("dahlia", twin("a2ef5644"));
      case KUBERNETES_ON_NFS -> site.profile("pi", NFS + ", kubernetes: true");
      case UEFI_ON_PI5 -> site.node("geranium", PI_5).profile("pi", pxe("uefi-arm64"));
      case UEFI_ON_PI -> site.profile("pi", pxe("http-arm64"));
      case PC_LOADER_MISSING -> desk(site);
      case EEPROM_UPDATE_BROKEN ->
          update(site, "", Board.PI4, OLDER, NEWER).file("pieeprom.upd", "");
      case EEPROM_UPDATE_FOREIGN -> update(site, "", Board.PI5, OLDER, NEWER);
      case EEPROM_UPDATE_STALE -> brought(update(site, "a2ef5644/", Board.PI4, OLDER, OLDER));
      case EEPROM_UPDATE_LEFT -> update(site, "a2ef5644/", Board.PI4, OLDER, NEWER);
      case FILE_BLOCKS -> site.sparse("tftp-root/initramfs8", BLOCKS + 1);
      case RAMDISK_SIZE -> site.sparse("tftp-root/boot.img", (128L << 20) + 1);
      case CONFIG_SIZE -> site.file("config.txt", "#234567\n".repeat(512) + "#");
      case CONFIG_LINE -> site.file("config.txt", "arm_64bit=1\n" + "a".repeat(99));
      case CMDLINE_SIZE -> site.file("cmdline.txt", "a".repeat(2048));
      case CMDLINE_LINES -> site.file("cmdline.txt", "root=/dev/nfs\nquiet\n");
      case CMDLINE_DISK_ROOT -> site.file("cmdline.txt", "root=/dev/mmcblk0p2");
      case CMDLINE_FIRST_BOOT -> site.file("cmdline.txt", "root=/dev/nfs resize");
      case CMDLINE_NFS -> site.file("cmdline.txt", "root=/dev/nfs nfsroot=1.2.3.4:/x,vers=4");
    };
  }

  /// One that looks much like it and is in order.
  static SiteFixture harmless(Lint row, Path folder) throws IOException {
    var site = new SiteFixture(folder);
    return switch (row) {
      case IMAGE_MISSING, IMAGE_WITHOUT_BOOT ->
          site.profile("pi", INSTALL).image("raspios", Images.disk(Images.fat(Images.trixie())));
      case BOOT_TREE_BROKEN ->
          site.profile("pi", "boot-ramdisk: true")
              .sparse("templates/nodes/geranium/large", 5L << 20);
      case BOOT_FILES_MISSING ->
          site.without("bcm2711-rpi-4-b.dtb")
              .file("my.dtb", "tree")
              .file("config.txt", "device_tree=my.dtb\n");
      case BOOT_FILES_EMPTY -> site.file("config.txt", "");
      case BUILDS_DIFFER -> builds(site, V6);
      case OVERLAY_MISSING ->
          site.file("config.txt", "dtoverlay=rpi-poe\n").file("overlays/rpi-poe.dtbo", "overlay");
      case SERIAL_SUFFIX -> site.node("dahlia", twin("a2ef5645"));
      case KUBERNETES_ON_NFS ->
          site.profile(
              "pi",
              NFS
                  + ", kubernetes: true, storage: [{ device: /dev/sda, label: data,"
                  + " filesystem: ext4, mount: /var/lib/rancher }]");
      case UEFI_ON_PI5 -> site.profile("pi", pxe("uefi-arm64"));
      case UEFI_ON_PI ->
          site.profile("pc", pxe("http-arm64"))
              .node("desk", "mac: 00:11:22:33:44:55, address: 192.168.0.30, profile: pc");
      case PC_LOADER_MISSING -> desk(site).file("efi/own.efi", "loader");
      case EEPROM_UPDATE_BROKEN, EEPROM_UPDATE_FOREIGN -> update(site, "", Board.PI4, OLDER, NEWER);
      case EEPROM_UPDATE_STALE -> brought(update(site, "", Board.PI4, NEWER, NEWER));
      case EEPROM_UPDATE_LEFT -> update(site, "b7c91d03/", Board.PI4, OLDER, NEWER);
      case FILE_BLOCKS -> site.sparse("tftp-root/initramfs8", BLOCKS);
      case RAMDISK_SIZE -> site.sparse("tftp-root/boot.img", 128L << 20);
      case CONFIG_SIZE -> site.file("config.txt", "#234567\n".repeat(512));
      case CONFIG_LINE -> site.file("config.txt", "a".repeat(98) + "\n#" + "b".repeat(200));
      case CMDLINE_SIZE -> site.file("cmdline.txt", "a".repeat(2047) + "\n");
      case CMDLINE_LINES -> site.file("cmdline.txt", "root=/dev/nfs quiet\n\n");
      case CMDLINE_DISK_ROOT ->
          site.profile("pi", "boot: sdroot").file("cmdline.txt", "root=/dev/mmcblk0p2");
      case CMDLINE_FIRST_BOOT -> site.file("cmdline.txt", "root=/dev/nfs noresize");
      case CMDLINE_NFS -> site.file("cmdline.txt", "root=/dev/nfs nfsroot=1.2.3.4:/x,vers=3");
    };
  }

  private static String pxe(String kind) {
    return "boot: files, bootfiles: { " + kind + ": efi/grubaa64.efi }";
  }

  private static SiteFixture desk(SiteFixture site) throws IOException {
    return site.profile("pc", "boot: files, bootfiles: { uefi-x64: efi/own.efi }")
        .node("desk", "mac: 00:11:22:33:44:55, address: 192.168.0.30, profile: pc");
  }

  private static String twin(String end) {
    return "serial: 0c8f7e5c" + end + ", address: 192.168.0.21, profile: pi";
  }

  /// One partition, of Linux.
  private static byte[] bootless() {
    byte[] out = Images.bytes(3, 4 << 20);
    java.util.Arrays.fill(out, 0, 512, (byte) 0);
    Images.entry(out, 0, 0x83, 2048, 4096);
    out[510] = 0x55;
    out[511] = (byte) 0xaa;
    return out;
  }

  private static SiteFixture builds(SiteFixture site, String modules) throws IOException {
    byte[] kernel = Images.text("MZ\0\0Linux version " + V6 + " (serge@raspberrypi.com) #1 SMP");
    Bytes initramfs =
        Cpio.of(
            List.of(Cpio.Entry.file("usr/lib/modules/" + modules + "/x.ko", 0644, Bytes.of(1))));
    return site.file("config.txt", "auto_initramfs=1\n")
        .file("kernel8.img", Images.Archive.GZIP.pack(kernel))
        .file("initramfs8", Images.Archive.ZSTD.pack(initramfs.toArray()));
  }

  /// @param built what the image says of itself
  /// @param ts what its signature says
  private static SiteFixture update(
      SiteFixture site, String folder, Board board, long built, long ts) throws IOException {
    byte[] image = Eeproms.built(board, built);
    String sig =
        String.format(Locale.ROOT, "%s\nts: %d\n", Sha256.of(image, image.length).hex(), ts);
    return site.file(folder + EepromUpdate.IMAGE, image).file(folder + EepromUpdate.SIGNATURE, sig);
  }

  /// Newer firmware than [#OLDER], brought by the operator.
  private static SiteFixture brought(SiteFixture site) throws IOException {
    Path from = Files.createDirectories(site.state().resolveSibling("eeprom"));
    Files.write(from.resolve("pieeprom-2026-01-01.bin"), Eeproms.built(Board.PI4, NEWER - 1));
    Files.write(from.resolve("recovery.bin"), Images.bytes(1, 1000));
    Files.createDirectories(site.state());
    new dev.coldframe.store.FirmwareFiles(site.state()).add(from);
    return site;
  }
}
