package dev.coldframe.decide.mdns;

import dev.coldframe.wire.mdns.MdnsCodec;
import java.util.Arrays;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;

/// A record that this appliance answers with; the same object for as long as it has the name.
final class OwnRecord {
  private final Record record;
  private final boolean unique;

  /// @param record with its full time to live, class IN
  /// @param unique whether nobody else may have records of this name and type
  OwnRecord(Record record, boolean unique) {
    this.record = record;
    this.unique = unique;
  }

  boolean unique() {
    return unique;
  }

  Record plain() {
    return record;
  }

  /// As it is sent to everybody who knows multicast: what is ours alone replaces what was known.
  Record sent() {
    int dnsClass = record.getDClass() | (unique ? MdnsCodec.CACHE_FLUSH : 0);
    return with(dnsClass, record.getTTL());
  }

  /// As it is taken back.
  Record goodbye() {
    return with(sent().getDClass(), 0);
  }

  /// As it is sent to an asker that knows nothing of multicast and would keep it for too long (RFC
  /// 6762, section 6.7).
  Record forLegacy(long maxTtlSeconds) {
    return with(record.getDClass(), Math.min(record.getTTL(), maxTtlSeconds));
  }

  private Record with(int dnsClass, long ttlSeconds) {
    return Record.newRecord(
        record.getName(), record.getType(), dnsClass, ttlSeconds, record.rdataToWireCanonical());
  }

  /// Whether another record says the same, whatever its class bit and time to live.
  boolean saysTheSame(Record other) {
    return concerns(other)
        && other.getType() == record.getType()
        && Arrays.equals(record.rdataToWireCanonical(), other.rdataToWireCanonical());
  }

  /// Whether another record has the same name.
  boolean concerns(Record other) {
    return record.getName().equals(other.getName());
  }

  boolean isNsec() {
    return record.getType() == Type.NSEC;
  }

  /// The order of claims: class, type, then data (RFC 6762, section 8.2).
  static int compareClaims(Record a, Record b) {
    int byClass =
        Integer.compare(
            a.getDClass() & ~MdnsCodec.CACHE_FLUSH, b.getDClass() & ~MdnsCodec.CACHE_FLUSH);
    if (byClass != 0) {
      return byClass;
    }
    int byType = Integer.compare(a.getType(), b.getType());
    return byType != 0
        ? byType
        : Arrays.compareUnsigned(a.rdataToWireCanonical(), b.rdataToWireCanonical());
  }
}
