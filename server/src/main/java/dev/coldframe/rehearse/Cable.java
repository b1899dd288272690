package dev.coldframe.rehearse;

import dev.coldframe.net.Bytes;
import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.Optional;

/// The network between the virtual boards and the server. All addresses are the site's own; what
/// stands for them on this host is the cable's business. Safe for many threads.
public interface Cable extends AutoCloseable {
  /// Connects a board that has no address yet.
  ///
  /// @throws IOException when the cable is closed or the address is already plugged in
  DhcpPort plug(MacAddress mac) throws IOException;

  /// Opens a UDP socket as a host of the site.
  ///
  /// @param self the address that the board was given
  /// @param port its own port
  UdpPort udp(Ip4 self, int port) throws IOException;

  /// Opens a TCP connection as a host of the site.
  ///
  /// @param self the address that the board was given
  /// @param host the host to reach
  /// @param port its port, without offset
  /// @param timeout for connecting, and afterwards for each read
  Socket tcp(Ip4 self, Ip4 host, int port, Duration timeout) throws IOException;

  /// The port that stands for a well-known port of the server.
  int port(int wellKnown);

  @Override
  void close();

  /// Where one board sends DHCP and hears what is sent to its hardware address or to all.
  interface DhcpPort extends AutoCloseable {
    /// Broadcasts a DHCP message, from 0.0.0.0 to the server port.
    void broadcast(Bytes message) throws IOException;

    /// The next DHCP message that this board's network interface takes.
    ///
    /// @param patience how long to wait; zero for what has come already
    /// @return empty when none comes in time
    Optional<Bytes> receive(Duration patience) throws IOException, InterruptedException;

    @Override
    void close();
  }

  /// A UDP socket of a board.
  interface UdpPort extends AutoCloseable {
    /// Sends a datagram.
    void send(Bytes payload, Ip4 host, int port) throws IOException;

    /// The next datagram.
    ///
    /// @return empty when none comes in time
    Optional<Datagram> receive(Duration patience) throws IOException, InterruptedException;

    @Override
    void close();
  }

  /// A datagram that came in.
  ///
  /// @param payload its content
  /// @param host who sent it
  /// @param port the sender's port
  record Datagram(Bytes payload, Ip4 host, int port) {}
}
