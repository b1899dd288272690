package dev.coldframe.web;

import dev.coldframe.node.Phase;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What Prometheus is told. The registry is made when it asks first: that takes a moment, and most
/// racks are never asked. Blocks.
final class Metrics implements AutoCloseable {
  private static final String BETWEEN = ": ";

  private final Sources sources;
  private final LongSupplier lost;
  private final Supplier<Map<String, Double>> watts;
  private final Set<String> counted = new HashSet<>();
  private @Nullable PrometheusMeterRegistry registry;
  private @Nullable MultiGauge taken;
  private @Nullable JvmGcMetrics collections;

  /// @param lost how many events a webhook did not take
  /// @param watts what nodes take, by name, as far as switches measure it
  Metrics(Sources sources, LongSupplier lost, Supplier<Map<String, Double>> watts) {
    this.sources = sources;
    this.watts = watts;
    this.lost = lost;
  }

  /// The Prometheus text format.
  synchronized String scrape() {
    PrometheusMeterRegistry known = registry;
    if (known == null) {
      known = open();
      registry = known;
    }
    for (String name : sources.counters().get().keySet()) {
      if (counted.add(name)) {
        count(known, name);
      }
    }
    MultiGauge gauge = taken;
    if (gauge != null) {
      gauge.register(
          watts.get().entrySet().stream()
              .map(e -> MultiGauge.Row.of(Tags.of("node", e.getKey()), e.getValue()))
              .toList(),
          true);
    }
    return known.scrape();
  }

  private PrometheusMeterRegistry open() {
    var made = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    var gc = new JvmGcMetrics();
    gc.bindTo(made);
    collections = gc;
    new JvmMemoryMetrics().bindTo(made);
    new JvmThreadMetrics().bindTo(made);
    new ProcessorMetrics().bindTo(made);
    new UptimeMetrics().bindTo(made);
    for (Phase phase : Phase.values()) {
      Gauge.builder("coldframe.nodes", sources.chronicle(), c -> c.count(phase))
          .description("Nodes and boards by where they stand")
          .tag("phase", phase.label())
          .register(made);
    }
    taken =
        MultiGauge.builder("coldframe.node.power")
            .description("What a node takes from its switch port, where the switch measures it")
            .baseUnit("watts")
            .register(made);
    FunctionCounter.builder("coldframe.journal.dropped", sources.chronicle(), c -> c.dropped())
        .description("Journal lines that never reached the disk")
        .register(made);
    FunctionCounter.builder("coldframe.webhook.dropped", lost, LongSupplier::getAsLong)
        .description("Events that the webhook did not take")
        .register(made);
    return made;
  }

  /// Reasons are fixed texts, so there are only so many.
  private void count(PrometheusMeterRegistry to, String name) {
    int between = name.indexOf(BETWEEN);
    FunctionCounter.builder(
            "coldframe.happened", sources, s -> s.counters().get().getOrDefault(name, 0L))
        .description("How often what happened, answered or not")
        .tag("service", between < 0 ? "" : name.substring(0, between))
        .tag("what", between < 0 ? name : name.substring(between + BETWEEN.length()))
        .register(to);
  }

  @Override
  public synchronized void close() {
    if (collections != null) {
      collections.close();
    }
    if (registry != null) {
      registry.close();
    }
  }
}
