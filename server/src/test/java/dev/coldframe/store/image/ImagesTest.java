package dev.coldframe.store.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.ZstdOutputStream;
import dev.coldframe.disk.Sha256;
import dev.coldframe.net.Bytes;
import dev.coldframe.node.ImageFacts;
import dev.coldframe.testkit.Images.Archive;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// Images are taken in whole or not at all.
class ImagesTest {
  private static final byte[] DISK =
      dev.coldframe.testkit.Images.disk(
          dev.coldframe.testkit.Images.fat(dev.coldframe.testkit.Images.trixie()));
  private static final String NAME = "raspios-trixie";

  @TempDir Path temp;
  private Path state;
  private Images images;

  @BeforeEach
  void open() {
    state = temp.resolve("state");
    images = new Images(state);
  }

  private Path file(String name, byte[] bytes) throws IOException {
    return Files.write(temp.resolve(name), bytes);
  }

  private StoredImage add(Path file) throws IOException, ImageRefused {
    return images.add(new Images.Request(file, NAME, Optional.empty()), (_, _, _) -> {});
  }

  private void refuses(Path file, String reason) {
    assertThatThrownBy(() -> add(file))
        .isInstanceOf(ImageRefused.class)
        .hasMessageContaining(reason);
    assertNothingIsLeft();
  }

  private void assertNothingIsLeft() {
    assertThat(images.list()).isEmpty();
    assertThat(new Images(state).list()).isEmpty();
    try (Stream<Path> all = Files.list(state.resolve("images"))) {
      assertThat(all.map(p -> p.getFileName().toString())).containsOnly("lock");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @TestFactory
  Stream<DynamicTest> takesInEveryKindOfFileByItsContent() {
    return Stream.of(Archive.values())
        .map(kind ->
            DynamicTest.dynamicTest(
                kind.name(),
                () -> {
                  state = temp.resolve("state-" + kind);
                  images = new Images(state);
                  byte[] packed = kind.pack(DISK);
                  StoredImage image = add(file("anything." + kind, packed));
                  assertThat(Files.readAllBytes(image.file())).isEqualTo(DISK);
                  assertThat(image.content().sha256())
                      .isEqualTo(Sha256.of(DISK, DISK.length).hex());
                  assertThat(image.source())
                      .isEqualTo(
                          new StoredImage.Source(
                              "anything." + kind,
                              Sha256.of(packed, packed.length).hex(),
                              packed.length));
                  assertThat(new Images(state).named(NAME)).contains(image);
                }));
  }

  @Test
  void knowsWhatTheImageIs() throws Exception {
    StoredImage image = add(file("a.img", DISK));
    ImageFacts facts = image.facts();
    assertThat(facts.family()).isEqualTo(ImageFacts.Family.RASPIOS_TRIXIE);
    assertThat(facts.dialect()).isEqualTo(ImageFacts.Dialect.CLOUD_INIT);
    assertThat(facts.description()).isEqualTo("Raspberry Pi reference 2025-11-24");
    assertThat(facts.boards()).containsExactly(3, 4, 5);
    assertThat(facts.kernels()).containsExactly("kernel8.img");
    assertThat(facts.initramfs()).containsExactly("initramfs8");
    assertThat(image.content().table()).isEqualTo("mbr");
    assertThat(image.content().diskId()).isEqualTo("4e639091");
    assertThat(image.partitions()).hasSize(2);
  }

  @Test
  void storesHolesAndTheMapOfThem() throws Exception {
    StoredImage image = add(file("a.img", DISK));
    assertThat(image.content().dataBytes()).isLessThan(image.content().sizeBytes() / 2);
    var blocks = ImageJson.readBlocks(Files.readString(image.folder().resolve(StoredImage.BLOCKS)));
    assertThat(blocks.sizeBytes()).isEqualTo(DISK.length);
    assertThat(blocks.dataBytes()).isEqualTo(image.content().dataBytes());
    byte[] again = new byte[DISK.length];
    blocks
        .data()
        .forEach(run ->
            System.arraycopy(
                DISK, (int) run.first(), again, (int) run.first(), (int) run.length()));
    assertThat(again).isEqualTo(DISK);
  }

  @Test
  void readsTheBootPartitionStraightOutOfTheImage() throws Exception {
    StoredImage image = add(file("a.img", DISK));
    try (var boot = BootFiles.open(image)) {
      var kernel = boot.file("KERNEL8.IMG").orElseThrow();
      assertThat(kernel.path()).isEqualTo("kernel8.img");
      assertThat(dev.coldframe.testkit.Images.read(DISK, kernel.runs()))
          .isEqualTo(dev.coldframe.testkit.Images.trixie().get("kernel8.img"));
      assertThat(boot.all()).hasSize(dev.coldframe.testkit.Images.trixie().size());
    }
  }

  @Test
  void checksTheHashThatWasGiven() throws Exception {
    Path file = file("a.img", DISK);
    String right = Sha256.of(DISK, DISK.length).hex();
    String wrong = "0".repeat(64);
    assertThatThrownBy(
            () -> images.add(new Images.Request(file, NAME, Optional.of(wrong)), (_, _, _) -> {}))
        .hasMessage("its SHA-256 is " + right + ", not " + wrong + "; download it again");
    assertNothingIsLeft();
    images.add(
        new Images.Request(file, NAME, Optional.of(right.toUpperCase(java.util.Locale.ROOT))),
        (_, _, _) -> {});
    assertThat(images.named(NAME)).isPresent();
  }

  @Test
  void checksTheHashBesideTheFile() throws Exception {
    Path file = file("a.img.gz", Archive.GZIP.pack(DISK));
    Files.writeString(temp.resolve("a.img.gz.sha256"), "0".repeat(64) + "  a.img.gz\n");
    refuses(file, "download it again");
    Files.writeString(temp.resolve("a.img.gz.sha256"), "soon\n");
    refuses(file, "holds no SHA-256");
    byte[] packed = Files.readAllBytes(file);
    Files.writeString(
        temp.resolve("a.img.gz.sha256"),
        "1".repeat(64) + " *b.img\n" + Sha256.of(packed, packed.length).hex() + " *a.img.gz\n");
    add(file);
  }

  @Test
  @Tag("H-13")
  void leavesNothingOfAFileThatIsCutOff() throws Exception {
    for (Archive kind : Archive.values()) {
      byte[] packed = kind.pack(DISK);
      int length = kind == Archive.RAW ? DISK.length - (1 << 20) : packed.length * 3 / 4;
      refuses(
          file("cut." + kind, Arrays.copyOf(packed, length)),
          kind == Archive.RAW
              ? "a partition ends behind the end of the disk"
              : "damaged or not complete");
    }
  }

  @Test
  @Tag("H-13")
  void leavesNothingOfAFileThatIsDamaged() throws Exception {
    for (Archive kind : List.of(Archive.XZ, Archive.GZIP, Archive.ZIP)) {
      byte[] packed = kind.pack(DISK);
      packed[packed.length / 2] ^= 0x10;
      refuses(file("damaged." + kind, packed), "damaged or not complete");
    }
  }

  @Test
  @Tag("H-13")
  void leavesNothingWhenTheDiskIsFull() throws Exception {
    images = limited(ImageImport.Bounds.USUAL, 500_000);
    Path file = file("a.img", DISK);
    assertThatThrownBy(() -> add(file)).isInstanceOf(IOException.class).hasMessage("No space left");
    assertNothingIsLeft();
  }

  @Test
  @Tag("H-13")
  void stopsBeforeTheDiskIsFull() throws Exception {
    var bounds = new ImageImport.Bounds(1L << 40, 1L << 40, 1000, Long.MAX_VALUE);
    images = limited(bounds, Long.MAX_VALUE);
    Path file = file("a.img", DISK);
    assertThatThrownBy(() -> add(file))
        .isInstanceOf(IOException.class)
        .hasMessage("the disk of the state folder is almost full");
    assertNothingIsLeft();
  }

  private Images limited(ImageImport.Bounds bounds, long room) {
    ImageSink.Factory sinks =
        path -> {
          ImageSink file = ImageSink.sparse(path);
          return new ImageSink() {
            private long left = room;

            @Override
            public void write(long at, byte[] bytes, int offset, int length) throws IOException {
              left -= length;
              if (left < 0) {
                throw new IOException("No space left");
              }
              file.write(at, bytes, offset, length);
            }

            @Override
            public void finish(long size) throws IOException {
              file.finish(size);
            }

            @Override
            public void close() throws IOException {
              file.close();
            }
          };
        };
    return new Images(state, bounds, sinks, Clock.systemUTC());
  }

  @Test
  @Tag("H-12")
  void stopsAtABomb() throws Exception {
    byte[] zeros = new byte[64 << 20];
    byte[] bomb = Archive.GZIP.pack(zeros);
    images = limited(new ImageImport.Bounds(1L << 40, 16 << 20, 100, 0), Long.MAX_VALUE);
    refuses(file("bomb.gz", bomb), "more than 100 times its size");
    images = limited(new ImageImport.Bounds(32 << 20, 1L << 40, 100, 0), Long.MAX_VALUE);
    refuses(file("bomb.gz", bomb), "unpacks to more than");
  }

  @Test
  @Tag("H-12")
  void refusesZipArchivesThatAreNoImage() throws Exception {
    refuses(zip("../a.img"), "leads out");
    refuses(zip("/etc/a.img"), "leads out");
    refuses(zip("a.txt"), "holds 0 files");
    refuses(zip("a.img", "b.IMG"), "holds 2 files");
    refuses(file("link.zip", Archive.zip(Map.of("a.img", DISK), 0120777)), "a link or a device");
    refuses(file("pipe.zip", Archive.zip(Map.of("a.img", DISK), 0010644)), "a link or a device");
  }

  private Path zip(String... names) throws IOException {
    var entries = new java.util.LinkedHashMap<String, byte[]>();
    List.of(names).forEach(name -> entries.put(name, new byte[512]));
    return file("refused.zip", Archive.zip(entries, 0100644));
  }

  @Test
  void refusesWhatIsNoDiskImage() throws Exception {
    refuses(
        file("text", "hello\n".getBytes(java.nio.charset.StandardCharsets.UTF_8)), "whole sectors");
    refuses(file("empty", new byte[0]), "whole sectors");
    refuses(file("zeros", new byte[4096]), "it is no disk image: no partition table");
    byte[] damaged = DISK.clone();
    damaged[dev.coldframe.testkit.Images.BOOT_AT + 16] = 0;
    refuses(file("damaged.img", damaged), "partition 1 is damaged");
    refuses(temp.resolve("absent"), "is no file");
  }

  @Test
  void takesABareFatVolume() throws Exception {
    byte[] fat = dev.coldframe.testkit.Images.fat(dev.coldframe.testkit.Images.trixie());
    StoredImage image = add(file("boot.img", fat));
    assertThat(image.content().table()).isEqualTo("none");
    assertThat(image.boot()).isPresent();
  }

  @Test
  @Tag("H-13")
  void hidesAndCleansWhatAKilledCommandLeft() throws Exception {
    Path part = Files.createDirectories(state.resolve("images/.part-123/deep"));
    Files.write(part.resolve("image.img"), DISK);
    Files.createDirectories(state.resolve("images/.gone-456"));
    assertThat(images.list()).isEmpty();
    images.clean();
    assertNothingIsLeft();
  }

  @Test
  @Tag("H-13")
  void showsNothingWhileAnImageIsTakenIn() throws Exception {
    var seen = new ArrayList<Integer>();
    images.add(
        new Images.Request(file("a.img", DISK), NAME, Optional.empty()),
        (_, _, _) -> {
          var other = new Images(state);
          other.clean();
          seen.add(other.list().size());
        });
    assertThat(seen).isNotEmpty().containsOnly(0);
    assertThat(images.list()).hasSize(1);
  }

  @Test
  void tellsOtherProcessesHowFarAnImportIs() throws Exception {
    var seen = new ArrayList<Images.Importing>();
    var other = new Images(state);
    Path image = file("a.img", DISK);
    images.add(
        new Images.Request(image, NAME, Optional.empty()),
        (_, _, _) -> {
          other.importing(Instant.now()).ifPresent(seen::add);
          assertThat(other.importing(Instant.now().plusSeconds(600)))
              .as("it would have been killed")
              .isEmpty();
        });
    assertThat(seen).isNotEmpty();
    assertThat(seen.getFirst().name()).isEqualTo(NAME);
    assertThat(seen.getFirst().of()).isEqualTo(Files.size(image));
    assertThat(other.importing(Instant.now())).isEmpty();
  }

  @Test
  void noticesImagesOfOtherProcesses() throws Exception {
    var other = new Images(state);
    assertThat(other.list()).isEmpty();
    add(file("a.img", DISK));
    assertThat(other.list()).hasSize(1);
    images.remove(NAME);
    assertThat(other.list()).isEmpty();
    assertNothingIsLeft();
  }

  @Test
  void keepsOneNameForOneImage() throws Exception {
    StoredImage first = add(file("a.img", DISK));
    assertThat(add(file("b.img.xz", Archive.XZ.pack(DISK)))).isEqualTo(first);
    Path file = file("a.img", DISK);
    assertThatThrownBy(
            () -> images.add(new Images.Request(file, "other", Optional.empty()), (_, _, _) -> {}))
        .hasMessage("it is there already, as " + NAME);
    byte[] changed = DISK.clone();
    changed[changed.length - 1]++;
    assertThatThrownBy(() -> add(file("c.img", changed)))
        .hasMessageContaining("another image has the name " + NAME);
    assertThat(images.list()).containsExactly(first);
  }

  @Test
  void refusesToRemoveWhatIsNotThere() {
    assertThatThrownBy(() -> images.remove("x")).hasMessage("there is no image x");
  }

  @Test
  void namesImagesByTheirFiles() {
    assertThat(ImageName.of("2025-11-24-raspios-trixie-arm64-lite.img.xz"))
        .isEqualTo("raspios-trixie-arm64-lite");
    assertThat(ImageName.of("ubuntu-24.04.3-preinstalled-server-arm64+raspi.img.xz"))
        .isEqualTo("ubuntu-24.04.3-preinstalled-server-arm64-raspi");
    assertThat(ImageName.of("20231109_raspi_4_bookworm.img.xz")).isEqualTo("raspi_4_bookworm");
    assertThat(ImageName.of("Mein Abbild (2).zip")).isEqualTo("mein-abbild-2");
    assertThat(ImageName.of("...")).isEqualTo("image");
    assertThat(ImageName.isGood(ImageName.of("x".repeat(200)))).isTrue();
  }

  @Test
  void readsAFrozenFile() {
    String json =
        """
        {"name":"a","imported":"2026-01-02T03:04:05Z","file":"a.img.xz","file-sha256":"00",
         "file-bytes":5,"sha256":"11","bytes":1024,"data-bytes":512,"table":"mbr",
         "disk-id":"4e639091","partitions":[{"number":1,"area":[512,512],"type":"0c","name":"",
         "partuuid":"4e639091-01"}],"boot":[512,512],"facts":{"family":"ubuntu",
         "dialect":"from-the-future","description":"","boards":[4],"kernels":["vmlinuz"],
         "initramfs":["initrd.img"],"device-trees":[]}}
        """;
    StoredImage image = ImageJson.read(json, Path.of("/x"));
    assertThat(image.facts().family()).isEqualTo(ImageFacts.Family.UBUNTU);
    assertThat(image.facts().dialect()).isEqualTo(ImageFacts.Dialect.NONE);
    assertThat(image.partitions().getFirst().area().first()).isEqualTo(512);
    assertThat(image.boot()).isPresent();
  }

  @Test
  void unpacksZstdFramesOneAfterAnother() throws Exception {
    var out = new ByteArrayOutputStream();
    for (byte[] half :
        List.of(
            Arrays.copyOf(DISK, DISK.length / 2),
            Arrays.copyOfRange(DISK, DISK.length / 2, DISK.length))) {
      try (OutputStream zstd = new ZstdOutputStream(out)) {
        zstd.write(half);
      }
    }
    StoredImage image = add(file("two.zst", out.toByteArray()));
    assertThat(Bytes.parseHex(image.content().sha256())).isEqualTo(Sha256.of(DISK, DISK.length));
  }
}
