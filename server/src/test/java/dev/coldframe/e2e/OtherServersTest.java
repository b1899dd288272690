package dev.coldframe.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Beside a real DHCP server, which gives addresses on the same switch.
@Tag("real")
class OtherServersTest {
  private static final String MAC = "dc:a6:32:ef:56:44";
  private static final String CONFIG =
      """
      site: rack
      appliance: { address: 192.168.0.2 }
      networks:
        - { interface: eth0, subnet: 192.168.0.0/24, mode: MODE }
      profiles: { k8s: { boot: install, user: { name: mayth, ssh-keys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFUhlL4ZLk/+LTYvGeZWCnGBZrWPqTdIExnyaAsZSBOe mayth"] } } }
      nodes:
        geranium: { mac: "dc:a6:32:ef:56:44", address: 192.168.0.20, profile: k8s }
      """;

  @TempDir Path folder;
  private Lab lab;

  @BeforeEach
  void start() throws IOException {
    lab = Lab.open(folder);
    Path root = Files.createDirectories(folder.resolve("tftp-root"));
    for (String name :
        new String[] {
          "start4.elf", "fixup4.dat", "kernel8.img", "initramfs8", "bcm2711-rpi-4-b.dtb"
        }) {
      Files.writeString(root.resolve(name), name);
    }
    Switch.in(lab, "192.168.0.1");
    lab.cableBehindClient(MAC);
    lab.onClient("ip", "link", "set", "eth1", "master", "br0").text();
    lab.startOnClient(
        folder.resolve("dnsmasq.log"),
        "dnsmasq",
        "-d",
        "--port=0",
        "--interface=br0",
        "--bind-interfaces",
        "--user=root",
        "--dhcp-leasefile=" + folder.resolve("dnsmasq.leases"),
        "--dhcp-range=192.168.0.100,192.168.0.150",
        "--dhcp-host=" + MAC + ",192.168.0.20");
  }

  @AfterEach
  void stop() {
    lab.close();
  }

  private void serve(String mode) {
    lab.serve(CONFIG.replace("MODE", mode));
  }

  private String boot() {
    return Command.run(
            Duration.ofMinutes(2),
            lab.inOther(VirtualPi.command("eth0", MAC, "10000000a2ef5644", "files")))
        .text();
  }

  /// The journal says it, perhaps moments after the wire and the log did.
  private void isTold(String... words) {
    await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertThat(told()).contains(words));
  }

  private String told() {
    return lab.onServer(
            lab.coldframe(
                "watch",
                "link eth0",
                "--for",
                "0",
                "-c",
                folder.resolve("coldframe.yaml").toString(),
                "--state",
                lab.state().toString()))
        .text();
  }

  @Test
  @Tag("B-21")
  void aPi4BootsFromUsWithTheOtherServersAddress() {
    serve("proxy");
    String out = boot();
    assertThat(out).contains("address 192.168.0.20").contains("/kernel8.img");
    isTold("foreign-server", "a client chose it");
  }

  @Test
  void aServerThatShouldNotBeThereIsTold() {
    serve("authoritative");
    Path log = folder.resolve("serve.log");
    Process tail = lab.startOnServer(folder.resolve("tail.log"), "sleep", "60");
    Lab.await(log, "another DHCP server answers link=eth0 server=192.168.0.1", tail);
    isTold("foreign-server", "it answered a probe", "192.168.0.1");
  }

  @Test
  @Tag("S-43")
  void nothingIsSaidWhereItOnlyObserves() {
    serve("observe");
    String mac = lab.onServer("cat", "/sys/class/net/eth0/address").text().trim();
    Path log = folder.resolve("tcpdump.log");
    Process dump =
        lab.startOnClient(
            log,
            "timeout",
            "14",
            "tcpdump",
            "-n",
            "-l",
            "-i",
            "eth0",
            "ether src " + mac + " and udp");
    Lab.await(log, "listening on", dump);
    lab.onOther("udhcpc", "-i", "eth0", "-f", "-n", "-q", "-t", "2", "-T", "1", "-s", "/bin/true")
        .text();
    lab.onOther("ip", "addr", "add", "192.168.0.20/24", "dev", "eth0").text();
    lab.onOther("curl", "-s", "-m", "2", "tftp://192.168.0.2/config.txt");
    Lab.await(log, "packets captured", dump);
    assertThat(Lab.read(log)).contains("\n0 packets captured");
  }
}
