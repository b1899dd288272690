package dev.coldframe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.testkit.PlusSwitch;
import dev.coldframe.transport.content.StandIns;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Power comes back to three nodes behind the emulated pages of a GS305EPP, with a budget for one
/// at a time: two virtual Pis boot as their ports come on, one board never does.
@Tag("real")
class StagingTest {
  private static final int TCP_PORT = 8081;

  /// Two nodes that are up take 8.8 W, and one that boots is reckoned with 15.
  private static final String CONFIG =
      """
      site: rack
      domain: rack.home.arpa
      appliance: { address: 192.168.0.2 }
      networks:
        - { interface: eth0, subnet: 192.168.0.0/24, pool: 192.168.0.200-192.168.0.239, conflict-probe: off }
      profiles:
        k8s: { boot: install, user: { name: mayth, ssh-keys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFUhlL4ZLk/+LTYvGeZWCnGBZrWPqTdIExnyaAsZSBOe mayth"] } }
      nodes:
        aster: { mac: dc:a6:32:00:00:01, port: sw1/1, address: 192.168.0.20, profile: k8s }
        borage: { mac: dc:a6:32:00:00:02, port: sw1/2, address: 192.168.0.21, profile: k8s }
        cosmos: { mac: dc:a6:32:00:00:03, port: sw1/3, address: 192.168.0.22, profile: k8s }
      power:
        sw1: { driver: netgear, address: 127.0.0.1, port: 8081, secret: file:secret, off-time: 1s, budget: 24 }
      stages: { boot: 30s, retries: 1 }
      services: [dhcp, tftp, http]
      """;

  private static final List<String> MACS =
      List.of("dc:a6:32:00:00:01", "dc:a6:32:00:00:02", "dc:a6:32:00:00:03");
  private static final Duration PATIENCE = Duration.ofMinutes(6);

  /// Nobody switches the second board on: it is broken.
  private static final int BROKEN = 2;

  @TempDir Path folder;
  private Lab lab;
  private Path said;
  private Process rack;
  private final Map<Integer, Process> pis = new HashMap<>();

  @BeforeEach
  void start() throws IOException {
    lab = Lab.open(folder);
    lab.boards(MACS);
    StandIns.write(folder.resolve("tftp-root"), folder.resolve("nothing"));
    Files.createDirectories(folder.resolve("templates"));
    Files.setPosixFilePermissions(
        lab.write("secret", PlusSwitch.PASSWORD), PosixFilePermissions.fromString("rw-------"));
    said = folder.resolve("switch.log");
    rack =
        lab.startOnServer(
            said,
            java(),
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            VirtualSwitch.class.getName(),
            Integer.toString(TCP_PORT));
    Lab.await(said, "switched on", rack);
    lab.serve(CONFIG);
  }

  @AfterEach
  void stop() {
    lab.close();
  }

  private static String java() {
    return ProcessHandle.current().info().command().orElse("java");
  }

  private List<String> switched() {
    return Lab.read(said).lines().filter(line -> !line.equals("switched on")).toList();
  }

  /// What a cable does: a Pi whose port is on runs, one whose port goes off does not.
  private void follow(int seen) throws InterruptedException {
    List<String> all = switched();
    for (String line : all.subList(seen, all.size())) {
      int port = Integer.parseInt(line.substring(line.indexOf(' ') + 1));
      Process old = pis.remove(port);
      if (old != null) {
        old.destroyForcibly().waitFor();
      }
      if (line.startsWith("on ") && port != BROKEN) {
        pis.put(port, plugIn(port));
      }
    }
  }

  private Process plugIn(int port) {
    return lab.startOnBoard(
        port - 1,
        folder.resolve("pi" + port + ".log"),
        VirtualPi.command("eth0", MACS.get(port - 1), "100000003200000" + port));
  }

  private String[] command(String... words) {
    var all = new ArrayList<>(List.of(words));
    all.addAll(
        List.of(
            "-c", folder.resolve("coldframe.yaml").toString(), "--state", lab.state().toString()));
    return lab.coldframe(all.toArray(String[]::new));
  }

  @Test
  @Tag("L-02")
  void threeNodesComeUpOneByOneAndTheBrokenOneEndsInRescue() throws Exception {
    assertThat(lab.onServer(command("power", "stage", "--dry-run")).text())
        .contains("aster", "borage", "cosmos", "sw1: 0.0 W of 24 W");
    assertThat(switched()).isEmpty();

    Path log = folder.resolve("stage.log");
    Process stage = lab.startOnServer(log, command("power", "stage"));
    int seen = 0;
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (stage.isAlive()) {
      assertThat(System.nanoTime()).as(Lab.read(log)).isLessThan(end);
      int now = switched().size();
      follow(seen);
      seen = now;
      Lab.pause();
    }

    String told = Lab.read(log);
    assertThat(stage.exitValue()).as(told).isEqualTo(1);
    assertThat(told)
        .contains("aster: booting\n")
        .contains("borage: waiting\n")
        .contains("borage: booting, no kernel within 30s\n")
        .contains("borage: rescue, it did not boot in 2 tries\n")
        .contains("borage: given-up, its shell did not come up\n")
        .contains("cosmos: arrived, ");
    // Power on, one retry, and once more for its shell; then the last node.
    assertThat(switched())
        .containsExactly("on 1", "on 2", "off 2", "on 2", "off 2", "on 2", "on 3");
    assertThat(lab.onServer(command("nodes", "--json")).text())
        .contains("\"rescue\":\"it did not boot in 2 tries\"");
    assertThat(lab.onServer(command("render", "borage", "cmdline.txt")).text()).isNotEmpty();
    String list = lab.onServer(command("power")).text();
    assertThat(list).containsPattern("sw1/1 +aster +by the file +on +delivering +4\\.4");
    // A staging that begins anew has nothing to do.
    assertThat(lab.onServer(command("power", "stage")).text()).contains("its port is on");
  }
}
