package dev.coldframe.e2e;

import java.nio.file.Path;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A disk that somebody has used, and another beside it: nothing is written before the operator
/// says which, and then every byte of the image is there.
@Tag("install")
@Tag("L-04")
class ArmedInstallTest {
  private static final long TAIL_BYTES = 33 * 512;

  @TempDir Path folder;

  @Test
  void aUsedDiskWaitsForTheOperatorsWord() {
    long seed = Long.getLong("seed", System.nanoTime());
    var proof = new Proof("armed-install", seed);
    try (var bench = InstallBench.open(folder, new Random(seed))) {
      bench.usedDiskAndAnother();
      String before = sha256(bench.disk());
      Console console = bench.begin();
      console.await("coldframe: waiting: there are 2 disks", InstallBench.LOADING);
      String shown = bench.coldframe("node", InstallBench.NODE).text();
      proof.holds("what was found is shown", shown, "unknown data, 0xa5 at byte 0");
      proof.equal("the disk while it waits", sha256(bench.disk()), before);
      proof.equal(
          "armed",
          bench.coldframe("arm", InstallBench.NODE, "--disk", "LABgeranium0", "--yes").exit(),
          0);
      bench.finish(console);
      written(proof, bench);
    }
    proof.end();
  }

  private void written(Proof proof, InstallBench bench) {
    var disk = new WrittenDisk(bench.disk(), folder);
    proof.equal(
        "nothing but the mark differs before the boot partition",
        disk.differencesBeforeTheBootPartition(),
        Set.of((1L << 20) - 4096));
    proof.among(
        "files of the boot partition that differ",
        disk.differencesInTheBootPartition(),
        InstallTest.PATCHED);
    proof.equal("e2fsck", disk.fsck().exit(), 0);
    proof.equal("files below /usr that differ", disk.differencesBelowUsr(), Set.of());
    int blocks = disk.differencesInTheRoot();
    proof.note("blocks of the root that differ", blocks);
    proof.equal("few of them", blocks < InstallTest.ROOT_BLOCKS_LIMIT, true);
    proof.equal(
        "what lies behind the image is as it was, but for the tail",
        disk.bytesBehindTheImage(),
        bench.disk().toFile().length() - LabImage.RAW.toFile().length() - TAIL_BYTES);
  }

  private static String sha256(Path disk) {
    return Command.run(InstallBench.LOADING, "sha256sum", disk.toString()).text();
  }
}
