package dev.coldframe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A virtual Pi on a real link, with the real firmware files: from its first DISCOVER, answered to
/// its hardware address, to `ready`.
@Tag("real")
class VirtualPiTest {
  private static final String CONFIG =
      """
      site: rack
      domain: rack.home.arpa
      appliance: { address: 192.168.0.2 }
      networks:
        - { interface: eth0, subnet: 192.168.0.0/24, router: 192.168.0.1, pool: 192.168.0.200-192.168.0.239 }
      profiles:
        k8s: { boot: install, user: { name: mayth, ssh-keys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFUhlL4ZLk/+LTYvGeZWCnGBZrWPqTdIExnyaAsZSBOe mayth"] } }
      nodes:
        geranium: { serial: 10000000a2ef5644, address: 192.168.0.20, profile: k8s }
        iris: { mac: b8:27:eb:c9:1d:03, address: 192.168.0.22, profile: k8s }
      """;

  private static final Duration BOOT = Duration.ofMinutes(2);

  @TempDir Path folder;
  private Lab lab;
  private Path root;

  @BeforeEach
  void start() throws IOException {
    lab = Lab.open(folder);
    root = Files.createDirectories(folder.resolve("tftp-root"));
    String script = Path.of("..", "scripts", "fetch-firmware").toAbsolutePath().toString();
    Command.run(BOOT, script, root.toString()).text();
    for (String kernel : new String[] {"kernel8.img", "initramfs8"}) {
      byte[] bytes = new byte[4 << 20];
      new Random(kernel.hashCode()).nextBytes(bytes);
      Files.write(root.resolve(kernel), bytes);
    }
    for (String tree : new String[] {"bcm2711-rpi-4-b.dtb", "bcm2710-rpi-3-b.dtb"}) {
      Files.writeString(root.resolve(tree), tree);
    }
    lab.serve(CONFIG);
  }

  @AfterEach
  void stop() {
    lab.close();
  }

  private String boot(String mac, String serial) {
    lab.newCard(mac);
    return Command.run(
            BOOT, Command.inside(lab.clientNamespace(), VirtualPi.command("eth0", mac, serial)))
        .text();
  }

  private String sha256(String file) throws IOException {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(root.resolve(file)));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  @Tag("S-25")
  void aPi4WithTheRealFirmwareIsReadyAndKeptItsAddress() throws IOException {
    String out = boot("dc:a6:32:ef:56:44", "10000000a2ef5644");
    assertThat(out).contains("address 192.168.0.20").contains("ready");
    assertThat(out).contains("a2ef5644/start4.elf 2249280 " + sha256("start4.elf"));
    assertThat(out).contains("a2ef5644/kernel8.img 4194304 " + sha256("kernel8.img"));
    assertThat(node("geranium"))
        .contains("\"phase\":\"ready\"")
        .contains("\"mac\":\"dc:a6:32:ef:56:44\"");
  }

  @Test
  @Tag("B-01")
  void aPi3WithTheRealFirmwareIsReady() throws IOException {
    String out = boot("b8:27:eb:c9:1d:03", "0000000000c91d03");
    assertThat(out).contains("address 192.168.0.22").contains("ready");
    assertThat(out).contains("start.elf 2973536 " + sha256("start.elf"));
    assertThat(node("iris")).contains("\"phase\":\"ready\"");
  }

  private String node(String name) {
    return lab.onServer(
            lab.coldframe(
                "node",
                name,
                "--json",
                "-c",
                folder.resolve("coldframe.yaml").toString(),
                "--state",
                lab.state().toString()))
        .text();
  }
}
