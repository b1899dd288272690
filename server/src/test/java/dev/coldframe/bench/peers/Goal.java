package dev.coldframe.bench.peers;

import java.util.List;
import java.util.Locale;

/// What a number of ours should be and what it must be.
///
/// @param caseId of the [Case]
/// @param metric of what
/// @param peer whose number ours is divided by; empty: ours alone
/// @param sense whether less or more is better
/// @param goal what it should reach
/// @param floor what it must reach
record Goal(String caseId, Metric metric, String peer, Sense sense, double goal, double floor) {
  /// Which way is better.
  enum Sense {
    AT_MOST("≤"),
    AT_LEAST("≥");

    private final String sign;

    Sense(String sign) {
      this.sign = sign;
    }

    private boolean holds(double value, double bound) {
      return this == AT_MOST ? value <= bound : value >= bound;
    }
  }

  /// All of them.
  static final List<Goal> ALL =
      List.of(
          most("dhcp-pins", Metric.CPU, "kea", 0.33, 0.5),
          least("dhcp-pool", Metric.RATE, "isc-dhcpd", 20, 8),
          least("dhcp-pool", Metric.RATE, "kea", 2, 1.2),
          least("dhcp-renew", Metric.RATE, "kea", 3, 1.8),
          most("dhcp-half", Metric.P99, "kea", 1, 1.5),
          most("start-1k", Metric.START, "coldframe-plain", 0.4, 0.55),
          most("start-50k", Metric.START, "kea", 2, 4),
          most("start-50k", Metric.RSS, "kea", 0.6, 1),
          most("idle", Metric.RSS, "", 85, 110),
          most("storm-64", Metric.SECONDS, "dnsmasq", 0.95, 1.1),
          most("storm-64", Metric.CPU_GB, "dnsmasq", 0.95, 1.15),
          most("storm-64", Metric.FAILED, "", 0, 0),
          most("storm-1000", Metric.SECONDS, "dnsmasq", 0.85, 1),
          most("storm-1000", Metric.FAILED, "", 0, 0),
          most("storm-1000", Metric.REPEATED, "", 0, 0),
          most("storm-1000", Metric.SPREAD, "", 1.05, 1.2),
          most("storm-1000", Metric.RSS, "", 128, 200),
          most("storm-loss-pi", Metric.SECONDS, "dnsmasq", 0.8, 1),
          most("storm-loss-pi", Metric.SECONDS, "tftpd-hpa", 0.8, 1),
          most("storm-loss-pi", Metric.FAILED, "", 0, 0),
          most("storm-loss", Metric.SECONDS, "dnsmasq", 1 / 6.0, 0.5),
          most("storm-loss", Metric.SECONDS, "tftpd-hpa", 1 / 6.0, 0.5),
          most("storm-loss", Metric.FAILED, "", 0, 0),
          least("tftp-window", Metric.RATE_MB, "tftpd-hpa", 45, 40),
          least("tftp-window", Metric.RATE_MB, "dnsmasq", 45, 40),
          most("http-4k", Metric.CPU, "nginx", 1, 1.3),
          most("http-64m", Metric.CPU_GB, "nginx", 1, 1.15),
          most("install", Metric.READ_BACK, "nginx", 0.7, 0.85),
          least("install-full", Metric.RATE_MB, "nginx", 1, 0.95),
          most("dns", Metric.CPU, "dnsmasq", 0.8, 1),
          most("dns", Metric.CPU, "knot", 1.05, 1.05),
          most("ntp", Metric.CPU, "chrony", 1, 1.1));

  private static Goal most(String caseId, Metric metric, String peer, double goal, double floor) {
    return new Goal(caseId, metric, peer, Sense.AT_MOST, goal, floor);
  }

  private static Goal least(String caseId, Metric metric, String peer, double goal, double floor) {
    return new Goal(caseId, metric, peer, Sense.AT_LEAST, goal, floor);
  }

  /// How a value stands to it.
  String verdict(double value) {
    if (sense.holds(value, goal)) {
      return "goal";
    }
    return sense.holds(value, floor) ? "floor" : "**below its floor**";
  }

  String shownGoal() {
    return shown(goal);
  }

  String shownFloor() {
    return shown(floor);
  }

  private String shown(double bound) {
    String unit = peer.isEmpty() ? "" : "×";
    return sense.sign
        + " "
        + (bound == Math.rint(bound)
            ? String.format(Locale.ROOT, "%.0f", bound)
            : String.format(Locale.ROOT, "%.2f", bound))
        + unit;
  }
}
