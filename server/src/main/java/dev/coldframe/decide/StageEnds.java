package dev.coldframe.decide;

import dev.coldframe.node.BootState;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.node.Lifecycle;
import dev.coldframe.node.Node;
import dev.coldframe.node.Profile;
import dev.coldframe.node.Site;
import dev.coldframe.node.World;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What follows for a node whose stage takes too long.
public final class StageEnds {
  private StageEnds() {}

  /// What is written down of it; nothing while it is in time.
  ///
  /// @param steady the time by the clock that its phase is measured with
  /// @param now the time for people
  public static List<JournalEvent> of(
      Node node, BootState state, World world, Instant steady, Instant now) {
    Site.Stages limits = world.site().stages();
    boolean installs = node.profile().boot() == Profile.Boot.INSTALL;
    Optional<JournalEvent> end =
        (installs
                ? Lifecycle.overdue(node.name(), state, limits, steady)
                : Lifecycle.settled(node.name(), state, limits, steady))
            .map(event -> new JournalEvent(now, event.subject(), event.type(), event.fields()));
    var events = new ArrayList<JournalEvent>(end.stream().toList());
    if (installs && end.isPresent()) {
      PowerDecisions.Outlet outlet = PowerDecisions.known(node, state, world);
      StagingBegins.stuck(node, state, outlet, end.get(), world).ifPresent(events::add);
    }
    return events;
  }
}
