package dev.coldframe.soak;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import dev.coldframe.soak.Appliance.Service;
import dev.coldframe.testkit.DhcpRequest;
import dev.coldframe.testkit.DnsText;
import dev.coldframe.testkit.Ledger;
import dev.coldframe.testkit.Malformed;
import dev.coldframe.wire.dhcp.MessageType;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Boards that nobody knows: they ask once and are not heard again. There are more of them than any
/// table holds.
final class Strangers {
  /// As many get a journal of their own.
  private static final int WITH_JOURNAL = 1_000;

  private static final int PORT = 10_068;
  private static final long FIRST = 0xdca6_3280_0000L;
  private static final int RELAYED_AT_ONCE = 900;
  private static final Ip4 RELAY = Ip4.parse("10.1.0.1");
  private static final Duration RELAY_STRETCH = Duration.ofSeconds(10);
  private static final Duration OFFER = Duration.ofSeconds(31);

  private final Appliance appliance;
  private final Ledger ledger;
  private final Set<MacAddress> withJournal = new HashSet<>();
  private int boards;
  private int sources;

  Strangers(Appliance appliance, Ledger ledger) {
    this.appliance = appliance;
    this.ledger = ledger;
  }

  private MacAddress next() {
    return noted(new MacAddress(FIRST + boards++));
  }

  private MacAddress noted(MacAddress mac) {
    if (withJournal.contains(mac)) {
      return mac;
    }
    if (withJournal.size() < WITH_JOURNAL) {
      withJournal.add(mac);
    } else {
      ledger.count("dhcp: too many unknown boards to keep a journal of");
    }
    return mac;
  }

  private int ask(DhcpRequest request, Ip4 source) {
    return appliance.ask(Service.DHCP, Guests.bytes(request), source, PORT).size();
  }

  /// One that is offered an address and does not take it.
  void one() {
    int answers = ask(DhcpRequest.of(MessageType.DISCOVER, next().toString()), Ip4.ANY);
    assertThat(answers).as("offers").isEqualTo(1);
  }

  /// A certain one.
  void asks(MacAddress mac) {
    DhcpRequest request = DhcpRequest.of(MessageType.DISCOVER, noted(mac).toString());
    assertThat(ask(request, Ip4.ANY)).as("offers").isEqualTo(1);
  }

  /// That many at once: as many as there are free addresses get an offer.
  void many(int number, int free) {
    int offers = 0;
    for (int i = 0; i < number; i++) {
      offers += ask(DhcpRequest.of(MessageType.DISCOVER, next().toString()), Ip4.ANY);
    }
    assertThat(offers).as("offers").isEqualTo(free);
    ledger.count("dhcp: the pool is exhausted", number - offers);
    appliance.advance(OFFER);
  }

  /// That many behind a relay, each at a switch port of its own.
  void manyBehindARelay(int number, int pool) {
    int offers = 0;
    for (int i = 0; i < number; i++) {
      DhcpRequest request =
          DhcpRequest.of(MessageType.DISCOVER, next().toString()).at(RELAY, "sw1", "p" + i);
      int answers = ask(request, RELAY);
      offers += answers;
      if (answers == 0) {
        ledger.count("dhcp: the pool is exhausted");
      }
      if (i % RELAYED_AT_ONCE == RELAYED_AT_ONCE - 1) {
        appliance.advance(RELAY_STRETCH);
      }
    }
    assertThat(offers).as("offers behind the relay").isBetween(pool, number);
    appliance.advance(OFFER);
  }

  /// Questions from that many addresses that are not served, to each service that counts sources.
  void manySources(int number) {
    var question = DnsText.bytes(DnsText.question("n1.rack.home.arpa", "A"));
    for (int i = 0; i < number; i++) {
      var source = new Ip4(Ip4.parse("10.64.0.0").bits() + sources++);
      for (Service service : List.of(Service.DNS, Service.NTP, Service.SYSLOG)) {
        var packet = service == Service.NTP ? Malformed.clock(0x23) : question;
        assertThat(appliance.ask(service, packet, source, 40_000)).isEmpty();
      }
    }
    ledger.count("dns: source outside the served networks", number);
    ledger.count("ntp: source outside the served networks", number);
    ledger.count("console: source outside the served networks", number);
  }
}
