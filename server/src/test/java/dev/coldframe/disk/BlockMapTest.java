package dev.coldframe.disk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.net.ByteRange;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/// Where data lies.
class BlockMapTest {
  private static final int CHUNK = BlockMap.CHUNK_BYTES;
  private static final int GRANULE = BlockMap.GRANULE_BYTES;

  @Test
  void tellsDataFromEmptiness() {
    byte[] image = new byte[2 * CHUNK + 1000];
    image[0] = 1;
    image[CHUNK - 1] = 1;
    image[CHUNK] = 1;
    image[image.length - 1] = 1;
    BlockMap map = map(image);
    assertThat(map.sizeBytes()).isEqualTo(image.length);
    assertThat(map.data())
        .containsExactly(
            new ByteRange(0, GRANULE),
            new ByteRange(CHUNK - GRANULE, 2L * GRANULE),
            new ByteRange(2L * CHUNK, 1000));
    assertThat(map.empty())
        .containsExactly(
            new ByteRange(GRANULE, CHUNK - 2L * GRANULE),
            new ByteRange(CHUNK + GRANULE, CHUNK - GRANULE));
    assertThat(map.dataBytes()).isEqualTo(3L * GRANULE + 1000);
    assertThat(map.chunks()).hasSize(3);
    assertThat(map.chunks().get(2))
        .isEqualTo(Sha256.of(Arrays.copyOfRange(image, 2 * CHUNK, image.length), 1000));
  }

  @Test
  void knowsTheHashOfAnEmptyChunk() {
    assertThat(map(new byte[CHUNK]).chunks()).containsExactly(BlockMap.EMPTY_CHUNK);
    assertThat(Sha256.of(new byte[CHUNK], CHUNK)).isEqualTo(BlockMap.EMPTY_CHUNK);
    assertThat(map(new byte[10]).chunks()).containsExactly(Sha256.of(new byte[10], 10));
    assertThat(map(new byte[CHUNK]).empty()).containsExactly(new ByteRange(0, CHUNK));
  }

  private static BlockMap map(byte[] image) {
    var maker = new BlockMap.Maker();
    for (int at = 0; at < image.length; at += CHUNK) {
      byte[] chunk = Arrays.copyOfRange(image, at, Math.min(at + CHUNK, image.length));
      maker.add(Arrays.copyOf(chunk, CHUNK), chunk.length);
    }
    return maker.map();
  }
}
