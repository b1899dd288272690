package dev.coldframe.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/// The image's texts and ours, made one.
class MergeTest {
  private static final String TRIXIE =
      "console=serial0,115200 console=tty1 root=PARTUUID=4e639091-02 rootfstype=ext4 rootwait resize\n";

  @Test
  void ourWordsFollowTheImages() {
    assertThat(CmdlineTxt.merge(TRIXIE, "ip=dhcp panic=10 cgroup_enable=memory\n", List.of()))
        .isEqualTo(TRIXIE.strip() + " ip=dhcp panic=10 cgroup_enable=memory\n");
  }

  @Test
  void theImageKeepsItsRootInitAndConsoles() {
    String image = "console=tty1 root=LABEL=writable init=/usr/lib/raspberrypi-sys-mods/firstboot";
    String ours = "console=serial0,115200 console=tty1 root=/dev/nfs init=/bin/sh quiet";
    assertThat(CmdlineTxt.merge(image, ours, List.of())).isEqualTo(image + " quiet\n");
    assertThat(CmdlineTxt.merge("quiet", ours, List.of()))
        .isEqualTo("quiet console=serial0,115200 console=tty1 root=/dev/nfs init=/bin/sh\n");
  }

  @Test
  void theProfilesOwnWordsWin() {
    assertThat(CmdlineTxt.merge("root=/dev/sda1", "root=/dev/nfs", List.of("root=/dev/nfs")))
        .isEqualTo("root=/dev/sda1 root=/dev/nfs\n");
  }

  @Test
  void onlyTheFirstLineOfTheImageCounts() {
    assertThat(CmdlineTxt.merge("a  b\t\r\n# c\n", "d", List.of())).isEqualTo("a b d\n");
    assertThat(CmdlineTxt.merge("", "d", List.of())).isEqualTo("d\n");
  }

  @Test
  void ourLinesStandBehindTheImagesUnderAll() {
    assertThat(ConfigTxt.merge("arm_64bit=1\n[cm5]\ndtoverlay=dwc2\n", "enable_uart=1\n"))
        .isEqualTo("arm_64bit=1\n[cm5]\ndtoverlay=dwc2\n\n[all]\nenable_uart=1\n");
  }

  @Test
  void ourKeysReplaceTheImagesButNotThoseThatMayStandOften() {
    String image =
        """
        # enable_uart=0 is the default
        enable_uart=0
        dtparam=audio=on
        [pi4]
        Enable_UART=0
        initramfs initrd.img followkernel
        gpu_mem=64
        """;
    String ours =
        """
        enable_uart=1
        dtparam=audio=off
        initramfs ours followkernel
        [pi5]
        gpu_mem=16
        """;
    assertThat(ConfigTxt.merge(image, ours))
        .isEqualTo(
            """
            # enable_uart=0 is the default
            dtparam=audio=on
            [pi4]
            gpu_mem=64

            [all]
            """
                + ours);
  }

  @Test
  void nothingThatBurnsFusesIsHandedOn() {
    assertThat(ConfigTxt.merge("program_usb_boot_mode=1\na=1\n", "b=1"))
        .isEqualTo("a=1\n\n[all]\nb=1\n");
  }
}
