package dev.coldframe.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class CmdlineTxtTest {
  private static final String BOOKWORM =
      "console=serial0,115200 console=tty1 root=PARTUUID=4e639091-02 rootfstype=ext4"
          + " fsck.repair=yes rootwait quiet init=/usr/lib/raspberrypi-sys-mods/firstboot";

  @Test
  void whatWouldLeadPastTheInstallerIsLeftOut() {
    assertThat(
            CmdlineTxt.overNetwork(
                "boot=local ip=none BOOTIF=01-02 resume=UUID=1 root=/dev/sda2 quiet\nmore"))
        .isEqualTo("root=/dev/sda2 quiet");
  }

  @Test
  void aRootOnAServerTakesThePlaceOfTheDisks() {
    String own = CmdlineTxt.rootOnServer(BOOKWORM + " resize systemd.run=/boot/firstrun.sh");
    assertThat(own).isEqualTo("console=serial0,115200 console=tty1 rootwait quiet");
    assertThat(
            CmdlineTxt.merge(
                own, "console=tty1 root=/dev/nfs nfsroot=10.0.0.1:/r,vers=3,tcp rw", List.of()))
        .isEqualTo(
            "console=serial0,115200 console=tty1 rootwait quiet root=/dev/nfs"
                + " nfsroot=10.0.0.1:/r,vers=3,tcp rw\n");
  }
}
