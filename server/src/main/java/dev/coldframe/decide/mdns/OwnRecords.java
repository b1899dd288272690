package dev.coldframe.decide.mdns;

import dev.coldframe.net.Ip4;
import dev.coldframe.wire.mdns.MdnsQuestion;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.NSECRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.PTRRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.SRVRecord;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/// Everything that this appliance announces under one choice of names.
final class OwnRecords {
  /// RFC 6762, section 10: two minutes for what names a host, 75 minutes for the rest.
  static final long HOST_TTL_SECONDS = 120;

  static final long OTHER_TTL_SECONDS = 4_500;

  private static final Name LOCAL = name("local.");
  private static final Name TYPES = name("_services._dns-sd._udp.local.");

  private final Name host;
  private final List<OwnRecord> all = new ArrayList<>();

  /// @param hostLabel the host's name without `.local`
  /// @param instanceLabel its name among services
  OwnRecords(MdnsPlan plan, String hostLabel, String instanceLabel) {
    this.host = under(hostLabel, LOCAL);
    for (MdnsPlan.Service service : plan.services()) {
      Name type = name(service.type() + ".local.");
      Name instance = under(instanceLabel, type);
      add(new PTRRecord(TYPES, DClass.IN, OTHER_TTL_SECONDS, type), false);
      add(new PTRRecord(type, DClass.IN, OTHER_TTL_SECONDS, instance), false);
      add(new SRVRecord(instance, DClass.IN, HOST_TTL_SECONDS, 0, 0, service.port(), host), true);
      add(
          new TXTRecord(instance, DClass.IN, OTHER_TTL_SECONDS, TextStrings.of(service.text())),
          true);
      addAbsence(instance, HOST_TTL_SECONDS, Type.TXT, Type.SRV);
    }
    for (Ip4 address : plan.addresses()) {
      add(new ARecord(host, DClass.IN, HOST_TTL_SECONDS, inet(address)), true);
    }
    addAbsence(host, HOST_TTL_SECONDS, Type.A);
  }

  private void add(Record record, boolean unique) {
    all.add(new OwnRecord(record, unique));
  }

  /// Says that a name has records of these types and of no others (RFC 6762, section 6.1).
  private void addAbsence(Name name, long ttlSeconds, int... types) {
    add(new NSECRecord(name, DClass.IN, ttlSeconds, name, types), true);
  }

  Name host() {
    return host;
  }

  /// Whether a name is the host's; the other names that are ours alone are the services'.
  boolean isHost(Name name) {
    return host.equals(name);
  }

  /// What we answer with.
  List<OwnRecord> all() {
    return List.copyOf(all);
  }

  /// What is announced.
  List<OwnRecord> announced() {
    return all.stream().filter(own -> !own.isNsec()).toList();
  }

  /// What others have as well as we.
  List<OwnRecord> shared() {
    return all.stream().filter(own -> !own.unique()).toList();
  }

  /// What nobody else may have.
  List<OwnRecord> claims() {
    return announced().stream().filter(OwnRecord::unique).toList();
  }

  /// The names that nobody else may have, each once.
  List<Name> claimedNames() {
    return claims().stream().map(own -> own.plain().getName()).distinct().toList();
  }

  /// The answers to a question; where the name is ours and the type is not there, the record that
  /// says so.
  List<OwnRecord> answers(MdnsQuestion question) {
    if (question.dnsClass() != DClass.IN && question.dnsClass() != DClass.ANY) {
      return List.of();
    }
    List<OwnRecord> named =
        all.stream().filter(own -> own.plain().getName().equals(question.name())).toList();
    List<OwnRecord> fitting =
        named.stream()
            .filter(own ->
                question.type() == Type.ANY
                    ? !own.isNsec()
                    : own.plain().getType() == question.type())
            .toList();
    return fitting.isEmpty() ? named.stream().filter(OwnRecord::isNsec).toList() : fitting;
  }

  /// What whoever got these answers will ask next (RFC 6763, section 12).
  List<OwnRecord> additional(List<OwnRecord> answers) {
    var out = new ArrayList<OwnRecord>();
    for (OwnRecord answer : answers) {
      if (answer.plain() instanceof PTRRecord pointer) {
        addNamed(pointer.getTarget(), out);
      }
    }
    if (answers.stream().anyMatch(a -> a.plain() instanceof SRVRecord) || !out.isEmpty()) {
      addNamed(host, out);
    }
    out.removeAll(answers);
    return out;
  }

  private void addNamed(Name name, List<OwnRecord> out) {
    all.stream()
        .filter(own -> own.unique() && !own.isNsec() && own.plain().getName().equals(name))
        .filter(own -> !out.contains(own))
        .forEach(out::add);
  }

  private static Name under(String label, Name parent) {
    return name(label + "." + parent);
  }

  private static Name name(String text) {
    try {
      return Name.fromString(text);
    } catch (TextParseException e) {
      throw new IllegalArgumentException("not a name: " + text, e);
    }
  }

  private static InetAddress inet(Ip4 address) {
    int bits = address.bits();
    byte[] bytes = {(byte) (bits >>> 24), (byte) (bits >>> 16), (byte) (bits >>> 8), (byte) bits};
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("four bytes are an address", e);
    }
  }
}
