package dev.coldframe.rehearse;

import dev.coldframe.net.Bytes;
import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Function;
import java.util.function.Predicate;

/// A cable with something wrong on the way.
///
/// @param cable what is right about it
/// @param sends which DHCP messages of a board get out
/// @param replies what a board hears of a DHCP reply, in order
/// @param datagrams what it hears of a datagram, in order
record Faulty(
    Cable cable,
    Predicate<Bytes> sends,
    Function<Bytes, List<Bytes>> replies,
    Function<Cable.Datagram, List<Cable.Datagram>> datagrams)
    implements Cable {
  static Faulty replies(Cable cable, Function<Bytes, List<Bytes>> replies) {
    return new Faulty(cable, _ -> true, replies, List::of);
  }

  static Faulty datagrams(Cable cable, Function<Datagram, List<Datagram>> datagrams) {
    return new Faulty(cable, _ -> true, List::of, datagrams);
  }

  static Faulty sends(Cable cable, Predicate<Bytes> sends) {
    return new Faulty(cable, sends, List::of, List::of);
  }

  /// The next of what comes of what comes, within a time.
  private static final class Inbox<T> {
    private final Queue<T> waiting = new ArrayDeque<>();

    /// Where it comes from.
    interface Source<T> {
      Optional<T> next(Duration patience) throws IOException, InterruptedException;
    }

    Optional<T> next(Source<T> source, Function<T, List<T>> fault, Duration patience)
        throws IOException, InterruptedException {
      long end = System.nanoTime() + patience.toNanos();
      while (waiting.isEmpty()) {
        long left = Math.max(0, end - System.nanoTime());
        Optional<T> in = source.next(Duration.ofNanos(left));
        if (in.isEmpty()) {
          return Optional.empty();
        }
        waiting.addAll(fault.apply(in.get()));
      }
      return Optional.of(waiting.remove());
    }
  }

  @Override
  public DhcpPort plug(MacAddress mac) throws IOException {
    DhcpPort port = cable.plug(mac);
    var inbox = new Inbox<Bytes>();
    return new DhcpPort() {
      @Override
      public void broadcast(Bytes message) throws IOException {
        if (sends.test(message)) {
          port.broadcast(message);
        }
      }

      @Override
      public Optional<Bytes> receive(Duration patience) throws IOException, InterruptedException {
        return inbox.next(port::receive, replies, patience);
      }

      @Override
      public void close() {
        port.close();
      }
    };
  }

  @Override
  public UdpPort udp(Ip4 self, int number) throws IOException {
    UdpPort port = cable.udp(self, number);
    var inbox = new Inbox<Datagram>();
    return new UdpPort() {
      @Override
      public void send(Bytes payload, Ip4 host, int to) throws IOException {
        port.send(payload, host, to);
      }

      @Override
      public Optional<Datagram> receive(Duration patience)
          throws IOException, InterruptedException {
        return inbox.next(port::receive, datagrams, patience);
      }

      @Override
      public void close() {
        port.close();
      }
    };
  }

  @Override
  public Socket tcp(Ip4 self, Ip4 host, int port, Duration timeout) throws IOException {
    return cable.tcp(self, host, port, timeout);
  }

  @Override
  public int port(int wellKnown) {
    return cable.port(wellKnown);
  }

  @Override
  public void close() {
    cable.close();
  }
}
