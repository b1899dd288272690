package dev.coldframe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.disk.FatLayout;
import dev.coldframe.disk.FatPatch;
import dev.coldframe.disk.FatVolume;
import dev.coldframe.disk.Parsed;
import dev.coldframe.net.ByteRange;
import dev.coldframe.net.Bytes;
import dev.coldframe.testkit.Images;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// FAT volumes against mtools, mkfs.vfat and fsck.vfat: they read what we write, we read what they
/// write.
@Tag("real")
class FatToolsTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  @TempDir Path folder;

  private static String run(String... words) {
    return Command.run(LIMIT, words).text();
  }

  private static Map<String, byte[]> files(int kernelBytes) {
    var out = new LinkedHashMap<>(Images.trixie());
    out.put("kernel_2712.img", Images.bytes(11, kernelBytes));
    out.put("EMPTY", new byte[0]);
    out.put("UPPER.TXT", Images.text("upper"));
    out.put("Mixed Case Name With Blanks.txt", Images.text("long"));
    for (int i = 0; i < 300; i++) {
      out.put("overlays/some-longer-overlay-name-" + i + ".dtbo", Images.bytes(i, 100 + i * 7));
    }
    out.put("a/b/c/d/e/f/leaf", Images.text("deep"));
    return out;
  }

  /// Sizes that make FAT12, FAT16 with two cluster sizes, and FAT32.
  @TestFactory
  Stream<DynamicTest> othersReadWhatWeWrite() {
    return Stream.of(1_000, 7 << 20, 40 << 20, 140 << 20, 270 << 20)
        .map(size ->
            DynamicTest.dynamicTest(
                size + " bytes",
                () -> {
                  Map<String, byte[]> files = files(size);
                  var sources = new ArrayList<FatLayout.Source>();
                  files.forEach(
                      (path, bytes) -> sources.add(new FatLayout.Source(path, bytes.length)));
                  FatLayout layout =
                      FatLayout.of(sources, new FatLayout.Name("BOOT", 0x12345678))
                          .good()
                          .orElseThrow();
                  Path image = folder.resolve("boot-" + size + ".img");
                  Files.write(image, Images.fat(layout, files));
                  assertThat(run("fsck.vfat", "-n", "-v", image.toString()))
                      .doesNotContainIgnoringCase("differ")
                      .doesNotContainIgnoringCase("dirty");
                  Path out = Files.createDirectory(folder.resolve("out-" + size));
                  run("mcopy", "-s", "-n", "-i", image.toString(), "::/", out.toString());
                  for (Map.Entry<String, byte[]> file : files.entrySet()) {
                    assertThat(Files.readAllBytes(out.resolve(file.getKey())))
                        .as(file.getKey())
                        .isEqualTo(file.getValue());
                  }
                  assertThat(run("mlabel", "-s", "-i", image.toString(), "::")).contains("BOOT");
                  Files.delete(image);
                }));
  }

  @TestFactory
  Stream<DynamicTest> weReadWhatOthersWrite() {
    return Stream.of(
            List.of("12", "4"), List.of("16", "40"), List.of("32", "80"), List.of("32", "300"))
        .map(kind -> DynamicTest.dynamicTest("FAT" + kind, () -> check(kind)));
  }

  private void check(List<String> kind) throws IOException {
    Path image = folder.resolve("made-" + kind.getFirst() + "-" + kind.getLast() + ".img");
    Path in = folder.resolve("in-" + kind.getFirst() + "-" + kind.getLast());
    run("truncate", "-s", kind.getLast() + "M", image.toString());
    run("mkfs.vfat", "-F", kind.getFirst(), "-n", "bootfs", "-i", "4e639091", image.toString());
    Map<String, byte[]> files = files(700_000);
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Path path = in.resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.write(path, file.getValue());
    }
    // Holes left by deleted files make the later ones fragmented.
    run("mcopy", "-s", "-i", image.toString(), in.resolve("overlays").toString(), "::/");
    for (int i = 0; i < 300; i += 3) {
      run("mdel", "-i", image.toString(), "::/overlays/some-longer-overlay-name-" + i + ".dtbo");
    }
    var words = new ArrayList<>(List.of("mcopy", "-s", "-o", "-i", image.toString()));
    try (Stream<Path> all = Files.list(in)) {
      all.map(Path::toString).sorted().forEach(words::add);
    }
    words.add("::/");
    Command.run(LIMIT, words).text();
    byte[] bytes = Files.readAllBytes(image);
    Parsed<FatVolume> read = FatVolume.read(Images.source(bytes), new ByteRange(0, bytes.length));
    FatVolume volume = read.good().orElseThrow(() -> new AssertionError(read));
    assertThat(volume.kind()).isEqualTo(FatVolume.Kind.valueOf("FAT" + kind.getFirst()));
    assertThat(volume.volumeId()).isEqualTo(0x4e639091);
    assertThat(volume.label()).isEqualToIgnoringCase("bootfs");
    assertThat(volume.files().keySet()).containsExactlyInAnyOrderElementsOf(files.keySet());
    files.forEach((path, content) ->
        assertThat(Images.read(bytes, volume.file(path).orElseThrow().runs()))
            .as(path)
            .isEqualTo(content));
  }

  /// Two copies of the FAT, FSInfo, names with the case bits that mtools writes.
  @TestFactory
  Stream<DynamicTest> othersReadAVolumeThatWeChanged() {
    return Stream.of(List.of("12", "4"), List.of("16", "40"), List.of("32", "80"))
        .map(kind -> DynamicTest.dynamicTest("FAT" + kind, () -> change(kind)));
  }

  private void change(List<String> kind) throws IOException {
    check(kind);
    Path image = folder.resolve("made-" + kind.getFirst() + "-" + kind.getLast() + ".img");
    byte[] bytes = Files.readAllBytes(image);
    var seed = new LinkedHashMap<String, Bytes>();
    seed.put("user-data", Bytes.wrap(Images.bytes(31, 9_000)));
    seed.put("config.txt", Bytes.wrap(Images.bytes(32, 4_000)));
    seed.put("UPPER.TXT", Bytes.EMPTY);
    seed.put("ssh", Bytes.EMPTY);
    for (int i = 0; i < 30; i++) {
      seed.put("overlays/added-by-us-" + i + ".dtbo", Bytes.wrap(Images.bytes(i, 300)));
    }
    FatPatch.of(Images.source(bytes), new ByteRange(0, bytes.length), seed)
        .good()
        .orElseThrow()
        .writes()
        .forEach(write -> write.bytes().copyTo(bytes, (int) write.at()));
    Files.write(image, bytes);
    run("fsck.vfat", "-n", "-v", image.toString());
    Path out = Files.createDirectory(folder.resolve("changed-" + kind.getFirst()));
    run("mcopy", "-s", "-n", "-i", image.toString(), "::/", out.toString());
    Map<String, byte[]> expected = files(700_000);
    seed.forEach((path, content) -> expected.put(path, content.toArray()));
    for (Map.Entry<String, byte[]> file : expected.entrySet()) {
      assertThat(Files.readAllBytes(out.resolve(file.getKey())))
          .as(file.getKey())
          .isEqualTo(file.getValue());
    }
  }

  @Test
  void sfdiskTablesAreRead() throws IOException {
    for (String label : List.of("dos", "gpt")) {
      Path image = folder.resolve(label + ".img");
      run("truncate", "-s", "64M", image.toString());
      run(
          "sh",
          "-c",
          "printf 'label: "
              + label
              + "\\nstart=8192,size=32768\\nstart=40960\\n' | sfdisk -q "
              + image);
      byte[] bytes = Files.readAllBytes(image);
      var table = dev.coldframe.disk.PartitionTable.read(Images.source(bytes)).good().orElseThrow();
      assertThat(table.kind().name()).isEqualTo(label.equals("dos") ? "MBR" : "GPT");
      assertThat(table.partitions()).hasSize(2);
      assertThat(table.partitions().getFirst().area())
          .isEqualTo(new ByteRange(8192L * 512, 32768L * 512));
    }
  }
}
