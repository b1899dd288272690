package dev.coldframe.decide.mdns;

import java.net.InetAddress;
import java.util.List;
import java.util.stream.Stream;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Name;
import org.xbill.DNS.PTRRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/// Records as other machines send them, and ours as text.
final class Records {
  private Records() {}

  static Name name(String text) {
    try {
      return Name.fromString(text + ".");
    } catch (TextParseException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  static Record a(String name, String address, long ttlSeconds) {
    return new ARecord(name(name), DClass.IN, ttlSeconds, InetAddress.ofLiteral(address));
  }

  static Record ptr(String name, String target) {
    return new PTRRecord(name(name), DClass.IN, 4_500, name(target));
  }

  /// `coldframe.local. A flush 120 192.168.0.2`, one for each.
  static List<String> texts(List<Record> answers, List<Record> additional) {
    return Stream.concat(answers.stream(), additional.stream()).map(Records::text).toList();
  }

  static List<String> texts(List<Record> records) {
    return texts(records, List.of());
  }

  private static String text(Record record) {
    boolean flush = (record.getDClass() & 0x8000) != 0;
    return String.join(
        " ",
        record.getName().toString(true),
        Type.string(record.getType()),
        flush ? "flush" : "shared",
        Long.toString(record.getTTL()),
        record.rdataToString());
  }
}
