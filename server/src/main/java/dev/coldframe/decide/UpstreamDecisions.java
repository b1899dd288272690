package dev.coldframe.decide;

import dev.coldframe.net.Bytes;
import dev.coldframe.node.World;
import dev.coldframe.wire.dns.DnsQuery;
import dev.coldframe.wire.dns.DnsQuestion;
import dev.coldframe.wire.dns.DnsRelay;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/// How an upstream server is asked, and what of its answer is believed (RFC 5452; rows N-16 to
/// N-20). Only what belongs to the question stays: the chain of aliases from its name, the records
/// at the chain's end, and the SOA record of an absence.
public final class UpstreamDecisions {
  /// Longer ones are shortened: a mistake of somebody else's is over after a day.
  private static final long MAX_LIFETIME_SECONDS = 86_400;

  /// The same for absences (RFC 2308, section 5).
  private static final long MAX_NEGATIVE_SECONDS = 900;

  private static final int MAX_ALIASES = 16;

  /// Types of records that prove an absence.
  private static final Set<Integer> PROOFS = Set.of(Type.NSEC, Type.NSEC3, Type.RRSIG);

  private final DnsQuestion question;
  private final Message message;
  private final World world;
  private final Set<Record> answers = new LinkedHashSet<>();
  private boolean filtered;

  private UpstreamDecisions(DnsQuestion question, Message message, World world) {
    this.question = question;
    this.message = message;
    this.world = world;
  }

  /// The message that asks.
  ///
  /// @param id not to be guessed
  public static Bytes ask(DnsQuestion question, int id) {
    Message out = new Message(id);
    out.getHeader().setFlag(Flags.RD);
    if (question.checkingDisabled()) {
      out.getHeader().setFlag(Flags.CD);
    }
    out.addRecord(Record.newRecord(name(question), question.type(), DClass.IN), Section.QUESTION);
    int flags = question.dnssecOk() ? ExtendedFlags.DO : 0;
    out.addRecord(new OPTRecord(DnsQuery.LARGEST_UDP_BYTES, 0, 0, flags), Section.ADDITIONAL);
    return Bytes.wrap(out.toWire());
  }

  private static Name name(DnsQuestion question) {
    try {
      return new Name(question.name().toArray());
    } catch (IOException e) {
      throw new IllegalArgumentException("not a name: " + question.name(), e);
    }
  }

  /// Judges a message that came from the server that was asked.
  ///
  /// @param id of the question
  public static UpstreamAnswer judge(Bytes response, DnsQuestion question, int id, World world) {
    Message message;
    try {
      message = new Message(response.toArray());
    } catch (IOException | RuntimeException _) {
      // The parser throws unchecked exceptions too where records contradict themselves.
      return new UpstreamAnswer.Drop("upstream answer cannot be read");
    }
    if (message.getHeader().getID() != id
        || !message.getHeader().getFlag(Flags.QR)
        || message.getHeader().getOpcode() != Opcode.QUERY
        || !repeats(message, question)) {
      return new UpstreamAnswer.Drop("upstream answer to another question");
    }
    if (message.getHeader().getFlag(Flags.TC)) {
      return new UpstreamAnswer.Truncated();
    }
    int rcode = message.getRcode();
    if (rcode != Rcode.NOERROR && rcode != Rcode.NXDOMAIN) {
      return new UpstreamAnswer.Failed();
    }
    return new UpstreamDecisions(question, message, world).accept();
  }

  /// The question comes back byte for byte, or it is not ours.
  private static boolean repeats(Message message, DnsQuestion question) {
    List<Record> questions = message.getSection(Section.QUESTION);
    return questions.size() == 1
        && Arrays.equals(questions.getFirst().getName().toWire(), question.name().toArray())
        && questions.getFirst().getType() == question.type()
        && questions.getFirst().getDClass() == DClass.IN;
  }

  private UpstreamAnswer accept() {
    Name end = follow();
    boolean positive = answers.stream().anyMatch(r -> r.getType() == question.type());
    var authority = new ArrayList<Record>();
    Optional<SOARecord> soa = positive ? Optional.empty() : soa(end);
    soa.ifPresent(authority::add);
    if (question.dnssecOk()) {
      message.getSection(Section.AUTHORITY).stream()
          .filter(r -> PROOFS.contains(r.getType()) && r.getDClass() == DClass.IN)
          .forEach(authority::add);
    }
    var all = new ArrayList<>(answers);
    all.addAll(authority);
    List<Long> ttls = ttls(all);
    long lifetime = ttls.stream().mapToLong(Long::longValue).min().orElse(0);
    if (!positive) {
      lifetime =
          Math.min(
              lifetime, soa.map(s -> Math.min(s.getMinimum(), MAX_NEGATIVE_SECONDS)).orElse(0L));
    }
    if (filtered) {
      lifetime = 0;
    }
    return new UpstreamAnswer.Accepted(
        DnsRelay.withTtls(write(authority), ttls), (int) Math.min(lifetime, MAX_LIFETIME_SECONDS));
  }

  /// Walks the aliases and keeps the records on the way.
  ///
  /// @return the name at the end
  private Name follow() {
    Name at = name(question);
    var seen = new LinkedHashSet<Name>();
    while (seen.size() < MAX_ALIASES && seen.add(at)) {
      Optional<Name> next = Optional.empty();
      for (Record candidate : message.getSection(Section.ANSWER)) {
        if (candidate.getDClass() == DClass.IN
            && candidate.getName().equals(at)
            && keep(candidate)) {
          next = candidate instanceof CNAMERecord alias ? Optional.of(alias.getTarget()) : next;
        }
      }
      if (next.isEmpty() || question.type() == Type.CNAME) {
        return at;
      }
      at = next.get();
    }
    return at;
  }

  /// @return whether the record belongs to the answer
  private boolean keep(Record candidate) {
    boolean signature = question.dnssecOk() && candidate.getType() == Type.RRSIG;
    boolean wanted = candidate.getType() == question.type() || candidate.getType() == Type.CNAME;
    if (!wanted && !signature) {
      return false;
    }
    if (isRebinding(candidate)) {
      filtered = true;
      return false;
    }
    answers.add(candidate);
    return true;
  }

  private boolean isRebinding(Record candidate) {
    return switch (candidate) {
      case ARecord a -> PrivateAddresses.holds(a.getAddress().getAddress(), world);
      case AAAARecord a -> PrivateAddresses.holds(sixteen(a), world);
      default -> false;
    };
  }

  /// The JDK turns an IPv4-mapped address into four bytes; either form is judged alike.
  private static byte[] sixteen(AAAARecord a) {
    return Objects.requireNonNull(a.getAddress()).getAddress();
  }

  private Optional<SOARecord> soa(Name end) {
    return message.getSection(Section.AUTHORITY).stream()
        .filter(SOARecord.class::isInstance)
        .map(SOARecord.class::cast)
        .filter(soa -> soa.getDClass() == DClass.IN && end.subdomain(soa.getName()))
        .findFirst();
  }

  private record SetKey(Name name, int type) {}

  /// Each record's TTL, which is the lowest of its set (RFC 2181, section 5.2); one with the top
  /// bit set is zero (section 8).
  private static List<Long> ttls(List<Record> records) {
    Map<SetKey, Long> lowest = new HashMap<>();
    for (Record each : records) {
      long ttl = each.getTTL() > Integer.MAX_VALUE || each.getTTL() < 0 ? 0 : each.getTTL();
      lowest.merge(new SetKey(each.getName(), each.getType()), ttl, Math::min);
    }
    return records.stream()
        .map(each -> lowest.getOrDefault(new SetKey(each.getName(), each.getType()), 0L))
        .toList();
  }

  private byte[] write(List<Record> authority) {
    Message out = new Message(0);
    out.getHeader().setFlag(Flags.QR);
    out.getHeader().setFlag(Flags.RA);
    out.getHeader().setRcode(message.getRcode());
    out.addRecord(Record.newRecord(name(question), question.type(), DClass.IN), Section.QUESTION);
    answers.forEach(each -> out.addRecord(each, Section.ANSWER));
    authority.forEach(each -> out.addRecord(each, Section.AUTHORITY));
    return out.toWire();
  }
}
