package dev.coldframe.transport;

import dev.coldframe.decide.Caller;
import dev.coldframe.net.Ip4;
import dev.coldframe.node.BootState;
import dev.coldframe.node.Installation;
import dev.coldframe.node.Node;
import dev.coldframe.node.Staging;
import dev.coldframe.node.World;
import dev.coldframe.store.Chronicle;
import dev.coldframe.store.InstallJobs;
import dev.coldframe.transport.content.Installs;
import dev.coldframe.transport.content.Library;
import dev.coldframe.transport.content.Seeds;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/// What the listeners of the boot plane share.
///
/// @param world the present world
/// @param library opens boot files
/// @param seeds renders seed files
/// @param installs puts images together for installers
/// @param desk what installers have shown of their disks
/// @param jobs which installs are this appliance's
/// @param chronicle the journal and the nodes' states
/// @param counters counts what is not answered
/// @param clock the time
/// @param blocking runs what touches a disk
public record BootPlane(
    Supplier<World> world,
    Library library,
    Seeds seeds,
    Installs installs,
    InstallDesk desk,
    InstallJobs jobs,
    Chronicle chronicle,
    Counters counters,
    InstantSource clock,
    Executor blocking) {
  /// Who speaks from an address.
  public Caller caller(Ip4 source) {
    return Caller.at(source, world.get(), this::standing);
  }

  /// The part that serves files.
  ///
  /// @param via the protocol, `tftp` or `http`
  public FilePlane files(String via) {
    return new FilePlane(
        world, this::caller, library, new BootJournal(this, via), counters, blocking);
  }

  /// Where it is not known where nodes stand, no installer could go on: a board whose system is on
  /// its disk goes on with that.
  private Caller.Standing standing(Node node) {
    if (chronicle.isBlind() && node.profile().writesDisk()) {
      return Caller.Standing.AT_HOME;
    }
    BootState state = chronicle.state(node.name(), clock.instant());
    Installation installation = state.installation();
    if (state.facts().containsKey(Staging.RESCUE)) {
      return Caller.Standing.GIVEN_UP;
    }
    if (installation.local()) {
      return Caller.Standing.AT_HOME;
    }
    return installation.givenUp(world.get().site().stages().retries())
        ? Caller.Standing.GIVEN_UP
        : Caller.Standing.USUAL;
  }
}
