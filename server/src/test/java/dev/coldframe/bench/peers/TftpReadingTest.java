package dev.coldframe.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coldframe.net.Bytes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class TftpReadingTest {
  private final TftpReading reading = new TftpReading(1024, 3);

  private static ByteBuffer block(int number, int bytes) {
    return ByteBuffer.allocate(4 + bytes).putShort((short) 3).putShort((short) number).rewind();
  }

  private TftpReading.Step take(int operation, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    return reading.take(
        ByteBuffer.allocate(2 + bytes.length).putShort((short) operation).put(bytes).flip());
  }

  private void agreeOnAWindow() {
    assertThat(take(6, "tsize\0" + "9000\0blksize\0" + "1024\0windowsize\0" + "3\0").answer())
        .isEqualTo(Bytes.of(0, 4, 0, 0));
  }

  private static TftpReading.Step step(int acknowledged, int bytes, boolean again, boolean done) {
    return new TftpReading.Step(
        Bytes.of(0, 4, acknowledged >>> 8, acknowledged & 255), bytes, again, done);
  }

  private void silent(TftpReading.Step step, int bytes, boolean again) {
    assertThat(step).isEqualTo(new TftpReading.Step(Bytes.EMPTY, bytes, again, false));
  }

  private void says(TftpReading.Step step, TftpReading.Step expected) {
    assertThat(step).isEqualTo(expected);
  }

  @Test
  void itAsksForSizeBlocksAndAWindow() {
    assertThat(reading.request("kernel8.img").text(StandardCharsets.US_ASCII))
        .isEqualTo(
            "\0\1kernel8.img\0octet\0tsize\0" + "0\0blksize\0" + "1024\0windowsize\0" + "3\0");
    assertThat(new TftpReading(512, 1).request("a").text(StandardCharsets.US_ASCII))
        .doesNotContain("windowsize");
  }

  @Test
  void aWindowIsAcknowledgedAtItsEndAndTheFileAtItsOwn() {
    agreeOnAWindow();
    silent(reading.take(block(1, 1024)), 1024, false);
    silent(reading.take(block(2, 1024)), 1024, false);
    says(reading.take(block(3, 1024)), step(3, 1024, false, false));
    says(reading.take(block(4, 0)), step(4, 0, false, true));
  }

  @Test
  void aGapIsToldOnceAndWhatWasSentBehindItIsPassedOver() {
    agreeOnAWindow();
    silent(reading.take(block(1, 1024)), 1024, false);
    says(reading.take(block(3, 1024)), step(1, 0, false, false));
    silent(reading.take(block(4, 1024)), 0, false);
    silent(reading.take(block(2, 1024)), 1024, false);
    silent(reading.take(block(2, 1024)), 0, true);
    silent(reading.take(block(3, 1024)), 1024, false);
    says(reading.take(block(4, 1024)), step(4, 1024, false, false));
  }

  @Test
  void withoutAWindowEachBlockIsAcknowledgedADuplicateOnceMore() {
    says(reading.take(block(1, 512)), step(1, 512, false, false));
    says(reading.take(block(1, 512)), step(1, 0, true, false));
    says(reading.take(block(2, 511)), step(2, 511, false, true));
  }

  @Test
  void theCounterGoesOnAtZero() {
    for (int i = 1; i <= 0xffff; i++) {
      reading.take(block(i, 512));
    }
    says(reading.take(block(0, 512)), step(0, 512, false, false));
    says(reading.take(block(1, 512)), step(1, 512, false, false));
  }

  @Test
  void aNameThatIsNotThereIsTheEndAnythingElseAFailure() {
    assertThat(take(5, "\0\1no\0").done()).isTrue();
    assertThatThrownBy(() -> take(5, "\0\3full\0"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("error 3");
  }

  @Test
  void aPlanGoesThroughWords() {
    var plan = new TftpReaders.Plan(64, 1024, 1, 1000, 200, List.of("config.txt", "kernel8.img"));
    assertThat(TftpReaders.Plan.parse(plan.words())).isEqualTo(plan);
  }
}
