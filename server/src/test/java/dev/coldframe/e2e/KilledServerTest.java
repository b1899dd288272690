package dev.coldframe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.net.Bytes;
import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import dev.coldframe.node.Lease;
import dev.coldframe.store.SqliteLeaseStore;
import dev.coldframe.testkit.DhcpRequest;
import dev.coldframe.wire.dhcp.Decode;
import dev.coldframe.wire.dhcp.DhcpCodec;
import dev.coldframe.wire.dhcp.DhcpMessage;
import dev.coldframe.wire.dhcp.MessageType;
import dev.coldframe.wire.dhcp.OptionCode;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A server that is killed (SIGKILL) at random moments while clients nobody knows take leases.
/// Whatever was acknowledged is on disk each time, and is acknowledged again after the restart.
/// Five times, or as often as the system property `kills` says, for no longer than `seconds`;
/// `seed` repeats a run. On loopback, on ports of its own.
@Tag("real")
class KilledServerTest {
  private static final int OFFSET = 31_000;
  private static final int SERVER_PORT = OFFSET + 67;
  private static final int CLIENT_PORT = OFFSET + 68;
  private static final Ip4 SERVER = Ip4.parse("127.0.0.1");

  /// So many exchanges are under way at any time.
  private static final int WINDOW = 64;

  private static final int MOST_LEASES_A_LIFE = 200;
  private static final int ASKED_AGAIN = 20;

  /// So many checks have one line in the evidence.
  private static final int HUNDRED = 100;

  private static final String CONFIG =
      """
      site: rack
      domain: rack.home.arpa
      appliance: { address: 127.0.0.1 }
      networks:
        - { interface: lo, subnet: 127.0.0.0/12, pool: 127.1.0.0-127.4.255.255 }
      profiles: { k8s: { boot: local } }
      nodes: {}
      services: [dhcp]
      limits: { per-source: off }
      """;

  @TempDir Path folder;

  private final Map<MacAddress, Ip4> acknowledged = new HashMap<>();
  private final Map<Ip4, MacAddress> holders = new HashMap<>();
  private final int wanted = Integer.getInteger("kills", 5);
  private int clients;
  private int open;

  @Test
  @Tag("K-01")
  void whatWasAcknowledgedIsThereAfterEveryKillAndNothingIsGivenTwice() throws Exception {
    long seed = Long.getLong("seed", System.nanoTime());
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(Integer.getInteger("seconds", 1_500));
    var random = new Random(seed);
    var proof = new Proof("kills", "scripts/e2e kill --kills " + wanted + " --evidence");
    proof.note("seed", seed);
    proof.note("kills wanted", wanted);
    int done = 0;
    try (var socket = new DatagramSocket(new InetSocketAddress(CLIENT_PORT))) {
      socket.setReceiveBufferSize(4 << 20);
      while (done < wanted && System.nanoTime() < end) {
        life(socket, random, ++done, proof);
      }
    }
    proof.equal("all kills were done in time", done, wanted);
    proof.note("leases acknowledged", acknowledged.size());
    proof.end();
    assertThat(acknowledged).as("there was something to lose").hasSizeGreaterThan(done);
  }

  /// One life of the server: what earlier ones acknowledged is asked for again, new clients come,
  /// and it ends in the middle of that.
  private void life(DatagramSocket socket, Random random, int which, Proof proof) throws Exception {
    var server = new LoopbackServer(folder, OFFSET, CONFIG, "serve-" + which + ".log");
    try {
      askAgain(socket, random);
      int until = acknowledged.size() + random.nextInt(MOST_LEASES_A_LIFE);
      open = 0;
      while (acknowledged.size() <= until) {
        pump(socket, 500);
      }
      long more = System.nanoTime() + random.nextInt(20_000_000);
      while (System.nanoTime() < more) {
        pump(socket, 5);
      }
    } finally {
      server.kill();
    }
    drain(socket);
    List<Lease> stored = SqliteLeaseStore.read(server.state());
    var onDisk = new HashMap<MacAddress, Ip4>();
    stored.stream()
        .filter(lease -> lease.state() == Lease.State.ACTIVE)
        .forEach(lease -> onDisk.put(lease.mac(), lease.address()));
    int hundred = (which - 1) / HUNDRED * HUNDRED;
    proof.each(
        "kills %d to %d: every lease that was acknowledged up to then is on disk"
            .formatted(hundred + 1, Math.min(hundred + HUNDRED, wanted)),
        "kill " + which,
        acknowledged.entrySet().stream()
            .filter(e -> !e.getValue().equals(onDisk.get(e.getKey())))
            .toList(),
        List.of());
    if (which % HUNDRED == 0) {
      proof.note("leases acknowledged up to kill " + which, acknowledged.size());
    }
  }

  /// Starts exchanges until the window is full, and takes one answer.
  private void pump(DatagramSocket socket, int waitMillis) throws IOException {
    while (open < WINDOW) {
      open++;
      send(socket, DhcpRequest.of(MessageType.DISCOVER, macOf(++clients)));
    }
    Optional<DhcpMessage> reply = receive(socket, waitMillis);
    if (reply.isEmpty()) {
      // Lost on the way: their clients have gone.
      open = waitMillis < 100 ? open : 0;
      return;
    }
    take(socket, reply.get());
  }

  private static String macOf(int client) {
    return new MacAddress(0x0200_0000_0000L + client).toString();
  }

  private void take(DatagramSocket socket, DhcpMessage reply) throws IOException {
    MacAddress mac = MacAddress.of(reply.chaddr());
    switch (reply.type()) {
      case OFFER ->
          send(
              socket,
              DhcpRequest.of(MessageType.REQUEST, mac.toString())
                  .put(OptionCode.SERVER_ID, SERVER)
                  .put(OptionCode.REQUESTED_ADDRESS, reply.yiaddr()));
      case ACK -> {
        open--;
        note(mac, reply.yiaddr());
      }
      default -> open--;
    }
  }

  private void note(MacAddress mac, Ip4 address) {
    MacAddress holder = holders.putIfAbsent(address, mac);
    assertThat(holder == null || holder.equals(mac))
        .as("%s was given to %s and to %s", address, holder, mac)
        .isTrue();
    Ip4 before = acknowledged.putIfAbsent(mac, address);
    assertThat(before == null || before.equals(address))
        .as("%s had %s and now has %s", mac, before, address)
        .isTrue();
  }

  /// Clients that start again and still know their addresses (INIT-REBOOT).
  private void askAgain(DatagramSocket socket, Random random) throws IOException {
    var all = new ArrayList<>(acknowledged.keySet().stream().sorted().toList());
    Collections.shuffle(all, random);
    for (MacAddress mac : all.subList(0, Math.min(ASKED_AGAIN, all.size()))) {
      send(
          socket,
          DhcpRequest.of(MessageType.REQUEST, mac.toString())
              .put(OptionCode.REQUESTED_ADDRESS, Objects.requireNonNull(acknowledged.get(mac))));
      DhcpMessage reply = receive(socket, 10_000).orElseThrow();
      assertThat(reply.type()).as("%s after the restart", mac).isEqualTo(MessageType.ACK);
      note(MacAddress.of(reply.chaddr()), reply.yiaddr());
    }
  }

  /// What the server had sent when it died counts.
  private void drain(DatagramSocket socket) throws IOException {
    Optional<DhcpMessage> reply = receive(socket, 50);
    while (reply.isPresent()) {
      if (reply.get().type() == MessageType.ACK) {
        note(MacAddress.of(reply.get().chaddr()), reply.get().yiaddr());
      }
      reply = receive(socket, 50);
    }
  }

  private static void send(DatagramSocket socket, DhcpRequest request) throws IOException {
    byte[] bytes = DhcpCodec.encode(request.message(), 576).toArray();
    socket.send(
        new DatagramPacket(bytes, bytes.length, InetAddress.ofLiteral("127.0.0.1"), SERVER_PORT));
  }

  private static Optional<DhcpMessage> receive(DatagramSocket socket, int waitMillis)
      throws IOException {
    var packet = new DatagramPacket(new byte[1_500], 1_500);
    socket.setSoTimeout(waitMillis);
    try {
      socket.receive(packet);
    } catch (SocketTimeoutException _) {
      return Optional.empty();
    }
    byte[] bytes = new byte[packet.getLength()];
    System.arraycopy(packet.getData(), 0, bytes, 0, bytes.length);
    return Optional.of(((Decode.Ok) DhcpCodec.decode(Bytes.wrap(bytes))).message());
  }
}
