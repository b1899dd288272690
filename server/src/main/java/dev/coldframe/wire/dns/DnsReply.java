package dev.coldframe.wire.dns;

import java.util.List;

/// An answer of our own.
///
/// @param query what it answers
/// @param rcode see [Rcode]
/// @param authoritative whether it comes from one of our zones
/// @param recursionAvailable whether other servers are asked for clients
/// @param truncated whether the client is sent to TCP even if the answer fits
/// @param answers the answer section
/// @param authority the authority section
public record DnsReply(
    DnsQuery query,
    int rcode,
    boolean authoritative,
    boolean recursionAvailable,
    boolean truncated,
    List<DnsRecord> answers,
    List<DnsRecord> authority) {
  public DnsReply {
    answers = List.copyOf(answers);
    authority = List.copyOf(authority);
  }

  /// An answer without records.
  public static DnsReply of(DnsQuery query, int rcode, boolean recursionAvailable) {
    return new DnsReply(query, rcode, false, recursionAvailable, false, List.of(), List.of());
  }
}
