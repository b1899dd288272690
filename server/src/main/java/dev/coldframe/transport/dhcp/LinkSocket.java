package dev.coldframe.transport.dhcp;

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
import java.time.Duration;

/// A socket below IP, on one interface: AF_PACKET of kind SOCK_DGRAM, so that the kernel writes and
/// strips the Ethernet header (packet(7)). Needs CAP_NET_RAW. Owned by one thread.
public final class LinkSocket implements AutoCloseable {
  /// Ethertypes (IEEE 802 numbers, IANA registry).
  public static final int IP = 0x0800;

  static final int ARP = 0x0806;

  /// Frames that carry a length and an LLC header instead (`ETH_P_802_2`).
  public static final int LLC = 0x0004;

  private static final int AF_PACKET = 17;
  private static final int SOCK_DGRAM = 2;
  private static final int MSG_DONTWAIT = 0x40;
  private static final int SOL_SOCKET = 1;
  private static final int SO_RCVTIMEO = 20;
  private static final int SOL_PACKET = 263;
  private static final int PACKET_ADD_MEMBERSHIP = 1;
  private static final int MEMBERSHIP_BYTES = 16;
  private static final int ADDRESS_BYTES = 20;
  private static final int TIMEVAL_BYTES = 16;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout CAPTURED = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      CAPTURED.varHandle(MemoryLayout.PathElement.groupElement("errno"));
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

  private static final MethodHandle SOCKET =
      call("socket", FunctionDescriptor.of(INT, INT, INT, INT));
  private static final MethodHandle BIND =
      call("bind", FunctionDescriptor.of(INT, INT, ValueLayout.ADDRESS, INT));
  private static final MethodHandle SETSOCKOPT =
      call("setsockopt", FunctionDescriptor.of(INT, INT, INT, INT, ValueLayout.ADDRESS, INT));
  private static final MethodHandle SENDTO =
      call(
          "sendto",
          FunctionDescriptor.of(
              LONG, INT, ValueLayout.ADDRESS, LONG, INT, ValueLayout.ADDRESS, INT));
  private static final MethodHandle RECV =
      call("recv", FunctionDescriptor.of(LONG, INT, ValueLayout.ADDRESS, LONG, INT));
  private static final MethodHandle CLOSE = call("close", FunctionDescriptor.of(INT, INT));

  private final Arena arena = Arena.ofShared();
  private final MemorySegment errno = arena.allocate(CAPTURED);
  private final MemorySegment address = arena.allocate(ADDRESS_BYTES, 4);
  private final MemorySegment packet;
  private final int descriptor;

  @SuppressWarnings("restricted") // Native access is granted in the manifest; six C functions.
  private static MethodHandle call(String name, FunctionDescriptor type) {
    return LINKER.downcallHandle(
        LINKER.defaultLookup().findOrThrow(name), type, Linker.Option.captureCallState("errno"));
  }

  /// Opens a socket that only sends.
  ///
  /// @param ethertype of what is sent
  /// @param maxBytes of a packet, without the Ethernet header
  /// @throws IOException without CAP_NET_RAW, or when there is no such interface
  public LinkSocket(String interfaceName, int ethertype, int maxBytes) throws IOException {
    packet = arena.allocate(maxBytes, 4);
    NetworkInterface link = NetworkInterface.getByName(interfaceName);
    if (link == null) {
      arena.close();
      throw new IOException("there is no interface " + interfaceName + " with an address");
    }
    descriptor = open();
    if (descriptor < 0) {
      int code = (int) ERRNO.get(errno, 0L);
      arena.close();
      throw new IOException("no packet socket on " + interfaceName + " (errno " + code + ")");
    }
    // struct sockaddr_ll: family, ethertype in network order, interface, …, length, address.
    address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_PACKET);
    address.set(ValueLayout.JAVA_BYTE, 2, (byte) (ethertype >>> 8));
    address.set(ValueLayout.JAVA_BYTE, 3, (byte) ethertype);
    address.set(INT, 4, link.getIndex());
    address.set(ValueLayout.JAVA_BYTE, 11, (byte) 6);
  }

  /// Protocol 0 receives nothing until the socket is bound to an ethertype.
  private int open() {
    try {
      return (int) SOCKET.invokeExact(errno, AF_PACKET, SOCK_DGRAM, 0);
    } catch (Throwable e) {
      throw new IllegalStateException("socket() cannot be called", e);
    }
  }

  /// From now on hears its ethertype too.
  ///
  /// @param patience how long [#receive] waits
  public void listen(Duration patience) throws IOException {
    MemorySegment time = arena.allocate(TIMEVAL_BYTES, 8);
    time.set(LONG, 0, patience.toSeconds());
    time.set(LONG, 8, patience.toNanosPart() / 1_000L);
    try {
      int bound = (int) BIND.invokeExact(errno, descriptor, address, ADDRESS_BYTES);
      int set =
          (int)
              SETSOCKOPT.invokeExact(
                  errno, descriptor, SOL_SOCKET, SO_RCVTIMEO, time, TIMEVAL_BYTES);
      if (bound < 0 || set < 0) {
        throw new IOException("a packet socket cannot listen");
      }
    } catch (IOException e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("bind() cannot be called", e);
    }
  }

  /// Takes what is sent to a group of machines on the link too.
  ///
  /// @throws IOException when the card cannot
  public void join(MacAddress group) throws IOException {
    // struct packet_mreq: interface, type (0 multicast), length, address.
    MemorySegment membership = arena.allocate(MEMBERSHIP_BYTES, 4);
    membership.set(INT, 0, address.get(INT, 4));
    membership.set(ValueLayout.JAVA_SHORT, 6, (short) 6);
    for (int i = 0; i < 6; i++) {
      membership.set(ValueLayout.JAVA_BYTE, 8L + i, (byte) (group.bits() >>> (40 - 8 * i)));
    }
    int set;
    try {
      set =
          (int)
              SETSOCKOPT.invokeExact(
                  errno,
                  descriptor,
                  SOL_PACKET,
                  PACKET_ADD_MEMBERSHIP,
                  membership,
                  MEMBERSHIP_BYTES);
    } catch (Throwable e) {
      throw new IllegalStateException("setsockopt() cannot be called", e);
    }
    if (set < 0) {
      throw new IOException("a packet socket cannot join " + group);
    }
  }

  /// Sends one packet, or fails when the card's queue has no room for it: nobody waits for a card
  /// that hangs.
  ///
  /// @return 0, or the errno of the system call
  public int send(byte[] bytes, MacAddress to) {
    MemorySegment.copy(bytes, 0, packet, ValueLayout.JAVA_BYTE, 0, bytes.length);
    for (int i = 0; i < 6; i++) {
      address.set(ValueLayout.JAVA_BYTE, 12L + i, (byte) (to.bits() >>> (40 - 8 * i)));
    }
    try {
      long sent =
          (long)
              SENDTO.invokeExact(
                  errno,
                  descriptor,
                  packet,
                  (long) bytes.length,
                  MSG_DONTWAIT,
                  address,
                  ADDRESS_BYTES);
      return sent < 0 ? (int) ERRNO.get(errno, 0L) : 0;
    } catch (Throwable e) {
      throw new IllegalStateException("sendto() cannot be called", e);
    }
  }

  /// The next packet; empty when none came in time.
  public byte[] receive() {
    try {
      long length = (long) RECV.invokeExact(errno, descriptor, packet, packet.byteSize(), 0);
      return length <= 0 ? new byte[0] : packet.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
    } catch (Throwable e) {
      throw new IllegalStateException("recv() cannot be called", e);
    }
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
