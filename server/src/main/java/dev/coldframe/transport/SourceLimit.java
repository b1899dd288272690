package dev.coldframe.transport;

import dev.coldframe.net.Ip4;
import java.util.LinkedHashMap;
import java.util.Map;

/// Counts what each source sends in a stretch of time. Owned by one thread.
///
/// Sources are remembered up to [#MAX_SOURCES], the one heard of longest ago is forgotten first: a
/// flood from forged addresses costs no memory.
public final class SourceLimit {
  static final int MAX_SOURCES = 4_096;

  private final int allowed;
  private final long windowNanos;
  private final Map<Ip4, Window> windows =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Ip4, Window> eldest) {
          return size() > MAX_SOURCES;
        }
      };

  private static final class Window {
    private long beganNanos;
    private int count;
  }

  /// @param allowed how much a source may send in one stretch
  /// @param windowNanos how long a stretch is
  public SourceLimit(int allowed, long windowNanos) {
    this.allowed = allowed;
    this.windowNanos = windowNanos;
  }

  /// Counts one packet.
  ///
  /// @param nowNanos from a clock that never jumps
  /// @return 0 within the limit, else the how-many-th beyond it in this stretch
  public int beyond(Ip4 source, long nowNanos) {
    Window window = windows.computeIfAbsent(source, _ -> new Window());
    if (window.count == 0 || nowNanos - window.beganNanos >= windowNanos) {
      window.beganNanos = nowNanos;
      window.count = 0;
    }
    window.count++;
    return Math.max(0, window.count - allowed);
  }
}
