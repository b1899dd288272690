package dev.coldframe.disk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.net.ByteRange;
import dev.coldframe.net.Bytes;
import dev.coldframe.testkit.Images;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WritePlanTest {
  private static final int CHUNK = BlockMap.CHUNK_BYTES;
  private static final Bytes CHANGE = Bytes.of(1, 2, 3, 4);

  /// Data in the first and the last chunk, none in the second.
  private static byte[] image() {
    byte[] out = new byte[2 * CHUNK + 1000];
    System.arraycopy(Images.bytes(1, 1 << 20), 0, out, 0, 1 << 20);
    System.arraycopy(Images.bytes(2, 1000), 0, out, 2 * CHUNK, 1000);
    return out;
  }

  private static BlockMap map(byte[] image) {
    var maker = new BlockMap.Maker();
    for (int at = 0; at < image.length; at += CHUNK) {
      byte[] chunk = Arrays.copyOfRange(image, at, at + CHUNK);
      maker.add(chunk, Math.min(CHUNK, image.length - at));
    }
    return maker.map();
  }

  private static WritePlan plan(byte[] image, FatPatch.Write... changes) throws IOException {
    return WritePlan.of(map(image), Images.source(image), List.of(changes), Optional.empty());
  }

  /// Carries the plan out on a disk full of something else, as the installer does.
  private static byte[] written(byte[] image, FatPatch.Write... changes) throws IOException {
    WritePlan plan = plan(image, changes);
    ByteSource source = WritePlan.changed(Images.source(image), List.of(changes));
    byte[] disk = new byte[image.length + 5000];
    Arrays.fill(disk, (byte) 0xa5);
    for (WritePlan.Chunk chunk : plan.chunks()) {
      byte[] bytes =
          chunk.empty() ? new byte[chunk.length()] : WritePlan.bytes(chunk, source).toArray();
      assertThat(Sha256.of(bytes, bytes.length)).isEqualTo(chunk.sha256());
      System.arraycopy(bytes, 0, disk, (int) chunk.at(), bytes.length);
    }
    assertThat(Arrays.copyOf(disk, WritePlan.HEAD_BYTES))
        .as("no boot record before the rest is there")
        .isEqualTo(new byte[WritePlan.HEAD_BYTES]);
    plan.head().copyTo(disk, 0);
    return disk;
  }

  @Test
  void whatIsWrittenIsTheImage() throws IOException {
    byte[] image = image();
    byte[] disk = written(image);
    assertThat(Arrays.copyOf(disk, image.length)).isEqualTo(image);
    assertThat(disk[image.length]).as("behind the image").isEqualTo((byte) 0xa5);
  }

  @Test
  void changesLieOverTheImageInAnyChunk() throws IOException {
    byte[] image = image();
    for (int at : new int[] {100, 20_000, CHUNK - 2, CHUNK + 5, 2 * CHUNK, image.length - 4}) {
      byte[] expected = image.clone();
      CHANGE.copyTo(expected, at);
      assertThat(Arrays.copyOf(written(image, new FatPatch.Write(at, CHANGE)), image.length))
          .as("at " + at)
          .isEqualTo(expected);
    }
  }

  @Test
  void onlyWhatIsTouchedIsReadAgain() throws IOException {
    assertThat(plan(image()).chunks().stream().map(WritePlan.Chunk::changed))
        .containsExactly(true, false, false);
    assertThat(plan(image()).chunks().stream().map(WritePlan.Chunk::empty))
        .containsExactly(false, true, false);
    assertThat(plan(image(), new FatPatch.Write(CHUNK + 5, CHANGE)).chunks().get(1).empty())
        .isFalse();
  }

  @Test
  void aTinyImageHasABootRecordOfItsSize() throws IOException {
    byte[] image = Images.bytes(3, 700);
    assertThat(plan(image).head().size()).isEqualTo(700);
  }

  @Test
  void theRootIsTheLargestPartitionWithAnExtFileSystem() throws IOException {
    byte[] image = new byte[64 << 10];
    image[8192 + 1080] = 0x53;
    image[8192 + 1081] = (byte) 0xef;
    image[32_768 + 1080] = 0x53;
    image[32_768 + 1081] = (byte) 0xef;
    List<Partition> partitions =
        List.of(partition(1, 0, 8192), partition(2, 8192, 8192), partition(3, 32_768, 16_384));
    assertThat(ExtVolume.root(Images.source(image), partitions))
        .contains(new ByteRange(32_768, 16_384));
    assertThat(ExtVolume.root(Images.source(image), partitions.subList(0, 1))).isEmpty();
  }

  private static Partition partition(int number, long at, long length) {
    return new Partition(number, new ByteRange(at, length), "83", "", "x");
  }

  @Test
  void theMarkNeedsRoomBelowTheFirstPartition() {
    var early =
        new PartitionTable(
            PartitionTable.Kind.MBR, "0", List.of(partition(1, 32_256, 1 << 22)), false);
    var usual =
        new PartitionTable(
            PartitionTable.Kind.MBR, "0", List.of(partition(1, 1 << 20, 1 << 22)), false);
    List<ByteRange> none = List.of(new ByteRange(0, 65_536));
    List<ByteRange> over = List.of(new ByteRange(0, 65_536), new ByteRange(983_040, 65_536));
    assertThat(InstallMark.fits(usual, none, 1 << 23)).isTrue();
    assertThat(InstallMark.fits(early, none, 1 << 23)).isFalse();
    assertThat(InstallMark.fits(usual, over, 1 << 23)).isFalse();
    assertThat(InstallMark.fits(usual, none, 1 << 19)).isFalse();
  }
}
