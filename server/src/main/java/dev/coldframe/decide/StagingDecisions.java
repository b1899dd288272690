package dev.coldframe.decide;

import dev.coldframe.decide.PowerDecisions.Outlet;
import dev.coldframe.node.BootState;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.node.Node;
import dev.coldframe.node.NodeRow;
import dev.coldframe.node.PowerPort;
import dev.coldframe.node.Site;
import dev.coldframe.node.Staging;
import dev.coldframe.node.Staging.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// How power comes back to many nodes: one port after the other, as watts are there for it, each
/// watched until its kernel shows, switched off and on where that takes too long, and given up to
/// its shell after so many tries. The drawing of the steps is in [Staging].
///
/// A port that is on already is never switched: what hangs there has its power.
public final class StagingDecisions {
  /// For how long nothing must have changed before a node is left off for want of watts: a switch
  /// measures late, and what it says of a node that has just come up is still high.
  static final Duration SETTLED = Duration.ofSeconds(30);

  /// How long a switch that did not carry an order out is left alone.
  static final Duration PAUSE = Duration.ofSeconds(15);

  /// A switch that has run for no longer than that when it is first seen has just come back.
  static final Duration FRESH = Duration.ofMinutes(10);

  /// What a clock may be off by between two looks at a switch's own.
  private static final Duration SLACK = Duration.ofSeconds(5);

  private static final String STOPPED = "the operator stopped it";

  private StagingDecisions() {}

  /// What a switch said.
  ///
  /// @param at when
  /// @param up for how long it has run, where it tells
  public record Seen(Instant at, boolean answered, Optional<Duration> up) {}

  /// Whether a switch was without power since it was last looked at.
  ///
  /// @param before the look before, empty at the first one
  public static boolean returned(Optional<Seen> before, Seen now) {
    if (!now.answered()) {
      return false;
    }
    Optional<Duration> since = before.flatMap(Seen::up);
    if (now.up().isPresent() && since.isPresent()) {
      return now.up().get().plus(SLACK).compareTo(since.get()) < 0;
    }
    return now.up().isPresent()
        ? now.up().get().compareTo(FRESH) < 0
        : before.filter(b -> !b.answered()).isPresent();
  }

  /// What is known of a node that may be staged.
  ///
  /// @param outlet what gives it its power
  /// @param view what that switch says now; empty where there is none
  public record Candidate(Node node, BootState state, Outlet outlet, Optional<PowerView> view) {}

  /// Who wants it.
  public enum Wanted {
    /// The operator, who named the node.
    NAMED,
    /// The operator, who named none.
    ALL,
    /// Nobody; the switch came back.
    RETURN
  }

  /// Why a node is not staged.
  ///
  /// @return empty when it is
  public static Optional<String> objection(Candidate candidate, Wanted wanted) {
    String name = candidate.node().name();
    if (Staging.of(candidate.state().facts()).filter(s -> s.step().isActive()).isPresent()) {
      return Optional.of(name + " is being staged already");
    }
    return switch (candidate.outlet()) {
      case Outlet.None(String remedy) -> Optional.of(remedy);
      case Outlet.Unseen _ -> Optional.of("the port of " + name + " was not looked up yet");
      case Outlet.Sleeper _ ->
          Optional.of(name + " can only be woken over the network: coldframe power on " + name);
      case Outlet.Port port -> objection(candidate, port, wanted);
    };
  }

  private static Optional<String> objection(Candidate candidate, Outlet.Port at, Wanted wanted) {
    boolean off = candidate.state().facts().containsKey(NodeRow.POWER);
    if (wanted == Wanted.RETURN && off) {
      return Optional.of("it was switched off on purpose");
    }
    Optional<PowerView> view = candidate.view();
    if (view.isEmpty() || !view.get().answered()) {
      // It may be starting itself.
      return Optional.empty();
    }
    if (!view.get().told()) {
      return wanted == Wanted.NAMED || off
          ? Optional.empty()
          : Optional.of(
              at.of().name()
                  + " does not tell whether it is on; name the node to have it staged all the"
                  + " same");
    }
    Optional<PowerPort> port = view.get().port(at.port());
    return port.isEmpty()
        ? Optional.of(at.of().name() + " has no port " + at.port())
        : port.filter(PowerPort::on).map(_ -> "its port is on");
  }

  /// The first step of a node that is staged.
  ///
  /// @param run when the staging begins
  /// @param budget what all its ports may take together, where that was said
  public static Staging begun(
      Outlet at, Site.Stages stages, Instant run, Optional<Integer> budget) {
    return new Staging(Step.WAITING, 0, stages.tries(), run, at.place(), run.toString(), budget);
  }

  /// What follows for a node whose boot took too long, where the site wants that.
  ///
  /// @param state where it stood before that was noticed
  /// @param overdue what is written down of that
  public static Optional<JournalEvent> stuck(
      Node node, BootState state, Outlet at, JournalEvent overdue, Site.Stages stages) {
    boolean cut =
        switch (state.phase()) {
          case BOOTING, INSTALLING -> true;
          // A first boot that is slow may still come to its end.
          case NEW, ADOPTED, FIRST_BOOT, READY, FAILED -> false;
        };
    boolean staged = Staging.of(state.facts()).filter(s -> s.step().isActive()).isPresent();
    boolean given = state.facts().containsKey(Staging.RESCUE);
    if (!stages.powerCycle() || !cut || staged || given || at.place().isEmpty()) {
      return Optional.empty();
    }
    var staging =
        new Staging(
            Step.STUCK,
            state.failures() + 1,
            stages.tries(),
            overdue.at(),
            at.place(),
            overdue.at().toString(),
            Optional.empty());
    return Optional.of(staging.event(node.name(), "it is stuck"));
  }

  /// A node that is being staged.
  ///
  /// @param at its port; empty where the config file has no such switch any more
  /// @param waited for how long this server has seen it at its step; what went on while no server
  ///   ran is no fault of the node's
  /// @param busy whether an order to its switch is on its way
  public record Member(
      String node, Staging staging, Optional<Outlet.Port> at, Duration waited, boolean busy) {}

  /// What is to be done.
  public sealed interface Order {
    /// The node.
    String node();

    /// The step that is written down, before anything else.
    Staging next();

    /// Why.
    String reason();

    /// Nothing but writing the step down.
    record Note(String node, Staging next, String reason) implements Order {}

    /// Its port is switched on.
    record On(String node, Staging next, String reason, Outlet.Port at) implements Order {}

    /// Its port is switched off and on.
    record Cycle(String node, Staging next, String reason, Outlet.Port at) implements Order {}
  }

  /// Whether any switch must be looked at for what comes next.
  public static boolean needsALook(List<Member> members, Site.Stages stages) {
    return members.stream()
        .filter(m -> !m.busy())
        .anyMatch(m ->
            switch (m.staging().step()) {
              case WAITING, UNKNOWN, STUCK -> true;
              case BOOTING, RESCUE -> isLate(m, stages);
              case ARRIVED, GIVEN_UP, LEFT -> false;
            });
  }

  /// What is to be done now.
  ///
  /// @param members all nodes of the staging in the order in which they get their power, those that
  ///   are done too: what they draw counts
  /// @param views what each switch says, looked at after the last order to it was carried out
  public static List<Order> orders(
      List<Member> members, Map<String, PowerView> views, Site.Stages stages, Instant now) {
    var ledger = new PowerLedger(views);
    for (Member member : members) {
      member.at().ifPresent(at -> book(ledger, member, at));
    }
    var out = new ArrayList<Order>();
    for (Member member : members) {
      if (member.busy() || !member.staging().step().isActive()) {
        continue;
      }
      if (member.at().isEmpty()) {
        out.add(note(member, Step.LEFT, now, "no switch of that name is in the config file"));
      } else {
        var turn = new Turn(member, member.at().get(), members, ledger, stages, now);
        next(turn, Optional.ofNullable(views.get(turn.at().of().name()))).ifPresent(out::add);
      }
    }
    return out;
  }

  /// What the ports of each switch that answered take, or may, in watts.
  public static Map<String, Double> taken(List<Member> members, Map<String, PowerView> views) {
    var ledger = new PowerLedger(views);
    for (Member member : members) {
      member.at().ifPresent(at -> book(ledger, member, at));
    }
    var out = new HashMap<String, Double>();
    views.forEach((name, view) -> {
      if (view.answered()) {
        out.put(name, ledger.used(view));
      }
    });
    return out;
  }

  private static void book(PowerLedger ledger, Member member, Outlet.Port at) {
    Step step = member.staging().step();
    if (step.draws() || member.busy()) {
      ledger.boots(at.of().name(), at.port());
    } else if (step == Step.ARRIVED || step == Step.GIVEN_UP) {
      ledger.gave(at.of().name(), at.port());
    }
  }

  private record Turn(
      Member member,
      Outlet.Port at,
      List<Member> all,
      PowerLedger ledger,
      Site.Stages stages,
      Instant now) {
    Staging staging() {
      return member.staging();
    }
  }

  private static Optional<Order> next(Turn turn, Optional<PowerView> view) {
    if (view.filter(PowerView::answered).isEmpty()) {
      // Whoever does not answer gets no order, and nobody knows what it does.
      return Optional.empty();
    }
    return switch (turn.staging().step()) {
      case WAITING -> waiting(turn, view.get());
      case UNKNOWN -> Optional.of(unknown(turn, view.get()));
      case STUCK -> Optional.of(again(turn));
      case BOOTING ->
          isLate(turn.member(), turn.stages()) ? Optional.of(again(turn)) : Optional.empty();
      case RESCUE ->
          isLate(turn.member(), turn.stages())
              ? Optional.of(
                  note(turn.member(), Step.GIVEN_UP, turn.now(), "its shell did not come up"))
              : Optional.empty();
      case ARRIVED, GIVEN_UP, LEFT -> Optional.empty();
    };
  }

  private static boolean isLate(Member member, Site.Stages stages) {
    return member.waited().compareTo(stages.boot()) > 0;
  }

  private static Optional<Order> waiting(Turn turn, PowerView view) {
    Member member = turn.member();
    Staging staging = turn.staging();
    if (view.told()) {
      Optional<PowerPort> port = view.port(turn.at().port());
      if (port.isEmpty()) {
        return Optional.of(note(member, Step.LEFT, turn.now(), noPort(turn.at())));
      }
      if (port.get().on()) {
        // After an order of ours it is ours to watch, else it is somebody's who gave it power.
        return Optional.of(
            staging.tries() > 0
                ? note(member, Step.BOOTING, turn.now(), "its port is on")
                : note(member, Step.LEFT, turn.now(), "its port was switched on meanwhile"));
      }
    }
    if (staging.tries() >= staging.of()) {
      String reason = "its port did not come on in " + staging.tries() + " tries";
      return Optional.of(note(member, Step.LEFT, turn.now(), reason));
    }
    if (staging.tries() > 0 && member.waited().compareTo(PAUSE) < 0) {
      return Optional.empty();
    }
    if (turn.ledger().fits(turn.at().of().name(), turn.at().port(), staging.budgetWatts())) {
      turn.ledger().boots(turn.at().of().name(), turn.at().port());
      Staging next = staging.at(Step.BOOTING, staging.tries() + 1, turn.now());
      return Optional.of(new Order.On(member.node(), next, "", turn.at()));
    }
    return isHopeless(turn)
        ? Optional.of(
            note(
                member,
                Step.LEFT,
                turn.now(),
                "too little power is left: "
                    + turn.ledger().shortage(turn.at().of().name(), staging.budgetWatts())))
        : Optional.empty();
  }

  /// Nothing boots whose draw could still fall, and the last change is long enough ago.
  private static boolean isHopeless(Turn turn) {
    return turn.ledger().isWhole(turn.staging().budgetWatts())
        && turn.all().stream()
            .allMatch(
                m -> !m.busy() && !m.staging().step().draws() && m.waited().compareTo(SETTLED) > 0);
  }

  private static Order unknown(Turn turn, PowerView view) {
    Member member = turn.member();
    Staging staging = turn.staging();
    if (!view.told()) {
      // Nobody can be asked: it is watched as one that has its power.
      return new Order.Note(
          member.node(), staging.at(Step.BOOTING, staging.tries(), turn.now()), "");
    }
    Optional<PowerPort> port = view.port(turn.at().port());
    if (port.isEmpty()) {
      return note(member, Step.LEFT, turn.now(), noPort(turn.at()));
    }
    return port.get().on()
        ? note(member, Step.BOOTING, turn.now(), "its port is on")
        : note(member, Step.WAITING, turn.now(), "its port is off");
  }

  private static Order again(Turn turn) {
    Staging staging = turn.staging();
    String late = "no kernel within " + turn.stages().boot().toSeconds() + "s";
    if (staging.tries() < staging.of()) {
      Staging next = staging.at(Step.BOOTING, staging.tries() + 1, turn.now());
      return new Order.Cycle(turn.member().node(), next, late, turn.at());
    }
    String reason = "it did not boot in " + count(staging.tries());
    Staging next = staging.at(Step.RESCUE, staging.tries(), turn.now());
    return new Order.Cycle(turn.member().node(), next, reason, turn.at());
  }

  private static String count(int tries) {
    return tries == 1 ? "1 try" : tries + " tries";
  }

  private static String noPort(Outlet.Port at) {
    return at.of().name() + " has no port " + at.port();
  }

  private static Order note(Member member, Step step, Instant now, String reason) {
    Staging staging = member.staging();
    return new Order.Note(member.node(), staging.at(step, staging.tries(), now), reason);
  }

  /// Where a node stands after an order to its switch failed. The order counts as a try, so that a
  /// switch which never obeys comes to an end.
  ///
  /// @param ordered the step that was written down before the order
  /// @param before the step before that
  /// @param uncertain whether the order may have been carried out all the same
  public static Staging failed(Staging ordered, Step before, boolean uncertain, Instant now) {
    Step step =
        switch (ordered.step()) {
          case RESCUE -> Step.RESCUE;
          case WAITING, BOOTING, UNKNOWN, STUCK, ARRIVED, GIVEN_UP, LEFT ->
              uncertain ? Step.UNKNOWN : before;
        };
    return ordered.at(step, ordered.tries(), now);
  }

  /// What becomes of a node when the operator stops the staging.
  public static Optional<Order> stopped(Member member, Instant now) {
    return member.staging().step().isActive()
        ? Optional.of(note(member, Step.LEFT, now, STOPPED))
        : Optional.empty();
  }
}
