package dev.coldframe.decide;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TftpTransferTest {
  private static TransferTester windowed(long blocks, int window) {
    return TransferTester.start(
            blocks * 512 - 1, Patience.MEASURED, "windowsize", Integer.toString(window))
        .expectSend("options")
        .receive(0);
  }

  @ParameterizedTest
  @Tag("T-01")
  @CsvSource({"0, 1, 0", "1, 1, 1", "511, 1, 511", "512, 2, 0", "513, 2, 1", "5120, 11, 0"})
  void theLastBlockIsShorterThanTheOthers(long sizeBytes, int blocks, int lastLength) {
    TransferTester t = TransferTester.start(sizeBytes, Patience.SLOW);
    for (int block = 1; block <= blocks; block++) {
      t.expectSend("block " + block);
      assertThat(t.transfer().positionOf(block)).isEqualTo((block - 1) * 512L);
      assertThat(t.transfer().lengthOf(block)).isEqualTo(block < blocks ? 512 : lastLength);
      t.receive(block);
    }
    t.expectState(TftpTransfer.State.SERVED);
    assertThat(t.transfer().arrivedBytes()).isEqualTo(sizeBytes);
  }

  @Test
  void theFirstBlockWaitsForTheOptionsToBeAcknowledged() {
    TransferTester.start(2_000, Patience.SLOW, "blksize", "1024")
        .expectSend("options")
        .receive(1)
        .expectNothing()
        .receive(0)
        .expectSend("block 1")
        .receive(1)
        .expectSend("block 2")
        .receive(2)
        .expectState(TftpTransfer.State.SERVED);
  }

  @Test
  @Tag("T-13")
  void withoutAKnownOptionTheFirstAnswerIsBlock1() {
    TransferTester.start(2_000, Patience.SLOW, "multicast", "", "blksize", "7")
        .expectSend("block 1")
        .expectNothing();
  }

  @Test
  @Tag("T-14")
  void aRepeatedRequestGetsTheSameAnswer() {
    TransferTester.start(2_000, Patience.SLOW, "tsize", "0")
        .expectSend("options")
        .receiveRequest()
        .expectSend("options")
        .receive(0)
        .expectSend("block 1")
        .receiveRequest()
        .expectNothing();
  }

  @Test
  @Tag("T-14")
  void aClientThatBeganAgainGetsTheFileFromItsStart() {
    TransferTester.start(2_000, Patience.SLOW)
        .expectSend("block 1")
        .receive(1)
        .expectSend("block 2")
        .advance(TftpTransfer.RESTART_AFTER.minusMillis(1))
        .receiveRequest()
        .expectNothing()
        .advance(1)
        .expectSend("block 2")
        .receiveRequest()
        .expectSend("block 1")
        .receive(1)
        .expectSend("block 2");
  }

  @Test
  void aRequestAfterTheLastBlockMeansThatItArrived() {
    TransferTester t = TransferTester.start(600, Patience.SLOW).expectSend("block 1");
    assertThat(t.transfer().finishing()).isFalse();
    t.receive(1).expectSend("block 2");
    assertThat(t.transfer().finishing()).isTrue();
    t.transfer().supersede();
    t.expectState(TftpTransfer.State.SERVED);
    assertThat(t.transfer().arrivedBytes()).isEqualTo(600);
  }

  @Test
  void aRequestBeforeTheLastBlockMeansThatTheClientGaveUp() {
    TransferTester t = TransferTester.start(600, Patience.SLOW).expectSend("block 1");
    t.transfer().supersede();
    t.expectState(TftpTransfer.State.OFFERED);
    TransferTester probe = TransferTester.start(5, Patience.SLOW, "tsize", "0");
    probe.expectSend("options").transfer().supersede();
    probe.expectState(TftpTransfer.State.OFFERED);
  }

  @ParameterizedTest
  @Tag("T-15")
  @Tag("B-05")
  @ValueSource(ints = {0, 8})
  void optionsAnsweredByAnErrorWereAProbe(int code) {
    TransferTester.start(2_000, Patience.SLOW, "tsize", "0")
        .expectSend("options")
        .receiveError(code)
        .expectState(TftpTransfer.State.PROBED)
        .advance(Duration.ofMinutes(1))
        .receive(0)
        .receiveRequest()
        .expectState(TftpTransfer.State.PROBED);
  }

  @ParameterizedTest
  @Tag("T-20")
  @CsvSource({"0", "3", "4", "8", "65535"})
  void anErrorLaterEndsTheTransferWithoutAnAnswer(int code) {
    TransferTester.start(2_000, Patience.MEASURED)
        .expectSend("block 1")
        .receive(1)
        .expectSend("block 2")
        .receiveError(code)
        .expectState(TftpTransfer.State.STOPPED)
        .advance(Duration.ofMinutes(1))
        .receive(2)
        .expectState(TftpTransfer.State.STOPPED);
  }

  @ParameterizedTest
  @Tag("T-16")
  @EnumSource(Patience.class)
  void aDuplicateAcknowledgementSendsNothing(Patience patience) {
    TransferTester t = TransferTester.start(512 * 1_000, patience);
    for (int block = 1; block <= 1_000; block++) {
      t.expectSend("block " + block).receive(block - 1).receive(block).receive(block);
    }
    assertThat(t.expectSend("block 1001").countSent()).isZero();
  }

  @ParameterizedTest
  @Tag("T-17")
  @ValueSource(ints = {0, 1, 4, 6, 7, 100, 32_768, 65_535})
  void anAcknowledgementOfABlockThatIsNotInFlightIsIgnored(int block) {
    TransferTester t = TransferTester.start(20_000, Patience.SLOW);
    for (int i = 1; i <= 4; i++) {
      t.expectSend("block " + i).receive(i);
    }
    t.expectSend("block 5").receive(block).expectNothing().receive(5).expectSend("block 6");
  }

  @Test
  @Tag("T-21")
  void aWindowIsSentWholeAndTheNextOnItsLastAcknowledgement() {
    windowed(20, 8)
        .expectSend("blocks 1-8")
        .receive(8)
        .expectSend("blocks 9-16")
        .receive(16)
        .expectSend("blocks 17-20")
        .receive(20)
        .expectState(TftpTransfer.State.SERVED);
  }

  @Test
  @Tag("T-21")
  void aLostBlockMovesTheWindowBehindWhatArrived() {
    windowed(20, 8)
        .expectSend("blocks 1-8")
        .receive(2)
        .expectSend("blocks 3-10")
        .receive(2)
        .expectNothing()
        .receive(8)
        .expectSend("blocks 9-16")
        .receive(3)
        .expectNothing();
  }

  @Test
  @Tag("T-21")
  void aLostLastBlockIsSentAfterTheTimeout() {
    windowed(20, 8)
        .expectSend("blocks 1-8")
        .receive(8)
        .expectSend("blocks 9-16")
        .receive(16)
        .expectSend("blocks 17-20")
        .receive(19)
        .expectSend("block 20")
        .advance(20)
        .expectSend("block 20")
        .receive(20)
        .expectState(TftpTransfer.State.SERVED);
  }

  @ParameterizedTest
  @Tag("T-22")
  @Tag("B-08")
  @ValueSource(ints = {65_535, 65_536, 131_072, 200_001})
  void blockNumbersWrapToZeroInLockStep(int blocks) {
    TransferTester t = TransferTester.start(blocks * 8L - 1, Patience.SLOW, "blksize", "8");
    t.expectSend("options").receive(0);
    for (int block = 1; block <= blocks; block++) {
      t.expectSend("block " + block).receive((block - 1) & 0xffff).receive(block & 0xffff);
    }
    t.expectState(TftpTransfer.State.SERVED);
  }

  @Test
  @Tag("T-22")
  void aWindowMayLieAcrossTheWrap() {
    TransferTester t = windowed(70_000, 64);
    for (int block = 64; block < 65_536; block += 64) {
      t.expectSend("blocks " + (block - 63) + "-" + block).receive(block);
    }
    t.expectSend("blocks 65473-65536").receive(65_534).expectSend("blocks 65535-65598");
    t.receive(0).expectSend("blocks 65537-65600").receive(65_535).expectNothing();
  }

  @Test
  @Tag("B-07")
  void aLoaderThatStopsAtTheWrapIsNoticed() {
    TransferTester t = TransferTester.start(600_000, Patience.SLOW, "blksize", "8");
    t.expectSend("options").receive(0);
    for (int block = 1; block <= 65_535; block++) {
      t.expectSend("block " + block).receive(block);
    }
    t.advance(Duration.ofMinutes(2)).countSent();
    t.expectState(TftpTransfer.State.SILENT);
    assertThat(t.transfer().endedAtWrap()).isTrue();
  }

  @Test
  @Tag("T-30")
  void silenceTellsWhetherNothingOrOnlyTheBlocksDidNotArrive() {
    TransferTester unanswered = TransferTester.start(4_000, Patience.SLOW, "blksize", "1468");
    unanswered.advance(Duration.ofMinutes(2));
    assertThat(unanswered.transfer().neverAnswered()).isTrue();
    assertThat(unanswered.transfer().noBlockArrived()).isFalse();

    TransferTester narrow = TransferTester.start(4_000, Patience.SLOW, "blksize", "1468");
    narrow.receive(0).advance(Duration.ofMinutes(2));
    assertThat(narrow.transfer().neverAnswered()).isFalse();
    assertThat(narrow.transfer().noBlockArrived()).isTrue();

    TransferTester halfway = TransferTester.start(4_000, Patience.SLOW, "blksize", "1468");
    halfway.receive(0).receive(1).advance(Duration.ofMinutes(2));
    assertThat(halfway.transfer().neverAnswered()).isFalse();
    assertThat(halfway.transfer().noBlockArrived()).isFalse();
  }
}
