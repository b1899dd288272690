package dev.coldframe.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A real relay between two networks: the client machine is a router with `dhcrelay`, which names
/// the port that a board is plugged into; boards are behind it.
@Tag("real")
class RelayedTest {
  private static final String CONFIG =
      """
      site: rack
      appliance: { address: 192.168.0.2 }
      networks:
        - { interface: eth0, subnet: 192.168.0.0/24, pool: 192.168.0.200-192.168.0.239 }
        - { interface: eth0, subnet: 10.1.0.0/24, router: 10.1.0.1, pool: 10.1.0.200-10.1.0.239,
            relays: [10.1.0.1, 192.168.0.254] }
      profiles: { k8s: { boot: install } }
      nodes:
        dahlia: { mac: dc:a6:32:01:36:c2, address: 10.1.0.21, profile: k8s }
        iris: { port: 10.1.0.1/eth1, address: 10.1.0.30, profile: k8s }
      lease-time: 10s
      """;

  private static final String OLD = "dc:a6:32:00:00:01";
  private static final String NEW = "dc:a6:32:00:00:02";

  @TempDir Path folder;
  private Lab lab;
  private Path script;

  @BeforeEach
  void start() {
    lab = Lab.open(folder);
    lab.clientAddress("192.168.0.254");
    lab.cableBehindClient("02:00:00:00:00:01");
    lab.onClient("ip", "addr", "add", "10.1.0.1/24", "dev", "eth1").text();
    lab.onClient("sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward").text();
    lab.onServer("ip", "route", "add", "10.1.0.0/24", "via", "192.168.0.254").text();
    lab.serve(CONFIG);
    Path log = folder.resolve("relay.log");
    Process relay =
        lab.startOnClient(
            log,
            "dhcrelay",
            "-4",
            "-d",
            "-a",
            "-pf",
            folder.resolve("relay.pid").toString(),
            "-id",
            "eth1",
            "-iu",
            "eth0",
            "192.168.0.2");
    Lab.await(log, "Sending on", relay);
    script =
        lab.script(
            "udhcpc.sh",
            """
            #!/bin/sh
            case $1 in
              bound|renew)
                echo "$1 ip=$ip router=$router server=$serverid"
                ip addr replace $ip/24 dev eth0
                ip route replace default via $router ;;
            esac
            exit 0
            """);
  }

  @AfterEach
  void stop() {
    lab.close();
  }

  private String[] udhcpc(String... more) {
    var words =
        new ArrayList<>(
            List.of("udhcpc", "-i", "eth0", "-f", "-t", "5", "-T", "1", "-s", script.toString()));
    words.addAll(List.of(more));
    return words.toArray(String[]::new);
  }

  private String ask(String mac) {
    lab.newCardOnOther(mac);
    return lab.onOther(udhcpc("-n", "-q")).text();
  }

  private String coldframe(String... words) {
    var all = new ArrayList<>(List.of(words));
    all.addAll(
        List.of(
            "-c", folder.resolve("coldframe.yaml").toString(), "--state", lab.state().toString()));
    return lab.onServer(lab.coldframe(all.toArray(String[]::new))).text();
  }

  @Test
  @Tag("R-01")
  @Tag("R-02")
  void aNodeBehindARelayGetsItsPinAndAStrangerAnAddressOfItsNetwork() {
    assertThat(ask("dc:a6:32:01:36:c2"))
        .contains("bound ip=10.1.0.21 router=10.1.0.1 server=192.168.0.2");
    assertThat(ask("02:00:00:00:00:07")).contains("bound ip=10.1.0.200");
  }

  @Test
  @Tag("L-09")
  void aBoardInThePortIsTheNodeAndAnotherWaitsForTheOperator() {
    assertThat(ask(OLD)).contains("bound ip=10.1.0.30");
    // At once after the old one, as when a board is exchanged: the port is the same.
    assertThat(ask(NEW)).contains("bound ip=10.1.0.200");
    // The journal follows within moments.
    await()
        .untilAsserted(() ->
            assertThat(coldframe("node", "iris")).contains("board-held", NEW, "10.1.0.1/eth1"));
    assertThat(coldframe("adopt", NEW, "--name", "iris")).contains("as iris at 10.1.0.30");
    assertThat(ask(NEW)).contains("bound ip=10.1.0.30");
    await().untilAsserted(() -> assertThat(coldframe("node", "iris")).contains("board-taken"));
  }

  @Test
  @Tag("R-12")
  void aRenewalPastTheRelayIsThatOfTheBoardInThePort() {
    lab.newCardOnOther(OLD);
    Path log = folder.resolve("udhcpc.log");
    Process client = lab.startOnOther(log, udhcpc());
    Lab.await(log, "bound ip=10.1.0.30", client);
    Lab.await(log, "renew ip=10.1.0.30", client);
  }
}
