package dev.coldframe.rehearse;

import dev.coldframe.net.Bytes;
import dev.coldframe.net.Ip4;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.locks.LockSupport;

/// The UDP sockets of all boards behind a relay. One thread hears all of them and wakes the board
/// that is meant: a thousand boards that each wait for their own socket cost this host several
/// times as much, and it would be the load that is measured, not the server.
final class RelayUdp implements AutoCloseable {
  /// How late a board may learn that nothing came.
  private static final long SWEEP_MILLIS = 20;

  /// Datagrams that wait for one board, which has one transfer at a time.
  private static final int MAX_WAITING = 64;

  private final Selector selector = Selector.open();
  private final ByteBuffer in = ByteBuffer.allocateDirect(DhcpWire.MAX_DATAGRAM);
  private final Thread listening;

  RelayUdp() throws IOException {
    listening = Thread.ofPlatform().name("storm-cable").daemon().start(this::listen);
  }

  /// Opens a socket with a port of its own.
  Cable.UdpPort open(Ip4 self) throws IOException {
    DatagramChannel channel = DatagramChannel.open();
    try {
      channel.configureBlocking(false);
      channel.bind(new InetSocketAddress(SocketUdp.inet(self), 0));
      var port = new Port(channel);
      channel.register(selector, SelectionKey.OP_READ, port);
      // The listener asks the system about this one from its next look on.
      selector.wakeup();
      return port;
    } catch (IOException | ClosedSelectorException e) {
      channel.close();
      throw e instanceof IOException io ? io : new IOException("the cable is closed", e);
    }
  }

  private void listen() {
    long sweep = System.nanoTime();
    try {
      while (selector.isOpen()) {
        selector.select(this::read, SWEEP_MILLIS);
        if (System.nanoTime() - sweep > SWEEP_MILLIS * 1_000_000) {
          sweep = System.nanoTime();
          selector.keys().forEach(key -> ((Port) key.attachment()).wakeIfLate());
        }
      }
    } catch (ClosedSelectorException _) {
      // The storm is over.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void read(SelectionKey key) {
    var port = (Port) key.attachment();
    try {
      in.clear();
      if (port.channel.receive(in) instanceof InetSocketAddress sender) {
        byte[] payload = new byte[in.flip().remaining()];
        in.get(payload);
        var host = new Ip4(Bytes.copyOf(sender.getAddress().getAddress()).intAt(0));
        port.take(new Cable.Datagram(Bytes.wrap(payload), host, sender.getPort()));
      }
    } catch (IOException _) {
      // Closed by its board, or the answer to a datagram that nobody took.
    }
  }

  @Override
  public void close() {
    try {
      selector.close();
      listening.join();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /// A board's socket. The board's thread owns it; the cable's thread hands it what came.
  private static final class Port implements Cable.UdpPort {
    private final DatagramChannel channel;
    private final BlockingQueue<Cable.Datagram> waiting = new ArrayBlockingQueue<>(MAX_WAITING);
    private final Thread board = Thread.currentThread();
    private volatile long deadline;
    private volatile boolean waits;

    Port(DatagramChannel channel) {
      this.channel = channel;
    }

    private void take(Cable.Datagram datagram) {
      // What is too much is lost, as in a socket.
      if (waiting.offer(datagram) && waits) {
        LockSupport.unpark(board);
      }
    }

    private void wakeIfLate() {
      if (waits && System.nanoTime() - deadline >= 0) {
        LockSupport.unpark(board);
      }
    }

    @Override
    public void send(Bytes payload, Ip4 host, int port) throws IOException {
      channel.send(
          ByteBuffer.wrap(payload.toArray()), new InetSocketAddress(SocketUdp.inet(host), port));
    }

    /// A park without a time of its own: those are dear.
    @Override
    public Optional<Cable.Datagram> receive(Duration patience) throws InterruptedException {
      Cable.Datagram first = waiting.poll();
      if (first != null) {
        return Optional.of(first);
      }
      deadline = System.nanoTime() + patience.toNanos();
      waits = true;
      try {
        while (true) {
          Cable.Datagram next = waiting.poll();
          if (next != null) {
            return Optional.of(next);
          }
          if (Thread.interrupted()) {
            throw new InterruptedException("interrupted while receiving");
          }
          if (System.nanoTime() - deadline >= 0) {
            return Optional.empty();
          }
          LockSupport.park(this);
        }
      } finally {
        waits = false;
      }
    }

    @Override
    public void close() {
      try {
        channel.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
