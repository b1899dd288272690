package dev.coldframe.transport.dhcp;

import dev.coldframe.net.Bytes;
import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import dev.coldframe.node.Network;
import dev.coldframe.node.Site;
import dev.coldframe.transport.Link;
import dev.coldframe.wire.dhcp.Decode;
import dev.coldframe.wire.dhcp.DhcpCodec;
import dev.coldframe.wire.dhcp.DhcpMessage;
import dev.coldframe.wire.dhcp.DhcpOptions;
import dev.coldframe.wire.dhcp.MessageType;
import dev.coldframe.wire.dhcp.OptionCode;
import java.io.IOException;
import java.net.NetworkInterface;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks a link whether other DHCP servers are there: a DISCOVER of ours whose offers are looked at
/// and never taken. Where we only observe, nothing is asked (row S-43).
public final class ServerProbe {
  private static final Logger LOG = LoggerFactory.getLogger(ServerProbe.class);

  /// A server may look for its offer on the link first.
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  /// Some look for three seconds.
  private static final Duration STRANGERS_PATIENCE = Duration.ofSeconds(5);

  private static final int CLIENT_ID_BYTES = 17;

  /// Who answers with ever new addresses is heard no longer than this.
  static final int MAX_FOUND = 64;

  private static final int MAX_PACKET_BYTES = 1_500;
  private static final int BROADCAST_FLAG = 0x8000;
  private static final int MIN_MESSAGE_BYTES = 300;
  private static final MacAddress EVERYBODY = new MacAddress(0xffff_ffff_ffffL);

  private ServerProbe() {}

  /// What another server offered.
  ///
  /// @param offered the address; 0.0.0.0 from a proxy
  public record Found(Ip4 server, Ip4 offered) {}

  /// Whether a link may be asked at all.
  public static boolean mayAsk(Link link, Site site) {
    List<Network> here =
        site.networks().stream()
            .filter(network -> network.interfaceName().equals(link.interfaceName()))
            .toList();
    return !link.isLoopback()
        && here.stream().noneMatch(network -> network.mode() == Network.Mode.OBSERVE);
  }

  /// Asks, and waits for [#PATIENCE]. Blocks in a system call: not for a virtual thread.
  ///
  /// @param own our addresses on the link
  /// @return empty without the right to a packet socket
  static List<Found> ask(Link link, List<Ip4> own) {
    try {
      return ask(link, own, Optional.empty(), PATIENCE);
    } catch (IOException e) {
      LOG.debug("other servers are not looked for link={}", link.interfaceName(), e);
      return List.of();
    }
  }

  /// As a stranger asks: with a client identifier that nobody has had before.
  ///
  /// @param own our addresses on the link
  /// @throws IOException without the right to a packet socket
  public static List<Found> askAsStranger(Link link, List<Ip4> own) throws IOException {
    byte[] id = new byte[CLIENT_ID_BYTES];
    RandomGenerator.getDefault().nextBytes(id);
    // Type 0: neither a hardware address nor a DUID (RFC 2132, section 9.14).
    id[0] = 0;
    return ask(link, own, Optional.of(Bytes.copyOf(id)), STRANGERS_PATIENCE);
  }

  private static List<Found> ask(
      Link link, List<Ip4> own, Optional<Bytes> clientId, Duration patience) throws IOException {
    NetworkInterface card = NetworkInterface.getByName(link.interfaceName());
    byte[] hardware = card == null ? null : card.getHardwareAddress();
    if (hardware == null || hardware.length != 6) {
      return List.of();
    }
    int xid = RandomGenerator.getDefault().nextInt();
    DhcpMessage discover = discover(xid, Bytes.copyOf(hardware), clientId);
    var found = new ArrayList<Found>();
    try (var socket = new LinkSocket(link.interfaceName(), LinkSocket.IP, MAX_PACKET_BYTES)) {
      socket.listen(Duration.ofMillis(500));
      var route =
          new PacketSocket.Route(
              Ip4.ANY,
              link.port(DhcpServer.CLIENT_PORT),
              Ip4.BROADCAST,
              link.port(DhcpServer.SERVER_PORT),
              EVERYBODY);
      long end = System.nanoTime() + patience.toNanos();
      Bytes message = DhcpCodec.encode(discover, MIN_MESSAGE_BYTES);
      socket.send(PacketSocket.datagram(message, route), EVERYBODY);
      while (System.nanoTime() < end && found.size() < MAX_FOUND) {
        offer(Bytes.wrap(socket.receive()), link.port(DhcpServer.CLIENT_PORT), xid)
            .filter(offer -> !own.contains(offer.server()) && !found.contains(offer))
            .ifPresent(found::add);
      }
    }
    return found;
  }

  /// Replies are asked for by broadcast: our own address is none of theirs.
  static DhcpMessage discover(int xid, Bytes hardware, Optional<Bytes> clientId) {
    var options =
        new DhcpOptions.Builder()
            .put(
                OptionCode.PARAMETER_LIST,
                Bytes.of(OptionCode.SUBNET_MASK, OptionCode.ROUTER, OptionCode.DNS));
    clientId.ifPresent(id -> options.put(OptionCode.CLIENT_ID, id));
    return new DhcpMessage(
        DhcpMessage.BOOTREQUEST,
        DhcpMessage.ETHERNET,
        0,
        xid,
        0,
        BROADCAST_FLAG,
        Ip4.ANY,
        Ip4.ANY,
        Ip4.ANY,
        Ip4.ANY,
        hardware,
        "",
        MessageType.DISCOVER,
        options.build(),
        true);
  }

  /// The offer in an IP packet, if it is one and ours.
  static Optional<Found> offer(Bytes packet, int port, int xid) {
    if (packet.size() < 28 || packet.unsigned(0) >>> 4 != 4 || packet.unsigned(9) != 17) {
      return Optional.empty();
    }
    int udp = (packet.unsigned(0) & 15) * 4;
    // A link pads short frames; what IP and UDP say of their lengths must agree (row P-20).
    int end = packet.shortAt(2);
    if (udp < 20
        || end > packet.size()
        || end < udp + 8
        || packet.shortAt(udp + 4) != end - udp
        || packet.shortAt(udp + 2) != port) {
      return Optional.empty();
    }
    return DhcpCodec.decode(packet.slice(udp + 8, end)) instanceof Decode.Ok(var reply)
            && reply.xid() == xid
            && reply.type() == MessageType.OFFER
        ? reply.options().address(OptionCode.SERVER_ID).map(s -> new Found(s, reply.yiaddr()))
        : Optional.empty();
  }
}
