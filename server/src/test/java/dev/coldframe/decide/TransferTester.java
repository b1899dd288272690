package dev.coldframe.decide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.testkit.TftpPeer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/// Drives a transfer in virtual time. What is sent waits until the test expects it; leftovers fail
/// in [#expectNothing].
final class TransferTester {
  private final TftpTransfer transfer;
  private final Deque<String> sent = new ArrayDeque<>();
  private long now = 5_000_000_000L;

  private TransferTester(TftpTransfer transfer) {
    this.transfer = transfer;
    take(transfer.start(now));
  }

  /// A transfer that begins now.
  ///
  /// @param options name, value, name, value …
  static TransferTester start(long sizeBytes, Patience patience, String... options) {
    TftpOptions taken = TftpOptions.of(TftpPeer.optionsOf(options), 65_536, true);
    return new TransferTester(new TftpTransfer(taken, sizeBytes, patience));
  }

  private void take(TftpTransfer.Send send) {
    switch (send) {
      case NOTHING -> {}
      case OPTIONS -> sent.add("options");
      case BLOCKS ->
          sent.add(
              transfer.blockCount() == 1
                  ? "block " + transfer.firstBlock()
                  : "blocks "
                      + transfer.firstBlock()
                      + "-"
                      + (transfer.firstBlock() + transfer.blockCount() - 1));
    }
  }

  /// An acknowledgement comes in.
  TransferTester receive(int block) {
    take(transfer.acknowledge(block, now));
    return this;
  }

  /// An error comes in.
  TransferTester receiveError(int code) {
    transfer.stop(code);
    return this;
  }

  /// The request comes in again.
  TransferTester receiveRequest() {
    take(transfer.repeat(now));
    return this;
  }

  /// Time passes; the timer is kept to the millisecond.
  TransferTester advance(Duration time) {
    long end = now + time.toNanos();
    while (now < end) {
      now = Math.min(end, now + 1_000_000);
      if (now >= transfer.wakeAt()) {
        take(transfer.wake(now));
      }
    }
    return this;
  }

  TransferTester advance(long millis) {
    return advance(Duration.ofMillis(millis));
  }

  TransferTester expectSend(String... expected) {
    for (String one : expected) {
      assertThat(sent.poll()).isEqualTo(one);
    }
    return this;
  }

  TransferTester expectNothing() {
    assertThat(sent).isEmpty();
    return this;
  }

  TransferTester expectState(TftpTransfer.State state) {
    expectNothing();
    assertThat(transfer.state()).isEqualTo(state);
    return this;
  }

  /// How often something was sent since the last expectation; forgets it.
  int countSent() {
    int count = sent.size();
    sent.clear();
    return count;
  }

  TftpTransfer transfer() {
    return transfer;
  }
}
