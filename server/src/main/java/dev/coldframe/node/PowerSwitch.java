package dev.coldframe.node;

import dev.coldframe.net.Ip4;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Something that switches the power of nodes: a switch with PoE ports, a program, or the wake-up
/// packet of PCs.
///
/// @param name by which `port: name/7` means it
/// @param way how it is spoken to
/// @param timeout how long one answer may take
/// @param offTime how long a port stays off when it is cycled
/// @param ration how its power is given out when it comes back to many nodes
public record PowerSwitch(String name, Way way, Duration timeout, Duration offTime, Ration ration) {
  /// One whose power is given out as usual.
  public PowerSwitch(String name, Way way, Duration timeout, Duration offTime) {
    this(name, way, timeout, offTime, Ration.USUAL);
  }

  /// How a switch's power is given out to nodes that wait for it.
  ///
  /// @param budgetWatts how much all its ports may take together; empty: what the switch itself
  ///   says, else one node at a time
  /// @param nodeWatts what a node is reckoned with while it boots, and always where nothing
  ///   measures it
  /// @param onReturn whether its nodes are staged without a command once it comes back
  public record Ration(Optional<Integer> budgetWatts, int nodeWatts, boolean onReturn) {
    /// What one port of IEEE 802.3af gives at most is 15.4 W.
    public static final Ration USUAL = new Ration(Optional.empty(), 15, false);
  }

  /// How it is spoken to.
  public sealed interface Way {}

  /// POWER-ETHERNET-MIB (RFC 3621).
  ///
  /// @param watts the column with the power of each port in milliwatts, which every maker keeps
  ///   elsewhere
  public record Snmp(At at, Access access, Optional<String> watts) implements Way {}

  /// The pages of a NETGEAR Plus switch.
  ///
  /// @param secret the file that holds its password
  public record Netgear(At at, String secret) implements Way {}

  /// A program of the operator's.
  ///
  /// @param argv with `{port}`, `{action}` and `{switch}` where their values go
  public record Command(List<String> argv) implements Way {
    public Command {
      argv = List.copyOf(argv);
    }
  }

  /// Wake-on-LAN: can only switch on.
  ///
  /// @param port the UDP port of the packet
  public record WakeOnLan(int port) implements Way {}

  /// Where it listens.
  public record At(Ip4 address, int port) {
    @Override
    public String toString() {
      return address.toString();
    }
  }

  /// What SNMP asks for.
  public sealed interface Access {}

  /// SNMPv2c.
  ///
  /// @param secret the file that holds the community
  public record Community(String secret) implements Access {}

  /// SNMPv3 (RFC 3414).
  ///
  /// @param encrypted whether with AES
  /// @param secret the file with the password; one for encryption may be its second line
  public record User(String name, Hash hash, boolean encrypted, String secret) implements Access {}

  /// How a user shows that it is the one.
  public enum Hash {
    SHA,
    SHA256
  }
}
