package dev.coldframe.e2e;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Power cuts at random points of an install. The half-written disk boots nothing; on the network
/// the install goes on and ends ready. One cut, or as many as the system property `cuts` says; the
/// property `seed` repeats a run.
@Tag("install")
class PowerCutTest {
  /// Where power may be cut, in what the disk holds: after the installer began, before it ended.
  private static final long FIRST_BYTES = 1 << 20;

  @TempDir Path folder;

  @Test
  @Tag("L-07")
  void aCutDiskBootsNothingAndTheInstallGoesOn() {
    long seed = Long.getLong("seed", System.nanoTime());
    int cuts = Integer.getInteger("cuts", 1);
    var random = new Random(seed);
    var proof = new Proof("power-cuts", seed);
    proof.note("cuts", cuts);
    try (var bench = new InstallBench(folder, random)) {
      long whole = allocated(LabImage.RAW);
      List<Long> points = new ArrayList<>();
      for (int i = 0; i < cuts; i++) {
        points.add(random.nextLong(FIRST_BYTES, whole * 97 / 100));
      }
      proof.note("cut when the disk holds (bytes)", points);
      for (int i = 0; i < cuts; i++) {
        cut(proof, bench, i, points.get(i));
      }
    }
    proof.end();
  }

  private static void cut(Proof proof, InstallBench bench, int number, long bytes) {
    String which = "cut " + number + " at " + bytes;
    bench.blankDisk();
    bench.begin();
    cutAt(bench, bytes);
    proof.note(which + ": disk held", allocated(bench.disk()));
    proof.equal(which + ": phase", bench.phase(), "installing");
    nothingBoots(proof, bench, which);
    Console again = bench.begin();
    bench.finish(again);
    proof.took(which + ": written after", bench.machine().time());
    bench.bootUntilReady();
    proof.equal(which + ": phase at the end", bench.phase(), "ready");
    proof.equal(which + ": hostname", bench.onNode("hostname"), InstallBench.NODE);
    proof.holds(
        which + ": command line", bench.onNode("cat /proc/cmdline"), "lab.nonce=" + bench.nonce());
  }

  private static void cutAt(InstallBench bench, long bytes) {
    long end = System.nanoTime() + InstallBench.WRITING.toNanos();
    while (allocated(bench.disk()) < bytes) {
      if (System.nanoTime() > end) {
        throw new AssertionError("it wrote only " + allocated(bench.disk()) + " bytes");
      }
      Lab.pause();
    }
    bench.machine().off();
  }

  private static void nothingBoots(Proof proof, InstallBench bench, String which) {
    Console console = bench.machine().on(Machine.Cable.OUT);
    console.await("\n=> ", InstallBench.LOADING);
    proof.equal(
        which + ": booted without the network", console.text().contains("Starting kernel"), false);
    bench.machine().off();
  }

  /// What a sparse file holds.
  private static long allocated(Path file) {
    String blocks =
        Command.run(Duration.ofSeconds(20), "stat", "-c", "%b", file.toString()).text().strip();
    return Long.parseLong(blocks) * 512;
  }
}
