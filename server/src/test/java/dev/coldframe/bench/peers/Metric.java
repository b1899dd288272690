package dev.coldframe.bench.peers;

import java.util.Locale;

/// What a number is.
enum Metric {
  RATE("rate", "per second", "%,.0f"),
  RATE_MB("rate-mb", "MB/s", "%,.1f"),
  CPU("cpu", "CPU µs each", "%,.1f"),
  CPU_GB("cpu-gb", "CPU s per GB", "%.2f"),
  SECONDS("seconds", "seconds to the last byte", "%.2f"),
  READ_BACK("read-back", "seconds until written and read back", "%.2f"),
  START("start", "ms from exec to the first answer", "%,.0f"),
  P99("p99", "ms that 99 of 100 take at most", "%.3f"),
  /// Near a hundred, the load is what is measured.
  LOAD("load", "% of its CPU that the load took", "%.0f"),
  RSS("rss", "MiB in RAM", "%.1f"),
  FAILED("failed", "boards failed", "%.0f"),
  REPEATED("repeated", "requests repeated", "%.0f"),
  DUPLICATES("duplicates", "blocks that came twice", "%.0f"),
  SPREAD("spread", "slowest / fastest board", "%.2f");

  private final String id;
  private final String unit;
  private final String format;

  Metric(String id, String unit, String format) {
    this.id = id;
    this.unit = unit;
    this.format = format;
  }

  String id() {
    return id;
  }

  String unit() {
    return unit;
  }

  String show(double value) {
    return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, format, value);
  }

  static Metric named(String id) {
    for (Metric metric : values()) {
      if (metric.id.equals(id)) {
        return metric;
      }
    }
    throw new IllegalArgumentException("no metric is named " + id);
  }
}
