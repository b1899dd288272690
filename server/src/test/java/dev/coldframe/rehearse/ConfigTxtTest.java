package dev.coldframe.rehearse;

import static dev.coldframe.rehearse.RackTest.board;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigTxtTest {
  private static ConfigTxt read(String text) throws Exception {
    return ConfigTxt.read(
        text,
        board(Model.PI_4B, false),
        name -> Optional.ofNullable(Map.of("more.txt", "kernel=more.img\n").get(name)));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "[all], true",
    "[none], false",
    "[pi4], true",
    "[PI4], true",
    "[pi3], false",
    "[pi400], false",
    "[board-type=0x11], true",
    "[0xa2ef5644], true",
    "[0x1], false",
    "[gpio4=1], false",
    "[tryboot], false",
    "[pi3][pi4], true",
    "[pi4][0x1], false",
    "[pi4][0xa2ef5644], true",
    "[pi3][all], true",
  })
  void filters(String sections, boolean holds) throws Exception {
    ConfigTxt config = read(sections.replace("][", "]\n[") + "\nkernel=mine.img\n");

    assertThat(config.setting("kernel").isPresent()).isEqualTo(holds);
  }

  @Test
  void namesFiles() throws Exception {
    ConfigTxt config =
        read(
            """
            # comment
            dtoverlay=vc4-kms-v3d,cma-512
            dtoverlay=
            initramfs a.img,b.cpio followkernel
            auto_initramfs=1
            kernel=one.img
            include more.txt
            include none.txt
            """);

    assertThat(config.overlays()).containsExactly("vc4-kms-v3d");
    assertThat(config.initramfs()).containsExactly("a.img", "b.cpio");
    assertThat(config.on("auto_initramfs")).isTrue();
    assertThat(config.setting("kernel")).contains("more.img");
  }
}
