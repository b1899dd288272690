package dev.coldframe.decide;

import dev.coldframe.net.Bytes;
import dev.coldframe.net.Ip4;
import dev.coldframe.node.Site;
import dev.coldframe.node.World;
import dev.coldframe.wire.dns.DnsNames;
import dev.coldframe.wire.dns.DnsRecord;
import dev.coldframe.wire.dns.DnsType;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The world as DNS shows it. Holds what is the same in all answers. What was made of the file's
/// names is kept until the file is read again, so that a world in which a node was adopted or a
/// hardware address learned costs next to nothing.
///
/// @param world the present world
/// @param serial of all our zones; grows with each world (RFC 1982)
/// @param domain the zone of the nodes
/// @param dynamic the zone of addresses that are nobody's pin, `dhcp.` before the domain
/// @param appliance our own name, `coldframe.` before the domain
/// @param soa the data of every zone's SOA record
/// @param names which addresses the file's names stand for
/// @param extras what else they stand for
/// @param soleNames the first record that has an address for itself, by that address
public record DnsView(
    World world,
    long serial,
    Bytes domain,
    Bytes dynamic,
    Bytes appliance,
    Bytes soa,
    NameTable names,
    ExtraNames extras,
    Map<Ip4, String> soleNames) {
  /// How long an answer may be kept: the time after which a renamed node's old name is gone.
  static final int TTL_SECONDS = 60;

  /// How long an absence may be kept: the time until a new name is seen by those who asked too
  /// early.
  static final int NEGATIVE_TTL_SECONDS = 15;

  private static final int REFRESH_SECONDS = 3_600;
  private static final int RETRY_SECONDS = 600;
  private static final int EXPIRE_SECONDS = 86_400;
  private static final int SOA_NUMBERS_BYTES = 20;

  /// The first view.
  public static DnsView of(World world, Instant now) {
    return of(world, now.getEpochSecond(), Names.of(world.site()));
  }

  /// The view of a later world. The serial is a time where that is later, so that it also grows
  /// over a restart.
  public DnsView next(World later, Instant now) {
    // Equal maps are the same one unless the file was read again.
    boolean same =
        later.site().domain().equals(site().domain())
            && later.site().records().equals(site().records())
            && later.site().nodes().equals(site().nodes());
    return of(
        later,
        Math.max(serial + 1, now.getEpochSecond()),
        same ? new Names(names, extras, soleNames) : Names.of(later.site()));
  }

  /// What is made of the file.
  private record Names(NameTable table, ExtraNames extras, Map<Ip4, String> sole) {
    static Names of(Site site) {
      return new Names(
          NameTable.of(site), ExtraNames.of(site, DnsNames.of(site.domain())), soleNames(site));
    }
  }

  private static Map<Ip4, String> soleNames(Site site) {
    var out = new HashMap<Ip4, String>();
    site.records()
        .forEach((name, extra) -> {
          if (extra.addresses().size() == 1) {
            out.putIfAbsent(extra.addresses().getFirst(), name);
          }
        });
    return out;
  }

  private static DnsView of(World world, long serial, Names names) {
    Bytes domain = DnsNames.of(world.site().domain());
    Bytes appliance = DnsNames.under(Site.APPLIANCE_LABEL, domain);
    Bytes mailbox = DnsNames.under("hostmaster", domain);
    ByteBuffer soa =
        ByteBuffer.allocate(appliance.size() + mailbox.size() + SOA_NUMBERS_BYTES)
            .put(appliance.toArray())
            .put(mailbox.toArray())
            .putInt((int) serial)
            .putInt(REFRESH_SECONDS)
            .putInt(RETRY_SECONDS)
            .putInt(EXPIRE_SECONDS)
            .putInt(NEGATIVE_TTL_SECONDS);
    return new DnsView(
        world,
        serial,
        domain,
        DnsNames.under(Site.DYNAMIC_LABEL, domain),
        appliance,
        Bytes.wrap(soa.array()),
        names.table(),
        names.extras(),
        names.sole());
  }

  /// Whether other servers can be asked.
  boolean forwards() {
    return !world.site().upstreamDns().isEmpty();
  }

  /// The SOA record that tells how long an absence lasts (RFC 2308, section 3).
  List<DnsRecord> absence(Bytes apex) {
    return List.of(new DnsRecord(apex, DnsType.SOA, NEGATIVE_TTL_SECONDS, soa));
  }

  /// The records of a zone's own name.
  List<DnsRecord> apexRecords(Bytes apex, int type) {
    return switch (type) {
      case DnsType.SOA, DnsType.ANY -> List.of(new DnsRecord(apex, DnsType.SOA, TTL_SECONDS, soa));
      case DnsType.NS -> List.of(new DnsRecord(apex, DnsType.NS, TTL_SECONDS, appliance));
      default -> List.of();
    };
  }

  Site site() {
    return world.site();
  }
}
