package dev.coldframe.doctor;

import dev.coldframe.net.Bytes;
import dev.coldframe.net.Ip4;
import dev.coldframe.node.SharedState;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// What reaches beyond files: sockets, the kernel, and boot trees as they would be served. Whoever
/// wires the rooms gives them. Any thread; all block.
public interface Instruments {
  /// Has a port as the appliance would, for a moment.
  ///
  /// @return what the system says against it; empty when it can be had
  Optional<String> refusal(PortsCheck.Port port);

  /// Asks a link for DHCP servers other than this one.
  ///
  /// @return empty where it may not be asked, or this user may not
  Optional<List<OtherServersCheck.Offer>> askForServers(String interfaceName);

  /// Listens on a link for what its switch says about the spanning tree.
  ///
  /// @return the first frame from its LLC header on; empty when none came in time
  /// @throws IOException without CAP_NET_RAW
  Optional<Bytes> spanningTree(String interfaceName) throws IOException;

  /// The largest IP packet that gets through to a machine, as far as routers on the way say.
  OptionalInt largestPacket(Ip4 to) throws IOException;

  /// Logs into the database that appliances share, and changes nothing.
  ///
  /// @return why it cannot be used; empty where it can
  Optional<String> databaseTrouble(SharedState where);

  /// Looks at the clock.
  ClockCheck.Readings clock();

  /// Asks a name server for a name that nobody else asks for.
  NameLoopCheck.Echo askUniqueName(Ip4 server) throws IOException;

  /// What is known to fail in the site and in the boot trees of its nodes.
  KnownFailuresCheck.Seen knownFailures() throws IOException;
}
