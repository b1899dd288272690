package dev.coldframe.wire.dns;

import dev.coldframe.net.Bytes;

/// One question.
///
/// @param id chosen by the client
/// @param flags the second 16 bits of the header as they came
/// @param name the name on the wire in the client's own case, which the answer repeats; empty when
///   there was no readable question
/// @param folded the same name in lower case
/// @param type what is asked for
/// @param dnsClass in which class
/// @param edns the OPT record
public record DnsQuery(
    int id, int flags, Bytes name, Bytes folded, int type, int dnsClass, Edns edns) {
  /// RFC 1035, section 4.2.1: what every client takes over UDP.
  public static final int SMALLEST_UDP_BYTES = 512;

  /// What crosses any usual way without fragments.
  public static final int LARGEST_UDP_BYTES = 1_232;

  private static final int RECURSION_DESIRED = 0x0100;
  private static final int CHECKING_DISABLED = 0x0010;

  /// Stands for a question that could not be read: its answer has a header only.
  public static DnsQuery unreadable(int id, int flags) {
    return new DnsQuery(id, flags, Bytes.EMPTY, Bytes.EMPTY, 0, 0, Edns.NONE);
  }

  /// Whether other servers are to be asked.
  public boolean recursionDesired() {
    return (flags & RECURSION_DESIRED) != 0;
  }

  /// Whether answers are wanted whose signatures are wrong (RFC 4035, section 3.2.2).
  public boolean checkingDisabled() {
    return (flags & CHECKING_DISABLED) != 0;
  }

  /// The longest answer over UDP: what the client says, within our bounds.
  public int maxUdpBytes() {
    return Math.clamp(edns.payloadBytes(), SMALLEST_UDP_BYTES, LARGEST_UDP_BYTES);
  }
}
