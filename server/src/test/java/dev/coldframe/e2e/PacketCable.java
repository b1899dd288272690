package dev.coldframe.e2e;

import dev.coldframe.net.Bytes;
import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import dev.coldframe.rehearse.Cable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

/// A real link with one board on it: the board *is* this network namespace. DHCP goes through a
/// packet socket, as in a boot ROM, because the interface has no address yet; afterwards the
/// address that was given is put on the interface.
final class PacketCable implements Cable {
  private static final int AF_PACKET = 17;
  private static final int SOCK_DGRAM = 2;
  private static final int ETHERTYPE_IP = 0x0800;
  private static final int SOL_SOCKET = 1;
  private static final int SO_RCVTIMEO = 20;
  private static final int MSG_DONTWAIT = 0x40;
  private static final int ADDRESS_BYTES = 20;
  private static final int MAX_PACKET_BYTES = 2_048;

  private final String link;
  private final Arena arena = Arena.ofShared();
  private final int descriptor;
  private final MemorySegment broadcast = arena.allocate(ADDRESS_BYTES, 4);

  PacketCable(String link) throws IOException {
    this.link = link;
    int index =
        Integer.parseInt(Files.readString(Path.of("/sys/class/net", link, "ifindex")).trim());
    descriptor = (int) call("socket", 3, AF_PACKET, SOCK_DGRAM, swapped(ETHERTYPE_IP));
    broadcast.set(ValueLayout.JAVA_SHORT, 0, (short) AF_PACKET);
    broadcast.set(ValueLayout.JAVA_SHORT, 2, (short) swapped(ETHERTYPE_IP));
    broadcast.set(ValueLayout.JAVA_INT, 4, index);
    if (descriptor < 0 || call("bind", descriptor, broadcast, ADDRESS_BYTES) < 0) {
      throw new IOException("no packet socket on " + link);
    }
    broadcast.set(ValueLayout.JAVA_BYTE, 11, (byte) 6);
    for (int i = 12; i < 18; i++) {
      broadcast.set(ValueLayout.JAVA_BYTE, i, (byte) 0xff);
    }
  }

  private static int swapped(int ethertype) {
    return Short.toUnsignedInt(Short.reverseBytes((short) ethertype));
  }

  @SuppressWarnings("restricted") // A handful of C library calls, granted on the command line.
  private static MethodHandle handle(String name, FunctionDescriptor type) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), type);
  }

  private static final MethodHandle SOCKET =
      handle(
          "socket",
          FunctionDescriptor.of(
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT));
  private static final MethodHandle BIND =
      handle(
          "bind",
          FunctionDescriptor.of(
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.ADDRESS,
              ValueLayout.JAVA_INT));
  private static final MethodHandle SETSOCKOPT =
      handle(
          "setsockopt",
          FunctionDescriptor.of(
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.ADDRESS,
              ValueLayout.JAVA_INT));
  private static final MethodHandle RECV =
      handle(
          "recv",
          FunctionDescriptor.of(
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_INT,
              ValueLayout.ADDRESS,
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_INT));
  private static final MethodHandle SENDTO =
      handle(
          "sendto",
          FunctionDescriptor.of(
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_INT,
              ValueLayout.ADDRESS,
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_INT,
              ValueLayout.ADDRESS,
              ValueLayout.JAVA_INT));
  private static final MethodHandle CLOSE =
      handle("close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

  private static long call(String name, Object... arguments) {
    MethodHandle handle =
        switch (name) {
          case "socket" -> SOCKET;
          case "bind" -> BIND;
          case "setsockopt" -> SETSOCKOPT;
          case "recv" -> RECV;
          case "sendto" -> SENDTO;
          case "close" -> CLOSE;
          default -> throw new IllegalArgumentException(name);
        };
    Object[] real = name.equals("socket") ? Arrays.copyOfRange(arguments, 1, 4) : arguments;
    try {
      return ((Number) handle.invokeWithArguments(real)).longValue();
    } catch (Throwable e) {
      throw new IllegalStateException(name, e);
    }
  }

  @Override
  public DhcpPort plug(MacAddress mac) throws IOException {
    NetworkInterface own = NetworkInterface.getByName(link);
    byte[] address = own == null ? null : own.getHardwareAddress();
    if (address != null && !MacAddress.of(Bytes.wrap(address)).equals(mac)) {
      throw new IOException(link + " is not " + mac);
    }
    return new DhcpPort() {
      @Override
      public void broadcast(Bytes message) throws IOException {
        send(message);
      }

      @Override
      public Optional<Bytes> receive(Duration patience) {
        return PacketCable.this.receive(patience);
      }

      @Override
      public void close() {}
    };
  }

  /// IP and UDP from 0.0.0.0:68 to 255.255.255.255:67, without a UDP checksum, as the ROM of a Pi 3
  /// sends it.
  private void send(Bytes message) throws IOException {
    byte[] packet = new byte[28 + message.size()];
    packet[0] = 0x45;
    packet[2] = (byte) (packet.length >>> 8);
    packet[3] = (byte) packet.length;
    packet[8] = (byte) 128;
    packet[9] = 17;
    Arrays.fill(packet, 16, 20, (byte) 0xff);
    int sum = 0;
    for (int i = 0; i < 20; i += 2) {
      sum += (packet[i] & 255) << 8 | (packet[i + 1] & 255);
    }
    sum = (sum & 0xffff) + (sum >>> 16);
    packet[10] = (byte) (~sum >>> 8);
    packet[11] = (byte) ~sum;
    packet[21] = 68;
    packet[23] = 67;
    packet[24] = (byte) ((8 + message.size()) >>> 8);
    packet[25] = (byte) (8 + message.size());
    message.copyTo(packet, 28);
    try (Arena call = Arena.ofConfined()) {
      MemorySegment bytes = call.allocateFrom(ValueLayout.JAVA_BYTE, packet);
      if (call("sendto", descriptor, bytes, (long) packet.length, 0, broadcast, ADDRESS_BYTES)
          < 0) {
        throw new IOException("sendto failed");
      }
    }
  }

  /// The next datagram to port 68, to whatever address.
  private Optional<Bytes> receive(Duration patience) {
    long end = System.nanoTime() + patience.toNanos();
    try (Arena call = Arena.ofConfined()) {
      MemorySegment buffer = call.allocate(MAX_PACKET_BYTES);
      MemorySegment time = call.allocate(16, 8);
      time.set(ValueLayout.JAVA_LONG, 8, 100_000L);
      call("setsockopt", descriptor, SOL_SOCKET, SO_RCVTIMEO, time, 16);
      int flags = patience.isZero() ? MSG_DONTWAIT : 0;
      long length = 0;
      while (System.nanoTime() < end || (flags == MSG_DONTWAIT && length >= 0)) {
        length = call("recv", descriptor, buffer, (long) MAX_PACKET_BYTES, flags);
        if (length > 28) {
          byte[] packet = buffer.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
          int udp = (packet[0] & 15) * 4;
          boolean dhcp = packet[9] == 17 && packet[udp + 2] == 0 && packet[udp + 3] == 68;
          if (dhcp) {
            return Optional.of(Bytes.wrap(Arrays.copyOfRange(packet, udp + 8, (int) length)));
          }
        }
      }
      return Optional.empty();
    }
  }

  @Override
  public UdpPort udp(Ip4 self, int port) throws IOException {
    takeAddress(self);
    return new Port(new DatagramSocket(new InetSocketAddress(inet(self), port)));
  }

  private void takeAddress(Ip4 self) {
    Command.run(Duration.ofSeconds(5), "ip", "addr", "replace", self + "/24", "dev", link).text();
  }

  private static final class Port implements UdpPort {
    private final DatagramSocket socket;

    Port(DatagramSocket socket) {
      this.socket = socket;
    }

    @Override
    public void send(Bytes payload, Ip4 host, int port) throws IOException {
      socket.send(new DatagramPacket(payload.toArray(), payload.size(), inet(host), port));
    }

    @Override
    public Optional<Datagram> receive(Duration patience) throws IOException {
      socket.setSoTimeout((int) Math.max(1, patience.toMillis()));
      var packet = new DatagramPacket(new byte[MAX_PACKET_BYTES], MAX_PACKET_BYTES);
      try {
        socket.receive(packet);
      } catch (SocketTimeoutException _) {
        return Optional.empty();
      }
      Bytes payload = Bytes.wrap(Arrays.copyOf(packet.getData(), packet.getLength()));
      return Optional.of(
          new Datagram(payload, Ip4.parse(packet.getAddress().getHostAddress()), packet.getPort()));
    }

    @Override
    public void close() {
      socket.close();
    }
  }

  @Override
  public Socket tcp(Ip4 self, Ip4 host, int port, Duration timeout) throws IOException {
    takeAddress(self);
    var socket = new Socket();
    int millis = (int) Math.max(1, timeout.toMillis());
    socket.bind(new InetSocketAddress(inet(self), 0));
    socket.connect(new InetSocketAddress(inet(host), port), millis);
    socket.setSoTimeout(millis);
    return socket;
  }

  private static InetAddress inet(Ip4 address) throws IOException {
    return InetAddress.ofLiteral(address.toString());
  }

  @Override
  public int port(int wellKnown) {
    return wellKnown;
  }

  @Override
  public void close() {
    call("close", descriptor);
    arena.close();
  }
}
