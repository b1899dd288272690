package dev.coldframe.decide;

import dev.coldframe.wire.dns.DnsQuery;
import dev.coldframe.wire.dns.DnsReply;

/// What is done with a DNS message.
public sealed interface DnsOutcome {
  /// Send this.
  record Reply(DnsReply reply) implements DnsOutcome {}

  /// Ask the site's upstream servers and pass their answer on.
  record Forward(DnsQuery query) implements DnsOutcome {}

  /// Say nothing.
  ///
  /// @param reason a fixed text that is counted
  record Ignore(String reason) implements DnsOutcome {}
}
