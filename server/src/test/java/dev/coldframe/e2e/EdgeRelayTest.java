package dev.coldframe.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coldframe.node.Network;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A LAN of boards whose appliance is elsewhere: the client machine is the relay, boards are behind
/// its `eth1`, and nothing is routed. The appliance's machine takes and sends one TCP port alone;
/// whatever else would cross is dropped and counted.
@Tag("real")
class EdgeRelayTest {
  private static final String CONFIG =
      """
      site: rack
      domain: rack.home.arpa
      appliance: { address: 192.168.0.2 }
      relay: { listen: 0.0.0.0:8443 }
      networks:
        - { relay: edge1, subnet: 10.1.0.0/24, router: 10.1.0.1, pool: 10.1.0.200-10.1.0.239 }
        - { relay: edge2, subnet: 10.2.0.0/24, router: 10.2.0.1, pool: 10.2.0.200-10.2.0.239 }
      profiles:
        k8s: { boot: install, user: { name: mayth, ssh-keys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFUhlL4ZLk/+LTYvGeZWCnGBZrWPqTdIExnyaAsZSBOe mayth"] } }
        files: { boot: files }
      nodes:
        geranium: { serial: 10000000a2ef5644, address: 10.1.0.20, profile: k8s }
        dahlia: { mac: dc:a6:32:01:36:c2, address: 10.1.0.21, profile: files }
        iris: { port: edge1/eth1, address: 10.1.0.30, profile: files }
      lease-time: 10s
      """;

  private static final String WALL =
      """
      table ip wall {
        counter stray { }
        chain in {
          type filter hook input priority 0; policy accept;
          iif lo accept
          tcp dport 8443 accept
          counter name stray drop
        }
        chain out {
          type filter hook output priority 0; policy accept;
          oif lo accept
          tcp sport 8443 accept
          counter name stray drop
        }
      }
      """;

  private static final Duration BOOT = Duration.ofMinutes(2);
  private static final String DAHLIA = "dc:a6:32:01:36:c2";

  @TempDir Path folder;
  private Lab lab;
  private Path script;
  private Path root;

  @BeforeEach
  void start() throws IOException {
    lab = Lab.open(folder);
    lab.clientAddress("192.168.0.254");
    lab.cableBehindClient(DAHLIA);
    lab.onClient("ip", "addr", "add", "10.1.0.1/24", "dev", "eth1").text();
    lab.onServer("nft", "-f", lab.write("wall.nft", WALL).toString()).text();
    root = Files.createDirectories(folder.resolve("tftp-root"));
    byte[] kernel = new byte[(3 << 20) + 17];
    new Random(1).nextBytes(kernel);
    Files.write(root.resolve("kernel8.img"), kernel);
    lab.write("templates/nodes/dahlia/hello.txt", "only dahlia sees this\n");
    lab.serve(CONFIG);
    script =
        lab.script(
            "udhcpc.sh",
            """
            #!/bin/sh
            case $1 in
              bound|renew)
                echo "$1 ip=$ip router=$router server=$serverid tftp=$siaddr"
                ip addr replace $ip/24 dev eth0 ;;
            esac
            exit 0
            """);
  }

  @AfterEach
  void stop() {
    lab.close();
  }

  private String coldframe(String... words) {
    var all = new ArrayList<>(List.of(words));
    all.addAll(
        List.of(
            "-c", folder.resolve("coldframe.yaml").toString(), "--state", lab.state().toString()));
    return lab.onServer(lab.coldframe(all.toArray(String[]::new))).text();
  }

  /// The journal says it of the link, perhaps moments after the log did.
  private void isTold(String... words) {
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() ->
            assertThat(coldframe("watch", "link " + Network.behind("edge1"), "--for", "0"))
                .contains(words));
  }

  private Path invite(String name) {
    Path bundle = folder.resolve(name + ".bundle");
    coldframe("relay", "invite", name, "--server", "192.168.0.2:8443", "-o", bundle.toString());
    return bundle;
  }

  private Process relay(Path bundle, Path log) {
    return lab.startOnClient(
        log,
        lab.coldframe(
            "relay",
            "--bundle",
            bundle.toString(),
            "--interface",
            "eth1",
            "--cache",
            folder.resolve("cache").toString()));
  }

  private Process connected() {
    Path log = folder.resolve("relay.log");
    Process relay = relay(invite("edge1"), log);
    Lab.await(log, "the link is up", relay);
    return relay;
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

  private void nothingElseCrossed() {
    assertThat(lab.onServer("nft", "list", "counter", "ip", "wall", "stray").text())
        .contains("packets 0");
  }

  @Test
  void boardsGetAddressesFilesAndAnswersOverOnePort() throws IOException {
    Path bundle = folder.resolve("edge1.bundle");
    connected();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(bundle)))
        .isEqualTo("rw-------");

    assertThat(ask(DAHLIA))
        .contains("bound ip=10.1.0.21 router=10.1.0.1 server=10.1.0.1 tftp=10.1.0.1");
    byte[] kernel = Files.readAllBytes(root.resolve("kernel8.img"));
    for (String scheme : List.of("tftp", "http")) {
      Path got = folder.resolve(scheme + ".img");
      lab.onOther("curl", "-s", "-f", "-o", got.toString(), scheme + "://10.1.0.1/kernel8.img")
          .text();
      assertThat(got).hasBinaryContent(kernel);
      assertThat(lab.onOther("curl", "-s", "-f", scheme + "://10.1.0.1/hello.txt").text())
          .isEqualTo("only dahlia sees this\n");
      assertThat(lab.onOther("curl", "-s", "-f", scheme + "://10.1.0.1/no-such-file").exit())
          .isNotZero();
    }
    await()
        .untilAsserted(() ->
            assertThat(coldframe("node", "dahlia"))
                .contains(
                    "file-served", "kernel8.img", "hello.txt", "file-refused", "no-such-file"));
    // A stranger has no part in a node's files, whatever the cache holds.
    assertThat(ask("dc:a6:32:00:00:07")).as("by its port").contains("bound ip=10.1.0.30");
    assertThat(lab.onOther("curl", "-s", "-f", "tftp://10.1.0.1/hello.txt").exit()).isNotZero();
    isTold("relay-connected");
    nothingElseCrossed();
  }

  @Test
  @Tag("R-09")
  void aRenewalComesToTheRelayAndIsAnswered() {
    connected();
    lab.newCardOnOther(DAHLIA);
    Path log = folder.resolve("udhcpc.log");
    Process client = lab.startOnOther(log, udhcpc());
    Lab.await(log, "bound ip=10.1.0.21", client);
    Lab.await(log, "renew ip=10.1.0.21", client);
    nothingElseCrossed();
  }

  @Test
  void withoutTheLinkFilesThatAreKeptAreServedAndNoAddressIsGiven() {
    connected();
    assertThat(ask(DAHLIA)).contains("bound ip=10.1.0.21");
    assertThat(lab.onOther("curl", "-s", "-f", "tftp://10.1.0.1/hello.txt").text())
        .isEqualTo("only dahlia sees this\n");
    coldframe("relay", "revoke", "edge1");
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> Lab.read(folder.resolve("relay.log")).contains("no link, trying again"));
    assertThat(lab.onOther("curl", "-s", "-f", "tftp://10.1.0.1/hello.txt").text())
        .isEqualTo("only dahlia sees this\n");
    assertThat(lab.onOther("curl", "-s", "-f", "http://10.1.0.1/hello.txt").exit()).isNotZero();
    lab.newCardOnOther("02:00:00:00:00:09");
    assertThat(lab.onOther(udhcpc("-n", "-q")).exit()).isNotZero();
    isTold("relay-lost", "it was revoked");
  }

  @Test
  void aRelayThatWasNotInvitedIsRefusedAndOneOfAnotherNetworkIsNotBelieved() throws IOException {
    Path mine = invite("edge2");
    String state = lab.state().toString();
    // As invited by another appliance that calls itself by the same address.
    Path other = folder.resolve("other.bundle");
    lab.onServer(
            lab.coldframe(
                "relay",
                "invite",
                "edge1",
                "--server",
                "192.168.0.2:8443",
                "-o",
                other.toString(),
                "--state",
                state + "-other"))
        .text();
    Path log = folder.resolve("other.log");
    Process stranger = relay(other, log);
    Lab.await(log, "no link, trying again", stranger);
    // With the right appliance's certificate, and a key that it does not know.
    String theirs = Files.readString(other);
    String ours = Files.readString(mine);
    String begin = "-----BEGIN CERTIFICATE-----";
    String forged =
        theirs.substring(0, theirs.indexOf(begin))
            + ours.substring(ours.indexOf(begin), ours.lastIndexOf(begin))
            + theirs.substring(theirs.lastIndexOf(begin));
    stranger.destroy();
    stranger.onExit().join();
    Path forgedLog = folder.resolve("forged.log");
    Process forger = relay(lab.write("forged.bundle", forged), forgedLog);
    Lab.await(forgedLog, "no link, trying again", forger);
    assertThat(Lab.read(forgedLog)).doesNotContain("the link is up");
    assertThat(Lab.read(folder.resolve("serve.log"))).contains("a connection was refused");
    forger.destroy();
    forger.onExit().join();
    // edge2 serves 10.2.0.0/24, and stands in 10.1.0.0/24.
    Path wrong = folder.resolve("wrong.log");
    Process misplaced = relay(mine, wrong);
    Lab.await(wrong, "nothing is relayed", misplaced);
    lab.newCardOnOther(DAHLIA);
    assertThat(lab.onOther(udhcpc("-n", "-q")).exit()).isNotZero();
    nothingElseCrossed();
  }

  @Test
  void aVirtualPiGoesFromPowerOnToReady() throws IOException {
    for (String firmware : List.of("start4.elf", "fixup4.dat")) {
      byte[] bytes = new byte[firmware.equals("start4.elf") ? 2_249_280 : 5_448];
      new Random(firmware.hashCode()).nextBytes(bytes);
      Files.write(root.resolve(firmware), bytes);
    }
    byte[] initramfs = new byte[1 << 20];
    new Random(2).nextBytes(initramfs);
    Files.write(root.resolve("initramfs8"), initramfs);
    Files.writeString(root.resolve("bcm2711-rpi-4-b.dtb"), "tree");
    connected();
    String mac = "dc:a6:32:ef:56:44";
    lab.newCardOnOther(mac);
    String out =
        Command.run(
                BOOT,
                Command.inside(
                    lab.otherNamespace(), VirtualPi.command("eth0", mac, "10000000a2ef5644")))
            .text();
    assertThat(out)
        .contains("address 10.1.0.20")
        .contains("a2ef5644/kernel8.img")
        .contains("ready");
    await()
        .untilAsserted(() ->
            assertThat(coldframe("node", "geranium", "--json")).contains("\"phase\":\"ready\""));
    nothingElseCrossed();
  }
}
