package dev.coldframe.e2e;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A blank SD card in an emulated Raspberry Pi 3B becomes the node. The emulated board has no boot
/// ROM: what the ROM would load from the network or the card is loaded for it, from there. Its card
/// is slow, so this is not part of every run.
@Tag("install")
class Pi3InstallTest {
  private static final Duration WRITING = Duration.ofHours(2);
  private static final long CARD_BYTES = 1L << 30;

  @TempDir Path folder;

  @Test
  void aBlankCardBecomesTheNode() {
    long seed = Long.getLong("seed", System.nanoTime());
    var proof = new Proof("install-pi3", seed);
    try (var bench = InstallBench.openWithPi3(folder, new Random(seed))) {
      Path card = LabImage.blank(folder.resolve("card"), CARD_BYTES);
      bench.machine().disks(card);
      Path net = bench.load("vmlinuz", "initrd.img", "bcm2837-rpi-3-b.dtb", "cmdline.txt");
      Console console = on(bench, net);
      console.await("Machine model: Raspberry Pi 3 Model B", InstallBench.LOADING);
      console.await("coldframe: this machine is 192.168.0.20", InstallBench.LOADING);
      proof.took("installer speaks", bench.machine().time());
      console.await("coldframe: done: ", WRITING);
      proof.took("card written", bench.machine().time());
      bench.machine().awaitOff(InstallBench.LOADING);
      var disk = new WrittenDisk(card, folder);
      proof.holds("mark", disk.mark(), "node " + InstallBench.NODE + "\n");
      proof.among(
          "files of the boot partition that differ",
          disk.differencesInTheBootPartition(),
          InstallTest.PATCHED);
      proof.equal("e2fsck", disk.fsck().exit(), 0);

      Path own = folder.resolve("own");
      Command.run(InstallBench.LOADING, "mkdir", own.toString()).text();
      for (String file :
          new String[] {"vmlinuz", "initrd.img", "bcm2837-rpi-3-b.dtb", "cmdline.txt"}) {
        LabImage.take(card, file, own.resolve(file));
      }
      console = on(bench, own);
      console.await("mmcblk0: p1 p2", InstallBench.LOADING);
      bench.awaitPhase("ready", console);
      proof.took("booted, ready", bench.machine().time());
      proof.equal("hostname", bench.onNode("hostname"), InstallBench.NODE);
      proof.holds("command line", bench.onNode("cat /proc/cmdline"), "lab.nonce=" + bench.nonce());
      proof.equal("script of first boot", bench.onNode("cat /etc/lab-nonce"), bench.nonce());
      proof.holds("the root is the card", bench.onNode("findmnt -no SOURCE /"), "/dev/mmcblk0p2");
      bench.onNode("sudo systemctl start coldframe-health.service");
      proof.holds(
          "temperature is known",
          bench.coldframe("node", InstallBench.NODE, "--json").text(),
          "\"temperature\":");
    }
    proof.end();
  }

  private static Console on(InstallBench bench, Path from) {
    return bench
        .machine()
        .onAsPi3(
            from.resolve("vmlinuz"),
            from.resolve("initrd.img"),
            from.resolve("bcm2837-rpi-3-b.dtb"),
            Lab.read(from.resolve("cmdline.txt")).strip());
  }
}
