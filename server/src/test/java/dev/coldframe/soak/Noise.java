package dev.coldframe.soak;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.net.Bytes;
import dev.coldframe.net.Ip4;
import dev.coldframe.soak.Appliance.Service;
import dev.coldframe.testkit.DnsText;
import dev.coldframe.testkit.Ledger;
import dev.coldframe.testkit.Malformed;
import dev.coldframe.wire.mdns.MdnsCodec;
import dev.coldframe.wire.mdns.MdnsDecode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/// Packets without meaning, from neighbours that are no node.
final class Noise {
  private static final int SOURCES = 60;
  private static final int FIRST_PORT = 30_000;
  private static final int PORTS = 10_000;
  private static final List<Malformed.Case> CASES =
      Malformed.cases(Ip4.parse("192.168.0.2"), Ip4.parse("192.168.0.250"), true);

  private final Appliance appliance;
  private final Ledger ledger;
  private int sent;

  Noise(Appliance appliance, Ledger ledger) {
    this.appliance = appliance;
    this.ledger = ledger;
  }

  /// All of them, in an order that the random source chooses.
  void all(Random random) {
    var order = new ArrayList<>(CASES);
    Collections.shuffle(order, random);
    for (Malformed.Case one : order) {
      var source = Ip4.parse("192.168.0." + (100 + sent % SOURCES));
      appliance.ask(Service.at(one.port()), one.packet(), source, FIRST_PORT + sent++ % PORTS);
      one.counted().forEach(ledger::count);
    }
    mdns();
  }

  /// Multicast DNS has no socket here; what it reads is read all the same.
  private static void mdns() {
    byte[] question = DnsText.bytes(DnsText.question("n1.local", "A")).toArray();
    for (int at : List.of(2, 3, 12)) {
      byte[] changed = question.clone();
      changed[at] = (byte) (at == 12 ? 0xc0 : 0x28 + at - 2);
      assertThat(MdnsCodec.decode(Bytes.wrap(changed))).isInstanceOf(MdnsDecode.Ignored.class);
    }
  }
}
