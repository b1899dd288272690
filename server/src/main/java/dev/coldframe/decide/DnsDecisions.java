package dev.coldframe.decide;

import dev.coldframe.net.Bytes;
import dev.coldframe.net.Ip4;
import dev.coldframe.node.Network;
import dev.coldframe.wire.dns.DnsDecode;
import dev.coldframe.wire.dns.DnsNames;
import dev.coldframe.wire.dns.DnsQuery;
import dev.coldframe.wire.dns.DnsRecord;
import dev.coldframe.wire.dns.DnsReply;
import dev.coldframe.wire.dns.DnsType;
import dev.coldframe.wire.dns.Rcode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// What a DNS question is answered. The one place where it is decided.
///
/// ```
///   the site's domain ───────▶ nodes, records, this server          authoritative
///   reverse of its networks ─▶ pins, pools                          authoritative
///   special-use names ───────▶ localhost, or nothing                never asked elsewhere
///   everything else ─────────▶ the upstream servers, or REFUSED
/// ```
public final class DnsDecisions {
  /// Every third answer beyond the limit leaves, cut to its header, so that a real client behind a
  /// forged flood can come over TCP.
  private static final int SLIP = 3;

  /// RFC 8482, section 4.2: CPU "RFC8482", no OS.
  private static final Bytes ANY_ANSWER = Bytes.parseHex("07 52 46 43 38 34 38 32 00");

  private final DnsQuery query;
  private final DnsView view;

  private DnsDecisions(DnsQuery query, DnsView view) {
    this.query = query;
    this.view = view;
  }

  /// Who asks, and how fast.
  ///
  /// @param source the sender's address
  /// @param sourcePort its port
  /// @param servicePort the port on which questions are heard
  /// @param beyondLimit how many questions it has sent beyond the limit lately; 0: it keeps it
  public record Asker(Ip4 source, int sourcePort, int servicePort, int beyondLimit) {}

  /// Decides.
  public static DnsOutcome decide(DnsDecode message, Asker asker, DnsView view) {
    if (message instanceof DnsDecode.Noise(String reason)) {
      return new DnsOutcome.Ignore(reason);
    }
    Optional<Network> network = view.world().networkOf(asker.source());
    if (network.isEmpty()) {
      return new DnsOutcome.Ignore("source outside the served networks");
    }
    if (network.get().mode() == Network.Mode.OBSERVE) {
      return new DnsOutcome.Ignore("observed only");
    }
    if (asker.sourcePort() == 0 || asker.sourcePort() == asker.servicePort()) {
      // Two servers that answer each other's errors would never end.
      return new DnsOutcome.Ignore("sent from a server's port");
    }
    return switch (message) {
      case DnsDecode.Malformed(DnsQuery header, int rcode, _) -> {
        if (asker.beyondLimit() > 0) {
          yield new DnsOutcome.Ignore("over the rate limit");
        }
        yield new DnsOutcome.Reply(DnsReply.of(header, rcode, view.forwards()));
      }
      case DnsDecode.Ok(DnsQuery query) ->
          asker.beyondLimit() > 0 ? slip(query, asker, view) : new DnsDecisions(query, view).any();
      case DnsDecode.Noise(String reason) -> new DnsOutcome.Ignore(reason);
    };
  }

  private static DnsOutcome slip(DnsQuery query, Asker asker, DnsView view) {
    return asker.beyondLimit() % SLIP == 0
        ? new DnsOutcome.Reply(
            new DnsReply(query, Rcode.NOERROR, false, view.forwards(), true, List.of(), List.of()))
        : new DnsOutcome.Ignore("over the rate limit");
  }

  private DnsOutcome any() {
    if (query.edns().version() > 0) {
      return error(Rcode.BADVERS);
    }
    if (query.dnsClass() != DnsType.CLASS_IN || DnsType.isMeta(query.type())) {
      return error(Rcode.REFUSED);
    }
    int label = DnsNames.indexOf(query.folded(), view.domain());
    if (label >= 0) {
      return own(label);
    }
    if (ReverseName.covers(query.folded())) {
      return reverse(ReverseName.of(query.folded()));
    }
    if (DnsNames.indexOf(query.folded(), SpecialNames.LOCALHOST) >= 0) {
      return localhost();
    }
    Optional<Bytes> empty = SpecialNames.emptyZone(query.folded());
    return empty.isPresent() ? emptyZone(empty.get()) : foreign();
  }

  /// @param end where the domain begins in the name
  private DnsOutcome own(int end) {
    if (end == 0) {
      return query.type() == DnsType.A
          ? addresses(List.of(view.site().appliance()), view.domain())
          : answer(view.apexRecords(view.domain(), query.type()), view.domain());
    }
    int dynamic = DnsNames.indexOf(query.folded(), view.dynamic());
    if (dynamic >= 0) {
      return dynamic(dynamic);
    }
    boolean host = 1 + query.folded().unsigned(0) == end;
    List<Ip4> addresses = host ? LocalNames.addresses(query.folded(), view) : List.of();
    boolean settled = query.type() == DnsType.A && !addresses.isEmpty();
    return !settled && view.extras().knows(query.folded())
        ? extra(addresses)
        : addresses(addresses, view.domain());
  }

  /// Answers about a name that has more than its own addresses, or names below it.
  private DnsOutcome extra(List<Ip4> own) {
    int type = query.type();
    List<DnsRecord> aliases =
        type == DnsType.CNAME || type == DnsType.ANY
            ? List.of()
            : view.extras().aliases(query.folded());
    Bytes name = aliases.isEmpty() ? query.folded() : aliases.getLast().data();
    List<Ip4> addresses = aliases.isEmpty() ? own : LocalNames.addresses(name, view);
    List<DnsRecord> found =
        addresses.isEmpty() || (type != DnsType.A && type != DnsType.ANY)
            ? view.extras().of(name, type)
            : turned(name, addresses);
    List<DnsRecord> authority = found.isEmpty() ? view.absence(view.domain()) : List.of();
    List<DnsRecord> answers = Stream.concat(aliases.stream(), found.stream()).toList();
    return new DnsOutcome.Reply(
        new DnsReply(query, Rcode.NOERROR, true, view.forwards(), false, answers, authority));
  }

  private DnsOutcome dynamic(int end) {
    if (end == 0) {
      return answer(view.apexRecords(view.dynamic(), query.type()), view.dynamic());
    }
    if (1 + query.folded().unsigned(0) != end) {
      return absent(view.dynamic());
    }
    return addresses(
        LocalNames.dynamicAddress(DnsNames.label(query.folded(), 0), view.world())
            .map(List::of)
            .orElse(List.of()),
        view.dynamic());
  }

  /// Answers about a name with these addresses; without any there is no such name. ANY gets one set
  /// (RFC 8482, section 4.1).
  private DnsOutcome addresses(List<Ip4> addresses, Bytes apex) {
    if (addresses.isEmpty()) {
      return absent(apex);
    }
    if (query.type() != DnsType.A && query.type() != DnsType.ANY) {
      return answer(List.of(), apex);
    }
    return answer(turned(query.folded(), addresses), apex);
  }

  private List<DnsRecord> turned(Bytes owner, List<Ip4> addresses) {
    if (addresses.size() == 1) {
      return List.of(DnsRecord.a(owner, DnsView.TTL_SECONDS, addresses.getFirst()));
    }
    var records = new ArrayList<DnsRecord>(addresses.size());
    // Each answer begins elsewhere, so that clients that take the first one share the load.
    int first = query.id() % addresses.size();
    for (int i = 0; i < addresses.size(); i++) {
      Ip4 address = addresses.get((first + i) % addresses.size());
      records.add(DnsRecord.a(owner, DnsView.TTL_SECONDS, address));
    }
    return records;
  }

  private DnsOutcome reverse(ReverseName name) {
    int octets = ServedZone.octets(name, view.site().networks());
    boolean address = name.exact() && name.octets() == 4;
    boolean served = address && view.world().networkOf(name.first()).isPresent();
    if (octets == 0 || (address && !served)) {
      octets = SpecialNames.emptyOctets(name);
    }
    if (octets == 0) {
      return foreign();
    }
    Bytes apex = name.zone(octets);
    if (!name.exact()) {
      return absent(apex);
    }
    if (name.octets() == octets) {
      return answer(view.apexRecords(apex, query.type()), apex);
    }
    if (name.octets() < 4) {
      // Nothing stands here, but names may below (RFC 8020).
      return answer(List.of(), apex);
    }
    return pointer(served ? LocalNames.nameOf(name.first(), view) : Optional.empty(), apex);
  }

  private DnsOutcome pointer(Optional<Bytes> target, Bytes apex) {
    if (target.isEmpty()) {
      return absent(apex);
    }
    boolean asked = query.type() == DnsType.PTR || query.type() == DnsType.ANY;
    DnsRecord pointer =
        new DnsRecord(query.folded(), DnsType.PTR, DnsView.TTL_SECONDS, target.get());
    return answer(asked ? List.of(pointer) : List.of(), apex);
  }

  /// RFC 6761, section 6.3.
  private DnsOutcome localhost() {
    Bytes data =
        switch (query.type()) {
          case DnsType.A, DnsType.ANY -> Bytes.of(127, 0, 0, 1);
          case DnsType.AAAA -> Bytes.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
          default -> Bytes.EMPTY;
        };
    int type = query.type() == DnsType.ANY ? DnsType.A : query.type();
    return answer(
        data.isEmpty()
            ? List.of()
            : List.of(new DnsRecord(query.folded(), type, DnsView.TTL_SECONDS, data)),
        SpecialNames.LOCALHOST);
  }

  private DnsOutcome emptyZone(Bytes apex) {
    return query.folded().equals(apex) && !apex.equals(SpecialNames.CANARY)
        ? answer(view.apexRecords(apex, query.type()), apex)
        : absent(apex);
  }

  private DnsOutcome foreign() {
    if (!query.recursionDesired() || !view.forwards()) {
      return error(Rcode.REFUSED);
    }
    if (query.type() == DnsType.ANY) {
      DnsRecord info =
          new DnsRecord(query.folded(), DnsType.HINFO, DnsView.TTL_SECONDS, ANY_ANSWER);
      return new DnsOutcome.Reply(
          new DnsReply(query, Rcode.NOERROR, false, true, false, List.of(info), List.of()));
    }
    return new DnsOutcome.Forward(query);
  }

  private DnsOutcome error(int rcode) {
    return new DnsOutcome.Reply(DnsReply.of(query, rcode, view.forwards()));
  }

  /// The name exists; with no records of the type asked for, the SOA says for how long.
  private DnsOutcome answer(List<DnsRecord> records, Bytes apex) {
    List<DnsRecord> authority = records.isEmpty() ? view.absence(apex) : List.of();
    return new DnsOutcome.Reply(
        new DnsReply(query, Rcode.NOERROR, true, view.forwards(), false, records, authority));
  }

  private DnsOutcome absent(Bytes apex) {
    return new DnsOutcome.Reply(
        new DnsReply(
            query, Rcode.NXDOMAIN, true, view.forwards(), false, List.of(), view.absence(apex)));
  }
}
