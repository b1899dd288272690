package dev.coldframe.wire.dns;

import dev.coldframe.net.Bytes;

/// What other servers are asked: equal questions have equal answers.
///
/// @param name on the wire, in lower case
/// @param type what is asked for
/// @param dnssecOk whether signatures are wanted
/// @param checkingDisabled whether wrong signatures are taken
public record DnsQuestion(Bytes name, int type, boolean dnssecOk, boolean checkingDisabled) {
  /// What a client's question becomes.
  public static DnsQuestion of(DnsQuery query) {
    return new DnsQuestion(
        query.folded(), query.type(), query.edns().dnssecOk(), query.checkingDisabled());
  }
}
