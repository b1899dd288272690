package dev.coldframe.soak;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.net.Bytes;
import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import dev.coldframe.node.Lease;
import dev.coldframe.soak.Appliance.Service;
import dev.coldframe.testkit.DhcpRequest;
import dev.coldframe.testkit.Ledger;
import dev.coldframe.wire.dhcp.Decode;
import dev.coldframe.wire.dhcp.DhcpCodec;
import dev.coldframe.wire.dhcp.DhcpMessage;
import dev.coldframe.wire.dhcp.MessageType;
import dev.coldframe.wire.dhcp.OptionCode;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/// Clients that are no node, and what each was told: whose address is whose, and until when. An
/// address that is told to two of them, or a lease that is not there when it is wanted again, fails
/// at once.
final class Guests {
  private static final Ip4 SERVER = Ip4.parse("192.168.0.2");
  private static final int PORT = 10_068;

  private Appliance appliance;
  private final Ledger ledger;
  private final Map<MacAddress, Told> told = new HashMap<>();

  /// Whose a lease was last, by address.
  private final Map<Ip4, MacAddress> holders = new HashMap<>();

  /// What a client was told.
  private record Told(Ip4 address, Instant until) {}

  Guests(Appliance appliance, Ledger ledger) {
    this.appliance = appliance;
    this.ledger = ledger;
  }

  static MacAddress guest(int number) {
    return new MacAddress(0x0200_0000_0000L + number);
  }

  /// A client comes and takes what it is offered.
  Ip4 arrive(MacAddress mac) {
    DhcpMessage offer = answer(DhcpRequest.of(MessageType.DISCOVER, mac.toString()), Ip4.ANY);
    assertThat(offer.type()).as("%s asks", mac).isEqualTo(MessageType.OFFER);
    DhcpRequest takes =
        DhcpRequest.of(MessageType.REQUEST, mac.toString())
            .put(OptionCode.SERVER_ID, SERVER)
            .put(OptionCode.REQUESTED_ADDRESS, offer.yiaddr());
    note(answer(takes, Ip4.ANY));
    return offer.yiaddr();
  }

  /// All of them renew within one commit, each by its own address.
  void renew(Collection<MacAddress> macs) {
    for (MacAddress mac : macs) {
      Ip4 own = held(mac).address();
      appliance.put(Service.DHCP, bytes(renewal(mac, own)), own, PORT);
    }
    List<Bytes> answers = appliance.taken(Service.DHCP);
    assertThat(answers).as("renewals that were answered").hasSameSizeAs(macs);
    answers.stream().map(Guests::read).forEach(this::note);
    ledger.count("dhcp: dhcp-acknowledged", macs.size());
  }

  private static DhcpRequest renewal(MacAddress mac, Ip4 own) {
    return DhcpRequest.of(MessageType.REQUEST, mac.toString()).ciaddr(own);
  }

  /// It goes, and says so.
  void release(MacAddress mac) {
    Ip4 own = held(mac).address();
    DhcpRequest goes =
        DhcpRequest.of(MessageType.RELEASE, mac.toString())
            .ciaddr(own)
            .put(OptionCode.SERVER_ID, SERVER);
    assertThat(appliance.ask(Service.DHCP, bytes(goes), own, PORT)).isEmpty();
    forget(mac);
    ledger.count("dhcp: dhcp-released");
  }

  /// It says that somebody else has the address that it was given.
  void decline(MacAddress mac) {
    DhcpRequest says =
        DhcpRequest.of(MessageType.DECLINE, mac.toString())
            .put(OptionCode.SERVER_ID, SERVER)
            .put(OptionCode.REQUESTED_ADDRESS, held(mac).address());
    assertThat(appliance.ask(Service.DHCP, bytes(says), Ip4.ANY, PORT)).isEmpty();
    forget(mac);
    ledger.count("dhcp: dhcp-declined");
  }

  private Told held(MacAddress mac) {
    return Objects.requireNonNull(told.get(mac), () -> mac + " has no lease");
  }

  private void forget(MacAddress mac) {
    holders.remove(held(mac).address());
    told.remove(mac);
  }

  /// An acknowledgement: nobody else may have that address now, and who had one keeps it.
  private void note(DhcpMessage answer) {
    MacAddress mac = MacAddress.of(answer.chaddr());
    assertThat(answer.type()).as("the answer to %s", mac).isEqualTo(MessageType.ACK);
    Ip4 address = answer.yiaddr().bits() != 0 ? answer.yiaddr() : answer.ciaddr();
    Instant now = appliance.now();
    MacAddress holder = holders.get(address);
    if (holder != null && !holder.equals(mac)) {
      assertThat(held(holder).until())
          .as("%s was given to %s, and now to %s", address, holder, mac)
          .isBeforeOrEqualTo(now);
      told.remove(holder);
    }
    Told before = told.get(mac);
    if (before != null && now.isBefore(before.until())) {
      assertThat(address).as("the address that %s had", mac).isEqualTo(before.address());
    }
    int seconds = answer.options().address(OptionCode.LEASE_TIME).orElseThrow().bits();
    told.put(mac, new Told(address, now.plusSeconds(seconds)));
    holders.put(address, mac);
  }

  /// How many leases run.
  int running() {
    return (int) told.values().stream().filter(t -> appliance.now().isBefore(t.until())).count();
  }

  /// What is on disk is what was told, no more and no less.
  void compare(List<Lease> onDisk) {
    Instant now = appliance.now();
    var expected = new TreeMap<String, String>();
    told.forEach((mac, lease) -> {
      if (now.isBefore(lease.until())) {
        expected.put(lease.address().toString(), mac + " until " + lease.until());
      }
    });
    var found = new TreeMap<String, String>();
    for (Lease lease : onDisk) {
      if (lease.node().isEmpty() && lease.activeAt(now)) {
        found.put(lease.address().toString(), lease.mac() + " until " + lease.expires());
      }
    }
    assertThat(found).isEqualTo(expected);
  }

  /// The appliance was started again: those who have a lease for longer ask for it.
  void askAgain(Appliance started, Duration within) {
    appliance = started;
    for (MacAddress mac : told.keySet().stream().sorted().toList()) {
      Told lease = held(mac);
      if (appliance.now().plus(within).isBefore(lease.until())) {
        DhcpRequest again =
            DhcpRequest.of(MessageType.REQUEST, mac.toString())
                .put(OptionCode.REQUESTED_ADDRESS, lease.address());
        note(answer(again, Ip4.ANY));
      }
    }
  }

  private DhcpMessage answer(DhcpRequest request, Ip4 source) {
    List<Bytes> answers = appliance.ask(Service.DHCP, bytes(request), source, PORT);
    assertThat(answers).as("answers to %s", request.message()).hasSize(1);
    return read(answers.getFirst());
  }

  static Bytes bytes(DhcpRequest request) {
    return DhcpCodec.encode(request.message(), 576);
  }

  static DhcpMessage read(Bytes bytes) {
    return ((Decode.Ok) DhcpCodec.decode(bytes)).message();
  }
}
