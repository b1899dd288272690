package dev.coldframe.wire.install;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.net.Bytes;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InstallerTextTest {
  @Test
  void readsDisksAsTheScriptListsThem() {
    String text =
        "disk\t/dev/mmcblk0\t31914983424\t0\tSC32G\t035344534333324780a1b2c3d4012345\t"
            + "/dev/disk/by-id/mmc-SC32G_0xa1b2c3d4 /dev/disk/by-path/platform-fe340000.mmc \n"
            + "disk\t/dev/sda\t1000204886016\t1\t\t\t\n";
    assertThat(InstallerText.disks(text))
        .contains(
            List.of(
                new InstallerText.DiskLine(
                    "/dev/mmcblk0",
                    31_914_983_424L,
                    false,
                    "SC32G",
                    "035344534333324780a1b2c3d4012345",
                    List.of(
                        "/dev/disk/by-id/mmc-SC32G_0xa1b2c3d4",
                        "/dev/disk/by-path/platform-fe340000.mmc")),
                new InstallerText.DiskLine(
                    "/dev/sda", 1_000_204_886_016L, true, "", "", List.of())));
    assertThat(InstallerText.disks("")).contains(List.of());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "disk\t/dev/sda\t100\t0\t\t",
        "disk\t/dev/sda\t-1\t0\t\t\t",
        "disk\t/dev/sda\t1e3\t0\t\t\t",
        "disk\t/dev/../mem\t100\t0\t\t\t",
        "disk\tsda\t100\t0\t\t\t",
        "disc\t/dev/sda\t100\t0\t\t\t",
        "disk\t/dev/sda\t1234567890123456789\t0\t\t\t",
        "\u0000"
      })
  void refusesWhatIsNoDisk(String line) {
    assertThat(InstallerText.disks(line)).isEmpty();
  }

  @Test
  void refusesMoreDisksThanANodeHas() {
    var disks = new StringBuilder();
    for (int i = 0; i < InstallerText.MAX_DISKS; i++) {
      disks.append("disk\t/dev/sd").append(i).append("\t100\t0\t\t\t\n");
    }
    assertThat(InstallerText.disks(disks.toString())).isPresent();
    assertThat(InstallerText.disks(disks + "disk\t/dev/sdx\t100\t0\t\t\t\n")).isEmpty();
  }

  @Test
  void refusesADiskThatIsNamedTwice() {
    assertThat(InstallerText.disks("disk\t/dev/sda\t100\t0\t\t\t\ndisk\t/dev/sda\t200\t0\t\t\t\n"))
        .isEmpty();
  }

  @Test
  void namesOfDisksAreShownAsPrintableText() {
    assertThat(
            InstallerText.disks("disk\t/dev/sda\t100\t0\t\u001b[31m<b>\t\u00e9\t\n")
                .orElseThrow()
                .getFirst())
        .extracting(InstallerText.DiskLine::model, InstallerText.DiskLine::number)
        .containsExactly("?[31m<b>", "?");
  }

  @Test
  void readsSectors() {
    assertThat(InstallerText.sectors("sectors\t/dev/sda\t512\tAQID\n"))
        .contains(
            new InstallerText.Shown(
                List.of(new InstallerText.Piece("/dev/sda", 512, Bytes.of(1, 2, 3))), Set.of()));
    assertThat(InstallerText.sectors("unreadable\t/dev/sdb\n"))
        .contains(new InstallerText.Shown(List.of(), Set.of("/dev/sdb")));
    assertThat(InstallerText.sectors("sectors\t/dev/sda\t512\tAQ=D\n")).isEmpty();
    assertThat(InstallerText.sectors("sectors\t/dev/sda\t512\t\n")).isEmpty();
    assertThat(InstallerText.sectors("sectors\t/dev/sda\t512\n")).isEmpty();
  }

  @Test
  void noTextThrows() {
    var random = new Random(20_261_125);
    String alphabet = "disk\tsectors/dev0123456789=\n \u0000\u00ff";
    for (int i = 0; i < 5_000; i++) {
      var text = new StringBuilder(i % 2 == 0 ? "disk\t/dev/sda\t" : "sectors\t/dev/sda\t");
      for (int n = random.nextInt(60); n > 0; n--) {
        text.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      assertThat(InstallerText.disks(text.toString())).isNotNull();
      assertThat(InstallerText.sectors(text.toString())).isNotNull();
    }
  }
}
