package dev.coldframe.rehearse;

import dev.coldframe.net.Bytes;
import dev.coldframe.net.Cidr;
import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/// A whole rack on the loopback interface: the site's address a.b.c.d is the socket address
/// 127.b.c.d, whatever the site's addresses are, so that no packet can leave this host.
///
/// One socket on the DHCP client port is the cable of all boards. A reply goes to the board whose
/// hardware address it carries, as on a wire; the transaction id is nobody's name (row B-01).
public final class LoopbackCable implements Cable {
  private static final int SERVER_PORT = 67;
  private static final int CLIENT_PORT = 68;
  private static final int CHADDR = 28;

  /// Longer than any message that a board takes, so that too long ones are seen as such.
  private static final int MAX_DATAGRAM = 4096;

  private static final int RECEIVE_BUFFER_BYTES = 1 << 20;
  private static final int FIRST_OCTET = 0xff << 24;
  private static final int LOOPBACK = 127 << 24;

  /// Messages that wait for one board; a server that floods loses the rest.
  private static final int MAX_WAITING = 64;

  private final InetSocketAddress server;
  private final int portOffset;
  private final List<Cidr> subnets;
  private final DatagramSocket wire;
  private final Thread listening;
  private final Map<MacAddress, BlockingQueue<Bytes>> boards = new ConcurrentHashMap<>();
  private final LongAdder unclaimed = new LongAdder();

  /// Opens the DHCP client port.
  ///
  /// @param server the server's address in the site
  /// @param portOffset added to every well-known port, as on the server
  /// @param subnets the site's subnets, to tell which host a loopback address stands for
  /// @throws IOException when the port is taken
  public LoopbackCable(Ip4 server, int portOffset, List<Cidr> subnets) throws IOException {
    this.portOffset = portOffset;
    this.subnets = List.copyOf(subnets);
    this.server = socketOf(server, SERVER_PORT + portOffset);
    this.wire = new DatagramSocket(new InetSocketAddress(inet(Ip4.ANY), CLIENT_PORT + portOffset));
    wire.setReceiveBufferSize(RECEIVE_BUFFER_BYTES);
    listening = Thread.ofVirtual().name("rehearsal-cable").start(this::listen);
  }

  private void listen() {
    var packet = new DatagramPacket(new byte[MAX_DATAGRAM], MAX_DATAGRAM);
    while (!wire.isClosed()) {
      try {
        packet.setLength(MAX_DATAGRAM);
        wire.receive(packet);
      } catch (IOException _) {
        // Closed, or the answer to a datagram that nobody took; the loop's condition tells.
        continue;
      }
      hand(Bytes.wrap(Arrays.copyOf(packet.getData(), packet.getLength())));
    }
  }

  private void hand(Bytes message) {
    BlockingQueue<Bytes> board =
        message.size() < CHADDR + 6
            ? null
            : boards.get(MacAddress.of(message.slice(CHADDR, CHADDR + 6)));
    if (board == null || !board.offer(message)) {
      unclaimed.increment();
    }
  }

  /// How many messages no board on this cable took.
  public long unclaimed() {
    return unclaimed.sum();
  }

  @Override
  public DhcpPort plug(MacAddress mac) throws IOException {
    var queue = new ArrayBlockingQueue<Bytes>(MAX_WAITING);
    if (boards.putIfAbsent(mac, queue) != null) {
      throw new IOException(mac + " is plugged in twice");
    }
    return new DhcpPort() {
      @Override
      public void broadcast(Bytes message) throws IOException {
        wire.send(new DatagramPacket(message.toArray(), message.size(), server));
      }

      @Override
      public Optional<Bytes> receive(Duration patience) throws InterruptedException {
        return Optional.ofNullable(queue.poll(patience.toNanos(), TimeUnit.NANOSECONDS));
      }

      @Override
      public void close() {
        boards.remove(mac, queue);
      }
    };
  }

  @Override
  public UdpPort udp(Ip4 self, int port) throws IOException {
    try {
      return new LoopbackUdp(new DatagramSocket(socketOf(self, port)));
    } catch (BindException _) {
      // Another rehearsal on this host has the same board on that port.
      return new LoopbackUdp(new DatagramSocket(socketOf(self, 0)));
    }
  }

  private final class LoopbackUdp implements UdpPort {
    private final DatagramSocket socket;
    private final DatagramPacket packet = new DatagramPacket(new byte[MAX_DATAGRAM], MAX_DATAGRAM);

    LoopbackUdp(DatagramSocket socket) {
      this.socket = socket;
    }

    @Override
    public void send(Bytes payload, Ip4 host, int port) throws IOException {
      socket.send(new DatagramPacket(payload.toArray(), payload.size(), socketOf(host, port)));
    }

    @Override
    public Optional<Datagram> receive(Duration patience) throws IOException, InterruptedException {
      // Zero would mean to wait for ever.
      socket.setSoTimeout((int) Math.max(1, patience.toMillis()));
      packet.setLength(MAX_DATAGRAM);
      try {
        socket.receive(packet);
      } catch (SocketTimeoutException _) {
        return Optional.empty();
      } catch (IOException e) {
        if (Thread.interrupted()) {
          throw new InterruptedException("interrupted while receiving");
        }
        throw e;
      }
      Bytes payload = Bytes.wrap(Arrays.copyOf(packet.getData(), packet.getLength()));
      return Optional.of(new Datagram(payload, hostOf(packet.getAddress()), packet.getPort()));
    }

    @Override
    public void close() {
      socket.close();
    }
  }

  @Override
  public Socket tcp(Ip4 self, Ip4 host, int port, Duration timeout) throws IOException {
    var socket = new Socket();
    try {
      int millis = (int) Math.max(1, timeout.toMillis());
      socket.bind(socketOf(self, 0));
      socket.connect(socketOf(host, port), millis);
      socket.setSoTimeout(millis);
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  @Override
  public int port(int wellKnown) {
    return wellKnown + portOffset;
  }

  /// Returns when the port is free again, which is when the listener has left it.
  @Override
  public void close() {
    wire.close();
    try {
      listening.join();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private static InetSocketAddress socketOf(Ip4 host, int port) throws IOException {
    return new InetSocketAddress(inet(new Ip4((host.bits() & ~FIRST_OCTET) | LOOPBACK)), port);
  }

  private static InetAddress inet(Ip4 address) throws IOException {
    int bits = address.bits();
    return InetAddress.getByAddress(
        new byte[] {(byte) (bits >>> 24), (byte) (bits >>> 16), (byte) (bits >>> 8), (byte) bits});
  }

  private Ip4 hostOf(InetAddress address) {
    int there = Bytes.copyOf(address.getAddress()).intAt(0);
    for (Cidr subnet : subnets) {
      var host = new Ip4((there & ~FIRST_OCTET) | (subnet.network().bits() & FIRST_OCTET));
      if (subnet.contains(host)) {
        return host;
      }
    }
    return new Ip4(there);
  }
}
