package dev.coldframe.e2e;

import java.nio.file.Path;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An office PC with UEFI and a blank disk: its firmware's PXE, iPXE, the kernel of the image's own
/// root with the installer, its disk, first boot, ready; then the disk is another, and the PC is
/// the same node.
@Tag("install")
class PcInstallTest {
  private static final Set<Long> MARK = Set.of((1L << 20) - 4096);
  private static final String SEED = "/var/lib/cloud/seed/nocloud/user-data";

  @TempDir Path folder;

  @Test
  void aBlankDiskBecomesTheNodeAndSoDoesTheNextOne() {
    long seed = Long.getLong("seed", System.nanoTime());
    var proof = new Proof("install-pc", seed);
    try (var bench = InstallBench.openWithPc(folder, new Random(seed))) {
      install(proof, bench, "first");
      asOrdered(proof, bench, "done");
      String known = bench.ssh().hostKey(InstallBench.ADDRESS);
      String machineId = bench.onNode("cat /etc/machine-id");
      String instance = bench.onNode("cat /var/lib/cloud/data/instance-id");
      bench.onNode("echo kept | sudo tee /srv/data/harvest");
      rebooted(proof, bench, known, "first");
      bench.blankDisk();
      install(proof, bench, "second");
      asOrdered(proof, bench, "done");
      proof.equal("host key", bench.ssh().hostKey(InstallBench.ADDRESS), known);
      proof.equal("machine-id", bench.onNode("cat /etc/machine-id"), machineId);
      proof.equal("the data disk is kept", bench.onNode("cat /srv/data/harvest"), "kept");
      proof.equal(
          "another instance",
          bench.onNode("cat /var/lib/cloud/data/instance-id").equals(instance),
          false);
      networkFirst(proof, bench, known);
    }
    proof.end();
  }

  private void install(Proof proof, InstallBench bench, String which) {
    install(
        proof,
        bench,
        which,
        new WrittenDisk(bench.disk(), folder, LabImage.PC_RAW, LabImage.PC_ROOT_OFFSET));
  }

  /// From power on to ready.
  ///
  /// @param disk the system disk, beside the image that it is to hold
  static void install(Proof proof, InstallBench bench, String which, WrittenDisk disk) {
    Console console = bench.begin();
    proof.took(which + " install: installer speaks", bench.machine().time());
    bench.finish(console);
    proof.took(which + " install: disk written", bench.machine().time());
    proof.holds(which + " disk: mark", disk.mark(), "node " + InstallBench.NODE + "\n");
    proof.equal(
        which + " disk: nothing but the mark differs before the root",
        disk.differencesBeforeTheRoot(),
        MARK);
    proof.equal(which + " disk: bytes behind the image", disk.bytesBehindTheImage(), 0L);
    proof.equal(which + " disk: e2fsck", disk.fsck().exit(), 0);
    proof.equal(
        which + " disk: files below /usr that differ", disk.differencesBelowUsr(), Set.of());
    int blocks = disk.differencesInTheRoot();
    proof.note(which + " disk: blocks of the root that differ", blocks);
    proof.equal(which + " disk: few of them", blocks < InstallTest.ROOT_BLOCKS_LIMIT, true);
    bench.bootUntilReady();
    proof.took(which + " install: booted, ready", bench.machine().time());
  }

  /// What the configuration asks for, read on the node.
  ///
  /// @param upgrade how its upgrade ends: there is no way out of the lab
  static void asOrdered(Proof proof, InstallBench bench, String upgrade) {
    proof.equal("it booted by UEFI", bench.onNode("test -d /sys/firmware/efi && echo yes"), "yes");
    proof.equal("hostname", bench.onNode("hostname"), InstallBench.NODE);
    proof.equal("script of first boot", bench.onNode("cat /etc/lab-nonce"), bench.nonce());
    proof.holds("data disk", bench.onNode("findmnt -no SOURCE,FSTYPE /srv/data"), "ext4");
    proof.equal("user may do all", bench.onNode("sudo -n id -u"), "0");
    proof.equal("timezone", bench.onNode("timedatectl show -p Timezone --value"), "Asia/Tokyo");
    proof.equal("clock", bench.onNode("timedatectl show -p NTPSynchronized --value"), "yes");
    proof.holds(
        "address", bench.onNode("ip -4 -br addr show scope global"), InstallBench.ADDRESS + "/24");
    proof.holds("name in DNS", bench.onNode("getent hosts geranium.rack.home.arpa"), "geranium");
    proof.equal("the upgrade's result is told", bench.upgrade(), upgrade);
    proof.equal("cloud-init", bench.onNode("cloud-init status || true"), "status: done");
    proof.equal("the root fills the disk", bench.onNode(grown()), "yes");
    proof.equal("the seed is scrubbed", bench.onNode("sudo cat " + SEED), "#cloud-config");
  }

  /// The image's root is smaller than that.
  private static String grown() {
    return "[ $(df --output=size -B1M / | tail -n 1) -gt 1700 ] && echo yes";
  }

  /// A PC that asks the network at each start is refused its loader and goes on to its disk.
  private static void networkFirst(Proof proof, InstallBench bench, String known) {
    bench.ssh().run(InstallBench.LOGIN, "sudo systemctl reboot");
    bench.machine().awaitOff(InstallBench.LOADING);
    bench.bootPastTheNetwork();
    proof.took("network first: kernel of its disk", bench.machine().time());
    bench.ssh().await(InstallBench.LOGIN, InstallBench.BOOTING);
    proof.equal("network first: host key", bench.ssh().hostKey(InstallBench.ADDRESS), known);
    proof.equal("network first: phase", bench.phase(), "ready");
  }

  /// Restarts it, and sees that it is the same and needs nobody.
  static void rebooted(Proof proof, InstallBench bench, String known, String which) {
    bench.ssh().run(InstallBench.LOGIN, "sudo systemctl reboot");
    bench.machine().awaitOff(InstallBench.LOADING);
    bench.bootFromDisk();
    bench.ssh().await(InstallBench.LOGIN, InstallBench.BOOTING);
    proof.took(which + " reboot: ssh", bench.machine().time());
    proof.equal(which + " reboot: host key", bench.ssh().hostKey(InstallBench.ADDRESS), known);
    proof.equal(which + " reboot: phase", bench.phase(), "ready");
    Kubernetes.prepared(proof, bench, which + " reboot");
  }
}
