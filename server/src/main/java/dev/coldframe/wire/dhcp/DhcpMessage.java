package dev.coldframe.wire.dhcp;

import dev.coldframe.net.Bytes;
import dev.coldframe.net.Ip4;

/// One DHCPv4 message (RFC 2131, section 2).
///
/// ```
///   op  htype hlen hops |       xid       | secs   flags
///   ciaddr | yiaddr | siaddr | giaddr | chaddr (16)
///   sname (64) | file (128) | 63 82 53 63 | options …
/// ```
///
/// @param op 1 from a client, 2 from a server
/// @param htype hardware type, 1 for Ethernet
/// @param hops how many relays it passed
/// @param xid the client's transaction id; not unique on a Pi 3
/// @param secs seconds since the client began, 0 to 65535
/// @param flags bit 15 asks for broadcast replies
/// @param ciaddr the client's address, if it has one and uses it
/// @param yiaddr the address it is given
/// @param siaddr the next server: where its boot files are
/// @param giaddr the relay's address, or 0.0.0.0
/// @param chaddr the client's hardware address, `hlen` bytes
/// @param file the boot file's name, at most 127 bytes
/// @param type what it is
/// @param options all options but type, overload, pad and end
/// @param ended whether an end option stood where it belongs
public record DhcpMessage(
    int op,
    int htype,
    int hops,
    int xid,
    int secs,
    int flags,
    Ip4 ciaddr,
    Ip4 yiaddr,
    Ip4 siaddr,
    Ip4 giaddr,
    Bytes chaddr,
    String file,
    MessageType type,
    DhcpOptions options,
    boolean ended) {
  /// Sent by a client.
  public static final int BOOTREQUEST = 1;

  /// Sent by a server.
  public static final int BOOTREPLY = 2;

  /// Ethernet's hardware type (RFC 1700).
  public static final int ETHERNET = 1;

  private static final int BROADCAST_FLAG = 0x8000;

  /// Whether the client asks for broadcast replies.
  public boolean broadcast() {
    return (flags & BROADCAST_FLAG) != 0;
  }

  /// Whether it came through a relay.
  public boolean relayed() {
    return giaddr.bits() != 0;
  }
}
