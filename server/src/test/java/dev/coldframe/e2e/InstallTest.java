package dev.coldframe.e2e;

import java.nio.file.Path;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The story that Coldframe is for: a machine with a blank disk becomes a named node that lets its
/// user in; the disk is taken out, another blank one put in, and the same node comes back.
@Tag("install")
class InstallTest {
  static final Set<String> PATCHED =
      Set.of("cmdline.txt", "config.txt", "user-data", "meta-data", "network-config", "ssh");

  /// Of 4 KiB: an ext4 that was mounted once and got a dozen files.
  static final int ROOT_BLOCKS_LIMIT = 2000;

  @TempDir Path folder;

  @Test
  @Tag("L-01")
  @Tag("L-08")
  void aBlankDiskBecomesTheNodeAndSoDoesTheNextOne() {
    long seed = Long.getLong("seed", System.nanoTime());
    var proof = new Proof("install", seed);
    try (var bench = InstallBench.open(folder, new Random(seed))) {
      install(proof, bench, "first");
      asOrdered(proof, bench);
      Before before = Before.of(bench);
      bench.onNode("echo kept | sudo tee /srv/data/harvest");
      rebooted(proof, bench, before, "first");
      bench.blankDisk();
      install(proof, bench, "second");
      asOrdered(proof, bench);
      same(proof, bench, before);
      proof.equal("another instance", instance(bench).equals(before.instance()), false);
      rebooted(proof, bench, before, "second");
    }
    proof.end();
  }

  private void install(Proof proof, InstallBench bench, String which) {
    Console console = bench.begin();
    proof.took(which + " install: installer speaks", bench.machine().time());
    bench.finish(console);
    proof.took(which + " install: disk written", bench.machine().time());
    bytes(proof, bench, which);
    bench.bootUntilReady();
    proof.took(which + " install: booted, ready", bench.machine().time());
  }

  private void bytes(Proof proof, InstallBench bench, String which) {
    var disk = new WrittenDisk(bench.disk(), folder);
    proof.holds(which + " disk: mark", disk.mark(), "node " + InstallBench.NODE + "\n");
    proof.equal(
        which + " disk: nothing but the mark differs before the boot partition",
        disk.differencesBeforeTheBootPartition(),
        Set.of((1L << 20) - 4096));
    proof.among(
        which + " disk: files of the boot partition that differ",
        disk.differencesInTheBootPartition(),
        PATCHED);
    proof.equal(which + " disk: bytes behind the image", disk.bytesBehindTheImage(), 0L);
    proof.equal(which + " disk: e2fsck", disk.fsck().exit(), 0);
    proof.equal(
        which + " disk: files below /usr that differ", disk.differencesBelowUsr(), Set.of());
    int blocks = disk.differencesInTheRoot();
    proof.note(which + " disk: blocks of the root that differ", blocks);
    proof.equal(which + " disk: few of them", blocks < ROOT_BLOCKS_LIMIT, true);
  }

  private static void asOrdered(Proof proof, InstallBench bench) {
    proof.equal("hostname", bench.onNode("hostname"), InstallBench.NODE);
    proof.holds("command line", bench.onNode("cat /proc/cmdline"), "lab.nonce=" + bench.nonce());
    proof.equal("script of first boot", bench.onNode("cat /etc/lab-nonce"), bench.nonce());
    proof.holds("data disk", bench.onNode("findmnt -no SOURCE,FSTYPE /srv/data"), "ext4");
    proof.holds("data disk's partition", bench.onNode("lsblk -no LABEL /dev/vdb1"), "data");
    proof.equal("user may do all", bench.onNode("sudo -n id -u"), "0");
    proof.equal("timezone", bench.onNode("timedatectl show -p Timezone --value"), "Asia/Tokyo");
    proof.holds(
        "time server", bench.onNode("cat /etc/systemd/timesyncd.conf.d/*.conf"), "NTP=192.168.0.2");
    proof.equal("clock", bench.onNode("timedatectl show -p NTPSynchronized --value"), "yes");
    proof.holds("address", bench.onNode("ip -4 -br addr show eth0"), InstallBench.ADDRESS + "/24");
    proof.holds("name in DNS", bench.onNode("getent hosts geranium.rack.home.arpa"), "geranium");
    bench.onNode("sudo systemctl start coldframe-health.service");
    proof.equal(
        "health is taken",
        bench.onNode(
            "systemctl is-active coldframe-health.timer; systemctl show -p Result --value"
                + " coldframe-health.service"),
        "active\nsuccess");
    // The lab's image has no package sources: everything is up to date.
    proof.equal("the upgrade's result is told", bench.upgrade(), "done");
    proof.equal("cloud-init", bench.onNode("cloud-init status"), "status: done");
    proof.equal(
        "the seed is scrubbed", bench.onNode("cat /boot/firmware/user-data"), "#cloud-config");
    String config = bench.onNode("cat /boot/firmware/config.txt");
    proof.holds("config.txt of the image", config, "arm_64bit=1");
    proof.holds("config.txt of the profile", config, "dtparam=audio=off");
    proof.holds("fan", config, "dtoverlay=gpio-fan,gpiopin=14,temp=60000");
    Kubernetes.prepared(proof, bench, "first boot");
  }

  /// What stays when the disk is another.
  private record Before(String known, String hostKeys, String machineId, String instance) {
    static Before of(InstallBench bench) {
      return new Before(
          bench.ssh().hostKey(InstallBench.ADDRESS),
          InstallTest.hostKeys(bench),
          bench.onNode("cat /etc/machine-id"),
          InstallTest.instance(bench));
    }
  }

  private static String hostKeys(InstallBench bench) {
    return bench.onNode("cat /etc/ssh/ssh_host_*_key.pub");
  }

  private static String instance(InstallBench bench) {
    return bench.onNode("cat /var/lib/cloud/data/instance-id");
  }

  private static void same(Proof proof, InstallBench bench, Before before) {
    // ssh would have refused another host key; known_hosts still has the first.
    proof.equal("host key", bench.ssh().hostKey(InstallBench.ADDRESS), before.known());
    proof.equal("host keys on the node", hostKeys(bench), before.hostKeys());
    proof.equal("machine-id", bench.onNode("cat /etc/machine-id"), before.machineId());
  }

  private static void rebooted(Proof proof, InstallBench bench, Before before, String which) {
    bench.ssh().run(InstallBench.LOGIN, "sudo systemctl reboot");
    bench.machine().awaitOff(InstallBench.LOADING);
    bench.bootFromDisk();
    bench.ssh().await(InstallBench.LOGIN, InstallBench.BOOTING);
    proof.took(which + " reboot: ssh", bench.machine().time());
    same(proof, bench, before);
    proof.equal(which + " reboot: phase", bench.phase(), "ready");
    Kubernetes.prepared(proof, bench, which + " reboot");
  }
}
