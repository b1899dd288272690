package dev.coldframe.decide;

import dev.coldframe.decide.PowerDecisions.Outlet;
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
import java.util.Set;
import java.util.stream.Collectors;

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

  /// How often a port that is off after the cycle for its shell is switched on.
  private static final int RESCUE_ONS = 2;

  private static final String UNTOLD = "it was switched on; nobody can tell more";
  private static final String STOPPED = "the operator stopped it";

  private StagingDecisions() {}

  /// A node that is being staged.
  ///
  /// @param at its port; empty where the config file has no such switch any more
  /// @param waited for how long this server has seen it at its step; what went on while no server
  ///   ran is no fault of the node's
  /// @param busy whether an order to its switch is on its way
  /// @param spared why its power is never taken from it; empty where it may be
  public record Member(
      String node,
      Staging staging,
      Optional<Outlet.Port> at,
      Duration waited,
      boolean busy,
      Optional<String> spared) {}

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

  /// The nodes as they are now, for views that were asked for before. One that came up meanwhile
  /// was measured when it may not have drawn yet: it counts as one that boots until the next look.
  ///
  /// @param before the nodes as they were when the switches were asked
  public static List<Member> sinceLook(List<Member> before, List<Member> now) {
    Set<String> drew =
        before.stream()
            .filter(m -> m.busy() || m.staging().step().draws())
            .map(Member::node)
            .collect(Collectors.toSet());
    return now.stream()
        .map(m ->
            drew.contains(m.node()) && !m.staging().step().draws()
                ? new Member(m.node(), m.staging(), m.at(), m.waited(), true, m.spared())
                : m)
        .toList();
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
    } else if (step == Step.ARRIVED
        || step == Step.GIVEN_UP
        || (step == Step.LEFT && member.staging().tries() > 0)) {
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
      case STUCK ->
          turn.member().waited().compareTo(PAUSE) < 0 ? Optional.empty() : Optional.of(again(turn));
      case BOOTING ->
          isLate(turn.member(), turn.stages())
              ? Optional.of(
                  view.get().told()
                      ? again(turn)
                      // It may have run all the time.
                      : note(turn.member(), Step.LEFT, turn.now(), UNTOLD))
              : Optional.empty();
      case RESCUE ->
          isLate(turn.member(), turn.stages())
              ? Optional.of(shellLate(turn, view.get()))
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
    Optional<String> spared = turn.member().spared();
    if (spared.isPresent()) {
      return note(turn.member(), Step.LEFT, turn.now(), spared.get());
    }
    String late = "no kernel within " + turn.stages().boot().toSeconds() + "s";
    if (staging.tries() < staging.of()) {
      Staging next = staging.at(Step.BOOTING, staging.tries() + 1, turn.now());
      return new Order.Cycle(turn.member().node(), next, late, turn.at());
    }
    String reason = "it did not boot in " + count(staging.tries());
    Staging next = staging.at(Step.RESCUE, staging.of(), turn.now());
    return new Order.Cycle(turn.member().node(), next, reason, turn.at());
  }

  /// An answer was lost, or the server ended between off and on: it is not left off for that.
  private static Order shellLate(Turn turn, PowerView view) {
    Staging staging = turn.staging();
    boolean off = view.port(turn.at().port()).filter(port -> !port.on()).isPresent();
    if (off && staging.tries() < staging.of() + RESCUE_ONS) {
      Staging next = staging.at(Step.RESCUE, staging.tries() + 1, turn.now());
      return new Order.On(turn.member().node(), next, "its port was off", turn.at());
    }
    return note(turn.member(), Step.GIVEN_UP, turn.now(), "its shell did not come up");
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
  /// After the last try no more orders follow for one whose port is off, so a cycle whose end is
  /// not known stays a boot: where nothing shows, the cycle for its shell gives it its power back.
  ///
  /// @param ordered the step that was written down before the order
  /// @param before the step before that
  /// @param uncertain whether the order may have been carried out all the same
  public static Staging failed(Staging ordered, Step before, boolean uncertain, Instant now) {
    boolean lastCycle = before != Step.WAITING && ordered.tries() >= ordered.of();
    Step step =
        switch (ordered.step()) {
          // It will come to no shell.
          case RESCUE -> uncertain ? Step.RESCUE : Step.LEFT;
          case WAITING, BOOTING, UNKNOWN, STUCK, ARRIVED, GIVEN_UP, LEFT ->
              uncertain ? (lastCycle ? Step.BOOTING : Step.UNKNOWN) : before;
        };
    return ordered.at(step, ordered.tries(), now);
  }

  /// What becomes of a node that is not at its port any more, by what the switches say now.
  public static Optional<Order> moved(Member member, Instant now) {
    return member.staging().step().isActive()
        ? Optional.of(note(member, Step.LEFT, now, "it is not known to be at its port any more"))
        : Optional.empty();
  }

  /// What becomes of a node when the operator stops the staging.
  public static Optional<Order> stopped(Member member, Instant now) {
    Step step = member.staging().step();
    return step.isActive()
        ? Optional.of(note(member, step == Step.RESCUE ? Step.GIVEN_UP : Step.LEFT, now, STOPPED))
        : Optional.empty();
  }
}
