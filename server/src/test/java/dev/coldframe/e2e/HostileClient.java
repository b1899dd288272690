package dev.coldframe.e2e;

import dev.coldframe.net.Bytes;
import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import dev.coldframe.testkit.DhcpRequest;
import dev.coldframe.wire.dhcp.Decode;
import dev.coldframe.wire.dhcp.DhcpCodec;
import dev.coldframe.wire.dhcp.DhcpMessage;
import dev.coldframe.wire.dhcp.MessageType;
import dev.coldframe.wire.dhcp.OptionCode;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.SocketTimeoutException;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;

/// Somebody on the segment of a [LoopbackServer] who means ill: he sends what he likes, from any
/// address but those that others have opened, and hears what is sent to nobody else.
final class HostileClient implements AutoCloseable {
  static final Ip4 APPLIANCE = Ip4.parse("127.0.0.1");
  private static final int RELAY_INFORMATION = 82;
  private static final int SHORT_MILLIS = 20;
  private static final int PI_4 = 0xdca632;

  private final LoopbackServer server;
  private final Random random;
  private final DatagramSocket dhcp;

  /// @param seed of all that he invents
  HostileClient(LoopbackServer server, long seed) throws IOException {
    this.server = server;
    this.random = new Random(seed);
    dhcp = new DatagramSocket(null);
    dhcp.setReuseAddress(true);
    dhcp.setReceiveBufferSize(4 << 20);
    dhcp.bind(GoodNode.at(Ip4.ANY, server.port(68)));
  }

  /// A hardware address that nobody has: every other one is a Pi's, by its first half.
  MacAddress invented() {
    long low = random.nextInt() & 0xffff_ffffL;
    return (low & 1) == 0
        ? new MacAddress((long) PI_4 << 24 | (low & 0xff_ffff))
        : new MacAddress(0x0200_0000_0000L | low);
  }

  /// A client that never was asks for an address.
  DhcpRequest discover() {
    return DhcpRequest.of(MessageType.DISCOVER, invented().toString()).xid(random.nextInt());
  }

  void send(DhcpRequest request) throws IOException {
    send(dhcp, request);
  }

  private void send(DatagramSocket from, DhcpRequest request) throws IOException {
    toPort(from, 67, DhcpCodec.encode(request.message(), 576).toArray());
  }

  /// Sends bytes to a service.
  void toPort(DatagramSocket from, int wellKnown, byte[] bytes) throws IOException {
    from.send(
        new DatagramPacket(bytes, bytes.length, GoodNode.at(APPLIANCE, server.port(wellKnown))));
  }

  /// What is answered to him within a short time.
  Optional<DhcpMessage> heard() throws IOException {
    return heard(SHORT_MILLIS);
  }

  /// What is answered to him within a time.
  Optional<DhcpMessage> heard(int millis) throws IOException {
    return heard(dhcp, millis)
        .flatMap(bytes ->
            DhcpCodec.decode(bytes) instanceof Decode.Ok(DhcpMessage reply)
                ? Optional.of(reply)
                : Optional.empty());
  }

  static Optional<Bytes> heard(DatagramSocket socket) throws IOException {
    return heard(socket, SHORT_MILLIS);
  }

  /// What a socket hears within a time.
  static Optional<Bytes> heard(DatagramSocket socket, int millis) throws IOException {
    var packet = new DatagramPacket(new byte[2_048], 2_048);
    socket.setSoTimeout(millis);
    try {
      socket.receive(packet);
    } catch (SocketTimeoutException _) {
      return Optional.empty();
    }
    return Optional.of(Bytes.wrap(Arrays.copyOf(packet.getData(), packet.getLength())));
  }

  /// Takes whatever he is offered.
  void take(DhcpMessage offer) throws IOException {
    if (offer.type() == MessageType.OFFER) {
      send(
          DhcpRequest.of(MessageType.REQUEST, MacAddress.of(offer.chaddr()).toString())
              .put(OptionCode.SERVER_ID, APPLIANCE)
              .put(OptionCode.REQUESTED_ADDRESS, offer.yiaddr()));
    }
  }

  /// In the name of a neighbour: its address is somebody else's.
  void declineFor(GoodNode node) throws IOException {
    send(
        DhcpRequest.of(MessageType.DECLINE, node.mac().toString())
            .put(OptionCode.SERVER_ID, APPLIANCE)
            .put(OptionCode.REQUESTED_ADDRESS, node.address()));
  }

  /// In the name of a neighbour: it needs its address no more.
  void releaseFor(GoodNode node) throws IOException {
    send(
        DhcpRequest.of(MessageType.RELEASE, node.mac().toString())
            .ciaddr(node.address())
            .put(OptionCode.SERVER_ID, APPLIANCE));
  }

  /// As a relay that wants the answer on the port it sent from (RFC 8357), so that he hears it.
  ///
  /// @param from bound to the relay's address
  void throughRelay(DatagramSocket from, Ip4 relay) throws IOException {
    DhcpRequest request =
        discover().through(relay).put(RELAY_INFORMATION, Bytes.parseHex("13020000"));
    send(from, request);
  }

  /// A socket at any address of the segment.
  static DatagramSocket at(String address) throws IOException {
    return new DatagramSocket(GoodNode.at(Ip4.parse(address), 0));
  }

  /// Bytes that mean nothing.
  byte[] noise(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  int anyOf(int bound) {
    return random.nextInt(bound);
  }

  @Override
  public void close() {
    dhcp.close();
  }
}
