package dev.coldframe.doctor;

import dev.coldframe.net.Bytes;
import dev.coldframe.net.Ip4;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.node.SharedState;
import dev.coldframe.node.Site;
import dev.coldframe.node.World;
import dev.coldframe.testkit.Sites;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// Patients that are well, but for what a test gives them.
final class Patients {
  /// Finds nothing out of order.
  static class Quiet implements Instruments {
    @Override
    public Optional<String> refusal(PortsCheck.Port port) {
      return Optional.empty();
    }

    @Override
    public Optional<List<OtherServersCheck.Offer>> askForServers(String interfaceName) {
      return Optional.of(List.of());
    }

    @Override
    public Optional<Bytes> spanningTree(String interfaceName) {
      return Optional.empty();
    }

    @Override
    public OptionalInt largestPacket(Ip4 to) {
      return OptionalInt.empty();
    }

    @Override
    public Optional<String> databaseTrouble(SharedState where) {
      return Optional.empty();
    }

    @Override
    public ClockCheck.Readings clock() {
      return new ClockCheck.Readings(true, Optional.empty());
    }

    @Override
    public NameLoopCheck.Echo askUniqueName(Ip4 server) {
      return NameLoopCheck.Echo.UNKNOWN;
    }

    @Override
    public KnownFailuresCheck.Seen knownFailures() {
      return new KnownFailuresCheck.Seen(0, List.of());
    }
  }

  private Patients() {}

  /// One whose journal tells this, and nothing runs.
  static Patient of(Site site, Instant now, JournalEvent... journal) {
    World world = Sites.world(site);
    return new Patient(
        world,
        Path.of("/nonexistent"),
        0,
        Optional.empty(),
        List.of(journal),
        Map.of(),
        now,
        new Quiet());
  }
}
