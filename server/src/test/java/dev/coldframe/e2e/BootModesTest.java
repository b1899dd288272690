package dev.coldframe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Boots that write no disk, with a real loader, kernel and initramfs: the kernel from the network
/// with the root on the node's own disk, and a shell for whoever looks after a node.
@Tag("install")
class BootModesTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration LOADING = Duration.ofMinutes(6);
  private static final Duration BOOTING = Duration.ofMinutes(10);
  private static final long DISK_BYTES = 2L << 30;
  private static final String CONFIG =
      """
      site: rack
      appliance: { address: 192.168.0.2 }
      admin: { listen: 127.0.0.1:0 }
      networks:
        - { interface: eth0, subnet: 192.168.0.0/24, ntp: [appliance] }
      profiles:
        card: { image: lab-arm64, boot: sdroot, cmdline: [lab.nonce=NONCE] }
        shell: { image: lab-arm64, boot: rescue }
      nodes:
        geranium: { mac: dc:a6:32:01:36:c2, address: 192.168.0.20, profile: card }
        dahlia: { mac: dc:a6:32:01:36:c3, address: 192.168.0.21, profile: shell }
      time: local
      """;

  @TempDir Path folder;
  private Lab lab;
  private Switch network;
  private String nonce = "";

  @BeforeEach
  void start() {
    LabImage.need();
    lab = Lab.open(folder);
    network = Switch.in(lab, "192.168.0.50");
    nonce = Long.toHexString(new Random().nextLong() | Long.MIN_VALUE);
    String config = CONFIG.replace("NONCE", nonce);
    Path file = lab.write("coldframe.yaml", config);
    Command.run(
            LIMIT,
            lab.coldframe(
                "image",
                "add",
                LabImage.PACKED.toString(),
                "-c",
                file.toString(),
                "--state",
                lab.state().toString()))
        .text();
    lab.serve(config);
  }

  @AfterEach
  void stop() {
    lab.close();
  }

  @Test
  @Tag("C-13")
  void theKernelComesFromTheNetworkAndTheRootIsTheNodesDisk() {
    var proof = new Proof("boot-sdroot", 0);
    var ssh = new Ssh(lab);
    Path disk = LabImage.written(folder.resolve("disk"), DISK_BYTES);
    LabImage.seed(lab, disk, "geranium", ssh.publicKey());
    LabImage.withoutBootScript(disk);
    try (var machine = new Machine(network, "geranium", "dc:a6:32:01:36:c2")) {
      machine.disks(disk);
      machine.clock("2001-01-01");
      long today = Instant.now().truncatedTo(ChronoUnit.DAYS).getEpochSecond();
      Console console = machine.on(Machine.Cable.IN);
      console.await("DHCP client bound to address 192.168.0.20", LOADING);
      console.await("Starting kernel", LOADING);
      proof.took("kernel started", machine.time());
      ssh.await("grower@192.168.0.20", BOOTING);
      proof.took("ssh", machine.time());
      String login = "grower@192.168.0.20";
      proof.holds("command line", ssh.run(login, "cat /proc/cmdline").text(), "lab.nonce=" + nonce);
      assertThat(began(ssh, login)).isGreaterThanOrEqualTo(today);
      proof.equal("root", ssh.run(login, "findmnt -no SOURCE /").text().strip(), "/dev/vda2");
    }
    proof.end();
  }

  /// When a unit that starts before the network was up, in seconds since 1970.
  private static long began(Ssh ssh, String login) {
    String shown =
        ssh.run(
                login,
                "systemctl show -P ActiveEnterTimestamp --timestamp=unix systemd-journald.service")
            .text();
    return Long.parseLong(shown.strip().substring(1));
  }

  @Test
  void aNodeInRescueHasAShellAndItsDiskStaysAsItIs() {
    var proof = new Proof("boot-rescue", 0);
    Path disk = LabImage.written(folder.resolve("disk"), DISK_BYTES);
    LabImage.withoutBootScript(disk);
    String before = Command.run(LIMIT, "sha256sum", disk.toString()).text();
    try (var machine = new Machine(network, "dahlia", "dc:a6:32:01:36:c3")) {
      machine.disks(disk);
      Console console = machine.on(Machine.Cable.IN);
      console.await("coldframe: rescue", LOADING);
      proof.took("shell", machine.time());
      console.type("echo lab-$((40 + 2)) $(cat /sys/block/vda/size)");
      console.await("lab-42 " + DISK_BYTES / 512, LOADING);
      console.type("reboot -f");
      machine.awaitOff(LOADING);
    }
    proof.equal(
        "the disk is as it was", Command.run(LIMIT, "sha256sum", disk.toString()).text(), before);
    proof.end();
  }
}
