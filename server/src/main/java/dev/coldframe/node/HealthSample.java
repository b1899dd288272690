package dev.coldframe.node;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/// What a node that is up measured once.
///
/// @param at when it was heard
/// @param celsius the SoC's temperature
/// @param throttled the firmware's bits in hex, `0x0`; empty when it has none
/// @param offsetSeconds how far its clock was off, as its time client says
public record HealthSample(
    Instant at, Optional<Double> celsius, String throttled, Optional<Double> offsetSeconds) {
  private static final int MAX_THROTTLED_CHARS = 16;

  /// Reads a health report; what is no number is not known.
  public static HealthSample of(Instant at, Map<String, String> fields) {
    return new HealthSample(
        at,
        number(fields.getOrDefault("temperature", "")),
        cut(fields.getOrDefault("throttled", "")),
        number(fields.getOrDefault("offset", "")));
  }

  private static String cut(String text) {
    return text.length() <= MAX_THROTTLED_CHARS ? text : text.substring(0, MAX_THROTTLED_CHARS);
  }

  /// A number of a report, if it is one.
  public static Optional<Double> number(String text) {
    try {
      return Optional.of(Double.parseDouble(text)).filter(Double::isFinite);
    } catch (NumberFormatException _) {
      return Optional.empty();
    }
  }
}
