package dev.coldframe.rehearse;

import dev.coldframe.net.Bytes;
import dev.coldframe.net.Ip4;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

/// A board's UDP socket that is a socket of this host.
final class SocketUdp implements Cable.UdpPort {
  private final DatagramSocket socket;
  private final Addresses addresses;
  private final DatagramPacket packet =
      new DatagramPacket(new byte[DhcpWire.MAX_DATAGRAM], DhcpWire.MAX_DATAGRAM);

  /// What stands for the site's addresses on this host.
  interface Addresses {
    /// The socket address of a host of the site.
    InetSocketAddress socketOf(Ip4 host, int port) throws IOException;

    /// The host that a socket address stands for.
    Ip4 hostOf(InetAddress address);
  }

  /// @param socket bound; closed with this
  SocketUdp(DatagramSocket socket, Addresses addresses) {
    this.socket = socket;
    this.addresses = addresses;
  }

  @Override
  public void send(Bytes payload, Ip4 host, int port) throws IOException {
    socket.send(
        new DatagramPacket(payload.toArray(), payload.size(), addresses.socketOf(host, port)));
  }

  @Override
  public Optional<Cable.Datagram> receive(Duration patience)
      throws IOException, InterruptedException {
    // Zero would mean to wait for ever.
    socket.setSoTimeout((int) Math.max(1, patience.toMillis()));
    packet.setLength(DhcpWire.MAX_DATAGRAM);
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
    Ip4 host = addresses.hostOf(packet.getAddress());
    return Optional.of(new Cable.Datagram(payload, host, packet.getPort()));
  }

  @Override
  public void close() {
    socket.close();
  }

  /// The Java form of an address.
  static InetAddress inet(Ip4 address) throws IOException {
    int bits = address.bits();
    return InetAddress.getByAddress(
        new byte[] {(byte) (bits >>> 24), (byte) (bits >>> 16), (byte) (bits >>> 8), (byte) bits});
  }
}
