package dev.coldframe.bench.peers;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// All numbers of a measurement, as Markdown and as JSON.
///
/// @param about what was measured, on which machine and how, in the order of showing
/// @param titles of the cases, by id, in order
/// @param samples in the order in which they came
/// @param failures what could not be measured, and why
record Table(
    Map<String, String> about,
    Map<String, String> titles,
    List<Sample> samples,
    List<String> failures) {
  private static final String OURS = "coldframe";

  /// The numbers of several runs.
  ///
  /// @param median the middle one; of an even number the mean of the two in the middle
  record Spread(double median, double min, double max, int runs) {
    static Spread of(List<Double> values) {
      List<Double> sorted = values.stream().sorted().toList();
      int n = sorted.size();
      double median = (sorted.get((n - 1) / 2) + sorted.get(n / 2)) / 2;
      return new Spread(median, sorted.getFirst(), sorted.getLast(), n);
    }
  }

  Optional<Spread> spread(String caseId, String server, Metric metric) {
    List<Double> values =
        samples.stream()
            .filter(s -> s.caseId().equals(caseId))
            .filter(s -> s.server().equals(server) && s.metric() == metric)
            .map(Sample::value)
            .filter(v -> !v.isNaN())
            .toList();
    return values.isEmpty() ? Optional.empty() : Optional.of(Spread.of(values));
  }

  /// Our median divided by a peer's; ours alone where the goal names no peer.
  Optional<Double> value(Goal goal) {
    Optional<Double> ours = spread(goal.caseId(), OURS, goal.metric()).map(Spread::median);
    if (goal.peer().isEmpty()) {
      return ours;
    }
    Optional<Double> theirs = spread(goal.caseId(), goal.peer(), goal.metric()).map(Spread::median);
    return ours.flatMap(a -> theirs.filter(b -> b != 0).map(b -> a / b));
  }

  String markdown() {
    var out = new StringBuilder("# Coldframe beside other servers\n\n");
    about.forEach(
        (what, text) -> out.append("- ").append(what).append(": ").append(text).append('\n'));
    out.append("\n## Goals\n\n");
    out.append("| Case | What | Against | Ratio or value | Goal | Floor | Holds |\n");
    out.append("|---|---|---|---|---|---|---|\n");
    Goal.ALL.forEach(goal -> value(goal).ifPresent(value -> goal(out, goal, value)));
    titles.forEach((id, title) -> caseOf(out, id, title));
    if (!failures.isEmpty()) {
      out.append("\n## Not measured\n\n");
      failures.forEach(f -> out.append("- ").append(f.replace('\n', ' ')).append('\n'));
    }
    return out.toString();
  }

  private static void goal(StringBuilder out, Goal goal, double value) {
    String shown =
        goal.peer().isEmpty()
            ? goal.metric().show(value)
            : String.format(Locale.ROOT, "%.2f×", value);
    row(
        out,
        goal.caseId(),
        goal.metric().unit(),
        goal.peer().isEmpty() ? "-" : goal.peer(),
        shown,
        goal.shownGoal(),
        goal.shownFloor(),
        goal.verdict(value));
  }

  private static void row(StringBuilder out, String... cells) {
    out.append("| ").append(String.join(" | ", cells)).append(" |\n");
  }

  private void caseOf(StringBuilder out, String id, String title) {
    List<String> servers = distinct(id, Sample::server);
    List<Metric> metrics = distinct(id, Sample::metric);
    if (servers.isEmpty()) {
      return;
    }
    out.append("\n## ").append(title).append("\n\n| ").append(id).append(" |");
    metrics.forEach(m -> out.append(' ').append(m.unit()).append(" | Coldframe / this |"));
    out.append("\n|---|").append("---|---|".repeat(metrics.size())).append('\n');
    for (String server : servers) {
      out.append("| ").append(server).append(" |");
      metrics.forEach(m -> out.append(cells(id, server, m)));
      out.append('\n');
    }
  }

  private <T> List<T> distinct(String id, Function<Sample, T> part) {
    return List.copyOf(
        samples.stream()
            .filter(s -> s.caseId().equals(id))
            .map(part)
            .collect(Collectors.toCollection(LinkedHashSet::new)));
  }

  private String cells(String id, String server, Metric metric) {
    Optional<Spread> spread = spread(id, server, metric);
    if (spread.isEmpty()) {
      return " - | - |";
    }
    Spread s = spread.get();
    String range = "[" + metric.show(s.min) + "-" + metric.show(s.max) + "]";
    Optional<Spread> ours = spread(id, OURS, metric);
    String ratio =
        ours.isEmpty() || server.equals(OURS) || s.median == 0
            ? ""
            : String.format(Locale.ROOT, "%.2f×", ours.get().median / s.median);
    return " " + metric.show(s.median) + " " + range + " | " + ratio + " |";
  }

  String json() {
    ObjectNode out = JsonMapper.shared().createObjectNode();
    ObjectNode machine = out.putObject("about");
    about.forEach(machine::put);
    ArrayNode goals = out.putArray("goals");
    Goal.ALL.forEach(goal -> value(goal).ifPresent(value -> json(goals.addObject(), goal, value)));
    ArrayNode results = out.putArray("results");
    for (String id : titles.keySet()) {
      for (String server : distinct(id, Sample::server)) {
        for (Metric metric : distinct(id, Sample::metric)) {
          spread(id, server, metric)
              .ifPresent(s ->
                  results
                      .addObject()
                      .put("case", id)
                      .put("server", server)
                      .put("metric", metric.id())
                      .put("unit", metric.unit())
                      .put("median", s.median)
                      .put("min", s.min)
                      .put("max", s.max)
                      .put("runs", s.runs));
        }
      }
    }
    ArrayNode failed = out.putArray("failures");
    failures.forEach(failed::add);
    return out.toPrettyString() + "\n";
  }

  private static void json(ObjectNode out, Goal goal, double value) {
    out.put("case", goal.caseId());
    out.put("metric", goal.metric().id());
    out.put("against", goal.peer());
    out.put("value", value);
    out.put("goal", goal.goal());
    out.put("floor", goal.floor());
    out.put("holds", goal.verdict(value).replace("*", ""));
  }
}
