package dev.coldframe.decide;

import dev.coldframe.net.Bytes;
import dev.coldframe.node.ExtraName;
import dev.coldframe.node.Site;
import dev.coldframe.wire.dns.DnsNames;
import dev.coldframe.wire.dns.DnsRecord;
import dev.coldframe.wire.dns.DnsType;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The file's aliases, services and texts as records, by their names on the wire. Addresses stand
/// in the [NameTable].
///
/// @param records by owner; without any where names exist only below (RFC 8020)
record ExtraNames(Map<Bytes, List<DnsRecord>> records) {
  private static final int SRV_NUMBERS_BYTES = 6;
  private static final int MAX_STRING_BYTES = 255;

  /// Nobody needs more in one zone, and each one makes the answer longer.
  private static final int MAX_ALIASES = 8;

  /// Those of a site.
  ///
  /// @param domain its name on the wire
  static ExtraNames of(Site site, Bytes domain) {
    var out = new HashMap<Bytes, List<DnsRecord>>();
    site.records()
        .forEach((name, extra) -> {
          Bytes owner = DnsNames.of(name + "." + site.domain());
          List<DnsRecord> own = records(owner, extra);
          if (!own.isEmpty()) {
            out.put(owner, own);
            above(owner, domain).forEach(parent -> out.putIfAbsent(parent, List.of()));
          }
        });
    return new ExtraNames(out);
  }

  private static List<DnsRecord> records(Bytes owner, ExtraName extra) {
    var out = new ArrayList<DnsRecord>();
    extra.alias().ifPresent(target -> out.add(record(owner, DnsType.CNAME, DnsNames.of(target))));
    extra.services().forEach(s -> out.add(record(owner, DnsType.SRV, service(s))));
    extra.texts().forEach(t -> out.add(record(owner, DnsType.TXT, text(t))));
    return List.copyOf(out);
  }

  private static DnsRecord record(Bytes owner, int type, Bytes data) {
    return new DnsRecord(owner, type, DnsView.TTL_SECONDS, data);
  }

  /// priority, weight, port, target; the target is never compressed (RFC 2782).
  private static Bytes service(ExtraName.Service service) {
    Bytes target = DnsNames.of(service.target());
    return Bytes.wrap(
        ByteBuffer.allocate(SRV_NUMBERS_BYTES + target.size())
            .putShort((short) service.priority())
            .putShort((short) service.weight())
            .putShort((short) service.port())
            .put(target.toArray())
            .array());
  }

  /// Strings of at most 255 bytes behind their lengths (RFC 1035, section 3.3.14), which readers
  /// join.
  private static Bytes text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    var out = new ByteArrayOutputStream(bytes.length + 1);
    for (int from = 0; from < bytes.length; from += MAX_STRING_BYTES) {
      int length = Math.min(MAX_STRING_BYTES, bytes.length - from);
      out.write(length);
      out.write(bytes, from, length);
    }
    return Bytes.wrap(out.toByteArray());
  }

  /// The names between this one and the domain.
  private static List<Bytes> above(Bytes owner, Bytes domain) {
    var out = new ArrayList<Bytes>();
    int end = owner.size() - domain.size();
    for (int at = 1 + owner.unsigned(0); at < end; at += 1 + owner.unsigned(at)) {
      out.add(owner.slice(at, owner.size()));
    }
    return out;
  }

  /// Whether the name exists because of a record here, its own or one below.
  boolean knows(Bytes name) {
    return !records.isEmpty() && records.containsKey(name);
  }

  /// The records of a name and type. ANY gets one set (RFC 8482, section 4.1).
  List<DnsRecord> of(Bytes name, int type) {
    List<DnsRecord> all = records.getOrDefault(name, List.of());
    if (all.isEmpty()) {
      return all;
    }
    int wanted = type == DnsType.ANY ? all.getFirst().type() : type;
    return all.stream().filter(r -> r.type() == wanted).toList();
  }

  /// The aliases that lead on from a name, in order; a loop is cut (row N-11).
  List<DnsRecord> aliases(Bytes name) {
    var out = new ArrayList<DnsRecord>();
    Optional<DnsRecord> next = alias(name);
    while (next.isPresent() && !out.contains(next.get()) && out.size() < MAX_ALIASES) {
      out.add(next.get());
      next = alias(next.get().data());
    }
    return out;
  }

  /// What a name is another one for.
  Optional<DnsRecord> alias(Bytes name) {
    // Most sites have none, and this is asked for each name that no record has.
    List<DnsRecord> all = records.isEmpty() ? List.of() : of(name, DnsType.CNAME);
    return all.isEmpty() ? Optional.empty() : Optional.of(all.getFirst());
  }
}
