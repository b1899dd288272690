package dev.coldframe.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.node.Node;
import dev.coldframe.node.Profile;
import dev.coldframe.testkit.Sites;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BootTreeTest {
  private static final String PATH = "overlays/overlay_map.dtb";

  private static Viewer node(Profile.Boot boot) {
    List<Node> rack = Sites.rack(Sites.profile("p", boot));
    return new Viewer.OfNode(rack.getFirst());
  }

  @Test
  void anInstallingNodeSeesOverrideThenTemplateThenRoot() {
    assertThat(BootTree.candidates(node(Profile.Boot.INSTALL), PATH))
        .containsExactly(
            new Origin.NodeOverride("geranium", PATH),
            new Origin.Template(PATH),
            new Origin.TftpRoot(PATH));
  }

  @Test
  void aNodeWithAnImageSeesItBehindTheTemplates() {
    var viewer = new Viewer.OfNode(Sites.rack(Sites.withImage("raspios", true)).getFirst());
    assertThat(BootTree.candidates(viewer, PATH))
        .containsExactly(
            new Origin.NodeOverride("geranium", PATH),
            new Origin.Template(PATH),
            new Origin.Installer(PATH),
            new Origin.Image(PATH),
            new Origin.TftpRoot(PATH));
    assertThat(BootTree.candidates(viewer, "net_install/boot.sig"))
        .containsExactly(
            new Origin.NodeOverride("geranium", "net_install/boot.sig"),
            new Origin.Template("net_install/boot.sig"),
            new Origin.Packed("net_install/boot.sig"),
            new Origin.Installer("net_install/boot.sig"),
            new Origin.Image("net_install/boot.sig"),
            new Origin.TftpRoot("net_install/boot.sig"));
  }

  @Test
  void aFilesNodeSeesNoTemplates() {
    assertThat(BootTree.candidates(node(Profile.Boot.FILES), PATH))
        .containsExactly(new Origin.NodeOverride("geranium", PATH), new Origin.TftpRoot(PATH));
  }

  @Test
  void aNodeThatBootsFromItsOwnDiskSeesNothing() {
    assertThat(BootTree.candidates(node(Profile.Boot.LOCAL), PATH)).isEmpty();
  }

  @Test
  void aGuestSeesTheRootOnly() {
    var guest = new Viewer.Guest(Sites.profile("office", Profile.Boot.FILES));
    assertThat(BootTree.candidates(guest, PATH)).containsExactly(new Origin.TftpRoot(PATH));
  }

  @Test
  void theListingNamesTheFirstPlaceOfEachPath() {
    List<Origin> existing =
        List.of(
            new Origin.TftpRoot("config.txt"),
            new Origin.Template("config.txt"),
            new Origin.TftpRoot("start4.elf"),
            new Origin.NodeOverride("geranium", "cmdline.txt"),
            new Origin.Template("cmdline.txt"),
            new Origin.NodeOverride("dahlia", "secret.txt"));
    assertThat(BootTree.paths(node(Profile.Boot.INSTALL), existing))
        .containsExactly(
            java.util.Map.entry("cmdline.txt", new Origin.NodeOverride("geranium", "cmdline.txt")),
            java.util.Map.entry("config.txt", new Origin.Template("config.txt")),
            java.util.Map.entry("start4.elf", new Origin.TftpRoot("start4.elf")));
    assertThat(BootTree.paths(node(Profile.Boot.LOCAL), existing)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "config.txt",
        "overlays/vc4-kms-v3d-pi5.dtbo",
        "bcm2712-rpi-cm5l-cm5io.dtb",
        "EFI/BOOT/BOOTAA64.EFI",
        "kernel_2712.img",
        "console.cfg",
        "pxelinux.cfg/01-dc-a6-32-01-36-c2",
        "a+b~c@d=e,f"
      })
  void plainPathsAreLookedFor(String path) {
    assertThat(BootTree.isPlain(path)).isTrue();
  }

  @ParameterizedTest
  @Tag("T-06")
  @Tag("H-01")
  @ValueSource(
      strings = {
        "",
        "/",
        "/etc/passwd",
        "..",
        "../secret",
        "a/../b",
        "a/..",
        "./a",
        "a/./b",
        "a//b",
        "a/",
        ".hidden",
        "a/.ssh/id",
        "...",
        "a\\b",
        "..\\..\\windows",
        "c:/boot.ini",
        "a:stream",
        "%2e%2e/a",
        "%252e%252e/a",
        "a\0b",
        "a\nb",
        "a\tb",
        "\u007f",
        "caf\u00e9",
        "\u2025/a",
        "\u00c0\u00ae\u00c0\u00ae/a",
        " a",
        "a /b",
        " ",
        "con",
        "CON",
        "nul.txt",
        "x/aux",
        "COM1",
        "lpt9.cfg"
      })
  void otherPathsAreNowhere(String path) {
    assertThat(BootTree.isPlain(path)).isFalse();
    assertThat(BootTree.candidates(node(Profile.Boot.INSTALL), path)).isEmpty();
  }

  @Test
  @Tag("T-06")
  void pathsEndAtTheirLongestLength() {
    assertThat(BootTree.isPlain("a".repeat(BootTree.MAX_PATH))).isTrue();
    assertThat(BootTree.isPlain("a".repeat(BootTree.MAX_PATH + 1))).isFalse();
    assertThat(BootTree.isPlain("a/".repeat(BootTree.MAX_PARTS - 1) + "a")).isTrue();
    assertThat(BootTree.isPlain("a/".repeat(BootTree.MAX_PARTS) + "a")).isFalse();
  }
}
