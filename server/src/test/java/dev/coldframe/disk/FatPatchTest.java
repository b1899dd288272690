package dev.coldframe.disk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.net.ByteRange;
import dev.coldframe.net.Bytes;
import dev.coldframe.testkit.Images;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Files put into a volume that exists.
class FatPatchTest {
  private static final int AT = 4096;

  private static byte[] disk(FatVolume.Kind kind) {
    var shape = new FatLayout.Shape(kind, 1);
    var sources = new ArrayList<FatLayout.Source>();
    Images.trixie().forEach((p, bytes) -> sources.add(new FatLayout.Source(p, bytes.length)));
    sources.add(new FatLayout.Source("room", 400_000));
    var files = new LinkedHashMap<>(Images.trixie());
    files.put("room", new byte[400_000]);
    FatLayout layout =
        FatLayout.of(sources, new FatLayout.Name("BOOTFS", 7), shape).good().orElseThrow();
    byte[] volume = Images.fat(layout, files);
    byte[] out = new byte[AT + volume.length + 512];
    Arrays.fill(out, (byte) 0x77);
    System.arraycopy(volume, 0, out, AT, volume.length);
    return out;
  }

  private static ByteRange area(byte[] disk) {
    return new ByteRange(AT, disk.length - AT - 512);
  }

  private static Parsed<FatPatch> patch(byte[] disk, SequencedMap<String, Bytes> files)
      throws IOException {
    return FatPatch.of(Images.source(disk), area(disk), files);
  }

  private static byte[] apply(byte[] disk, FatPatch patch) {
    byte[] out = disk.clone();
    patch.writes().forEach(write -> write.bytes().copyTo(out, (int) write.at()));
    return out;
  }

  private static SequencedMap<String, Bytes> seed() {
    var out = new LinkedHashMap<String, Bytes>();
    out.put("room", Bytes.EMPTY);
    out.put("user-data", Bytes.wrap(Images.bytes(21, 5_000)));
    out.put("a-file-with-a-rather-long-name.txt", Bytes.wrap(Images.bytes(22, 513)));
    out.put("CMDLINE.TXT", Bytes.wrap(Images.text("one line\n")));
    out.put("overlays/new.dtbo", Bytes.wrap(Images.bytes(23, 700)));
    out.put("ssh", Bytes.EMPTY);
    for (int i = 0; i < 40; i++) {
      out.put("overlays/one-of-many-overlays-" + i + ".dtbo", Bytes.wrap(Images.bytes(i, 10)));
    }
    return out;
  }

  @ParameterizedTest
  @EnumSource
  void whatWasPutInIsThereAndTheRestStays(FatVolume.Kind kind) throws IOException {
    byte[] before = disk(kind);
    FatPatch patch = patch(before, seed()).good().orElseThrow();
    byte[] after = apply(before, patch);
    FatVolume volume = FatVolume.read(Images.source(after), area(after)).good().orElseThrow();
    assertThat(volume.label()).isEqualTo("BOOTFS");
    assertThat(volume.volumeId()).isEqualTo(7);
    for (Map.Entry<String, Bytes> file : seed().entrySet()) {
      assertThat(Images.read(after, volume.file(file.getKey()).orElseThrow().runs()))
          .as(file.getKey())
          .isEqualTo(file.getValue().toArray());
    }
    for (String path : List.of("kernel8.img", "overlays/README", "start4.elf")) {
      assertThat(Images.read(after, volume.file(path).orElseThrow().runs()))
          .isEqualTo(Objects.requireNonNull(Images.trixie().get(path)));
    }
    assertThat(volume.file("cmdline.txt").orElseThrow().path()).isEqualTo("cmdline.txt");
    assertThat(Arrays.copyOf(after, AT)).isEqualTo(Arrays.copyOf(before, AT));
    assertThat(after[after.length - 1]).isEqualTo((byte) 0x77);
    assertThat(patch(before, seed())).isEqualTo(new Parsed.Good<>(patch));
  }

  @Test
  void nothingIsWrittenForNothing() throws IOException {
    assertThat(patch(disk(FatVolume.Kind.FAT12), new LinkedHashMap<>()))
        .isEqualTo(new Parsed.Good<>(new FatPatch(List.of())));
  }

  @Test
  void saysWhyNot() throws IOException {
    byte[] disk = disk(FatVolume.Kind.FAT12);
    assertThat(one(disk, "absent/a", 1))
        .isEqualTo(new Parsed.Bad<>("no such folder in the volume"));
    assertThat(one(disk, "overlays", 1)).isEqualTo(new Parsed.Bad<>("a folder has that name"));
    assertThat(one(disk, "a:b", 1)).isEqualTo(new Parsed.Bad<>("a name that FAT has no room for"));
    assertThat(one(disk, "a", 3 << 20)).isEqualTo(new Parsed.Bad<>("the volume is full"));
    assertThat(one(new byte[100_000], "a", 1)).isEqualTo(new Parsed.Bad<>("no FAT file system"));
    var many = new LinkedHashMap<String, Bytes>();
    for (int i = 0; i < 100; i++) {
      many.put("FILE" + i, Bytes.EMPTY);
    }
    assertThat(patch(disk, many)).isEqualTo(new Parsed.Bad<>("the root folder is full"));
  }

  private static Parsed<FatPatch> one(byte[] disk, String path, int size) throws IOException {
    var files = new LinkedHashMap<String, Bytes>();
    files.put(path, Bytes.wrap(new byte[size]));
    return patch(disk, files);
  }
}
