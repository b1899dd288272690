package dev.coldframe.e2e;

import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The office PC of [PcInstallTest] becomes a node with Ubuntu: its own kernel, cloud-init, netplan
/// and systemd read what Coldframe put into the root. The installer runs in Debian's initramfs. Run
/// by its name, for Ubuntu's archive is not everywhere at hand.
@Tag("install")
class UbuntuInstallTest {
  @TempDir Path folder;

  @Test
  void aBlankDiskBecomesANodeWithUbuntu() {
    long seed = Long.getLong("seed", System.nanoTime());
    var proof = new Proof("install-ubuntu", seed);
    try (var bench = InstallBench.openWithUbuntu(folder, new Random(seed))) {
      PcInstallTest.install(
          proof,
          bench,
          "the",
          new WrittenDisk(bench.disk(), folder, LabImage.UBUNTU_RAW, LabImage.PC_ROOT_OFFSET));
      proof.holds("system", bench.onNode("cat /etc/os-release"), "ID=ubuntu");
      proof.note("system", bench.onNode(". /etc/os-release; echo $PRETTY_NAME"));
      proof.note("kernel", bench.onNode("uname -r"));
      proof.note(
          "packages",
          bench.onNode("dpkg-query -W cloud-init netplan.io systemd openssh-server | xargs"));
      // Its cloud-init puts the archive into its package sources, which the lab does not reach.
      PcInstallTest.asOrdered(proof, bench, "offline");
      asUbuntuDoes(proof, bench);
      String known = bench.ssh().hostKey(InstallBench.ADDRESS);
      PcInstallTest.rebooted(proof, bench, known, "the");
      asUbuntuDoes(proof, bench);
    }
    proof.end();
  }

  private static void asUbuntuDoes(Proof proof, InstallBench bench) {
    String status = bench.onNode("cloud-init status --long || true");
    proof.note("cloud-init's status", status);
    proof.holds("seed", status, "DataSourceNoCloud [seed=/var/lib/cloud/seed/nocloud]");
    String netplan = bench.onNode("sudo netplan get");
    proof.holds("netplan: address", netplan, "dhcp4: true");
    proof.holds("netplan: client identifier", netplan, "dhcp-identifier:");
    proof.holds("networkd", bench.onNode("networkctl --no-pager --no-legend list"), "configured");
    proof.holds(
        "time server",
        bench.onNode("timedatectl show-timesync -p ServerAddress --value"),
        "192.168.0.2");
    proof.equal(
        "user's password is locked", bench.onNode("sudo passwd -S grower | cut -d ' ' -f 2"), "L");
    proof.holds(
        "sshd takes no password",
        bench.onNode("sudo sshd -T | grep -i '^passwordauthentication'"),
        "no");
  }
}
