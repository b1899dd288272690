package dev.coldframe.transport.content;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.boot.Viewer;
import dev.coldframe.disk.FatVolume;
import dev.coldframe.disk.Parsed;
import dev.coldframe.disk.Sha256;
import dev.coldframe.net.ByteRange;
import dev.coldframe.net.Bytes;
import dev.coldframe.node.World;
import dev.coldframe.store.FirmwareKey;
import dev.coldframe.store.Worlds;
import dev.coldframe.store.image.Images;
import dev.coldframe.testkit.Sites;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.apache.commons.compress.archivers.cpio.CpioArchiveInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A node's boot tree with an image in it.
class ImageFilesTest {
  private static final Map<String, byte[]> FILES = dev.coldframe.testkit.Images.trixie();

  /// What is not sent as the image has it.
  private static final Set<String> MADE =
      Set.of("config.txt", "cmdline.txt", "initramfs8", "initramfs_2712");

  private static final byte[] KERNEL = Objects.requireNonNull(FILES.get("kernel8.img"));

  @TempDir Path folder;
  private Images images;
  private World world;
  private FileLibrary library;

  @BeforeEach
  void importTheImage() throws Exception {
    Files.createDirectories(folder.resolve("root"));
    Files.createDirectories(folder.resolve("templates/nodes/geranium"));
    images = new Images(folder.resolve("state"));
    world = world(false);
    library =
        new FileLibrary(
            () -> world,
            new FileLibrary.Places(
                images,
                folder.resolve("state"),
                folder.resolve("scratch"),
                List.of(),
                folder.resolve("system")),
            new TemplateFolder(Clock.systemUTC()),
            Clock.systemUTC());
    add(dev.coldframe.testkit.Images.fat(FILES));
  }

  private void add(byte[] fat) throws Exception {
    Path file = Files.write(folder.resolve("image.img"), dev.coldframe.testkit.Images.disk(fat));
    images.add(new Images.Request(file, "raspios", Optional.empty()), (_, _, _) -> {});
    world = world(false);
  }

  /// An image with one file, and with an initramfs behind it, so that it can be installed from.
  private static Map<String, byte[]> image(String path, byte[] content) {
    var out = new LinkedHashMap<String, byte[]>();
    out.put(path, content);
    out.put("initramfs8", new byte[] {0x70, 0x71});
    return out;
  }

  @Test
  void theInstallerStandsBehindTheInitramfsOnAMultipleOfFour() throws Exception {
    images.remove("raspios");
    add(dev.coldframe.testkit.Images.fat(image("kernel8.img", KERNEL)));
    try (Content content = open("initramfs8")) {
      assertThat(content.origin()).isEqualTo("image raspios + installer");
      byte[] bytes = bytes(content);
      assertThat(bytes.length % 4).isZero();
      assertThat(Arrays.copyOf(bytes, 4)).containsExactly(0x70, 0x71, 0, 0);
      var archive =
          new CpioArchiveInputStream(new ByteArrayInputStream(bytes, 4, bytes.length - 4));
      var names = new ArrayList<String>();
      for (var e = archive.getNextEntry(); e != null; e = archive.getNextEntry()) {
        names.add(e.getName());
        if (e.getName().equals("conf/conf.d/zz-coldframe")) {
          assertThat(new String(archive.readAllBytes(), UTF_8)).contains("BOOT=coldframe\n");
        }
      }
      assertThat(names)
          .containsExactly(
              "coldframe",
              "conf",
              "conf/conf.d",
              "scripts",
              "coldframe/install",
              "conf/conf.d/zz-coldframe",
              "scripts/coldframe");
    }
  }

  @Test
  void aPcsLoadersAreToldTheImagesKernelAndTheMergedCommandLine() throws Exception {
    images.remove("raspios");
    var files = new LinkedHashMap<String, byte[]>();
    files.put("vmlinuz", KERNEL);
    files.put("initrd.img", new byte[] {0x70});
    files.put("cmdline.txt", "root=LABEL=root quiet ip=off\n".getBytes(UTF_8));
    add(dev.coldframe.testkit.Images.fat(files));
    try (Content ipxe = open("boot.ipxe");
        Content grub = open("grub/grub.cfg")) {
      String words = "root=LABEL=root quiet console=serial0,115200 console=tty1 ip=dhcp panic=10";
      assertThat(new String(bytes(ipxe), UTF_8))
          .startsWith("#!ipxe\n")
          .contains(
              "kernel vmlinuz initrd=initrd "
                  + words
                  + " && initrd --name initrd initrd.img && boot ||\n")
          .endsWith("exit 1\n");
      assertThat(new String(bytes(grub), UTF_8))
          .contains(
              "linux /vmlinuz '" + words.replace(" ", "' '") + "'; then\n",
              "initrd /initrd.img; then boot;");
    }
  }

  @Test
  void aLoaderOfThisMachinesPackagesStandsBehindTheTftpRoot() throws Exception {
    Path package1 = folder.resolve("system/usr/lib/ipxe/snponly.efi");
    Files.createDirectories(package1.getParent());
    Files.writeString(package1, "iPXE");
    Path signed = folder.resolve("system/usr/lib/grub/x86_64-efi-signed/grubnetx64.efi.signed");
    Files.createDirectories(signed.getParent());
    Files.writeString(signed, "GRUB, signed");
    try (Content ipxe = open("ipxe/snponly.efi");
        Content grub = open("grub/grubx64.efi")) {
      assertThat(new String(bytes(ipxe), UTF_8)).isEqualTo("iPXE");
      assertThat(ipxe.origin()).isEqualTo("/usr/lib/ipxe");
      assertThat(new String(bytes(grub), UTF_8)).isEqualTo("GRUB, signed");
    }
    assertThat(library.open(geranium(), "ipxe/undionly.kpxe")).isEmpty();
    assertThat(library.list(geranium())).extracting("path").doesNotContain("ipxe/snponly.efi");
    Files.createDirectories(folder.resolve("root/ipxe"));
    Files.writeString(folder.resolve("root/ipxe/snponly.efi"), "my own");
    try (Content own = open("ipxe/snponly.efi")) {
      assertThat(new String(bytes(own), UTF_8)).isEqualTo("my own");
    }
  }

  private World world(boolean ramdisk) {
    var site = Sites.siteIn(folder, Sites.rack(Sites.withImage("raspios", ramdisk)));
    return World.of(
        site, World.Knowledge.of(Sites.quirks()).withImages(Worlds.bootable(images.list())));
  }

  private Viewer geranium() {
    return new Viewer.OfNode(world.node("geranium").orElseThrow());
  }

  private Content open(String path) throws IOException {
    return library.open(geranium(), path).orElseThrow();
  }

  static byte[] bytes(Content content) {
    ByteBuffer all = ByteBuffer.allocate((int) content.sizeBytes());
    content.read(0, all);
    assertThat(all.hasRemaining()).isFalse();
    return all.array();
  }

  @Test
  void filesComeStraightOutOfTheImage() throws IOException {
    for (String path : FILES.keySet()) {
      if (!MADE.contains(path)) {
        try (Content content = open(path)) {
          assertThat(content.origin()).isEqualTo("image raspios");
          assertThat(bytes(content)).as(path).isEqualTo(FILES.get(path));
        }
      }
    }
    assertThat(library.open(geranium(), "start.elf")).isEmpty();
  }

  @Test
  void aFileInOneRunIsSentFromTheImageItself() throws IOException {
    try (Content content = open("kernel8.img")) {
      assertThat(content).isInstanceOf(Content.OnDisk.class);
      var disk = (Content.OnDisk) content;
      ByteBuffer read = ByteBuffer.allocate(1000);
      disk.channel().read(read, disk.offset());
      assertThat(read.array()).isEqualTo(Arrays.copyOf(KERNEL, 1000));
    }
  }

  @Test
  void aScatteredFileIsJoined() throws Exception {
    images.remove("raspios");
    byte[] fat = dev.coldframe.testkit.Images.fat(image("a", KERNEL));
    // Clusters 2 3 4 5 … become 2 4 3 5 ….
    fat[512 + 3] = 0x04;
    fat[512 + 4] = 0x50;
    fat[512 + 5] = 0x00;
    fat[512 + 6] = 0x03;
    fat[512 + 7] = (byte) (fat[512 + 7] & 0xf0);
    add(fat);
    byte[] expected = KERNEL.clone();
    System.arraycopy(KERNEL, 1024, expected, 512, 512);
    System.arraycopy(KERNEL, 512, expected, 1024, 512);
    try (Content content = open("a")) {
      assertThat(content).isInstanceOf(Content.Joined.class);
      assertThat(bytes(content)).isEqualTo(expected);
      for (long at : new long[] {0, 1, 511, 512, 513, 1500, 3000, expected.length - 1}) {
        ByteBuffer some = ByteBuffer.allocate(700);
        content.read(at, some);
        int length = Math.min(700, expected.length - (int) at);
        assertThat(some.position()).isEqualTo(length);
        assertThat(Arrays.copyOf(some.array(), length))
            .isEqualTo(Arrays.copyOfRange(expected, (int) at, (int) at + length));
      }
    }
  }

  @Test
  void theImageStandsBetweenTemplatesAndRoot() throws IOException {
    Files.writeString(folder.resolve("root/start4.elf"), "root");
    Files.writeString(folder.resolve("root/extra"), "root");
    assertThat(origin("start4.elf")).isEqualTo("image raspios");
    assertThat(origin("extra")).isEqualTo("tftp-root");
    Files.writeString(folder.resolve("templates/nodes/geranium/start4.elf"), "own");
    assertThat(origin("start4.elf")).isEqualTo("node geranium");
  }

  private String origin(String path) throws IOException {
    try (Content content = open(path)) {
      return content.origin();
    }
  }

  @Test
  void configAndCommandLineAreMerged() throws IOException {
    try (Content config = open("config.txt");
        Content cmdline = open("cmdline.txt")) {
      assertThat(config.origin()).isEqualTo("template + image raspios");
      assertThat(new String(bytes(config), UTF_8))
          .startsWith("# For more options")
          .contains("auto_initramfs=1")
          .endsWith("enable_uart=1\n");
      assertThat(new String(bytes(cmdline), UTF_8))
          .isEqualTo(
              "console=serial0,115200 console=tty1 root=PARTUUID=4e639091-02 rootfstype=ext4"
                  + " fsck.repair=yes rootwait resize ip=dhcp panic=10\n");
    }
  }

  @Test
  void theListingNamesTheImage() throws IOException {
    assertThat(library.list(geranium()))
        .extracting(l -> l.path() + " " + l.origin())
        .contains(
            "cmdline.txt template + image raspios",
            "kernel8.img image raspios",
            "overlays/README image raspios");
  }

  @Test
  @Tag("T-27")
  void anImageThatIsRemovedIsReadToTheEnd() throws Exception {
    var channel = new FileChannel[1];
    try (Content content = open("kernel8.img")) {
      channel[0] = ((Content.OnDisk) content).channel();
      images.remove("raspios");
      world = world(false);
      assertThat(library.open(geranium(), "start4.elf")).isEmpty();
      assertThat(channel[0].isOpen()).isTrue();
      assertThat(bytes(content)).isEqualTo(KERNEL);
    }
    assertThat(channel[0].isOpen()).isFalse();
  }

  @Test
  void anImageOfTheSameNameTakesItsPlace() throws Exception {
    open("kernel8.img").close();
    images.remove("raspios");
    add(dev.coldframe.testkit.Images.fat(image("kernel8.img", new byte[] {1, 2, 3})));
    try (Content content = open("kernel8.img")) {
      assertThat(bytes(content)).containsExactly(1, 2, 3);
    }
  }

  private FatVolume volume(byte[] bytes) throws IOException {
    Parsed<FatVolume> read =
        FatVolume.read(dev.coldframe.testkit.Images.source(bytes), new ByteRange(0, bytes.length));
    return read.good().orElseThrow(() -> new AssertionError(read));
  }

  @Test
  void theTreeIsPackedIntoOneVolume() throws IOException {
    assertThat(library.open(geranium(), "boot.img")).isEmpty();
    world = world(true);
    Files.writeString(folder.resolve("root/unrelated.iso"), "root");
    Files.writeString(folder.resolve("templates/nodes/geranium/extra.txt"), "own");
    try (Content content = open("boot.img")) {
      assertThat(content.origin()).isEqualTo("packed");
      byte[] bytes = bytes(content);
      FatVolume volume = volume(bytes);
      assertThat(volume.label()).isEqualTo("BOOT");
      assertThat(volume.files().keySet()).contains("extra.txt").doesNotContain("unrelated.iso");
      for (var file : FILES.entrySet()) {
        if (!MADE.contains(file.getKey())) {
          assertThat(
                  dev.coldframe.testkit.Images.read(
                      bytes, volume.file(file.getKey()).orElseThrow().runs()))
              .as(file.getKey())
              .isEqualTo(file.getValue());
        }
      }
      String inner =
          new String(
              dev.coldframe.testkit.Images.read(
                  bytes, volume.file("config.txt").orElseThrow().runs()),
              UTF_8);
      assertThat(inner).contains("enable_uart=1").doesNotContain("boot_ramdisk");
    }
    try (Content config = open("config.txt")) {
      assertThat(new String(bytes(config), UTF_8)).endsWith("[all]\nboot_ramdisk=1\n");
    }
  }

  @Test
  void equalTreesArePackedIntoEqualVolumes() throws IOException {
    world = world(true);
    try (Content one = open("boot.img");
        Content two = open("net_install/boot.img")) {
      assertThat(two.etag()).isEqualTo(one.etag());
      assertThat(bytes(two)).isEqualTo(bytes(one));
    }
  }

  @Test
  void aRootWithoutAnImageIsPackedWhole() throws IOException {
    Files.writeString(folder.resolve("root/kernel8.img"), "kernel");
    var site = Sites.siteIn(folder, Sites.rack(Sites.ramdisk()));
    world = Sites.world(site);
    try (Content content = open("boot.img")) {
      assertThat(volume(bytes(content)).files().keySet())
          .containsExactlyInAnyOrder("cmdline.txt", "config.txt", "kernel8.img");
    }
  }

  @Test
  @Tag("B-18")
  void theSignatureVerifiesWithThePublicKey() throws Exception {
    world = world(true);
    assertThat(library.open(geranium(), "net_install/boot.sig")).isEmpty();
    FirmwareKey key = FirmwareKey.make(folder.resolve("state"));
    List<String> lines;
    try (Content content = open("net_install/boot.sig")) {
      assertThat(content.origin()).isEqualTo("signed");
      lines = new String(bytes(content), UTF_8).lines().toList();
    }
    byte[] volume;
    try (Content content = open("net_install/boot.img")) {
      volume = bytes(content);
    }
    assertThat(lines).hasSize(3);
    assertThat(lines.get(0)).isEqualTo(Sha256.of(volume, volume.length).hex());
    assertThat(lines.get(1)).matches("ts: [0-9]+");
    assertThat(lines.get(2)).matches("rsa2048: [0-9a-f]{512}");
    byte[] der =
        Base64.getMimeDecoder().decode(key.publicPem().replaceAll("-----[A-Z ]+-----", ""));
    Signature check = Signature.getInstance("SHA256withRSA");
    check.initVerify(KeyFactory.getInstance("RSA").generatePublic(new X509EncodedKeySpec(der)));
    check.update(volume);
    assertThat(check.verify(Bytes.parseHex(lines.get(2).substring(9)).toArray())).isTrue();
  }
}
