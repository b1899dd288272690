package dev.coldframe.transport.dhcp;

import dev.coldframe.net.Bytes;
import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.net.NetworkInterface;

/// Sends UDP to a machine that has no address yet, so that no ARP can find it (RFC 2131, section
/// 4.1: "unicast to the client's hardware address"). An AF_PACKET socket of kind SOCK_DGRAM: the
/// kernel writes the Ethernet header, we write IP and UDP. It only sends; protocol 0 receives
/// nothing. Needs CAP_NET_RAW. Owned by one thread.
final class PacketSocket implements AutoCloseable {
  private static final int AF_PACKET = 17;
  private static final int SOCK_DGRAM = 2;
  private static final int ETHERTYPE_IP = 0x0800;
  private static final int ADDRESS_BYTES = 20;
  private static final int HEADERS_BYTES = 28;
  private static final int MAX_PACKET_BYTES = 1_500;
  private static final byte TIME_TO_LIVE = 64;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout CAPTURED = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      CAPTURED.varHandle(MemoryLayout.PathElement.groupElement("errno"));

  private static final MethodHandle SOCKET =
      call(
          "socket",
          FunctionDescriptor.of(
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT));
  private static final MethodHandle SENDTO =
      call(
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
      call("close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

  private final Arena arena = Arena.ofShared();
  private final MemorySegment errno = arena.allocate(CAPTURED);
  private final MemorySegment address = arena.allocate(ADDRESS_BYTES, 4);
  private final MemorySegment packet = arena.allocate(MAX_PACKET_BYTES, 4);
  private final int descriptor;

  @SuppressWarnings(
      "restricted") // Native access is granted in the manifest; three C library calls.
  private static MethodHandle call(String name, FunctionDescriptor type) {
    return LINKER.downcallHandle(
        LINKER.defaultLookup().findOrThrow(name), type, Linker.Option.captureCallState("errno"));
  }

  /// Opens a socket that sends on one interface.
  ///
  /// @throws IOException without CAP_NET_RAW, or when there is no such interface
  PacketSocket(String interfaceName) throws IOException {
    NetworkInterface link = NetworkInterface.getByName(interfaceName);
    if (link == null) {
      arena.close();
      throw new IOException("there is no interface " + interfaceName);
    }
    descriptor = open();
    if (descriptor < 0) {
      int code = (int) ERRNO.get(errno, 0L);
      arena.close();
      throw new IOException("no packet socket on " + interfaceName + " (errno " + code + ")");
    }
    address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_PACKET);
    address.set(ValueLayout.JAVA_BYTE, 2, (byte) (ETHERTYPE_IP >>> 8));
    address.set(ValueLayout.JAVA_BYTE, 3, (byte) ETHERTYPE_IP);
    address.set(ValueLayout.JAVA_INT, 4, link.getIndex());
    address.set(ValueLayout.JAVA_BYTE, 11, (byte) 6);
  }

  private int open() {
    try {
      return (int) SOCKET.invokeExact(errno, AF_PACKET, SOCK_DGRAM, 0);
    } catch (Throwable e) {
      throw new IllegalStateException("socket() cannot be called", e);
    }
  }

  /// Where a datagram goes and where it comes from.
  record Route(Ip4 from, int fromPort, Ip4 to, int toPort, MacAddress hardware) {}

  /// Sends one datagram.
  ///
  /// @return 0, or the errno of the system call
  int send(Bytes payload, Route route) {
    int udpBytes = 8 + payload.size();
    int totalBytes = 20 + udpBytes;
    if (HEADERS_BYTES + payload.size() > MAX_PACKET_BYTES) {
      throw new IllegalArgumentException("a datagram of " + payload.size() + " bytes is too long");
    }
    byte[] bytes = new byte[totalBytes];
    payload.copyTo(bytes, HEADERS_BYTES);
    ipHeader(bytes, totalBytes, route);
    udpHeader(bytes, udpBytes, route);
    MemorySegment.copy(bytes, 0, packet, ValueLayout.JAVA_BYTE, 0, totalBytes);
    MemorySegment.copy(
        route.hardware().bytes().toArray(), 0, address, ValueLayout.JAVA_BYTE, 12, 6);
    try {
      long sent =
          (long)
              SENDTO.invokeExact(
                  errno, descriptor, packet, (long) totalBytes, 0, address, ADDRESS_BYTES);
      return sent < 0 ? (int) ERRNO.get(errno, 0L) : 0;
    } catch (Throwable e) {
      throw new IllegalStateException("sendto() cannot be called", e);
    }
  }

  /// RFC 791, section 3.1: no options, don't fragment.
  private static void ipHeader(byte[] out, int totalBytes, Route route) {
    out[0] = 0x45;
    putShort(out, 2, totalBytes);
    out[6] = 0x40;
    out[8] = TIME_TO_LIVE;
    out[9] = 17;
    putInt(out, 12, route.from().bits());
    putInt(out, 16, route.to().bits());
    putShort(out, 10, complement(sum(out, 0, 20, 0)));
  }

  /// RFC 768, with the checksum over the pseudo header.
  private static void udpHeader(byte[] out, int udpBytes, Route route) {
    putShort(out, 20, route.fromPort());
    putShort(out, 22, route.toPort());
    putShort(out, 24, udpBytes);
    long pseudo = sum(out, 12, 8, 0) + 17 + udpBytes;
    int checksum = complement(sum(out, 20, udpBytes, pseudo));
    putShort(out, 26, checksum == 0 ? 0xffff : checksum);
  }

  private static long sum(byte[] bytes, int at, int length, long initial) {
    long sum = initial;
    for (int i = 0; i < length; i += 2) {
      int low = i + 1 < length ? bytes[at + i + 1] & 255 : 0;
      sum += (bytes[at + i] & 255) << 8 | low;
    }
    return sum;
  }

  private static int complement(long sum) {
    long folded = sum;
    while (folded >>> 16 != 0) {
      folded = (folded & 0xffff) + (folded >>> 16);
    }
    return (int) ~folded & 0xffff;
  }

  private static void putShort(byte[] out, int at, int value) {
    out[at] = (byte) (value >>> 8);
    out[at + 1] = (byte) value;
  }

  private static void putInt(byte[] out, int at, int value) {
    putShort(out, at, value >>> 16);
    putShort(out, at + 2, value);
  }

  /// Closes the socket.
  @Override
  public void close() {
    try {
      int _ = (int) CLOSE.invokeExact(errno, descriptor);
    } catch (Throwable e) {
      throw new IllegalStateException("close() cannot be called", e);
    }
    arena.close();
  }
}
