package dev.coldframe.decide;

import dev.coldframe.node.PowerPort;
import dev.coldframe.node.PowerSupply;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What the ports of switches take, and what is kept for nodes that boot. Used for one look, then
/// thrown away.
///
/// A node that boots counts with what a node is reckoned with, or with what is measured where that
/// is more. Any other port that is on counts with what is measured; where nothing is measured, with
/// what a node is reckoned with, unless the switch says that it gives nothing.
final class PowerLedger {
  private final Map<String, PowerView> views;

  /// The ports at which something boots, or may.
  private final Map<String, Set<String>> booting = new HashMap<>();

  /// The ports that were switched on, at switches that tell of none.
  private final Map<String, Set<String>> given = new HashMap<>();

  PowerLedger(Map<String, PowerView> views) {
    this.views = views;
  }

  /// Something boots at a port, or may.
  void boots(String at, String port) {
    booting.computeIfAbsent(at, _ -> new HashSet<>()).add(port);
  }

  /// A port of a switch that tells nothing was switched on before.
  void gave(String at, String port) {
    given.computeIfAbsent(at, _ -> new HashSet<>()).add(port);
  }

  /// Whether one more node can boot at a port.
  ///
  /// @param limit what all ports together may take, where that was said
  boolean fits(String at, String port, Optional<Integer> limit) {
    PowerView view = views.get(at);
    if (view == null || !view.answered()) {
      return false;
    }
    double more = view.of().ration().nodeWatts();
    Optional<Integer> budget = view.of().ration().budgetWatts();
    List<PowerSupply> feeding = view.supplies().stream().filter(s -> s.feeds(port)).toList();
    if (limit.isEmpty() && budget.isEmpty() && feeding.isEmpty()) {
      // Nothing says how much there is: one after the other.
      return booting.getOrDefault(at, Set.of()).isEmpty();
    }
    return budget.map(b -> used(view) + more <= b).orElse(true)
        && feeding.stream().allMatch(s -> used(view, s) + more <= s.watts())
        && limit.map(l -> total() + more <= l).orElse(true);
  }

  /// What stands against one more node, for people.
  String shortage(String at, Optional<Integer> limit) {
    PowerView view = views.get(at);
    double used = view == null || limit.isPresent() ? total() : used(view);
    int node = view == null ? 0 : view.of().ration().nodeWatts();
    return "%.1f W are taken, and a node is reckoned with %d W".formatted(used, node);
  }

  /// Whether everything that counts is known.
  boolean isWhole(Optional<Integer> limit) {
    return limit.isEmpty() || !Double.isNaN(total());
  }

  /// NaN where a switch did not answer: nothing is less than that.
  double total() {
    return views.values().stream().mapToDouble(v -> v.answered() ? used(v) : Double.NaN).sum();
  }

  double used(PowerView view) {
    double ports = view.ports().stream().mapToDouble(port -> counted(view, port)).sum();
    Set<String> unseen = new HashSet<>(booting.getOrDefault(view.of().name(), Set.of()));
    unseen.addAll(given.getOrDefault(view.of().name(), Set.of()));
    unseen.removeIf(port -> view.port(port).isPresent());
    return ports + unseen.size() * (double) view.of().ration().nodeWatts();
  }

  /// What a group says of itself holds for what it gives now; what boots will take more.
  private double used(PowerView view, PowerSupply supply) {
    List<PowerPort> ports = view.ports().stream().filter(p -> supply.feeds(p.port())).toList();
    double counted = ports.stream().mapToDouble(port -> counted(view, port)).sum();
    double still =
        ports.stream()
            .filter(port -> boots(view, port))
            .mapToDouble(port -> counted(view, port) - port.watts().orElse(0.0))
            .sum();
    return supply.used().map(now -> Math.max(now + still, counted)).orElse(counted);
  }

  private boolean boots(PowerView view, PowerPort port) {
    return booting.getOrDefault(view.of().name(), Set.of()).contains(port.port());
  }

  private double counted(PowerView view, PowerPort port) {
    double node = view.of().ration().nodeWatts();
    if (boots(view, port)) {
      return Math.max(node, port.watts().orElse(0.0));
    }
    if (!port.on()) {
      return 0;
    }
    return port.watts()
        .orElseGet(() ->
            switch (port.condition()) {
              case DELIVERING, UNKNOWN -> node;
              case SEARCHING, DISABLED, FAULT, TEST -> 0.0;
            });
  }
}
