package dev.coldframe.rehearse;

import dev.coldframe.net.Bytes;
import dev.coldframe.net.MacAddress;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.UnaryOperator;

/// One socket that is the DHCP cable of many boards. A reply goes to the board whose hardware
/// address it carries, as on a wire; the transaction id is nobody's name (row B-01).
final class DhcpWire implements AutoCloseable {
  /// Longer than any message that a board takes, so that too long ones are seen as such.
  static final int MAX_DATAGRAM = 4096;

  private static final int CHADDR = 28;
  private static final int RECEIVE_BUFFER_BYTES = 1 << 20;

  /// Messages that wait for one board; a server that floods loses the rest.
  private static final int MAX_WAITING = 64;

  private final DatagramSocket socket;
  private final InetSocketAddress server;
  private final UnaryOperator<Bytes> sent;
  private final Thread listening;
  private final Map<MacAddress, BlockingQueue<Bytes>> boards = new ConcurrentHashMap<>();
  private final LongAdder unclaimed = new LongAdder();

  /// @param socket bound; closed with the wire
  /// @param server where messages of the boards go
  /// @param sent what a board's message becomes on the way
  DhcpWire(DatagramSocket socket, InetSocketAddress server, UnaryOperator<Bytes> sent)
      throws IOException {
    this.socket = socket;
    this.server = server;
    this.sent = sent;
    socket.setReceiveBufferSize(RECEIVE_BUFFER_BYTES);
    listening = Thread.ofVirtual().name("rehearsal-cable").start(this::listen);
  }

  private void listen() {
    var packet = new DatagramPacket(new byte[MAX_DATAGRAM], MAX_DATAGRAM);
    while (!socket.isClosed()) {
      try {
        packet.setLength(MAX_DATAGRAM);
        socket.receive(packet);
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

  /// How many messages no board took.
  long unclaimed() {
    return unclaimed.sum();
  }

  /// Connects a board.
  ///
  /// @throws IOException when its address is already plugged in
  Cable.DhcpPort plug(MacAddress mac) throws IOException {
    var queue = new ArrayBlockingQueue<Bytes>(MAX_WAITING);
    if (boards.putIfAbsent(mac, queue) != null) {
      throw new IOException(mac + " is plugged in twice");
    }
    return new Cable.DhcpPort() {
      @Override
      public void broadcast(Bytes message) throws IOException {
        Bytes out = sent.apply(message);
        socket.send(new DatagramPacket(out.toArray(), out.size(), server));
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

  /// Returns when the port is free again, which is when the listener has left it.
  @Override
  public void close() {
    socket.close();
    try {
      listening.join();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
