package dev.coldframe.transport.dhcp;

import dev.coldframe.net.Bytes;
import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import dev.coldframe.transport.Link;
import java.io.IOException;
import java.net.NetworkInterface;
import java.time.Duration;
import java.util.Optional;

/// Asks the link whether somebody uses an address (RFC 5227, section 2.1.1): an ARP request that
/// claims no address of its own.
final class ArpProbe {
  /// How long an answer may take. A client asks again after 4 s at the earliest.
  static final Duration PATIENCE = Duration.ofMillis(300);

  private static final MacAddress EVERYBODY = new MacAddress(0xffff_ffff_ffffL);
  private static final int ARP_BYTES = 28;
  private static final int MAX_PACKET_BYTES = 128;
  private static final int REPLY = 2;

  private ArpProbe() {}

  /// Asks and waits for [#PATIENCE]. Blocks in a system call: not for a virtual thread.
  ///
  /// @param client for whom is asked; it may still use the address that it had before
  /// @return who else has the address, if anybody
  /// @throws IOException without CAP_NET_RAW
  static Optional<MacAddress> ask(Link link, Ip4 address, MacAddress client) throws IOException {
    NetworkInterface own = NetworkInterface.getByName(link.interfaceName());
    byte[] hardware = own == null ? null : own.getHardwareAddress();
    if (hardware == null || hardware.length != 6) {
      return Optional.empty();
    }
    try (var socket = new LinkSocket(link.interfaceName(), LinkSocket.ARP, MAX_PACKET_BYTES)) {
      socket.listen(PATIENCE);
      long end = System.nanoTime() + PATIENCE.toNanos();
      socket.send(request(MacAddress.of(Bytes.copyOf(hardware)), address), EVERYBODY);
      while (System.nanoTime() < end) {
        Optional<MacAddress> owner =
            owner(Bytes.wrap(socket.receive()), address).filter(mac -> !mac.equals(client));
        if (owner.isPresent()) {
          return owner;
        }
      }
      return Optional.empty();
    }
  }

  /// RFC 826: Ethernet, IPv4, 6, 4, request, our hardware address, 0.0.0.0, zeros, the address.
  static byte[] request(MacAddress own, Ip4 address) {
    byte[] out = new byte[ARP_BYTES];
    Bytes.parseHex("0001 0800 06 04 0001").copyTo(out, 0);
    own.bytes().copyTo(out, 8);
    for (int i = 0; i < 4; i++) {
      out[24 + i] = (byte) (address.bits() >>> (24 - 8 * i));
    }
    return out;
  }

  /// Who says that the address is its own: in a reply, or in a request that it sends from there.
  static Optional<MacAddress> owner(Bytes packet, Ip4 address) {
    if (packet.size() < ARP_BYTES || packet.shortAt(2) != LinkSocket.IP) {
      return Optional.empty();
    }
    boolean known = packet.shortAt(6) == 1 || packet.shortAt(6) == REPLY;
    return known && packet.intAt(14) == address.bits()
        ? Optional.of(MacAddress.of(packet.slice(8, 14)))
        : Optional.empty();
  }
}
