package dev.coldframe.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What JMH measured, as a Markdown table for people: what each thing costs, and how much more it
/// costs among more nodes.
final class GrowthTable {
  /// The number of nodes that others are compared with.
  private static final int FEW = 10;

  /// Up to here costs are to stay the same.
  private static final int MANY = 10_000;

  private GrowthTable() {}

  /// One benchmark's result.
  ///
  /// @param name of its method
  /// @param nodes how many nodes there were; empty where that does not matter
  /// @param nanos for one call
  /// @param error half of the 99.9 % interval; NaN where one iteration tells nothing of it
  record Row(String name, OptionalInt nodes, double nanos, double error) {}

  /// Prints the table of a file that JMH wrote with `-rf json`.
  ///
  /// @param args its name
  public static void main(String[] args) throws IOException {
    System.out.print(markdown(read(JsonMapper.shared().readTree(Path.of(args[0]).toFile()))));
  }

  /// The results in the order in which they were measured.
  static List<Row> read(JsonNode results) {
    var out = new ArrayList<Row>();
    for (JsonNode result : results) {
      String full = result.path("benchmark").asString();
      JsonNode metric = result.path("primaryMetric");
      JsonNode nodes = result.path("params").path("nodes");
      JsonNode error = metric.path("scoreError");
      out.add(
          new Row(
              full.substring(full.lastIndexOf('.') + 1),
              nodes.isMissingNode()
                  ? OptionalInt.empty()
                  : OptionalInt.of(Integer.parseInt(nodes.asString())),
              metric.path("score").asDouble(),
              // JMH writes "NaN" as a text.
              error.isNumber() ? error.asDouble() : Double.NaN));
    }
    return out;
  }

  /// The table, and a line for each benchmark that was run among ten nodes and more.
  static String markdown(List<Row> rows) {
    var few = new LinkedHashMap<String, Double>();
    rows.stream()
        .filter(row -> row.nodes().equals(OptionalInt.of(FEW)))
        .forEach(row -> few.put(row.name(), row.nanos()));
    var worst = new LinkedHashMap<String, Double>();
    var out = new StringBuilder("| benchmark | nodes | ns/op | ± | to 10 nodes |\n");
    out.append("|---|---:|---:|---:|---:|\n");
    for (Row row : rows) {
      Double base = row.nodes().isPresent() ? few.get(row.name()) : null;
      String ratio = base == null ? "" : String.format(Locale.ROOT, "%.2f", row.nanos() / base);
      String nodes =
          row.nodes().isPresent() ? String.format(Locale.ROOT, "%,d", row.nodes().getAsInt()) : "";
      String error =
          Double.isNaN(row.error()) ? "" : String.format(Locale.ROOT, "%,.0f", row.error());
      out.append(
          String.format(
              Locale.ROOT,
              "| %s | %s | %,.0f | %s | %s |\n",
              row.name(),
              nodes,
              row.nanos(),
              error,
              ratio));
      if (base != null && row.nodes().getAsInt() > FEW && row.nodes().getAsInt() <= MANY) {
        worst.merge(row.name(), row.nanos() / base, Math::max);
      }
    }
    return out.append(lines(worst)).toString();
  }

  private static String lines(Map<String, Double> worst) {
    if (worst.isEmpty()) {
      return "";
    }
    var out = new StringBuilder("\n");
    worst.forEach((name, ratio) -> out.append(line(name, ratio)));
    double most = worst.values().stream().mapToDouble(Double::doubleValue).max().orElseThrow();
    return out.append(line("all of them", most)).toString();
  }

  /// How far the dearest number of nodes is above ten; what becomes cheaper is flat.
  private static String line(String name, double ratio) {
    long percent = (long) Math.ceil(Math.max(0, ratio - 1) * 100 - 1e-9);
    return String.format(
        Locale.ROOT, "- %s: flat within %d %% up to %,d nodes\n", name, percent, MANY);
  }
}
