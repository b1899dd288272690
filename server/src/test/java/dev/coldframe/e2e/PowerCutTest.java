package dev.coldframe.e2e;

import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Power cuts at random points of an install, one after the other on the same disk. After each the
/// disk boots nothing without the network; on the network the install goes on and ends ready. One
/// cut, or as many as the system property `cuts` says: then also before the first write, after the
/// last, and while an old system is written over. The property `seed` repeats a run.
@Tag("install")
class PowerCutTest {
  /// How the installer counts what it has written.
  private static final int STEP_PERCENT = 5;

  private static final int JITTER_MILLIS = 2_000;

  @TempDir Path folder;

  @Test
  @Tag("L-07")
  void aCutDiskBootsNothingAndTheInstallGoesOn() {
    long seed = Long.getLong("seed", System.nanoTime());
    int cuts = Integer.getInteger("cuts", 1);
    var random = new Random(seed);
    var proof = new Proof("power-cuts", seed);
    proof.note("cuts", cuts);
    try (var bench = InstallBench.open(folder, random)) {
      if (cuts > 1) {
        cut(proof, bench, "before the first write", 0, 0);
      }
      for (int i = 1; i <= cuts; i++) {
        cutSomewhere(proof, bench, "cut " + i, random);
      }
      if (cuts > 1) {
        cutAfterTheLastWrite(proof, bench);
      } else {
        bench.finish(bench.begin());
      }
      ready(proof, bench);
      if (cuts > 1) {
        bench.wipeBootRecord();
        cutSomewhere(proof, bench, "over an old system", random);
        bench.finish(bench.begin());
        ready(proof, bench);
      }
    }
    proof.end();
  }

  private static void cutSomewhere(Proof proof, InstallBench bench, String which, Random random) {
    int percent = random.nextInt(1, 100 / STEP_PERCENT) * STEP_PERCENT;
    cut(proof, bench, which, percent, random.nextInt(JITTER_MILLIS));
  }

  private static void cut(
      Proof proof, InstallBench bench, String which, int percent, int laterMillis) {
    Console console = bench.begin();
    if (percent > 0) {
      console.await("coldframe: " + percent + " % written", InstallBench.WRITING);
      Lab.pause(laterMillis);
    }
    bench.machine().off();
    proof.note(which, percent + " % + " + laterMillis + " ms");
    proof.equal(which + ": it was not done", console.text().contains("coldframe: done: "), false);
    if (percent > 0) {
      proof.equal(which + ": phase", bench.phase(), "installing");
    }
    Console alone = bench.machine().on(Machine.Cable.OUT);
    alone.await("\n=> ", InstallBench.LOADING);
    proof.equal(
        which + ": booted without the network", alone.text().contains("Starting kernel"), false);
    bench.machine().off();
  }

  /// The kernel says when the boot record shows it partitions; the server hears of nothing.
  private static void cutAfterTheLastWrite(Proof proof, InstallBench bench) {
    Console console = bench.begin();
    console.await(" vda: vda1 vda2", InstallBench.WRITING);
    bench.machine().off();
    proof.note("after the last write", "when the kernel saw the partitions");
  }

  private static void ready(Proof proof, InstallBench bench) {
    bench.bootUntilReady();
    proof.equal("phase at the end", bench.phase(), "ready");
    proof.equal("hostname", bench.onNode("hostname"), InstallBench.NODE);
    proof.holds("command line", bench.onNode("cat /proc/cmdline"), "lab.nonce=" + bench.nonce());
  }
}
