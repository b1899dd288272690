package dev.coldframe.rehearse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.net.Bytes;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A loader asks again after 4 or 5 s, gives DHCP up after 25 to 45 s and a file after 30 s
/// (raspberry-pi-boot.md, sections 2.3, 2.7 and 3.2). Boards that keep these times, against a real
/// server on loopback. That nothing was asked twice says that the answer came before the shortest
/// of them, on a machine of any speed.
@Tag("B-17")
class LoaderLimitsTest {
  private static final int SECS = 8;
  private static final int AFTER_SECS = 10;

  @TempDir Path folder;

  private static String config(String boot, Model model) {
    String mac = RackTest.board(model, false).mac().toString();
    return """
    site: rack
    appliance: { address: 192.168.0.2 }
    networks:
      - { interface: lo, subnet: 192.168.0.0/24, router: 192.168.0.1, conflict-probe: off }
    profiles:
      p: { boot: %s }
    nodes:
      geranium: { mac: "%s", address: 192.168.0.20, profile: p }
    """
        .formatted(boot, mac);
  }

  /// A repeated message differs from the first in the seconds alone.
  private static Bytes withoutSeconds(Bytes message) {
    byte[] bytes = message.toArray();
    for (int i = SECS; i < AFTER_SECS; i++) {
      bytes[i] = 0;
    }
    return Bytes.wrap(bytes);
  }

  private BootResult boot(String boot, Model model, List<Bytes> asked) throws Exception {
    try (var rig = new AilingRig(folder, config(boot, model))) {
      rig.publish("config.txt", "cmdline.txt", "start4.elf", "fixup4.dat", "bootcode.bin");
      rig.publish("start.elf", "fixup.dat", "kernel7.img", "kernel8.img", "kernel_2712.img");
      rig.publish("bcm2711-rpi-4-b.dtb", "bcm2710-rpi-3-b.dtb", "bcm2712-rpi-5-b.dtb");
      rig.with(cable -> Faulty.sends(cable, message -> asked.add(withoutSeconds(message))));
      return rig.boot(RackTest.board(model, false), Pace.REAL);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Model.class,
      names = {"PI_3B", "PI_4B", "PI_5"})
  void nothingHasToBeAskedTwice(Model model) throws Exception {
    var asked = new CopyOnWriteArrayList<Bytes>();
    BootResult result = boot("files", model, asked);
    assertThat(result.ending()).as(result.toString()).isEqualTo(BootResult.Ending.FILES_SERVED);
    assertThat(asked).isNotEmpty().doesNotHaveDuplicates();
  }

  /// It need not wait out 45 s to find that the network has nothing for it.
  @ParameterizedTest
  @EnumSource(
      value = Model.class,
      names = {"PI_3B", "PI_4B", "PI_5"})
  void aBoardThatIsSentToItsDiskIsToldSoAtOnce(Model model) throws Exception {
    var asked = new CopyOnWriteArrayList<Bytes>();
    BootResult result = boot("local", model, asked);
    assertThat(result.ending()).as(result.toString()).isEqualTo(BootResult.Ending.BOOTS_LOCALLY);
    assertThat(result.files()).isEmpty();
    assertThat(asked).isNotEmpty().doesNotHaveDuplicates();
  }
}
