package dev.coldframe.node;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/// For how long each node has stood where it stands, or not gone on there, whatever the wall clock
/// does: an hour's step back or a year's step forward ends no stage (row S-36). Owned by one
/// thread.
public final class StageClock {
  /// A stage that is older than this when it is first looked at has long been over.
  private static final Duration LONGEST = Duration.ofDays(1);

  private final Map<String, Stay> stays = new HashMap<>();
  private final Instant started;

  /// @param started when the server started, by the wall clock of then
  public StageClock(Instant started) {
    this.started = started;
  }

  /// @param since when the node entered its phase or went on in it, by the wall clock of then
  /// @param nanos when that was first looked at, by a clock that never jumps
  /// @param before how long it had been there then
  private record Stay(Instant since, long nanos, Duration before) {}

  /// What time it would be by the clock that `since` was read from.
  ///
  /// @param since when the phase began, or the node went on in it
  /// @param wall the wall clock
  /// @param nanos a clock that never jumps
  public Instant now(String node, Instant since, Instant wall, long nanos) {
    Stay stay = stays.get(node);
    if (stay == null || !stay.since().equals(since)) {
      // Only what began under a server before this one may have gone on for long.
      boolean longer = stay == null && since.isBefore(started);
      Duration before = longer ? bounded(Duration.between(since, wall)) : Duration.ZERO;
      stay = new Stay(since, nanos, before);
      stays.put(node, stay);
    }
    return since.plus(stay.before()).plusNanos(nanos - stay.nanos());
  }

  /// Keeps what it knows of these nodes only.
  public void keepOnly(Collection<String> nodes) {
    stays.keySet().retainAll(nodes);
  }

  private static Duration bounded(Duration time) {
    if (time.isNegative()) {
      return Duration.ZERO;
    }
    return time.compareTo(LONGEST) > 0 ? LONGEST : time;
  }
}
