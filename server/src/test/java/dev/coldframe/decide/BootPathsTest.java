package dev.coldframe.decide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.boot.Viewer;
import dev.coldframe.net.Ip4;
import dev.coldframe.node.ImageFacts;
import dev.coldframe.node.OsImage;
import dev.coldframe.node.Profile;
import dev.coldframe.node.Site;
import dev.coldframe.node.World;
import dev.coldframe.testkit.Sites;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class BootPathsTest {
  private static String ask(String path, String from, World world) {
    return switch (BootPaths.of(
        path, Caller.at(Ip4.parse(from), world, _ -> Caller.Standing.USUAL), world)) {
      case BootPaths.Answer.Look(_, List<String> paths) -> String.join(" | ", paths);
      case BootPaths.Answer.Nothing(String reason) -> reason;
    };
  }

  @ParameterizedTest
  @Tag("B-09")
  @Tag("B-11")
  @CsvSource({
    "config.txt,                    192.168.0.20, config.txt",
    "/config.txt,                   192.168.0.20, config.txt",
    "//overlays///vc4.dtbo,         192.168.0.20, overlays/vc4.dtbo",
    "a2ef5644/start4.elf,           192.168.0.20, a2ef5644/start4.elf | start4.elf",
    "A2EF5644/start4.elf,           192.168.0.20, A2EF5644/start4.elf | start4.elf",
    "a2ef5644//overlays/x,          192.168.0.20, a2ef5644/overlays/x | overlays/x",
    "10000000a2ef5644/config.txt,   192.168.0.20, 10000000a2ef5644/config.txt | config.txt",
    "geranium/config.txt,           192.168.0.20, geranium/config.txt | config.txt",
    "dc-a6-32-01-36-c2/config.txt,  192.168.0.21, dc-a6-32-01-36-c2/config.txt | config.txt",
    "rack-7/config.txt,             192.168.0.20, rack-7/config.txt",
    "dahlia/config.txt,             192.168.0.20, dahlia/config.txt",
    "deadbeef/config.txt,           192.168.0.20, deadbeef/config.txt | config.txt",
    "a2ef5644,                      192.168.0.20, a2ef5644"
  })
  void aPathIsTriedAsItIsThenWithoutTheCallersOwnPrefix(String path, String from, String expected) {
    assertThat(ask(path, from, Sites.world())).isEqualTo(expected);
  }

  @ParameterizedTest
  @Tag("B-12")
  @CsvSource({
    "a2ef5644/config.txt,           192.168.0.21",
    "b7c91d03/config.txt,           192.168.0.20",
    "10000000a2ef5644/config.txt,   192.168.0.21",
    "dc-a6-32-01-36-c2/config.txt,  192.168.0.20"
  })
  void thePrefixOfAnotherNodeIsRefused(String path, String from) {
    assertThat(ask(path, from, Sites.world())).isEqualTo("another node's prefix");
  }

  @Test
  void aNodeWaitsForAnImageThatIsNotImportedYet() {
    var site = Sites.site(List.of(Sites.network()), Sites.rack(Sites.withImage("raspios", false)));
    assertThat(ask("config.txt", "192.168.0.20", Sites.world(site)))
        .isEqualTo("the node's image has not been imported yet");
    assertThat(ask("config.txt", "192.168.0.20", with(site, image("raspios", List.of()))))
        .isEqualTo(
            "no imported image has an initramfs for the installer; name one as installer-image");
    assertThat(
            ask("config.txt", "192.168.0.20", with(site, image("raspios", List.of("initramfs8")))))
        .isEqualTo("config.txt");
  }

  @Test
  void theInstallerMayComeFromAnotherImage() {
    var site = Sites.site(List.of(Sites.network()), Sites.rack(Sites.withImage("raspios", false)));
    World world = with(site, image("raspios", List.of()), image("newer", List.of("initramfs8")));
    assertThat(ask("config.txt", "192.168.0.20", world)).isEqualTo("config.txt");
    assertThat(world.bootImageOf(world.node("geranium").orElseThrow()).orElseThrow().name())
        .isEqualTo("newer");
  }

  @Test
  void theInitramfsOfUbuntuHasNoToolsForTheInstaller() {
    var site = Sites.site(List.of(Sites.network()), Sites.rack(Sites.withImage("ubuntu", false)));
    OsImage ubuntu = image(ImageFacts.Family.UBUNTU, "ubuntu", List.of("initrd.img"), List.of(4));
    World alone = with(site, ubuntu);
    assertThat(alone.bootImageOf(alone.node("geranium").orElseThrow())).isEmpty();
    World world = with(site, ubuntu, image("raspios", List.of("initramfs8")));
    assertThat(world.bootImageOf(world.node("geranium").orElseThrow()).orElseThrow().name())
        .isEqualTo("raspios");
  }

  @Test
  @Tag("L-01")
  void aNodeThatIsSentToItsDiskIsRefusedFast() {
    World world = Sites.world();
    Caller sent = Caller.at(Ip4.parse("192.168.0.20"), world, _ -> Caller.Standing.AT_HOME);
    assertThat(BootPaths.of("start4.elf", sent, world))
        .isEqualTo(new BootPaths.Answer.Nothing("the node boots from its own disk"));
  }

  @Test
  @Tag("L-02")
  void aNodeWhoseInstallsComeToNoEndGetsAShellInstead() {
    var site = Sites.site(List.of(Sites.network()), Sites.rack(Sites.withImage("raspios", false)));
    World world = with(site, image("raspios", List.of("initramfs8")));
    Caller given = Caller.at(Ip4.parse("192.168.0.20"), world, _ -> Caller.Standing.GIVEN_UP);
    assertThat(BootPaths.of("initramfs8", given, world))
        .isEqualTo(
            new BootPaths.Answer.Look(
                new Viewer.OfNode(
                    world.node("geranium").orElseThrow().booting(Profile.Boot.RESCUE)),
                List.of("initramfs8")));
  }

  @Test
  void theInstallerOfARaspberryPiDoesNotComeFromAnImageForPcs() {
    var site = Sites.site(List.of(Sites.network()), Sites.rack(Sites.withImage("raspios", false)));
    OsImage pc = image("newer", List.of("boot/initrd.img-6.1"), List.of());
    for (var boards : List.of(List.of(4), List.of(3, 4, 5))) {
      World world = with(site, image("raspios", List.of(), boards), pc);
      assertThat(world.bootImageOf(world.node("geranium").orElseThrow())).isEmpty();
    }
    World desk =
        with(
            site,
            image("raspios", List.of(), List.of()),
            image("pi", List.of("initramfs8"), List.of(4)));
    assertThat(desk.bootImageOf(desk.node("geranium").orElseThrow())).isEmpty();
  }

  private static OsImage image(String name, List<String> initramfs) {
    return image(name, initramfs, List.of(4));
  }

  private static OsImage image(String name, List<String> initramfs, List<Integer> boards) {
    return image(ImageFacts.Family.UNKNOWN, name, initramfs, boards);
  }

  private static OsImage image(
      ImageFacts.Family family, String name, List<String> initramfs, List<Integer> boards) {
    var facts =
        new ImageFacts(
            family, ImageFacts.Dialect.NONE, false, "", boards, List.of(), initramfs, List.of());
    return new OsImage(name, "00", facts, Instant.EPOCH);
  }

  private static World with(Site site, OsImage... images) {
    var byName = new HashMap<String, OsImage>();
    for (OsImage image : images) {
      byName.put(image.name(), image);
    }
    return World.of(site, World.Knowledge.of(Sites.quirks()).withImages(byName));
  }

  @Test
  @Tag("B-10")
  void twoBoardsWithTheSameLowSerialAreToldApartByTheirAddress() {
    World world =
        Sites.world(
            Sites.site(
                List.of(Sites.network()),
                List.of(
                    Sites.node("a", "10000000a2ef5644", null, "192.168.0.20", Sites.install()),
                    Sites.node("b", "20000000a2ef5644", null, "192.168.0.21", Sites.install()))));
    for (String from : List.of("192.168.0.20", "192.168.0.21")) {
      assertThat(ask("a2ef5644/x", from, world)).isEqualTo("a2ef5644/x | x");
    }
    assertThat(ask("20000000a2ef5644/x", "192.168.0.20", world)).isEqualTo("another node's prefix");
  }

  static List<String> noPaths() {
    return List.of(
        "",
        "/",
        "..",
        "../etc/passwd",
        "overlays/../../etc/passwd",
        "a/..",
        "./a",
        "a/",
        "..\\..\\boot.ini",
        "a\\b",
        "C:/boot.ini",
        "c:boot.ini",
        "%2e%2e/passwd",
        "%252e%252e/passwd",
        "\u00c0\u00ae\u00c0\u00ae/passwd",
        "config.txt\0.png",
        "a\nb",
        "a\u007fb",
        "x".repeat(256),
        "a/".repeat(126) + "abc",
        "a/".repeat(32) + "x");
  }

  @ParameterizedTest
  @Tag("T-06")
  @MethodSource("noPaths")
  void whatIsNoPlainPathIsNotLookedFor(String path) {
    assertThat(ask(path, "192.168.0.20", Sites.world())).isEqualTo("not a plain path");
  }

  @Test
  void theLongestAndTheDeepestPathAreTaken() {
    String longest = "x".repeat(BootPaths.MAX_CHARS);
    String deepest = "a/".repeat(BootPaths.MAX_PARTS - 1) + "x";
    assertThat(ask(longest, "192.168.0.20", Sites.world())).isEqualTo(longest);
    assertThat(ask(deepest, "192.168.0.20", Sites.world())).isEqualTo(deepest);
  }

  @Test
  void aStrangerHasNoTree() {
    assertThat(ask("config.txt", "192.168.0.99", Sites.world()))
        .isEqualTo("the caller has no boot tree");
  }

  @Test
  void aNodeThatBootsFromItsOwnDiskIsRefusedEveryFile() {
    Profile local = Sites.profile("done", Profile.Boot.LOCAL);
    World world = Sites.world(Sites.site(List.of(Sites.network()), Sites.rack(local)));
    for (String path : List.of("config.txt", "a2ef5644/start4.elf", "../x")) {
      assertThat(ask(path, "192.168.0.20", world)).isEqualTo("the node boots from its own disk");
    }
  }
}
