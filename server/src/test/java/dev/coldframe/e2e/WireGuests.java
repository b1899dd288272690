package dev.coldframe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.net.Bytes;
import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import dev.coldframe.node.Lease;
import dev.coldframe.testkit.DhcpRequest;
import dev.coldframe.wire.dhcp.Decode;
import dev.coldframe.wire.dhcp.DhcpCodec;
import dev.coldframe.wire.dhcp.DhcpMessage;
import dev.coldframe.wire.dhcp.MessageType;
import dev.coldframe.wire.dhcp.OptionCode;
import java.io.IOException;
import java.net.DatagramSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// Clients of a [LoopbackServer] that are no node: they take leases, renew some, and leave. What
/// each was told is kept, and an address that is told to two of them fails at once.
final class WireGuests {
  private static final int PATIENCE_MILLIS = 5_000;

  /// Two clocks read within this are the same.
  private static final Duration SOON = Duration.ofSeconds(2);

  private final LoopbackServer server;
  private final Map<MacAddress, Told> told = new LinkedHashMap<>();
  private final Map<Ip4, MacAddress> holders = new HashMap<>();
  private int acknowledged;

  /// What a client was told.
  private record Told(Ip4 address, Instant until) {}

  WireGuests(LoopbackServer server) {
    this.server = server;
  }

  /// One more comes and takes what it is offered.
  void arrive(HostileClient wire) throws IOException {
    DhcpRequest discover = wire.discover();
    wire.send(discover);
    DhcpMessage offer = heard(wire, MacAddress.of(discover.message().chaddr()));
    assertThat(offer.type()).isEqualTo(MessageType.OFFER);
    wire.take(offer);
    note(heard(wire, MacAddress.of(offer.chaddr())));
  }

  private static DhcpMessage heard(HostileClient wire, MacAddress mac) throws IOException {
    for (Optional<DhcpMessage> heard = wire.heard(PATIENCE_MILLIS);
        heard.isPresent();
        heard = wire.heard(PATIENCE_MILLIS)) {
      if (MacAddress.of(heard.get().chaddr()).equals(mac)) {
        return heard.get();
      }
    }
    throw new AssertionError(mac + " is not answered");
  }

  /// The one that has been there longest renews; none is there: nothing happens.
  void renewOldest(HostileClient wire) throws IOException {
    Instant soon = Instant.now().plus(SOON);
    told.entrySet().removeIf(e -> e.getValue().until().isBefore(soon));
    if (told.isEmpty()) {
      return;
    }
    MacAddress mac = told.keySet().iterator().next();
    Ip4 own = Objects.requireNonNull(told.get(mac)).address();
    try (var socket = new DatagramSocket(null)) {
      socket.setReuseAddress(true);
      socket.bind(GoodNode.at(own, server.port(68)));
      Bytes renewal =
          DhcpCodec.encode(
              DhcpRequest.of(MessageType.REQUEST, mac.toString()).ciaddr(own).message(), 576);
      wire.toPort(socket, 67, renewal.toArray());
      Bytes answer = HostileClient.heard(socket, PATIENCE_MILLIS).orElseThrow();
      note(((Decode.Ok) DhcpCodec.decode(answer)).message());
    }
  }

  private void note(DhcpMessage answer) {
    MacAddress mac = MacAddress.of(answer.chaddr());
    assertThat(answer.type()).as("the answer to %s", mac).isEqualTo(MessageType.ACK);
    Ip4 address = answer.yiaddr().bits() != 0 ? answer.yiaddr() : answer.ciaddr();
    MacAddress holder = holders.put(address, mac);
    Told before = holder == null || holder.equals(mac) ? null : told.get(holder);
    assertThat(before != null && before.until().isAfter(Instant.now().plus(SOON)))
        .as("%s was given to %s, and now to %s", address, holder, mac)
        .isFalse();
    int seconds = answer.options().address(OptionCode.LEASE_TIME).orElseThrow().bits();
    // The last one to be told goes to the end.
    told.remove(mac);
    told.put(mac, new Told(address, Instant.now().plusSeconds(seconds)));
    acknowledged++;
  }

  int acknowledged() {
    return acknowledged;
  }

  /// What was told and still holds, and is not in what is on disk.
  List<String> missing(List<Lease> onDisk) {
    Instant soon = Instant.now().plus(SOON);
    return told.entrySet().stream()
        .filter(e -> e.getValue().until().isAfter(soon))
        .filter(e ->
            onDisk.stream()
                .noneMatch(lease ->
                    lease.state() == Lease.State.ACTIVE
                        && lease.address().equals(e.getValue().address())
                        && lease.mac().equals(e.getKey())))
        .map(e -> e.getKey() + " at " + e.getValue().address())
        .toList();
  }
}
