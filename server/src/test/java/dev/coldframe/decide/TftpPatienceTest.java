package dev.coldframe.decide;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// When a transfer sends again, and when it gives up.
class TftpPatienceTest {
  @Test
  @Tag("T-18")
  @Tag("B-13")
  void aSlowTimerBacksOffAndGivesUp() {
    TransferTester.start(20_000, Patience.SLOW, "blksize", "1024")
        .expectSend("options")
        .receive(0)
        .expectSend("block 1")
        .advance(999)
        .expectNothing()
        .advance(1)
        .expectSend("block 1")
        .advance(1_999)
        .expectNothing()
        .advance(1)
        .expectSend("block 1")
        .advance(4_000)
        .expectSend("block 1")
        .advance(8_000)
        .expectSend("block 1")
        .advance(8_000)
        .expectSend("block 1")
        .advance(Duration.ofMinutes(5))
        .expectState(TftpTransfer.State.SILENT);
  }

  @Test
  @Tag("T-18")
  void aMeasuredTimerFollowsTheRoundTrip() {
    TransferTester t = TransferTester.start(512 * 100, Patience.MEASURED);
    for (int block = 1; block <= 50; block++) {
      t.expectSend("block " + block).advance(50).receive(block);
    }
    t.expectSend("block 51").advance(69).expectNothing().advance(3).expectSend("block 51");
    t.advance(137).expectNothing().advance(6).expectSend("block 51");
  }

  @Test
  @Tag("T-18")
  void aMeasuredTimerHasAFloorAndAFirstGuess() {
    TransferTester.start(512 * 100, Patience.MEASURED)
        .expectSend("block 1")
        .advance(999)
        .expectNothing()
        .receive(1)
        .expectSend("block 2")
        .advance(999)
        .expectNothing();
    TransferTester t = TransferTester.start(512 * 100, Patience.MEASURED);
    for (int block = 1; block <= 50; block++) {
      t.expectSend("block " + block).receive(block);
    }
    t.expectSend("block 51").advance(19).expectNothing().advance(1).expectSend("block 51");
  }

  @Test
  void whatWasSentTwiceIsNotMeasured() {
    TransferTester t = TransferTester.start(512 * 100, Patience.MEASURED);
    for (int block = 1; block <= 50; block++) {
      t.expectSend("block " + block).receive(block);
    }
    t.expectSend("block 51").advance(20).expectSend("block 51").advance(15).receive(51);
    t.expectSend("block 52").advance(19).expectNothing().advance(1).expectSend("block 52");
  }

  @Test
  @Tag("T-10")
  void theClientsOwnTimeoutIsKept() {
    TransferTester.start(20_000, Patience.MEASURED, "timeout", "3")
        .expectSend("options")
        .receive(0)
        .expectSend("block 1")
        .receive(1)
        .expectSend("block 2")
        .advance(2_999)
        .expectNothing()
        .advance(1)
        .expectSend("block 2");
  }

  @Test
  @Tag("T-29")
  void aPeerThatNeverSpeaksAgainGetsOneBlockAFewTimes() {
    TransferTester t = TransferTester.start(1_000_000, Patience.MEASURED);
    t.advance(Duration.ofMinutes(10));
    for (int i = 0; i <= TftpTransfer.MAX_FIRST_RESENDS; i++) {
      t.expectSend("block 1");
    }
    t.expectState(TftpTransfer.State.SILENT);
  }

  @Test
  @Tag("T-18")
  void aPeerThatFallsSilentGetsItsWindowAFewTimes() {
    TransferTester t =
        TransferTester.start(512_000, Patience.MEASURED, "windowsize", "8")
            .expectSend("options")
            .receive(0)
            .expectSend("blocks 1-8")
            .receive(8);
    int sent = t.advance(Duration.ofMinutes(10)).countSent();
    assertThat(sent).isBetween(3, TftpTransfer.MAX_RESENDS + 1);
    t.expectState(TftpTransfer.State.SILENT);
  }

  @Test
  @Tag("T-30")
  void blocksThatNeverArriveAreToldFromAPeerThatIsGone() {
    TransferTester gone = TransferTester.start(9_999, Patience.SLOW, "blksize", "1468");
    gone.advance(Duration.ofMinutes(2)).countSent();
    assertThat(gone.transfer().noBlockArrived()).isFalse();
    TransferTester narrow = TransferTester.start(9_999, Patience.SLOW, "blksize", "1468");
    narrow.receive(0).advance(Duration.ofMinutes(2)).countSent();
    assertThat(narrow.transfer().noBlockArrived()).isTrue();
  }
}
