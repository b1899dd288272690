package dev.coldframe;

import dev.coldframe.store.Background.Share;
import dev.coldframe.store.Background.Usage;
import java.time.Duration;

/// What the virtual machine's optimising compiler gets of a processor that the answers want, too.
/// Boards that ask for an address wait with short patience, and a rack that powers on before a cold
/// server is served before what the compiler makes has paid for what it takes: until it has been
/// kept waiting long enough, it gets what is left over. From then on, and whenever few addresses
/// are asked for, it gets as much as any other thread: load that lasts is served better once it is
/// done, and what it has to make again, because the load is another one, is missed at once.
final class CompilerShare {
  /// For how long addresses may keep it waiting, in all but for the time between them.
  static final Duration PATIENCE = Duration.ofMillis(3_500);

  /// Addresses take more than this share of a processor: one part in so many.
  private static final int BUSY = 5;

  /// Enough was left over for it: one part in so many.
  private static final int ENOUGH = 10;

  private Usage addresses;
  private Usage compiler;
  private Duration kept = Duration.ZERO;
  private boolean waited;

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
    boolean starved = compilerNow.wants() && compiled.compareTo(elapsed.dividedBy(ENOUGH)) < 0;
    kept = starved ? kept.plus(elapsed) : less(kept, elapsed);
    waited |= kept.compareTo(PATIENCE) >= 0;
    return waited ? Share.EQUAL : Share.NONE;
  }

  private static Duration less(Duration from, Duration by) {
    return from.compareTo(by) > 0 ? from.minus(by) : Duration.ZERO;
  }
}
