package dev.coldframe.rehearse;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/// Counts what happens to a rack in a storm. Hears many threads; may be read at any time.
public final class StormWatch implements Listener {
  private static final long NEVER = 0;

  private final Map<String, At> at = new ConcurrentHashMap<>();
  private final LongAdder bytes = new LongAdder();
  private final LongAdder repeated = new LongAdder();
  private final LongAdder well = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final AtomicLong began = new AtomicLong(NEVER);
  private final AtomicLong ended = new AtomicLong(NEVER);

  /// How far a board has come in a file.
  private record At(String path, long bytes) {}

  /// How it stands.
  ///
  /// @param well boards that ended well
  /// @param failed boards that did not
  /// @param bytes what all of them have loaded, also twice
  /// @param repeated requests that were sent again because nothing came in time
  /// @param elapsed from the first board's power-on to the last end of a board; while no board is
  ///   done, zero
  public record Count(long well, long failed, long bytes, long repeated, Duration elapsed) {}

  @Override
  public void stage(String node, String stage) {
    began.compareAndSet(NEVER, System.nanoTime());
  }

  /// Each board tells of its files one after another.
  @Override
  public void file(String node, String path, long doneBytes, long totalBytes) {
    At before = at.put(node, new At(path, doneBytes));
    boolean goesOn = before != null && before.path.equals(path) && before.bytes <= doneBytes;
    bytes.add(doneBytes - (goesOn ? before.bytes : 0));
  }

  @Override
  public void repeated(String node) {
    repeated.increment();
  }

  @Override
  public void finished(BootResult result) {
    ended.set(System.nanoTime());
    (result.ok() ? well : failed).increment();
  }

  /// What was counted so far.
  public Count count() {
    long last = ended.get();
    Duration elapsed = last == NEVER ? Duration.ZERO : Duration.ofNanos(last - began.get());
    return new Count(well.sum(), failed.sum(), bytes.sum(), repeated.sum(), elapsed);
  }
}
