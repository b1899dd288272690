package dev.coldframe.decide;

import dev.coldframe.decide.PowerDecisions.Outlet;
import dev.coldframe.node.BootState;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.node.Network;
import dev.coldframe.node.Node;
import dev.coldframe.node.NodeRow;
import dev.coldframe.node.PowerPort;
import dev.coldframe.node.Profile;
import dev.coldframe.node.Site;
import dev.coldframe.node.Staging;
import dev.coldframe.node.Staging.Step;
import dev.coldframe.node.World;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// Which nodes are staged, and when that begins: by the operator's word, when a switch comes back,
/// or for one node that is stuck. How it goes on is in [StagingDecisions].
public final class StagingBegins {
  /// A switch that has run for no longer than that when it is first seen has just come back.
  static final Duration FRESH = Duration.ofMinutes(10);

  /// What a clock may be off by between two looks at a switch's own.
  private static final Duration SLACK = Duration.ofSeconds(5);

  private static final String HEARD = "its port was only heard; name it under port:";

  private StagingBegins() {}

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

  /// Why a node's power is never taken from it, whatever it does.
  ///
  /// @param place the port
  /// @return empty where it may be
  public static Optional<String> spared(Node node, String place, BootState state, World world) {
    return PowerDecisions.isNamed(node, place) ? unheard(node, state, world) : Optional.of(HEARD);
  }

  /// Why nobody can tell that a node boots.
  ///
  /// @return empty where somebody can
  static Optional<String> unheard(Node node, BootState state, World world) {
    boolean answers =
        world.site().services().contains(Site.Service.DHCP)
            && world
                .networkOf(node.address())
                .filter(network -> network.mode() == Network.Mode.AUTHORITATIVE)
                .isPresent();
    if (!answers) {
      return Optional.of("its address comes from another server, so nobody can tell that it boots");
    }
    boolean mute =
        node.profile().addressInOs() == Profile.AddressInOs.STATIC
            && node.profile().setup().health().isZero()
            && state.installation().complete();
    return mute
        ? Optional.of("its address is static and it has no health:, so nobody can tell it boots")
        : Optional.empty();
  }

  /// What follows for a node whose boot took too long, where the site wants that. One that is
  /// spared is left as it is, and that is written down.
  ///
  /// @param state where it stood before that was noticed
  /// @param overdue what is written down of that
  public static Optional<JournalEvent> stuck(
      Node node, BootState state, Outlet at, JournalEvent overdue, World world) {
    Site.Stages stages = world.site().stages();
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
    Optional<String> spared = spared(node, at.place(), state, world);
    var staging =
        new Staging(
            spared.isPresent() ? Step.LEFT : Step.STUCK,
            state.failures() + 1,
            stages.tries(),
            overdue.at(),
            at.place(),
            overdue.at().toString(),
            Optional.empty());
    return Optional.of(staging.event(node.name(), spared.orElse("it is stuck")));
  }
}
