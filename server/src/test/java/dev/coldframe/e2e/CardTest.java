package dev.coldframe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.disk.EepromImage;
import dev.coldframe.store.FirmwareFiles;
import dev.coldframe.testkit.Eeproms;
import dev.coldframe.testkit.Images;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The enrolment card as sfdisk, fsck.vfat and mtools see it.
@Tag("real")
class CardTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  @TempDir Path folder;

  private static String run(String... words) {
    return Command.run(LIMIT, words).text();
  }

  @Test
  void theUsualToolsAcceptTheCard() throws IOException {
    Path latest = Files.createDirectories(folder.resolve("latest"));
    Files.write(latest.resolve("pieeprom.bin"), Eeproms.image(EepromImage.Board.PI4, true));
    Files.write(latest.resolve("recovery.bin"), Images.bytes(9, 90_000));
    var files = new FirmwareFiles(folder.resolve("state"));
    Path card = folder.resolve("card.img");
    FirmwareFiles.card(files.add(latest), "0xf12", Instant.now(), card);
    assertThat(run("sfdisk", "-V", card.toString())).contains("No errors detected");
    Path volume = folder.resolve("volume");
    run("dd", "if=" + card, "of=" + volume, "bs=1M", "skip=1", "status=none");
    run("fsck.vfat", "-n", volume.toString());
    Path out = folder.resolve("recovery-out");
    run("mcopy", "-i", volume.toString(), "::/recovery.bin", out.toString());
    assertThat(Files.readAllBytes(out)).isEqualTo(Images.bytes(9, 90_000));
  }
}
