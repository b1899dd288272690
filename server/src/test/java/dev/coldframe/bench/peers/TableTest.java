package dev.coldframe.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class TableTest {
  private static Sample dns(String server, double cpu) {
    return new Sample("dns", server, Metric.CPU, cpu);
  }

  private static final Table TABLE =
      new Table(
          Map.of("Machine", "two CPUs"),
          Map.of("dns", "DNS (dnsperf)"),
          List.of(
              dns("coldframe", 9),
              dns("dnsmasq", 10),
              dns("coldframe", 30),
              dns("dnsmasq", 12),
              dns("coldframe", 8),
              dns("dnsmasq", Double.NaN)),
          List.of("dns knot run 1: it ended"));

  @Test
  void theMedianIsTheMiddleOneOrTheMeanOfTwo() {
    assertThat(Table.Spread.of(List.of(9.0, 30.0, 8.0))).isEqualTo(new Table.Spread(9, 8, 30, 3));
    assertThat(Table.Spread.of(List.of(12.0, 10.0))).isEqualTo(new Table.Spread(11, 10, 12, 2));
  }

  @Test
  void aRatioIsOursDividedByThePeers() {
    var goal = new Goal("dns", Metric.CPU, "dnsmasq", Goal.Sense.AT_MOST, 0.8, 1);
    assertThat(TABLE.value(goal)).hasValueSatisfying(v -> assertThat(v).isEqualTo(9 / 11.0));
    var nobody = new Goal("dns", Metric.CPU, "knot", Goal.Sense.AT_MOST, 0.8, 1);
    assertThat(TABLE.value(nobody)).isEmpty();
    var alone = new Goal("dns", Metric.CPU, "", Goal.Sense.AT_MOST, 0.8, 1);
    assertThat(TABLE.value(alone)).contains(9.0);
  }

  @Test
  void aGoalSaysWhichOfItsBoundsHolds() {
    var most = new Goal("dns", Metric.CPU, "dnsmasq", Goal.Sense.AT_MOST, 0.8, 1);
    assertThat(List.of(most.verdict(0.8), most.verdict(1), most.verdict(1.01)))
        .containsExactly("goal", "floor", "**below its floor**");
    var least = new Goal("dns", Metric.RATE, "dnsmasq", Goal.Sense.AT_LEAST, 2, 1.25);
    assertThat(List.of(least.verdict(2), least.verdict(1.25), least.verdict(1.2)))
        .containsExactly("goal", "floor", "**below its floor**");
    assertThat(least.shownGoal()).isEqualTo("≥ 2×");
    assertThat(least.shownFloor()).isEqualTo("≥ 1.25×");
  }

  @Test
  void everyGoalIsOfACaseThatItsPeerTakesPartIn() {
    for (Goal goal : Goal.ALL) {
      var names =
          Arrays.stream(Case.values())
              .filter(c -> c.id().equals(goal.caseId()))
              .flatMap(c -> c.peers().stream())
              .map(Peer::name)
              .toList();
      assertThat(names).as(goal.toString()).contains("coldframe");
      if (!goal.peer().isEmpty()) {
        assertThat(names).as(goal.toString()).contains(goal.peer());
      }
    }
  }

  @Test
  void markdownHasEachRatioBesideGoalAndFloorAndEachNumberWithItsRange() {
    assertThat(TABLE.markdown())
        .contains(
            "- Machine: two CPUs\n",
            "| dns | CPU µs each | dnsmasq | 0.82× | ≤ 0.80× | ≤ 1× | floor |\n",
            "## DNS (dnsperf)\n",
            "| dns | CPU µs each | Coldframe / this |\n|---|---|---|\n",
            "| coldframe | 9.0 [8.0-30.0] |  |\n",
            "| dnsmasq | 11.0 [10.0-12.0] | 0.82× |\n",
            "- dns knot run 1: it ended\n")
        .doesNotContain("NaN", "| knot |");
  }

  @Test
  void jsonHoldsTheSame() {
    var json = JsonMapper.shared().readTree(TABLE.json());
    assertThat(json.at("/about/Machine").asString()).isEqualTo("two CPUs");
    assertThat(json.at("/goals/0/value").asDouble()).isEqualTo(9 / 11.0);
    assertThat(json.at("/results/0/median").asDouble()).isEqualTo(9);
    assertThat(json.at("/results/1/runs").asInt()).isEqualTo(2);
    assertThat(json.at("/failures/0").asString()).isEqualTo("dns knot run 1: it ended");
  }
}
