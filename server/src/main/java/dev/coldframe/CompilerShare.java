package dev.coldframe;

import dev.coldframe.store.Background.Share;
import dev.coldframe.store.Background.Usage;
import java.time.Duration;

/// What the virtual machine's optimising compiler gets of a processor that the answers want, too.
/// Boards that ask for an address wait with short patience, and a rack that powers on is served
/// before what the compiler makes has paid for what it takes: then it gets what is left over. A
/// load of addresses that lasts is served better once it had its turn. Files are served the sooner,
/// the sooner it is done.
final class CompilerShare {
  /// For how long addresses may keep it waiting.
  static final Duration PATIENCE = Duration.ofMillis(3_500);

  /// Addresses take more than this share of a processor: one part in so many.
  private static final int BUSY = 5;

  /// Enough was left over for it: one part in so many. With less than that during its turn, and
  /// nothing to do at the moment, it is done.
  private static final int ENOUGH = 10;

  private Usage addresses;
  private Usage compiler;
  private Duration kept = Duration.ZERO;
  private boolean turn;

  /// @param addresses the threads that answer DHCP
  /// @param compiler the compiler's
  CompilerShare(Usage addresses, Usage compiler) {
    this.addresses = addresses;
    this.compiler = compiler;
  }

  /// Looks again.
  ///
  /// @param elapsed since the look before
  /// @return what it gets until the next look
  Share look(Duration elapsed, Usage addressesNow, Usage compilerNow) {
    Duration answered = addressesNow.ran().minus(addresses.ran());
    Duration compiled = compilerNow.ran().minus(compiler.ran());
    addresses = addressesNow;
    compiler = compilerNow;
    if (answered.compareTo(elapsed.dividedBy(BUSY)) < 0) {
      kept = less(kept, elapsed);
      return Share.EQUAL;
    }
    boolean little = compiled.compareTo(elapsed.dividedBy(ENOUGH)) < 0;
    if (turn) {
      turn = !little || compilerNow.wants();
    } else {
      kept = little && compilerNow.wants() ? kept.plus(elapsed) : less(kept, elapsed);
      if (kept.compareTo(PATIENCE) >= 0) {
        turn = true;
        kept = Duration.ZERO;
      }
    }
    return turn ? Share.EQUAL : Share.NONE;
  }

  private static Duration less(Duration from, Duration by) {
    return from.compareTo(by) > 0 ? from.minus(by) : Duration.ZERO;
  }
}
