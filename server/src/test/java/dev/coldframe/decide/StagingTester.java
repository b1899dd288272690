package dev.coldframe.decide;

import static dev.coldframe.testkit.Sites.T0;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.decide.PowerDecisions.Outlet;
import dev.coldframe.decide.StagingDecisions.Member;
import dev.coldframe.decide.StagingDecisions.Order;
import dev.coldframe.net.Ip4;
import dev.coldframe.node.BootState;
import dev.coldframe.node.EventType;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.node.Lifecycle;
import dev.coldframe.node.Phase;
import dev.coldframe.node.PowerPort;
import dev.coldframe.node.PowerPort.Condition;
import dev.coldframe.node.PowerSupply;
import dev.coldframe.node.PowerSwitch;
import dev.coldframe.node.Site;
import dev.coldframe.node.Staging;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// A rack whose power comes back, in virtual time: one switch, the machine that is tested, and the
/// journal that holds its state. Every order is carried out between two steps.
final class StagingTester {
  /// Two retries: three tries.
  static final Site.Stages STAGES =
      new Site.Stages(Duration.ofMinutes(3), Duration.ofMinutes(30), Duration.ofMinutes(20), 2);

  /// What becomes of an order.
  enum Obeys {
    YES,
    /// It is carried out, and the answer is lost.
    LOST_ANSWER,
    /// It is lost.
    LOST_ORDER,
    /// It is refused.
    NO
  }

  final List<String> orders = new ArrayList<>();
  Obeys obeys = Obeys.YES;
  boolean answers = true;
  boolean told = true;
  boolean measures = true;
  List<PowerSupply> supplies = List.of();

  /// Why no power is ever taken.
  Optional<String> spared = Optional.empty();

  private final PowerSwitch of;
  private final Map<String, BootState> states = new LinkedHashMap<>();
  private final Map<String, Integer> ports = new LinkedHashMap<>();
  private final Map<Integer, Boolean> on = new LinkedHashMap<>();
  private final Map<Integer, Double> watts = new LinkedHashMap<>();
  private final Map<String, Instant> seen = new LinkedHashMap<>();
  private Instant now = T0;

  StagingTester(Optional<Integer> budget, int nodeWatts) {
    var way = new PowerSwitch.Netgear(new PowerSwitch.At(Ip4.parse("192.168.0.4"), 80), "/secret");
    of =
        new PowerSwitch(
            "sw1",
            way,
            Duration.ofSeconds(5),
            Duration.ofSeconds(5),
            new PowerSwitch.Ration(budget, nodeWatts, false));
  }

  /// A port that is no node's.
  StagingTester port(int port, boolean isOn, double takes) {
    on.put(port, isOn);
    watts.put(port, takes);
    return this;
  }

  /// A node that waits from now on, with its port off.
  StagingTester stage(String node, int port, Optional<Integer> budget) {
    port(port, false, 0);
    ports.put(node, port);
    var outlet = new Outlet.Port(of, Integer.toString(port));
    states.put(node, BootState.initial(Phase.ADOPTED, now));
    record(StagingBegins.begun(outlet, STAGES, now, budget).event(node, ""));
    return this;
  }

  StagingTester stage(String... nodes) {
    for (String node : nodes) {
      stage(node, ports.size() + 1, Optional.empty());
    }
    return this;
  }

  private void record(JournalEvent event) {
    BootState before = state(event.subject());
    states.put(event.subject(), Lifecycle.step(before, event).state());
  }

  /// A node comes to a step.
  void put(String node, Staging staging) {
    record(staging.event(node, ""));
  }

  /// Something happens to a node.
  void happens(String node, EventType type, String... fields) {
    record(JournalEvent.of(now, node, type, fields));
  }

  /// A node's installer says hello; from then on its port takes that.
  void arrives(String node, double takes) {
    takes(node, takes);
    happens(node, EventType.HELLO);
  }

  void takes(String node, double takes) {
    watts.put(portOf(node), takes);
  }

  void turnOff(String node) {
    on.put(portOf(node), false);
  }

  /// Another server takes the journal up.
  void restart() {
    seen.clear();
  }

  /// Time passes, looked at every second, and every order is carried out.
  void advance(Duration time) {
    for (long i = 0; i < time.toSeconds(); i++) {
      now = now.plusSeconds(1);
      look();
    }
  }

  void look() {
    List<Member> members = members();
    if (!StagingDecisions.needsALook(members, STAGES)) {
      return;
    }
    for (Order order : StagingDecisions.orders(members, Map.of(of.name(), view()), STAGES, now)) {
      carryOut(order);
    }
  }

  List<Member> members() {
    var out = new ArrayList<Member>();
    states.forEach((node, state) -> {
      Staging staging = Staging.of(state.facts()).orElseThrow();
      seen.putIfAbsent(node + staging.since() + staging.step(), now);
      Instant first = Objects.requireNonNull(seen.get(node + staging.since() + staging.step()));
      var at = new Outlet.Port(of, Integer.toString(portOf(node)));
      out.add(
          new Member(node, staging, Optional.of(at), Duration.between(first, now), false, spared));
    });
    return out;
  }

  PowerView view() {
    if (!answers) {
      return PowerView.silent(of);
    }
    var out = new ArrayList<PowerPort>();
    on.forEach((port, isOn) ->
        out.add(
            new PowerPort(
                Integer.toString(port),
                isOn,
                !isOn
                    ? Condition.DISABLED
                    : wattsAt(port) > 0 ? Condition.DELIVERING : Condition.SEARCHING,
                measures ? Optional.of(isOn ? wattsAt(port) : 0.0) : Optional.empty())));
    return new PowerView(of, true, told, told ? out : List.of(), supplies);
  }

  private void carryOut(Order order) {
    Staging.Step before = step(order.node());
    record(order.next().event(order.node(), order.reason()));
    boolean cycle = order instanceof Order.Cycle;
    if (order instanceof Order.Note) {
      return;
    }
    orders.add((cycle ? "cycle " : "on ") + order.node());
    if (obeys == Obeys.YES || obeys == Obeys.LOST_ANSWER) {
      on.put(portOf(order.node()), true);
    }
    if (obeys != Obeys.YES) {
      boolean uncertain = obeys != Obeys.NO;
      record(
          StagingDecisions.failed(order.next(), before, uncertain, now)
              .event(order.node(), "it failed"));
    }
  }

  Staging.Step step(String node) {
    return Staging.of(state(node).facts()).orElseThrow().step();
  }

  BootState state(String node) {
    return Objects.requireNonNull(states.get(node));
  }

  private int portOf(String node) {
    return Objects.requireNonNull(ports.get(node));
  }

  private double wattsAt(int port) {
    return Objects.requireNonNull(watts.get(port));
  }

  String reason(String node) {
    return state(node).facts().getOrDefault(Staging.REASON, "");
  }

  /// What all ports may take in the worst case: a node that boots takes what it is reckoned with.
  double worst() {
    double out = 0;
    for (var port : on.entrySet()) {
      boolean boots =
          ports.entrySet().stream()
              .anyMatch(p -> p.getValue().equals(port.getKey()) && step(p.getKey()).draws());
      double measured = port.getValue() ? wattsAt(port.getKey()) : 0;
      out += boots ? Math.max(of.ration().nodeWatts(), measured) : measured;
    }
    return out;
  }

  void expectOrders(String... expected) {
    assertThat(orders).containsExactly(expected);
    orders.clear();
  }
}
