package dev.coldframe.rehearse;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// What came of a storm: many boards that were switched on at once.
///
/// @param boards how many there were
/// @param well how many ended well
/// @param reasons why the others did not, without what is a single board's, and how many of them
/// @param elapsed from the first board's power-on to the last byte of the last board
/// @param fastest the shortest boot of those that ended well; zero when none did
/// @param median the middle one of those
/// @param slowest the longest one of those
/// @param repeated requests that had to be sent again, because nothing came in time
/// @param bytes what all boards loaded
public record StormResult(
    int boards,
    int well,
    Map<String, Long> reasons,
    Duration elapsed,
    Duration fastest,
    Duration median,
    Duration slowest,
    long repeated,
    long bytes) {
  private static final Pattern ADDRESS = Pattern.compile("\\b\\d+\\.\\d+\\.\\d+\\.\\d+\\b");
  private static final Pattern SERIAL = Pattern.compile("\\b[0-9a-f]{8}/");
  private static final Pattern BLOCK = Pattern.compile("\\bblock \\d+");

  public StormResult {
    reasons = Collections.unmodifiableMap(new TreeMap<>(reasons));
  }

  /// Sums it up.
  ///
  /// @param results one for each board
  /// @param count what was counted meanwhile
  public static StormResult of(List<BootResult> results, StormWatch.Count count) {
    var reasons = new TreeMap<String, Long>();
    results.stream().filter(r -> !served(r)).forEach(r -> reasons.merge(reason(r), 1L, Long::sum));
    List<Duration> took =
        results.stream().filter(StormResult::served).map(BootResult::took).sorted().toList();
    boolean none = took.isEmpty();
    return new StormResult(
        results.size(),
        took.size(),
        reasons,
        count.elapsed(),
        none ? Duration.ZERO : took.getFirst(),
        none ? Duration.ZERO : took.get(took.size() / 2),
        none ? Duration.ZERO : took.getLast(),
        count.repeated(),
        count.bytes());
  }

  /// A board that goes on to its disk got nothing, which is no success here.
  private static boolean served(BootResult r) {
    return r.ending() == BootResult.Ending.FILES_SERVED;
  }

  private static String reason(BootResult r) {
    if (r.ok()) {
      return "every boot file was refused";
    }
    String text = ADDRESS.matcher(r.reason()).replaceAll("(address)");
    text = SERIAL.matcher(text).replaceAll("");
    return BLOCK.matcher(text).replaceAll("a block");
  }

  /// Whether every board ended well.
  public boolean ok() {
    return well == boards;
  }

  /// Millions of bytes a second, over the whole storm.
  public double megabytesPerSecond() {
    return elapsed.isZero() ? 0 : bytes / 1e6 / (elapsed.toNanos() / 1e9);
  }
}
