package dev.coldframe.disk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.net.ByteRange;
import dev.coldframe.testkit.Images;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// FAT volumes: what is written is read again, what is damaged has a name.
class FatVolumeTest {
  private static final FatLayout.Name NAME = new FatLayout.Name("BOOT", 0x12345678);

  private static Parsed<FatVolume> read(byte[] volume) throws IOException {
    return FatVolume.read(Images.source(volume), new ByteRange(0, volume.length));
  }

  private static Map<String, byte[]> files() {
    var out = new LinkedHashMap<String, byte[]>();
    out.put("EMPTY", new byte[0]);
    out.put("config.txt", Images.text("arm_64bit=1\n"));
    out.put("kernel8.img", Images.bytes(1, 5_000));
    out.put("a name with blanks and more than thirteen characters.txt", Images.bytes(2, 513));
    out.put("overlays/vc4-kms-v3d-pi4.dtbo", Images.bytes(3, 512));
    out.put("overlays/vc4-kms-v3d-pi5.dtbo", Images.bytes(4, 511));
    out.put("deep/er/and/deeper/FILE.BIN", Images.bytes(5, 1));
    return out;
  }

  private static byte[] volume(FatLayout.Shape shape) {
    var sources = new ArrayList<FatLayout.Source>();
    files().forEach((path, bytes) -> sources.add(new FatLayout.Source(path, bytes.length)));
    return Images.fat(FatLayout.of(sources, NAME, shape).good().orElseThrow(), files());
  }

  @TestFactory
  Stream<DynamicTest> readsWhatItWrote() {
    return Stream.of(
            new FatLayout.Shape(FatVolume.Kind.FAT12, 1),
            new FatLayout.Shape(FatVolume.Kind.FAT12, 4),
            new FatLayout.Shape(FatVolume.Kind.FAT16, 1),
            new FatLayout.Shape(FatVolume.Kind.FAT32, 1))
        .map(shape ->
            DynamicTest.dynamicTest(
                shape.toString(),
                () -> {
                  byte[] bytes = volume(shape);
                  FatVolume volume = read(bytes).good().orElseThrow();
                  assertThat(volume.kind()).isEqualTo(shape.kind());
                  assertThat(volume.label()).isEqualTo("BOOT");
                  assertThat(volume.volumeId()).isEqualTo(0x12345678);
                  assertThat(volume.files().keySet())
                      .containsExactlyInAnyOrderElementsOf(files().keySet());
                  files()
                      .forEach((path, content) -> {
                        FatVolume.FatFile file = volume.file(path).orElseThrow();
                        assertThat(file.sizeBytes()).isEqualTo(content.length);
                        assertThat(Images.read(bytes, file.runs())).isEqualTo(content);
                      });
                }));
  }

  @Test
  void findsFilesInAnyCase() throws IOException {
    FatVolume volume =
        read(volume(new FatLayout.Shape(FatVolume.Kind.FAT12, 1))).good().orElseThrow();
    assertThat(volume.file("CONFIG.TXT").orElseThrow().path()).isEqualTo("config.txt");
  }

  @Test
  void writesATinyVolumeByteForByte() {
    FatLayout layout =
        FatLayout.of(List.of(new FatLayout.Source("a.txt", 3)), NAME).good().orElseThrow();
    byte[] volume = Images.fat(layout, Map.of("a.txt", Images.text("hi\n")));
    assertThat(layout.kind()).isEqualTo(FatVolume.Kind.FAT12);
    assertThat(volume).hasSize(4 * 512);
    assertThat(hex(volume, 0, 62))
        .isEqualTo(
            "eb3c904d5357494e342e31"
                + "000201010001100004 00f801003f00ff00".replace(" ", "")
                + "000000000000000080002978563412"
                + "424f4f5420202020202020"
                + "4641543132202020");
    assertThat(hex(volume, 510, 6)).isEqualTo("55aaf8ffffff0f00".substring(0, 12));
    assertThat(hex(volume, 1024, 32))
        .isEqualTo(
            "424f4f5420202020202020" + "0800000000" + "2100210000000000210000000000" + "0000");
    assertThat(hex(volume, 1056, 32))
        .isEqualTo("4161002e0074007800740" + "00f005d" + "0000ffffffffffffffffffff0000ffffffff");
    assertThat(hex(volume, 1088, 32))
        .isEqualTo(
            "4120202020202020545854" + "2000000000" + "210021000000000021000200" + "03000000");
    assertThat(hex(volume, 1536, 4)).isEqualTo("68690a00");
  }

  private static String hex(byte[] bytes, int at, int length) {
    return HexFormat.of().formatHex(bytes, at, at + length);
  }

  @Test
  void givesEqualBytesForEqualFilesInAnyOrder() {
    var there = new ArrayList<FatLayout.Source>();
    files().forEach((path, bytes) -> there.add(new FatLayout.Source(path, bytes.length)));
    assertThat(FatLayout.of(there.reversed(), NAME)).isEqualTo(FatLayout.of(there, NAME));
  }

  @Test
  void choosesTheWidthByTheSize() {
    assertThat(kindOf(100_000)).isEqualTo(FatVolume.Kind.FAT12);
    assertThat(kindOf(40L << 20)).isEqualTo(FatVolume.Kind.FAT16);
    assertThat(kindOf(120L << 20)).isEqualTo(FatVolume.Kind.FAT16);
    assertThat(kindOf(600L << 20)).isEqualTo(FatVolume.Kind.FAT32);
  }

  private static FatVolume.Kind kindOf(long size) {
    FatLayout layout =
        FatLayout.of(List.of(new FatLayout.Source("k", size)), NAME).good().orElseThrow();
    assertThat(layout.sizeBytes()).isBetween(size, size + size / 100 + 100_000);
    return layout.kind();
  }

  @Test
  void refusesWhatFatHasNoRoomFor() {
    assertThat(layout("a:b", 1)).isEqualTo(new Parsed.Bad<>("a name that FAT has no room for"));
    assertThat(layout("a/../b", 1)).isEqualTo(new Parsed.Bad<>("a name that FAT has no room for"));
    assertThat(layout("big", 3L << 30)).isEqualTo(new Parsed.Bad<>("too much for one volume"));
    assertThat(
            FatLayout.of(List.of(new FatLayout.Source("a", 1), new FatLayout.Source("A", 1)), NAME))
        .isEqualTo(new Parsed.Bad<>("two files have the same name"));
    assertThat(
            FatLayout.of(
                List.of(new FatLayout.Source("a", 1), new FatLayout.Source("a/b", 1)), NAME))
        .isEqualTo(new Parsed.Bad<>("a file and a folder have the same name"));
  }

  private static Parsed<FatLayout> layout(String path, long size) {
    return FatLayout.of(List.of(new FatLayout.Source(path, size)), NAME);
  }

  /// A volume of which somebody broke something, and what that is called.
  private record Broken(String defect, Consumer<byte[]> how) {}

  @TestFactory
  Stream<DynamicTest> namesWhatIsDamaged() {
    int fat = 512;
    int root = 512 * 2;
    return Stream.of(
            new Broken("no FAT file system", b -> b[510] = 0),
            new Broken("no FAT file system", b -> b[12] = 3),
            new Broken("no FAT file system", b -> b[13] = 3),
            new Broken("the FAT volume's boot sector is damaged", b -> b[16] = 0),
            new Broken("the FAT volume is longer than its partition", b -> b[20] = 0x70),
            new Broken("the FAT volume has no room for data", b -> b[19] = 3),
            new Broken("a chain of clusters leads nowhere", b -> b[root + 64 + 26] = 0x7f),
            new Broken("a chain of clusters leads nowhere", b -> b[root + 64 + 26] = 0),
            new Broken("a file is longer than its clusters", b -> b[root + 64 + 29] = 0x40),
            new Broken(
                "two files share a cluster, or a chain is a loop",
                b -> {
                  // Cluster 2 follows itself.
                  b[fat + 3] = 2;
                  b[fat + 4] = (byte) (b[fat + 4] & 0xf0);
                  b[root + 64 + 29] = 0x40;
                }))
        .map(broken ->
            DynamicTest.dynamicTest(
                broken.defect(),
                () -> {
                  byte[] volume = Images.fat(Map.of("a.txt", Images.bytes(1, 3)));
                  broken.how().accept(volume);
                  assertThat(read(volume)).isEqualTo(new Parsed.Bad<>(broken.defect()));
                }));
  }

  @Test
  void readsTheShortNameWhereTheLongOneIsNotItsOwn() throws IOException {
    byte[] volume = Images.fat(Map.of("a.txt", Images.bytes(1, 3)));
    volume[1024 + 32 + 13]++;
    assertThat(read(volume).good().orElseThrow().files().keySet()).hasToString("[A.TXT]");
    volume[1024 + 64 + 12] = 0x18;
    assertThat(read(volume).good().orElseThrow().files().keySet()).hasToString("[a.txt]");
  }

  @Test
  void joinsAFragmentedFileFromItsRuns() throws IOException {
    byte[] content = Images.bytes(9, 1536);
    byte[] volume = Images.fat(Map.of("a", content));
    // Clusters 2 3 4 become 2 4 3.
    volume[512 + 3] = 0x04;
    volume[512 + 4] = (byte) 0xf0;
    volume[512 + 5] = (byte) 0xff;
    volume[512 + 6] = 0x03;
    volume[512 + 7] = 0x00;
    FatVolume.FatFile file = read(volume).good().orElseThrow().file("a").orElseThrow();
    assertThat(file.runs()).hasSize(3);
    byte[] read = Images.read(volume, file.runs());
    assertThat(read).hasSize(1536).startsWith(java.util.Arrays.copyOf(content, 512));
    assertThat(java.util.Arrays.copyOfRange(read, 512, 1024))
        .isEqualTo(java.util.Arrays.copyOfRange(content, 1024, 1536));
  }

  @Test
  void neverThrowsAndNeverLoopsWhateverIsWrong() throws IOException {
    byte[] good = volume(new FatLayout.Shape(FatVolume.Kind.FAT12, 1));
    byte[] wide = Images.fat(Images.trixie());
    var random = new Random(20261125);
    for (int i = 0; i < 4_000; i++) {
      byte[] volume = (i % 4 == 0 ? wide : good).clone();
      int area = i % 3 == 0 ? 64 : Math.min(volume.length, 12_000);
      for (int n = 1 + random.nextInt(8); n > 0; n--) {
        volume[random.nextInt(area)] = (byte) random.nextInt(256);
      }
      switch (read(volume)) {
        case Parsed.Bad<FatVolume>(String defect) -> assertThat(defect).isNotBlank();
        case Parsed.Good<FatVolume>(FatVolume v) ->
            v.files().values().forEach(f -> Images.read(volume, f.runs()));
      }
    }
    for (int length = 0; length < 3_000; length += 7) {
      assertThat(read(java.util.Arrays.copyOf(good, length))).isInstanceOf(Parsed.Bad.class);
    }
  }
}
