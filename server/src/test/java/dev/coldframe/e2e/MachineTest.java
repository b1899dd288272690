package dev.coldframe.e2e;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The lab's machines with a real loader and a real kernel against the real server: one boots from
/// its own disk, one from the network.
@Tag("install")
class MachineTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration LOADING = Duration.ofMinutes(3);
  private static final Duration BOOTING = Duration.ofMinutes(8);
  private static final long DISK_BYTES = 2L << 30;
  private static final String CONFIG =
      """
      site: rack
      appliance: { address: 192.168.0.2 }
      admin: { listen: 127.0.0.1:0 }
      tftp-root: ./tftp
      networks:
        - { interface: eth0, subnet: 192.168.0.0/24, ntp: [appliance] }
      profiles:
        own: { boot: local }
        net: { boot: files, bootfiles: { uboot: boot.scr.uimg } }
      nodes:
        geranium: { mac: dc:a6:32:01:36:c2, address: 192.168.0.20, profile: own }
        tulip: { mac: b8:27:eb:01:36:c2, address: 192.168.0.22, profile: own }
        dahlia: { mac: dc:a6:32:01:36:c3, address: 192.168.0.21, profile: net }
      time: local
      """;

  @TempDir Path folder;
  private Lab lab;
  private Switch network;

  @BeforeEach
  void start() throws Exception {
    LabImage.need();
    lab = Lab.open(folder);
    Files.createDirectories(folder.resolve("tftp"));
    network = Switch.in(lab, "192.168.0.50");
  }

  @AfterEach
  void stop() {
    lab.close();
  }

  @Test
  void theImageBootsFromItsOwnDiskAndLetsItsUserIn() throws Exception {
    var proof = new Proof("machine-own-disk", 0);
    lab.serve(CONFIG);
    var ssh = new Ssh(lab);
    Path disk = LabImage.written(folder.resolve("disk"), DISK_BYTES);
    LabImage.seed(lab, disk, "geranium", ssh.publicKey());
    try (var machine = new Machine(network, "geranium", "dc:a6:32:01:36:c2")) {
      machine.disks(disk);
      Console console = machine.on(Machine.Cable.IN);
      console.await("Starting kernel", LOADING);
      proof.took("kernel started", machine.time());
      console.await("login:", BOOTING);
      proof.took("login", machine.time());
      ssh.await("grower@192.168.0.20", BOOTING);
      proof.took("ssh", machine.time());
      proof.equal(
          "cloud-init has ended",
          ssh.run("grower@192.168.0.20", "cloud-init status --wait > /dev/null; cloud-init status")
              .text()
              .strip(),
          "status: done");
      proof.took("cloud-init", machine.time());
      proof.equal(
          "hostname", ssh.run("grower@192.168.0.20", "hostname").text().strip(), "geranium");
      proof.holds(
          "command line",
          ssh.run("grower@192.168.0.20", "cat /proc/cmdline").text(),
          "net.ifnames=0 ds=nocloud;i=lab-1");
    }
    proof.end();
  }

  @Test
  void aBlankDiskLetsTheLoaderBootFromTheNetwork() throws Exception {
    var proof = new Proof("machine-network", 0);
    Path tftp = folder.resolve("tftp");
    for (String file : new String[] {"vmlinuz", "initrd.img"}) {
      LabImage.take(LabImage.RAW, file, tftp.resolve(file));
    }
    Path script =
        lab.write(
            "boot.cmd",
            """
            tftpboot ${kernel_addr_r} vmlinuz
            tftpboot ${ramdisk_addr_r} initrd.img
            setenv bootargs console=ttyAMA0 boot=nowhere panic=5
            booti ${kernel_addr_r} ${ramdisk_addr_r}:${filesize} ${fdt_addr}
            """);
    Command.run(
            LIMIT,
            "mkimage",
            "-A",
            "arm64",
            "-T",
            "script",
            "-C",
            "none",
            "-d",
            script.toString(),
            tftp.resolve("boot.scr.uimg").toString())
        .text();
    lab.serve(CONFIG);
    try (var machine = new Machine(network, "dahlia", "dc:a6:32:01:36:c3")) {
      machine.disks(LabImage.blank(folder.resolve("disk"), DISK_BYTES));
      Console console = machine.on(Machine.Cable.IN);
      proof.equal(
          "leased",
          console.await("DHCP client bound to address (\\S+)", LOADING).group(1),
          "192.168.0.21");
      console.await("Starting kernel", LOADING);
      proof.took("kernel started", machine.time());
      console.await("Loading, please wait|Begin: ", LOADING);
      proof.took("initramfs", machine.time());
    }
    proof.end();
  }

  @Test
  void theImageBootsFromTheCardOfAnEmulatedPi3() throws Exception {
    var proof = new Proof("machine-pi3", 0);
    lab.serve(CONFIG);
    var ssh = new Ssh(lab);
    Path card = LabImage.written(folder.resolve("card"), DISK_BYTES);
    LabImage.seed(lab, card, "tulip", ssh.publicKey());
    try (var machine = new Machine(network, "tulip", "b8:27:eb:01:36:c2")) {
      machine.disks(card);
      Console console =
          machine.onAsPi3(
              LabImage.take(card, "vmlinuz", folder.resolve("vmlinuz")),
              LabImage.take(card, "initrd.img", folder.resolve("initrd.img")),
              LabImage.take(card, "bcm2837-rpi-3-b.dtb", folder.resolve("tree.dtb")),
              Lab.read(LabImage.take(card, "cmdline.txt", folder.resolve("words"))).strip());
      console.await("Machine model: Raspberry Pi 3 Model B", LOADING);
      console.await("mmcblk0: p1 p2", LOADING);
      proof.took("card found", machine.time());
      ssh.await("grower@192.168.0.22", BOOTING);
      proof.took("ssh", machine.time());
      proof.equal("hostname", ssh.run("grower@192.168.0.22", "hostname").text().strip(), "tulip");
    }
    proof.end();
  }

  @Test
  void aBlankDiskWithoutACableBootsNothing() {
    var proof = new Proof("machine-nothing", 0);
    try (var machine = new Machine(network, "iris", "dc:a6:32:01:36:c4")) {
      machine.disks(LabImage.blank(folder.resolve("disk"), DISK_BYTES));
      Console console = machine.on(Machine.Cable.OUT);
      console.await("\n=> ", LOADING);
      proof.took("loader gave up", machine.time());
      proof.equal("no kernel started", console.text().contains("Starting kernel"), false);
    }
    proof.end();
  }
}
