package dev.coldframe.web;

import dev.coldframe.decide.PowerDecisions;
import dev.coldframe.decide.PowerDecisions.Action;
import dev.coldframe.decide.PowerDecisions.Outlet;
import dev.coldframe.decide.PowerView;
import dev.coldframe.decide.StagingBegins;
import dev.coldframe.decide.StagingBegins.Candidate;
import dev.coldframe.decide.StagingBegins.Seen;
import dev.coldframe.decide.StagingBegins.Wanted;
import dev.coldframe.decide.StagingDecisions;
import dev.coldframe.decide.StagingDecisions.Member;
import dev.coldframe.decide.StagingDecisions.Order;
import dev.coldframe.net.SwitchPort;
import dev.coldframe.node.BootState;
import dev.coldframe.node.Node;
import dev.coldframe.node.PowerSwitch;
import dev.coldframe.node.Staging;
import dev.coldframe.node.World;
import dev.coldframe.power.PowerException;
import dev.coldframe.store.Chronicle;
import dev.coldframe.store.Worlds;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Gives power back to many nodes, as [StagingDecisions] says: looks at switches, gives orders, and
/// writes each step into the node's journal before the order goes out. All that must outlive the
/// server is in that journal. Any thread.
public final class StagingDesk {
  private static final Logger LOG = LoggerFactory.getLogger(StagingDesk.class);

  /// How often a switch is looked at while something waits for it.
  private static final Duration LOOK = Duration.ofSeconds(2);

  /// How often a switch is looked at that may come back.
  private static final Duration RETURN_LOOK = Duration.ofSeconds(10);

  private final Worlds worlds;
  private final Chronicle chronicle;
  private final PowerDesk desk;
  private final InstantSource clock;
  private final AtomicBoolean ticking = new AtomicBoolean();

  /// The nodes whose order is on its way.
  private final Set<String> busy = ConcurrentHashMap.newKeySet();

  /// Since when this server has seen each node at its step; guarded by `this`.
  private final Map<String, Stay> stays = new HashMap<>();

  /// What each switch that may come back said last; the thread that ticks owns it.
  private final Map<String, Seen> seen = new HashMap<>();

  /// What was told at the last look, for who asks how it goes.
  private volatile Map<String, PowerView> views = Map.of();

  private long lookedAt = System.nanoTime() - LOOK.toNanos();
  private long returnsAt = System.nanoTime() - RETURN_LOOK.toNanos();

  private record Stay(Staging staging, long nanos) {}

  /// @param clock what time it is for people
  StagingDesk(Worlds worlds, Chronicle chronicle, PowerDesk desk, InstantSource clock) {
    this.worlds = worlds;
    this.chronicle = chronicle;
    this.desk = desk;
    this.clock = clock;
  }

  /// A node of a staging.
  ///
  /// @param objection why it is left out; empty for one that is staged
  record Row(String node, Optional<Staging> staging, String reason, Optional<String> objection) {}

  /// What is staged, and what the switches said of their watts last.
  ///
  /// @param views by the switch's name
  /// @param taken what the ports of each switch take or may take, in watts
  record State(List<Row> rows, Map<String, PowerView> views, Map<String, Double> taken) {
    boolean isActive() {
      return rows.stream()
          .anyMatch(row -> row.staging().filter(s -> s.step().isActive()).isPresent());
    }
  }

  /// Begins to stage nodes.
  ///
  /// @param names the nodes; none means all
  /// @param budget what all ports together may take, in watts
  /// @param dry whether only to say what would be done
  /// @throws Problem when there is no such node, or nothing that switches power
  State begin(List<String> names, Optional<Integer> budget, boolean dry) {
    World world = worlds.get();
    if (world.site().power().isEmpty()) {
      throw new Problem(409, "no switch is named under power in the config file");
    }
    if (names.stream().anyMatch(name -> world.node(name).isEmpty())) {
      throw new Problem(404, Operations.noSuchNode());
    }
    Wanted wanted = names.isEmpty() ? Wanted.ALL : Wanted.NAMED;
    Optional<String> refusal = chronicle.refusal();
    if (refusal.isPresent()) {
      throw new Problem(409, refusal.get());
    }
    List<PowerLooks.Told> told = desk.looks().all();
    List<Node> nodes =
        world.nodes().stream()
            .filter(node -> names.isEmpty() || names.contains(node.name()))
            .toList();
    List<Row> rows = begin(nodes, told, wanted, budget, dry);
    Map<String, PowerView> now = viewsOf(told);
    if (!dry) {
      views = now;
    }
    return new State(rows, now, StagingDecisions.taken(members(world), now));
  }

  private synchronized List<Row> begin(
      List<Node> nodes,
      List<PowerLooks.Told> told,
      Wanted wanted,
      Optional<Integer> budget,
      boolean dry) {
    Map<String, PowerLooks.Place> places = desk.looks().places(told);
    Map<String, PowerView> now = viewsOf(told);
    Instant run = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    var rows = new ArrayList<Row>();
    for (Node node : nodes) {
      PowerLooks.Place place = places.get(node.name());
      if (place != null) {
        rows.add(begin(node, place.outlet(), now, wanted, new Begin(run, budget, dry)));
      }
    }
    return rows;
  }

  private record Begin(Instant run, Optional<Integer> budget, boolean dry) {}

  private Row begin(
      Node node, Outlet outlet, Map<String, PowerView> now, Wanted wanted, Begin begin) {
    Optional<PowerView> view =
        outlet instanceof Outlet.Port port
            ? Optional.ofNullable(now.get(port.of().name()))
            : Optional.empty();
    Staging staging =
        StagingBegins.begun(outlet, worlds.get().site().stages(), begin.run(), begin.budget());
    return chronicle.decide(
        node.name(),
        begin.run(),
        state -> {
          Optional<String> objection =
              StagingBegins.objection(new Candidate(node, state, outlet, view), wanted);
          boolean goes = objection.isEmpty();
          Row row =
              new Row(node.name(), goes ? Optional.of(staging) : Optional.empty(), "", objection);
          return new Chronicle.Verdict<>(
              row, goes && !begin.dry() ? List.of(staging.event(node.name(), "")) : List.of());
        });
  }

  private static Map<String, PowerView> viewsOf(Collection<PowerLooks.Told> told) {
    var out = new LinkedHashMap<String, PowerView>();
    told.forEach(t -> out.put(t.of().name(), t.view()));
    return out;
  }

  /// How it goes: every node that was staged since it had no power last.
  State state() {
    World world = worlds.get();
    var rows = new ArrayList<Row>();
    Instant now = clock.instant();
    for (Node node : world.nodes()) {
      BootState state = chronicle.state(node.name(), now);
      Staging.of(state.facts())
          .ifPresent(staging ->
              rows.add(
                  new Row(
                      node.name(),
                      Optional.of(staging),
                      state.facts().getOrDefault(Staging.REASON, ""),
                      Optional.empty())));
    }
    Map<String, PowerView> last = views;
    return new State(rows, last, StagingDecisions.taken(members(world), last));
  }

  /// Ends it: what waits stays off, what boots is left to itself.
  State stop() {
    Instant now = clock.instant();
    for (Member member : members(worlds.get())) {
      StagingDecisions.stopped(member, now).ifPresent(order -> write(member, order));
    }
    return state();
  }

  /// Looks whether something is to be done, and does it on a thread of its own; comes back at once.
  public void tick() {
    if (worlds.get().site().power().isEmpty() || !ticking.compareAndSet(false, true)) {
      return;
    }
    Thread.ofVirtual()
        .name("staging")
        .start(() -> {
          try {
            noticeReturns();
            step();
          } catch (RuntimeException e) {
            LOG.error("the staging failed", e);
          } finally {
            ticking.set(false);
          }
        });
  }

  private void noticeReturns() {
    List<PowerSwitch> watched =
        worlds.get().site().power().values().stream().filter(of -> of.ration().onReturn()).toList();
    if (watched.isEmpty() || System.nanoTime() - returnsAt < RETURN_LOOK.toNanos()) {
      return;
    }
    returnsAt = System.nanoTime();
    var back = new LinkedHashSet<String>();
    for (PowerLooks.Told told : desk.looks().at(watched)) {
      String name = told.of().name();
      var now = new Seen(clock.instant(), told.view().answered(), told.up());
      if (StagingBegins.returned(Optional.ofNullable(seen.get(name)), now)) {
        back.add(name);
      }
      // Of a switch that is away, what it said of its age last is what counts.
      Optional<Duration> before = Optional.ofNullable(seen.get(name)).flatMap(Seen::up);
      seen.put(name, new Seen(now.at(), now.answered(), now.up().or(() -> before)));
    }
    if (!back.isEmpty()) {
      LOG.info("switches came back switches={}", back);
      begin(back);
    }
  }

  private void begin(Set<String> back) {
    List<PowerLooks.Told> told = desk.looks().all();
    Map<String, PowerLooks.Place> places = desk.looks().places(told);
    List<Node> nodes =
        worlds.get().nodes().stream()
            .filter(node ->
                places.get(node.name()) instanceof PowerLooks.Place(Outlet.Port port, _)
                    && back.contains(port.of().name()))
            .toList();
    begin(nodes, told, Wanted.RETURN, Optional.empty(), false);
  }

  private void step() {
    if (!isAtWork()) {
      return;
    }
    World world = worlds.get();
    List<Member> members = members(world);
    members.forEach(m -> stay(m.node(), m.staging()));
    forgetOthers(members.stream().map(Member::node).toList());
    boolean wanted = StagingDecisions.needsALook(members, world.site().stages());
    if (!wanted || System.nanoTime() - lookedAt < LOOK.toNanos()) {
      return;
    }
    Map<String, PowerView> now = viewsOf(desk.looks().at(asked(members, world)));
    views = now;
    lookedAt = System.nanoTime();
    Instant at = clock.instant();
    // What happened meanwhile is in the journal.
    List<Member> present = StagingDecisions.sinceLook(members, members(world));
    for (Order order : StagingDecisions.orders(present, now, world.site().stages(), at)) {
      present.stream()
          .filter(m -> m.node().equals(order.node()))
          .findFirst()
          .ifPresent(member -> carryOut(member, order, world));
    }
  }

  private boolean isAtWork() {
    return chronicle
        .find(state -> Staging.of(state.facts()).filter(s -> s.step().isActive()).isPresent())
        .isPresent();
  }

  /// A budget over all ports needs a look at all.
  private static Collection<PowerSwitch> asked(List<Member> members, World world) {
    if (members.stream().anyMatch(m -> m.staging().budgetWatts().isPresent())) {
      return world.site().power().values();
    }
    Set<PowerSwitch> out = new LinkedHashSet<>();
    members.stream()
        .filter(m -> m.staging().step().isActive())
        .forEach(m -> m.at().ifPresent(at -> out.add(at.of())));
    return out;
  }

  private List<Member> members(World world) {
    var out = new ArrayList<Member>();
    Instant now = clock.instant();
    for (Node node : world.nodes()) {
      BootState state = chronicle.state(node.name(), now);
      Staging.of(state.facts())
          .ifPresent(staging ->
              out.add(
                  new Member(
                      node.name(),
                      staging,
                      port(staging.place(), world),
                      waited(node.name(), staging),
                      busy.contains(node.name()),
                      StagingBegins.spared(node, staging.place(), state, world))));
    }
    return out;
  }

  private static Optional<Outlet.Port> port(String place, World world) {
    return SwitchPort.tryParse(place)
        .flatMap(port ->
            world.site().power().values().stream()
                .flatMap(of -> port.placeAt(of.name()).map(at -> new Outlet.Port(of, at)).stream())
                .findFirst());
  }

  private synchronized void stay(String node, Staging staging) {
    stays.compute(
        node,
        (_, old) ->
            old != null && old.staging().equals(staging)
                ? old
                : new Stay(staging, System.nanoTime()));
  }

  private synchronized void forgetOthers(Collection<String> nodes) {
    stays.keySet().retainAll(nodes);
  }

  private synchronized Duration waited(String node, Staging staging) {
    Stay stay = stays.get(node);
    return stay != null && stay.staging().equals(staging)
        ? Duration.ofNanos(System.nanoTime() - stay.nanos())
        : Duration.ZERO;
  }

  /// Writes a step down, unless the node is no more where it was.
  private boolean write(Member member, Order order) {
    return chronicle.decide(
        member.node(),
        order.next().since(),
        state -> {
          boolean same = Staging.of(state.facts()).equals(Optional.of(member.staging()));
          return new Chronicle.Verdict<>(
              same, same ? List.of(order.next().event(order.node(), order.reason())) : List.of());
        });
  }

  private void carryOut(Member member, Order order, World world) {
    Optional<Node> node = world.node(order.node());
    if (node.isEmpty()) {
      return;
    }
    if (order instanceof Order.On on && !PowerDecisions.isNamed(node.get(), on.at().place())) {
      Optional<Boolean> there = isStillAt(node.get(), on.at());
      if (there.isEmpty()) {
        return;
      }
      if (!there.get()) {
        StagingDecisions.moved(member, clock.instant()).ifPresent(left -> write(member, left));
        return;
      }
    }
    switch (order) {
      case Order.Note _ -> write(member, order);
      case Order.On on -> start(node.get(), member, order, Action.ON, on.at());
      case Order.Cycle cycle -> start(node.get(), member, order, Action.CYCLE, cycle.at());
    }
  }

  /// Whether a port that was only heard is the node's by what the switches say now; empty where one
  /// of them does not answer. Blocks.
  private Optional<Boolean> isStillAt(Node node, Outlet.Port at) {
    try {
      return Optional.of(desk.looks().outletOf(node).place().equals(at.place()));
    } catch (Problem e) {
      LOG.debug("not switched on yet node={} reason={}", node.name(), e.getMessage());
      return Optional.empty();
    }
  }

  private void start(Node node, Member member, Order order, Action action, Outlet.Port at) {
    if (!desk.keep(node, at)) {
      // An operator is switching it just now: that is no try of the node's.
      return;
    }
    if (!write(member, order)) {
      desk.release(node, at);
      return;
    }
    busy.add(node.name());
    Thread.ofVirtual()
        .name("staging " + node.name())
        .start(() -> {
          try {
            desk.order(node, action, at);
          } catch (PowerException e) {
            failed(member, order, e.isUncertain(), e.text());
          } finally {
            busy.remove(node.name());
          }
        });
  }

  private void failed(Member member, Order order, boolean uncertain, String reason) {
    Instant now = clock.instant();
    Staging next = StagingDecisions.failed(order.next(), member.staging().step(), uncertain, now);
    var ordered =
        new Member(
            member.node(), order.next(), member.at(), Duration.ZERO, false, Optional.empty());
    write(ordered, new Order.Note(member.node(), next, reason));
  }
}
