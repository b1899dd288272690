package dev.coldframe.e2e;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A machine without a disk: kernel and initramfs from Coldframe, its root on another machine's NFS
/// server, in a folder of its own. It takes minutes, so it is run by its name.
@Tag("install")
class NfsBootTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration LOADING = Duration.ofMinutes(6);
  private static final Duration BOOTING = Duration.ofMinutes(10);
  private static final String SERVER = "192.168.0.50";
  private static final String LOGIN = "grower@192.168.0.20";
  private static final String CONFIG =
      """
      site: rack
      domain: rack.home.arpa
      appliance: { address: 192.168.0.2 }
      admin: { listen: 127.0.0.1:0 }
      networks:
        - { interface: eth0, subnet: 192.168.0.0/24, dns: [appliance], ntp: [appliance] }
      profiles:
        far: { image: lab-arm64, boot: nfs, nfs-root: "SERVER:ROOTS/{node}", cmdline: [lab.nonce=NONCE] }
      nodes:
        geranium: { mac: "dc:a6:32:01:36:c2", address: 192.168.0.20, profile: far }
      time: local
      """;

  @TempDir Path folder;

  @Test
  void theRootIsTheNodesOwnFolderOnAnotherMachine() throws Exception {
    LabImage.need();
    long seed = Long.getLong("seed", System.nanoTime());
    var proof = new Proof("boot-nfs", seed);
    try (Lab lab = Lab.open(folder)) {
      Switch network = Switch.in(lab, SERVER);
      var server = NfsServer.in(lab);
      var ssh = new Ssh(lab);
      Path root = server.root("geranium", ssh.publicKey());
      String nonce = Long.toHexString(new Random(seed).nextLong() | Long.MIN_VALUE);
      serve(lab, server, nonce);
      try (var machine = new Machine(network, "geranium", "dc:a6:32:01:36:c2")) {
        machine.clock("2001-01-01");
        boot(proof, ssh, machine);
        asMeant(proof, ssh, server, nonce);
        run(ssh, "echo " + nonce + " | sudo tee /etc/lab-nonce && sync");
        proof.equal(
            "what it writes", Files.readString(root.resolve("etc/lab-nonce")), nonce + "\n");
        String explained = coldframe(lab, "explain", "geranium", "--json").text();
        proof.note("explain", explained);
        proof.holds("the boot is done", explained.replace(" ", ""), "\"standing\":\"done\"");
        proof.note(
            "systemd-timesyncd",
            run(ssh, "sudo journalctl -b -o cat -u systemd-timesyncd | tail -n 8"));
      }
    }
    proof.end();
  }

  private static void serve(Lab lab, NfsServer server, String nonce) {
    String config =
        CONFIG
            .replace("SERVER", SERVER)
            .replace("ROOTS", server.roots().toString())
            .replace("NONCE", nonce);
    lab.write("coldframe.yaml", config);
    coldframe(lab, "image", "add", LabImage.PACKED.toString()).text();
    lab.serve(config);
  }

  private static void boot(Proof proof, Ssh ssh, Machine machine) {
    Console console = machine.on(Machine.Cable.IN);
    console.await("DHCP client bound to address 192.168.0.20", LOADING);
    console.await("Starting kernel", LOADING);
    proof.took("kernel started", machine.time());
    console.await("Welcome to", LOADING);
    proof.took("systemd of its root", machine.time());
    ssh.await(LOGIN, BOOTING);
    proof.took("ssh", machine.time());
  }

  private static void asMeant(Proof proof, Ssh ssh, NfsServer server, String nonce) {
    proof.equal(
        "root",
        run(ssh, "findmnt -no SOURCE,FSTYPE / | xargs"),
        SERVER + ":" + server.roots().resolve("geranium") + " nfs");
    proof.holds("version", run(ssh, "findmnt -no OPTIONS /"), "vers=3");
    proof.equal("disks", run(ssh, "ls /sys/class/block | grep -c ^vd || true"), "0");
    proof.equal("hostname", run(ssh, "hostname"), "geranium");
    proof.holds("command line", run(ssh, "cat /proc/cmdline"), "lab.nonce=" + nonce);
    proof.holds("address", run(ssh, "ip -4 -br addr show eth0"), "192.168.0.20/24");
    proof.equal("system", run(ssh, "systemctl is-active multi-user.target"), "active");
  }

  private static String run(Ssh ssh, String command) {
    return ssh.run(LOGIN, command).text().strip();
  }

  private static Command.Result coldframe(Lab lab, String... words) {
    var all = new ArrayList<>(List.of(words));
    all.addAll(List.of("-c", lab.folder().resolve("coldframe.yaml").toString()));
    all.addAll(List.of("--state", lab.state().toString()));
    return Command.run(LIMIT, lab.coldframe(all.toArray(String[]::new)));
  }
}
