package dev.coldframe.decide;

import dev.coldframe.net.Ip4;
import dev.coldframe.node.World;
import dev.coldframe.wire.dhcp.DhcpMessage;
import dev.coldframe.wire.dhcp.MessageType;
import dev.coldframe.wire.dhcp.OptionCode;
import java.time.Instant;
import java.util.Optional;

/// The traces of another DHCP server on a link. Appliances that share their state are none to each
/// other.
public final class ForeignServer {
  private ForeignServer() {}

  /// The server that gave or offered an address, where it is another than this one. A client that
  /// chooses it says so to everybody; a reply is heard where it passes by. What comes through a
  /// relay tells nothing of this link.
  public static Optional<Ip4> in(DhcpMessage message, Arrival arrival, World world, Instant now) {
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
        .filter(server -> !arrival.addresses().contains(server))
        .filter(server ->
            is(server, arrival.interfaceName(), world, now)
                || (reply
                    && !server.equals(world.site().appliance())
                    && !sentBy(server, message, arrival, world, now)));
  }

  /// Whether a reply in an appliance's name came from one, or from a relay: whoever else writes
  /// that name is another server.
  private static boolean sentBy(
      Ip4 server, DhcpMessage reply, Arrival arrival, World world, Instant now) {
    Ip4 source = arrival.source();
    return source.equals(server)
        || world.isPartner(source, arrival.interfaceName(), now)
        || (reply.relayed() && source.equals(reply.giaddr()));
  }

  /// Whether a server that answers on a link of ours is neither this appliance nor one that shares
  /// its state.
  ///
  /// @param interfaceName the link
  public static boolean is(Ip4 server, String interfaceName, World world, Instant now) {
    return !server.equals(world.site().appliance()) && !world.isPartner(server, interfaceName, now);
  }
}
