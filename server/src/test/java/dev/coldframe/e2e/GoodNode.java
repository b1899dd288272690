package dev.coldframe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.net.Bytes;
import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import dev.coldframe.testkit.DhcpRequest;
import dev.coldframe.testkit.TftpPeer;
import dev.coldframe.wire.dhcp.Decode;
import dev.coldframe.wire.dhcp.DhcpCodec;
import dev.coldframe.wire.dhcp.DhcpMessage;
import dev.coldframe.wire.dhcp.MessageType;
import dev.coldframe.wire.dhcp.OptionCode;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Predicate;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/// A node of a [LoopbackServer] that wants what nodes want, and asks for it as patiently as the ROM
/// of a Pi 3: five times, five seconds apart (raspberry-pi-boot.md, section 2.3). Who is not served
/// within that has failed.
///
/// @param name its name in the site
/// @param mac its hardware address
/// @param address its pin, from which it speaks
/// @param server whom it asks
record GoodNode(String name, MacAddress mac, Ip4 address, LoopbackServer server) {
  /// A Pi 3 asks so often and never again.
  static final int TRIES = 5;

  private static final int WAIT_MILLIS = 5_000;
  private static final Ip4 APPLIANCE = Ip4.parse("127.0.0.1");
  private static final int NTP_BYTES = 48;

  /// Takes its address anew.
  ///
  /// @return how often it asked, for the OFFER or for the ACK, whichever took longer
  int lease() {
    try (DatagramSocket socket = dhcp()) {
      int offer = exchange(socket, DhcpRequest.of(MessageType.DISCOVER, mac.toString()));
      int ack =
          exchange(
              socket,
              DhcpRequest.of(MessageType.REQUEST, mac.toString())
                  .put(OptionCode.SERVER_ID, APPLIANCE)
                  .put(OptionCode.REQUESTED_ADDRESS, address));
      return Math.max(offer, ack);
    } catch (IOException e) {
      throw new AssertionError(name, e);
    }
  }

  /// Takes its address as its loader does when it boots.
  ///
  /// @return as [#lease]
  int loads() {
    try (DatagramSocket socket = dhcp()) {
      int offer = exchange(socket, loader(MessageType.DISCOVER));
      int ack =
          exchange(
              socket,
              loader(MessageType.REQUEST)
                  .put(OptionCode.SERVER_ID, APPLIANCE)
                  .put(OptionCode.REQUESTED_ADDRESS, address));
      return Math.max(offer, ack);
    } catch (IOException e) {
      throw new AssertionError(name, e);
    }
  }

  private DhcpRequest loader(MessageType type) {
    return DhcpRequest.of(type, mac.toString())
        .put(OptionCode.CLIENT_ARCHITECTURE, Bytes.parseHex("0000"))
        .put(OptionCode.VENDOR_CLASS, "PXEClient:Arch:00000:UNDI:002001");
  }

  /// Beside others on the same port, who hear what is sent to no socket's own address.
  private DatagramSocket dhcp() throws SocketException {
    var socket = new DatagramSocket(null);
    socket.setReuseAddress(true);
    socket.bind(at(address, server.port(68)));
    return socket;
  }

  private int exchange(DatagramSocket socket, DhcpRequest request) throws IOException {
    byte[] bytes = DhcpCodec.encode(request.message(), 576).toArray();
    return asked(socket, bytes, 67, this::givesThePin);
  }

  private boolean givesThePin(byte[] answer) {
    DhcpMessage reply = ((Decode.Ok) DhcpCodec.decode(Bytes.wrap(answer))).message();
    assertThat(reply.type()).as(name).isIn(MessageType.OFFER, MessageType.ACK);
    return reply.yiaddr().equals(address);
  }

  private int asked(DatagramSocket socket, byte[] bytes, int port, Predicate<byte[]> isIt)
      throws IOException {
    for (int attempt = 1; attempt <= TRIES; attempt++) {
      socket.send(new DatagramPacket(bytes, bytes.length, at(APPLIANCE, server.port(port))));
      Optional<byte[]> answer = receive(socket);
      if (answer.filter(isIt).isPresent()) {
        return attempt;
      }
    }
    throw new AssertionError(name + " was not answered on port " + port + " within its tries");
  }

  private static Optional<byte[]> receive(DatagramSocket socket) throws IOException {
    var packet = new DatagramPacket(new byte[2_048], 2_048);
    socket.setSoTimeout(WAIT_MILLIS);
    try {
      socket.receive(packet);
    } catch (SocketTimeoutException _) {
      return Optional.empty();
    }
    return Optional.of(Arrays.copyOf(packet.getData(), packet.getLength()));
  }

  /// Fetches a file over TFTP.
  ///
  /// @return how often it had to begin
  int file(String path, byte[] content) {
    AssertionError last = new AssertionError();
    for (int attempt = 1; attempt <= TRIES; attempt++) {
      try (var peer = new TftpPeer(address.toString(), at(APPLIANCE, server.port(69)))) {
        assertThat(peer.fetch(path, "blksize", "1468")).isEqualTo(content);
        return attempt;
      } catch (AssertionError e) {
        last = e;
      }
    }
    throw new AssertionError(name + " did not get " + path, last);
  }

  /// Fetches a file over HTTP.
  ///
  /// @return how often it had to begin
  int page(String path, byte[] content) {
    IOException last = new IOException();
    for (int attempt = 1; attempt <= TRIES; attempt++) {
      try (var socket = new Socket()) {
        socket.bind(at(address, 0));
        socket.connect(at(APPLIANCE, server.port(80)), WAIT_MILLIS);
        socket.setSoTimeout(WAIT_MILLIS);
        String request = "GET /" + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        byte[] answer = socket.getInputStream().readAllBytes();
        if (answer.length > content.length) {
          int head = answer.length - content.length;
          assertThat(Arrays.copyOfRange(answer, head, answer.length)).isEqualTo(content);
          return attempt;
        }
        last = new IOException(new String(answer, StandardCharsets.ISO_8859_1));
      } catch (IOException e) {
        last = e;
      }
    }
    throw new AssertionError(name + " did not get " + path, last);
  }

  /// Asks for the address of a node's name.
  ///
  /// @return how often it asked
  int resolves(String who, Ip4 its) {
    try (var socket = new DatagramSocket(at(address, 0))) {
      var asked = Record.newRecord(Name.fromString(who + ".rack.home.arpa."), Type.A, DClass.IN);
      byte[] question = Message.newQuery(asked).toWire();
      return asked(socket, question, 53, answer -> isAnswer(answer, its));
    } catch (IOException e) {
      throw new AssertionError(name, e);
    }
  }

  private static boolean isAnswer(byte[] bytes, Ip4 its) {
    try {
      return new Message(bytes)
          .getSection(Section.ANSWER).stream()
              .anyMatch(record ->
                  record instanceof ARecord a
                      && a.getAddress().getHostAddress().equals(its.toString()));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /// Asks for the time.
  ///
  /// @return how often it asked
  int time() {
    byte[] question = new byte[NTP_BYTES];
    question[0] = 0x23; // version 4, a client
    try (var socket = new DatagramSocket(at(address, 0))) {
      return asked(
          socket, question, 123, answer -> answer.length == NTP_BYTES && (answer[0] & 7) == 4);
    } catch (IOException e) {
      throw new AssertionError(name, e);
    }
  }

  static InetSocketAddress at(Ip4 host, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(host.toString()), port);
  }
}
