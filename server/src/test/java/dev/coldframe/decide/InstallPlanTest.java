package dev.coldframe.decide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.disk.BlockMap;
import dev.coldframe.disk.FatPatch;
import dev.coldframe.disk.Sha256;
import dev.coldframe.disk.WritePlan;
import dev.coldframe.net.Bytes;
import dev.coldframe.node.Permit;
import dev.coldframe.testkit.Images;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InstallPlanTest {
  private static final int CHUNK = BlockMap.CHUNK_BYTES;
  private static final long DISK_BYTES = 64L << 30;
  private static final Bytes MARK = Bytes.of(1, 2, 3);

  private static WritePlan plan;

  /// An image of 12 chunks: the third and the fourth are empty, the sixth is written over.
  @BeforeAll
  static void plan() throws IOException {
    byte[] image = Images.bytes(1, 12 * CHUNK);
    Arrays.fill(image, 2 * CHUNK, 4 * CHUNK, (byte) 0);
    var map = new BlockMap.Maker();
    for (int at = 0; at < image.length; at += CHUNK) {
      map.add(Arrays.copyOfRange(image, at, at + CHUNK), CHUNK);
    }
    plan =
        WritePlan.of(
            map.map(),
            Images.source(image),
            List.of(new FatPatch.Write(5L * CHUNK + 7, MARK)),
            Optional.empty());
  }

  private static List<String> lines(boolean goesOn, boolean verify) {
    var permit = new Permit("/dev/sda", "disk", "image", goesOn, Optional.empty());
    return List.of(InstallPlan.text(plan, permit, DISK_BYTES, MARK, verify).split("\n", -1));
  }

  private static List<String> of(List<String> lines, String... verbs) {
    return lines.stream().filter(l -> List.of(verbs).contains(l.split(" ", 2)[0])).toList();
  }

  private static String hash(int chunk) {
    return plan.chunks().get(chunk).sha256().hex();
  }

  @Test
  void whatTheImageHasComesInRunsAndTheRestByItself() {
    assertThat(of(lines(false, true), "chunk", "run", "empty"))
        .containsExactly(
            "chunk 0 0 %d %s".formatted(CHUNK, hash(0)),
            "run 1 1 %d %d".formatted(CHUNK, CHUNK),
            "empty %d %d".formatted(2 * CHUNK, 2 * CHUNK),
            "run 4 1 %d %d".formatted(4 * CHUNK, CHUNK),
            "chunk 5 %d %d %s".formatted(5 * CHUNK, CHUNK, hash(5)),
            "run 6 6 %d %d".formatted(6 * CHUNK, 6 * CHUNK));
  }

  /// What is not read back must be held against its hash before it is written, and what is there
  /// already need not be sent.
  @ParameterizedTest
  @CsvSource({"true, true", "false, false", "true, false"})
  void thereAreNoRunsWhereNothingIsReadBackOrMuchIsThere(boolean goesOn, boolean verify) {
    List<String> lines = lines(goesOn, verify);
    assertThat(of(lines, "run")).isEmpty();
    assertThat(of(lines, "chunk")).hasSize(10).contains("chunk 11 46137344 4194304 " + hash(11));
    assertThat(of(lines, "read")).hasSize(verify ? 1 : 0);
    assertThat(lines.getFirst()).isEqualTo("disk /dev/sda " + (goesOn ? 1 : 0) + " 68719476736");
  }

  @Test
  void everyChunkIsReadBackBeforeTheBootRecord() {
    List<String> lines = lines(false, true);
    var expected = new ArrayList<String>();
    for (int i = 0; i < 12; i++) {
      if (i == 2) {
        expected.add("verify 2 %d %d empty".formatted(2 * CHUNK, 2 * CHUNK));
      } else if (i != 3) {
        expected.add("verify %d %d %d %s".formatted(i, i * CHUNK, CHUNK, hash(i)));
      }
    }
    String head = Sha256.of(plan.head().toArray(), plan.head().size()).hex();
    expected.addAll(List.of("read", "head " + head, "end", ""));
    assertThat(lines.subList(lines.size() - expected.size(), lines.size())).isEqualTo(expected);
  }

  @Test
  void aRunIsNoLongerThanOneAnswer() {
    assertThat(plan.run(6, WritePlan.MAX_RUN)).isEqualTo(6);
    assertThat(plan.run(6, 4)).isEqualTo(4);
    assertThat(plan.run(2, WritePlan.MAX_RUN)).isZero();
    assertThat(plan.run(5, WritePlan.MAX_RUN)).isZero();
    assertThat(plan.run(12, WritePlan.MAX_RUN)).isZero();
    assertThat(plan.run(9_999_999, WritePlan.MAX_RUN)).isZero();
  }
}
