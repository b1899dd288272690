package dev.coldframe.rehearse;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// Boots many virtual boards at once.
public final class Rack {
  private Rack() {}

  /// What a rehearsal may take.
  ///
  /// @param deadline for all boards together; who is not done then is stopped
  /// @param atOnce boards that are switched on at the same time
  /// @param pace how long each of them waits for an answer
  public record Limits(Duration deadline, int atOnce, Pace pace) {
    /// Five minutes, a thousand boards, real pace.
    public static final Limits DEFAULT = new Limits(Duration.ofMinutes(5), 1000, Pace.REAL);

    /// @throws IllegalArgumentException when no board could boot
    public Limits {
      if (atOnce < 1 || !deadline.isPositive()) {
        throw new IllegalArgumentException("limits that no board can keep: " + deadline);
      }
    }
  }

  /// Boots all boards and returns when the last one is done, the deadline has passed, or the
  /// calling thread is interrupted.
  ///
  /// @param boards no two with the same hardware address
  /// @param cable stays open
  /// @return one result for each board, in the same order
  /// @throws InterruptedException when the calling thread was interrupted; all boards are stopped
  public static List<BootResult> boot(
      List<BoardSpec> boards, Cable cable, Listener listener, Limits limits)
      throws InterruptedException {
    var macs = new HashSet<>();
    for (BoardSpec spec : boards) {
      if (!macs.add(spec.mac())) {
        throw new IllegalArgumentException(spec.mac() + " is in the rack twice");
      }
    }
    List<VirtualBoard> all =
        boards.stream().map(s -> new VirtualBoard(s, cable, listener, limits.pace())).toList();
    var switches = new Semaphore(limits.atOnce());
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      threads.invokeAll(
          all.stream().map(board -> switchedBy(switches, board)).toList(),
          limits.deadline().toNanos(),
          TimeUnit.NANOSECONDS);
    }
    return all.stream().map(VirtualBoard::result).toList();
  }

  /// As above, with [Limits#DEFAULT].
  public static List<BootResult> boot(List<BoardSpec> boards, Cable cable, Listener listener)
      throws InterruptedException {
    return boot(boards, cable, listener, Limits.DEFAULT);
  }

  private static Callable<VirtualBoard> switchedBy(Semaphore switches, VirtualBoard board) {
    return () -> {
      switches.acquire();
      try {
        board.run();
      } finally {
        switches.release();
      }
      return board;
    };
  }
}
