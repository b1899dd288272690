package dev.coldframe.decide;

import dev.coldframe.net.Ip4;
import dev.coldframe.node.World;
import dev.coldframe.wire.dhcp.DhcpMessage;
import dev.coldframe.wire.dhcp.MessageType;
import dev.coldframe.wire.dhcp.OptionCode;
import java.util.Optional;

/// The traces of another DHCP server on a link. Appliances that share their state are none to each
/// other.
public final class ForeignServer {
  private ForeignServer() {}

  /// The server that gave or offered an address, where it is another than this one. A client that
  /// chooses it says so to everybody; a reply is heard where it passes by. What comes through a
  /// relay tells nothing of this link.
  public static Optional<Ip4> in(DhcpMessage message, Arrival arrival, World world) {
    boolean reply = message.op() == DhcpMessage.BOOTREPLY;
    boolean chosen =
        message.type() == MessageType.REQUEST && message.ciaddr().bits() == 0 && !message.relayed();
    if (!reply && !chosen) {
      return Optional.empty();
    }
    return message
        .options()
        .address(OptionCode.SERVER_ID)
        .filter(Ip4::isAssignable)
        .filter(server -> !arrival.addresses().contains(server) && is(server, world));
  }

  /// Whether a server that answers on one of our links is neither this appliance nor one that
  /// shares its state.
  public static boolean is(Ip4 server, World world) {
    return !server.equals(world.site().appliance()) && !world.isPartner(server);
  }
}
