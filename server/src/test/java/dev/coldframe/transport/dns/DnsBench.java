package dev.coldframe.transport.dns;

import dev.coldframe.net.Ip4;
import dev.coldframe.node.Site;
import dev.coldframe.testkit.DnsText;
import dev.coldframe.testkit.Sites;
import dev.coldframe.testkit.TftpBench;
import dev.coldframe.transport.Counters;
import dev.coldframe.transport.Link;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.xbill.DNS.Message;

/// A real DNS server on the loopback device: geranium asks from 127.168.0.20.
final class DnsBench implements AutoCloseable {
  static final String GERANIUM = "127.168.0.20";
  static final Duration PATIENCE = Duration.ofSeconds(10);

  final Counters counters = new Counters();
  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
  private final DnsServer server;

  /// @param site what is served
  /// @param upstream the socket that every upstream server stands for
  DnsBench(Site site, Upstream upstream) {
    var world = Sites.world(site);
    Link link = TftpBench.link();
    server = new DnsServer(group.next(), List.of(link), 0, () -> world, upstream, counters);
  }

  DnsBench(Site site) {
    this(site, _ -> new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 1));
  }

  /// The service port at the appliance's address.
  InetSocketAddress service() {
    return TftpBench.link().socketOf(Ip4.parse("192.168.0.2"), server.port());
  }

  /// A UDP client that hears only what comes from the address it asked.
  DatagramSocket client(String address) {
    try {
      var socket = new DatagramSocket(new InetSocketAddress(InetAddress.ofLiteral(address), 0));
      socket.connect(service());
      socket.setSoTimeout((int) PATIENCE.toMillis());
      return socket;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Asks over UDP and waits.
  Message ask(Message question) {
    try (DatagramSocket socket = client(GERANIUM)) {
      send(socket, question.toWire());
      return receive(socket);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void send(DatagramSocket socket, byte[] bytes) throws IOException {
    socket.send(new DatagramPacket(bytes, bytes.length));
  }

  static Message receive(DatagramSocket socket) throws IOException {
    var packet = new DatagramPacket(new byte[65_535], 65_535);
    socket.receive(packet);
    return DnsText.read(Arrays.copyOf(packet.getData(), packet.getLength()));
  }

  /// A TCP connection.
  Socket connect() throws IOException {
    var socket = new Socket();
    socket.bind(new InetSocketAddress(InetAddress.ofLiteral(GERANIUM), 0));
    socket.connect(service());
    socket.setSoTimeout((int) PATIENCE.toMillis());
    return socket;
  }

  static void send(DataOutputStream out, byte[] bytes) throws IOException {
    out.writeShort(bytes.length);
    out.write(bytes);
  }

  static Message receive(DataInputStream in) throws IOException {
    byte[] bytes = new byte[in.readUnsignedShort()];
    in.readFully(bytes);
    return DnsText.read(bytes);
  }

  /// What was counted under a reason.
  long counted(String reason) {
    return counters.snapshot().getOrDefault("dns: " + reason, 0L);
  }

  @Override
  public void close() {
    server.close();
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }
}
