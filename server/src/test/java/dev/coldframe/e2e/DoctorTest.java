package dev.coldframe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Faults that are really there, on two or three machines of one link, and what the doctor says of
/// them; and that it is quiet where nothing is wrong.
@Tag("real")
class DoctorTest {
  private static final Duration LONG = Duration.ofMinutes(2);
  private static final String MAC = "dc:a6:32:01:36:c2";
  private static final String CONFIG =
      """
      site: rack
      appliance: { address: 192.168.0.2 }
      time: local
      networks: [{ interface: eth0, subnet: 192.168.0.0/24, pool: 192.168.0.200-192.168.0.239 }]
      profiles: { k8s: { boot: install, user: { name: mayth, ssh-keys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFUhlL4ZLk/+LTYvGeZWCnGBZrWPqTdIExnyaAsZSBOe mayth"] } } }
      nodes: { geranium: { mac: "dc:a6:32:01:36:c2", address: 192.168.0.20, profile: k8s } }
      """;

  private static final String UPSTREAM = CONFIG + "upstream-dns: [192.168.0.1]\n";

  private static final String RELAYED =
      CONFIG
          .replace(
              "networks: [{ interface: eth0, subnet: 192.168.0.0/24, pool: 192.168.0.200-192.168.0.239 }]",
              """
              networks:
                - { interface: eth0, subnet: 192.168.0.0/24 }
                - { interface: eth0, subnet: 10.1.0.0/24, router: 10.1.0.1,
                    pool: 10.1.0.200-10.1.0.239, relays: [10.1.0.1, 192.168.0.254] }\
              """)
          .replace(
              "nodes: {",
              "nodes: { iris: { port: 10.1.0.1/eth1, address: 10.1.0.30, profile: k8s },");

  @TempDir Path folder;
  private Lab lab;

  /// What the doctor said.
  ///
  /// @param mends what to do, by id of finding; notes too
  /// @param severities by id
  private record Said(
      int exit, Map<String, String> mends, Map<String, String> severities, String out) {
    void found(String id, String severity, String mend) {
      assertThat(severities).as(out).containsEntry(id, severity);
      assertThat(mends.get(id)).contains(mend);
    }
  }

  @BeforeEach
  void start() throws IOException {
    lab = Lab.open(folder);
    for (String name :
        List.of(
            "start4.elf",
            "fixup4.dat",
            "kernel8.img",
            "initramfs8",
            "bcm2711-rpi-4-b.dtb",
            "overlays/overlay_map.dtb")) {
      lab.write("tftp-root/" + name, name.repeat(1_000));
    }
  }

  @AfterEach
  void stop() {
    lab.close();
  }

  private String[] words() {
    return lab.coldframe(
        "doctor",
        "--json",
        "-c",
        folder.resolve("coldframe.yaml").toString(),
        "--state",
        lab.state().toString());
  }

  private Said doctor(String config) {
    lab.write("coldframe.yaml", config);
    return said(lab.onServer(words()));
  }

  /// Runs it within other words, such as those that take a right away. None of them holds a blank.
  private Said doctorUnder(String script) {
    String command = String.join(" ", words());
    return said(lab.onServer("unshare", "-m", "sh", "-c", script.replace("DOCTOR", command)));
  }

  private static Said said(Command.Result result) {
    JsonNode json = JsonMapper.shared().readTree(result.out().substring(result.out().indexOf('{')));
    var mends = new TreeMap<String, String>();
    var severities = new TreeMap<String, String>();
    for (JsonNode finding : json.get("findings")) {
      mends.put(finding.get("id").asString(), finding.get("mend").asString());
      severities.put(finding.get("id").asString(), finding.get("severity").asString());
    }
    return new Said(result.exit(), mends, severities, result.out());
  }

  private void nameServer(String... more) {
    lab.clientAddress("192.168.0.1");
    var words =
        new ArrayList<>(
            List.of("dnsmasq", "-d", "--no-resolv", "--no-hosts", "--user=root", "--port=53"));
    words.addAll(List.of(more));
    Path log = folder.resolve("dnsmasq.log");
    Process server = lab.startOnClient(log, words.toArray(String[]::new));
    Lab.await(log, "started", server);
  }

  @Test
  void nothingIsFoundWhereNothingIsWrong() {
    nameServer("--address=/example.com/192.0.2.1");
    Said before = doctor(UPSTREAM);
    assertThat(before.severities()).as(before.out()).isEmpty();
    assertThat(before.exit()).isZero();
    lab.serve(UPSTREAM);
    Said running = said(lab.onServer(words()));
    assertThat(running.severities()).as(running.out()).isEmpty();
    assertThat(running.exit()).isZero();
    assertThat(running.out()).contains("\"serving\":true");
  }

  @Test
  void anotherDhcpServer() {
    nameServer(
        "--address=/example.com/192.0.2.1",
        "--dhcp-range=192.168.0.100,192.168.0.150",
        "--dhcp-leasefile=" + folder.resolve("dnsmasq.leases"));
    lab.serve(CONFIG);
    Said said = said(lab.onServer(words()));
    said.found("foreign-dhcp", "error", "Turn DHCP off on 192.168.0.1");
    assertThat(said.exit()).isEqualTo(1);
    assertThat(said.out()).contains("it offered 192.168.0.1");
    // Nothing was taken.
    assertThat(Lab.read(folder.resolve("dnsmasq.leases"))).isEmpty();
  }

  @Test
  void anObservedLinkHearsNothing() throws IOException {
    Path log = folder.resolve("tcpdump.log");
    Process dump =
        lab.startOnClient(log, "tcpdump", "-l", "-n", "-i", "eth0", "udp port 67 or udp port 53");
    Lab.await(log, "listening on eth0", dump);
    Said said = doctor(UPSTREAM.replace("/24, pool", "/24, mode: observe, pool"));
    assertThat(said.severities()).as(said.out()).doesNotContainKey("foreign-dhcp");
    assertThat(Files.readString(log)).doesNotContain("192.168.0.2", "BOOTP");
  }

  @Test
  void aProxyWithoutAServer() {
    Said said =
        doctor(CONFIG.replace("/24, pool: 192.168.0.200-192.168.0.239", "/24, mode: proxy"));
    said.found("no-address-server", "error", "mode: authoritative");
    assertThat(said.exit()).isEqualTo(1);
  }

  @Test
  @Tag("T-30")
  void aRelayThatNamesNoPortAndANarrowWayBehindIt() {
    lab.clientAddress("192.168.0.254");
    lab.cableBehindClient(MAC);
    lab.onClient("ip", "addr", "add", "10.1.0.1/24", "dev", "eth1").text();
    lab.onClient("ip", "link", "set", "eth1", "mtu", "1400").text();
    lab.onClient("sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward").text();
    lab.onServer("ip", "route", "add", "10.1.0.0/24", "via", "192.168.0.254").text();
    lab.serve(RELAYED);
    Path log = folder.resolve("relay.log");
    Process relay =
        lab.startOnClient(
            log,
            "dhcrelay",
            "-4",
            "-d",
            "-pf",
            folder.resolve("relay.pid").toString(),
            "-id",
            "eth1",
            "-iu",
            "eth0",
            "192.168.0.2");
    Lab.await(log, "Sending on", relay);
    // A board of Raspberry Pi's that is no node here, and a guest of the pool.
    lab.newCardOnOther("dc:a6:32:00:00:01");
    Path lease = folder.resolve("udhcpc.log");
    Path script =
        lab.script(
            "bound.sh",
            "#!/bin/sh\n[ \"$1\" = bound ] && ip addr add $ip/24 dev eth0 && ip route add default via"
                + " 10.1.0.1 && echo bound $ip\nexit 0\n");
    Process client =
        lab.startOnOther(lease, "udhcpc", "-f", "-i", "eth0", "-s", script.toString(), "-t", "10");
    Lab.await(lease, "bound 10.1.0.2", client);
    Said said = said(lab.onServer(words()));
    said.found("option-82-missing", "error", "dhcrelay -a");
    said.found("path-mtu", "warning", "Raise the MTU of the narrow link");
    assertThat(said.out()).contains("more than 1400 bytes");
  }

  @Test
  void aNarrowInterfaceAndASwitchWithSpanningTree() {
    lab.onClient("ip", "link", "add", "br0", "type", "bridge", "stp_state", "1").text();
    lab.onClient("ip", "link", "set", "eth0", "master", "br0").text();
    lab.onClient("ip", "link", "set", "br0", "up").text();
    lab.onServer("ip", "link", "set", "eth0", "mtu", "1400").text();
    Said said = doctor(CONFIG);
    said.found("small-mtu", "warning", "ip link set eth0 mtu 1500");
    said.found("slow-port", "note", "PortFast");
    assertThat(said.out()).contains("stays closed for 30 seconds");
  }

  /// Two requests for files, as a node makes them.
  private void fetch() {
    lab.clientAddress("192.168.0.20");
    Process first = curl("kernel8.img");
    Process second = curl("start4.elf");
    for (Process each : List.of(first, second)) {
      try {
        assertThat(each.waitFor(60, TimeUnit.SECONDS)).isTrue();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      assertThat(each.exitValue()).isNotZero();
    }
  }

  private Process curl(String name) {
    return lab.startOnClient(
        folder.resolve(name + ".log"),
        "curl",
        "-s",
        "--max-time",
        "40",
        "--tftp-blksize",
        "1468",
        "-o",
        "/dev/null",
        "tftp://192.168.0.2/" + name);
  }

  private void awaitJournal(String text) {
    long end = System.nanoTime() + LONG.toNanos();
    String[] watch =
        lab.coldframe(
            "watch",
            "geranium",
            "--for",
            "0",
            "-c",
            folder.resolve("coldframe.yaml").toString(),
            "--state",
            lab.state().toString());
    String last = "";
    while (System.nanoTime() < end && last.split(text, -1).length < 3) {
      Lab.pause(1_000);
      last = lab.onServer(watch).text();
    }
    assertThat(last).contains(text);
  }

  private void firewall(String chain, String rule) {
    lab.onServer("nft", "add table inet f").text();
    lab.onServer(
            "nft", "add chain inet f " + chain + " { type filter hook " + chain + " priority 0; }")
        .text();
    lab.onServer("nft", "add rule inet f " + chain + " " + rule).text();
  }

  @Test
  void aFirewallBeforeTheTransferPorts() {
    lab.serve(CONFIG);
    firewall("input", "udp dport 32768-60999 drop");
    fetch();
    awaitJournal("the client never answered");
    Said said = said(lab.onServer(words()));
    said.found("transfer-ports-blocked", "error", "single-port: true");
    said.found("transfer-ports-blocked", "error", "UDP ports 32768-60999");
    assertThat(said.exit()).isEqualTo(1);
  }

  @Test
  @Tag("T-30")
  void aWayThatSwallowsLargePackets() {
    lab.serve(CONFIG);
    firewall("output", "meta length > 1200 drop");
    fetch();
    awaitJournal("no block gets through");
    Said said = said(lab.onServer(words()));
    said.found("path-mtu", "warning", "Its next transfers are tried with smaller blocks");
    Process next = curl("kernel8.img");
    try {
      assertThat(next.waitFor(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    assertThat(next.exitValue()).isZero();
  }

  @Test
  void namesThatGoRoundInACircle() {
    nameServer("--server=192.168.0.2");
    lab.serve(UPSTREAM);
    Said said = said(lab.onServer(words()));
    said.found("dns-loop", "error", "name another one under 'upstream-dns'");
    assertThat(said.exit()).isEqualTo(1);
  }

  @Test
  void anUpstreamThatIsSilent() {
    lab.clientAddress("192.168.0.1");
    doctor(UPSTREAM).found("dns-silent", "warning", "dig @192.168.0.1");
  }

  @Test
  @Tag("N-26")
  void aPublicRangeThatIsAnswered() {
    lab.onServer("ip", "addr", "add", "203.0.113.2/24", "dev", "eth0").text();
    Said said =
        doctor(
            UPSTREAM
                .replace("192.168.0.0/24", "203.0.113.0/24")
                .replace("pool: 192.168.0.200-192.168.0.239", "router: 203.0.113.1")
                .replace("192.168.0.20", "203.0.113.20")
                .replace("192.168.0.2 ", "203.0.113.2 "));
    said.found("open-resolver", "warning", "leave out 'upstream-dns'");
  }

  @Test
  void anotherMachineWithANodesName() {
    lab.neighbour("dc:a6:32:0a:0b:0c", "192.168.0.20", "192.168.0.77");
    lab.serve(CONFIG);
    Avahi stranger = Avahi.on(lab, lab::startOnOther, "eth0", "geranium");
    Said said = said(lab.onServer(words()));
    for (int i = 0; i < 20 && said.exit() == 0; i++) {
      said = said(lab.onServer(words()));
    }
    said.found("name-clash", "warning", "another host name");
    assertThat(said.out()).contains("192.168.0.77 announces geranium.local as well");
    stranger.stop();
  }

  @Test
  void aTreeWithoutItsDeviceTree() throws IOException {
    Files.delete(folder.resolve("tftp-root/bcm2711-rpi-4-b.dtb"));
    Said said = doctor(CONFIG);
    said.found("boot-files-missing", "error", "tftp-root/");
    assertThat(said.out())
        .contains("geranium: the boot tree lacks what a Pi of the 4 family needs", "bcm2711-rpi-");
    assertThat(said.exit()).isEqualTo(1);
  }

  @Test
  void aPortThatIsTaken() {
    String program =
        "import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM);"
            + " s.bind(('', 69)); t = socket.create_server(('127.0.0.1', 8080)); print('bound', flush=True); s.recv(1)";
    Path log = folder.resolve("taken.log");
    Process other = lab.startOnServer(log, "python3", "-c", program);
    Lab.await(log, "bound", other);
    Said said = doctor(CONFIG);
    said.found("port-taken", "error", "leave tftp out of 'services'");
    said.found("page-port-taken", "warning", "admin: { listen:");
    assertThat(said.out()).contains("Port 69/udp for TFTP on eth0 is taken by python3 (process");
    assertThat(said.exit()).isEqualTo(3);
  }

  @Test
  void anInterfaceWithoutItsAddressThenDownThenGone() {
    lab.onServer("ip", "addr", "del", "192.168.0.2/24", "dev", "eth0").text();
    Said said = doctor(CONFIG);
    said.found("address-missing", "error", "ip address add 192.168.0.2/24 dev eth0");
    assertThat(said.exit()).isEqualTo(3);
    lab.onServer("ip", "link", "set", "eth0", "down").text();
    said = doctor(CONFIG);
    said.found("interface-down", "error", "ip link set eth0 up");
    assertThat(said.exit()).isEqualTo(3);
    lab.onServer("ip", "link", "del", "eth0").text();
    said = doctor(CONFIG);
    said.found("interface-missing", "error", "'ip link' lists them");
    assertThat(said.exit()).isEqualTo(3);
  }

  @Test
  void aUserWithoutRights() {
    lab.write("coldframe.yaml", CONFIG);
    Said said =
        doctorUnder("capsh --drop=cap_net_raw,cap_net_bind_service,cap_net_admin -- -c 'DOCTOR'");
    said.found("no-port-right", "error", "CAP_NET_BIND_SERVICE");
    said.found("no-packet-socket", "warning", "CAP_NET_RAW");
    assertThat(said.exit()).isEqualTo(3);
  }

  @Test
  void aDiskThatIsNearlyFullOrReadOnlyOrOpenToAll() throws IOException {
    lab.write("coldframe.yaml", CONFIG);
    Files.createDirectories(lab.state());
    String mount = "mount -t tmpfs -o size=32m,mode=700MORE tmpfs " + lab.state() + " && DOCTOR";
    Said full = doctorUnder(mount.replace("MORE", ""));
    full.found("disk-full", "error", "Make room");
    assertThat(full.exit()).isEqualTo(1);
    Said readOnly = doctorUnder(mount.replace("MORE", ",ro").replace("32m", "320m"));
    readOnly.found("state-not-writable", "error", "Mount its disk for writing");
    assertThat(readOnly.out()).contains("Read-only file system");
    assertThat(readOnly.exit()).isEqualTo(3);
    Said open = doctorUnder(mount.replace("MORE", "").replace("700", "755").replace("32m", "320m"));
    open.found("state-open", "warning", "chmod 700 " + lab.state());
  }

  /// The clock of a test machine is everybody's; what it is held against is moved instead.
  @Test
  void aClockThatIsBehindADayThatWas() {
    String day = Instant.now().plus(20, ChronoUnit.DAYS).truncatedTo(ChronoUnit.DAYS).toString();
    lab.write("state/time-floor", day + "\n");
    assertThat(lab.onServer("chmod", "700", lab.state().toString()).exit()).isZero();
    Said said = doctor(CONFIG);
    said.found("clock-wrong", "error", "start chrony");
    assertThat(said.out()).contains("but " + day.substring(0, 10) + " has surely been");
    assertThat(said.exit()).isEqualTo(1);
  }
}
