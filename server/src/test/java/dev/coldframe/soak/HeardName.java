package dev.coldframe.soak;

import dev.coldframe.decide.mdns.HeardNames;
import dev.coldframe.net.Ip4;
import dev.coldframe.testkit.DnsText;
import dev.coldframe.wire.mdns.MdnsMessage;
import java.net.InetAddress;
import java.util.List;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;

/// What a machine announces of itself over multicast DNS.
final class HeardName {
  private static final int TTL_SECONDS = 120;

  private HeardName() {}

  /// A machine says what it is called.
  static void say(HeardNames heard, String name, Ip4 address, Appliance appliance) {
    var record =
        new ARecord(
            DnsText.name(name + ".local"),
            DClass.IN,
            TTL_SECONDS,
            InetAddress.ofLiteral(address.toString()));
    heard.hear(
        new MdnsMessage(0, true, false, List.of(), List.of(record), List.of(), List.of()),
        address,
        appliance.nanos());
  }
}
