package dev.coldframe.render;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.net.Cidr;
import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import dev.coldframe.node.ImageFacts;
import dev.coldframe.node.ImageFacts.Dialect;
import dev.coldframe.node.ImageFacts.Family;
import dev.coldframe.node.Network;
import dev.coldframe.node.Node;
import dev.coldframe.node.OsImage;
import dev.coldframe.node.Profile;
import dev.coldframe.node.TimeFloor;
import dev.coldframe.node.World;
import dev.coldframe.testkit.Sites;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/// The templates that Coldframe ships, rendered for the rack.
class ShippedTemplatesTest {
  private static final Path FOLDER = Path.of("../templates");
  private static final NodeModel.Journey JOURNEY =
      new NodeModel.Journey(
          "geranium-1",
          "http://192.168.0.2/-/seed/canary-token/",
          "http://192.168.0.2/-/report/canary-token",
          "http://192.168.0.2/-/health/canary-key");

  private static final TimeFloor TIME_FLOOR = new TimeFloor(Instant.parse("2026-11-25T17:00:00Z"));
  private static final Templates SHIPPED = shipped();

  private static Templates shipped() {
    var sources = new HashMap<String, String>();
    try (Stream<Path> files = Files.walk(FOLDER)) {
      for (Path file : files.filter(f -> f.toString().endsWith(Templates.SUFFIX)).toList()) {
        String path = FOLDER.relativize(file).toString();
        sources.put(
            path.substring(0, path.length() - Templates.SUFFIX.length()), Files.readString(file));
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return Templates.of(sources);
  }

  private static World full() {
    return full(new Profile.Fan.Gpio(14, 60));
  }

  /// A rack with everything set.
  private static World full(Profile.Fan fan) {
    Network n = Sites.network();
    var network =
        new Network(
            n.interfaceName(),
            n.subnet(),
            n.mode(),
            n.router(),
            List.of(
                new Network.ServerRef.Appliance(), new Network.ServerRef.Address(ip("9.9.9.9"))),
            List.of(new Network.ServerRef.Name("ntp.nict.jp"), new Network.ServerRef.Appliance()),
            List.of("rack.home.arpa", "home.arpa"),
            List.of(new Network.Route(Cidr.parse("10.0.0.0/8"), ip("192.168.0.254"))),
            OptionalInt.of(9000),
            Map.of(),
            n.pool(),
            true,
            List.of(),
            Duration.ZERO);
    Profile p = Sites.install();
    var profile =
        new Profile(
            "k8s",
            p.boot(),
            Optional.empty(),
            Optional.empty(),
            false,
            Map.of(),
            false,
            Optional.of(
                new Profile.User(
                    "mayth", Optional.of("$6$canary$hash"), List.of("ssh-a A", "b B"))),
            new Profile.Ssh(true, true),
            p.locale(),
            p.keyboard(),
            p.timezone(),
            Profile.AddressInOs.STATIC,
            List.of("dtparam=audio=off", "gpu_mem=16"),
            List.of("cgroup_memory=1", "cgroup_enable=memory"),
            Profile.Install.USUAL,
            new Profile.Setup(
                true,
                List.of("nfs-common"),
                List.of(
                    new Profile.Storage(
                        "/dev/sda", "data", "ext4", "/srv/data", Profile.Overwrite.WHEN_BLANK),
                    new Profile.Storage(
                        "/dev/sdb", "old", "ext4", "/srv/old", Profile.Overwrite.NEVER)),
                true,
                Optional.of(fan),
                java.time.Duration.ofSeconds(60),
                List.of("motd.sh")),
            Optional.empty());
    World world = Sites.world(Sites.site(List.of(network), Sites.rack(profile)));
    return world.with(
        World.Knowledge.of(Sites.quirks())
            .withLearned(Map.of(MacAddress.parse("dc:a6:32:01:36:c1"), "geranium"))
            .withResolved(Map.of("ntp.nict.jp", List.of(ip("133.243.238.243")))));
  }

  /// A rack with nothing set that may be left out.
  private static World bare() {
    var profile =
        new Profile(
            "bare",
            Profile.Boot.INSTALL,
            Optional.empty(),
            Optional.empty(),
            false,
            Map.of(),
            false,
            Optional.empty(),
            new Profile.Ssh(false, false),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Profile.AddressInOs.DHCP,
            List.of(),
            List.of(),
            Profile.Install.USUAL,
            Profile.Setup.NONE,
            Optional.empty());
    Network n = Sites.network();
    var network =
        new Network(
            n.interfaceName(),
            n.subnet(),
            n.mode(),
            Optional.empty(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            OptionalInt.empty(),
            Map.of(),
            Optional.empty(),
            true,
            List.of(),
            Duration.ZERO);
    return Sites.world(Sites.site(List.of(network), Sites.rack(profile)));
  }

  private static Ip4 ip(String text) {
    return Ip4.parse(text);
  }

  private static World world(String kind) {
    return switch (kind) {
      case "full", "debian" -> full();
      case "bullseye" -> full(new Profile.Fan.PoeHat(List.of(65, 70, 75, 80)));
      case "bare" -> bare();
      default -> Sites.world();
    };
  }

  static Stream<String> kinds() {
    return Stream.of("rack", "full", "bare");
  }

  /// An image of each dialect; the first three are of the same kinds as above.
  private static OsImage image(String kind) {
    return switch (kind) {
      case "rack" -> image(Family.RASPIOS_TRIXIE, Dialect.CLOUD_INIT);
      case "full" -> image(Family.RASPIOS_BOOKWORM, Dialect.CUSTOM_TOML);
      case "bullseye" -> image(Family.RASPIOS_BULLSEYE, Dialect.FIRSTRUN);
      default -> image(Family.DEBIAN, Dialect.NONE);
    };
  }

  private static OsImage image(Family family, Dialect dialect) {
    return new OsImage(
        "os",
        "00",
        new ImageFacts(family, dialect, false, "", List.of(), List.of(), List.of(), List.of()),
        Instant.EPOCH);
  }

  static Stream<String> imageKinds() {
    return Stream.concat(kinds(), Stream.of("debian", "bullseye"));
  }

  static Stream<String> goldens() {
    return imageKinds().flatMap(kind -> names(kind).map(name -> kind + "/" + name));
  }

  /// The templates that say something for this kind of node.
  private static Stream<String> names(String kind) {
    String dialect = image(kind).facts().dialect().label();
    boolean boots = kinds().anyMatch(kind::equals);
    return SHIPPED.names().stream()
        .filter(ShippedTemplatesTest::varies)
        .filter(name ->
            ofDisk(name)
                ? List.of("root", "disk/all", "disk/" + dialect).stream()
                    .anyMatch(folder -> name.startsWith(folder + "/"))
                : boots && !name.startsWith("parts/"));
  }

  /// A template without a value or a tag is its own golden file.
  private static boolean varies(String name) {
    try {
      String source = Files.readString(FOLDER.resolve(name + Templates.SUFFIX));
      return source.contains("{{") || source.contains("{%");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean open(String name) {
    return name.startsWith("boot/") || name.startsWith("installer/");
  }

  private static boolean ofDisk(String name) {
    return name.startsWith("disk/") || name.startsWith("root/");
  }

  private static String render(String kind, String name) throws TemplateException {
    return render(kind, image(kind), name);
  }

  private static String render(String kind, OsImage image, String name) throws TemplateException {
    World world = world(kind);
    Node node = world.node("geranium").orElseThrow();
    Map<String, Object> model =
        name.startsWith("disk/")
            ? NodeModel.disk(node, world, JOURNEY)
            : NodeModel.seed(node, world, JOURNEY);
    if (ofDisk(name)) {
      model.put("image", NodeModel.image(image));
    }
    return SHIPPED.render(name, open(name) ? NodeModel.boot(node, world) : model);
  }

  private static Map<?, ?> yaml(String text) {
    return (Map<?, ?>) new Load(LoadSettings.builder().build()).loadFromString(text);
  }

  private static List<Object> list(Map<?, ?> data, String key) {
    return List.copyOf((List<?>) data.get(key));
  }

  @Test
  void aHardwareAddressThatWasLearnedIsAVariableLikeAnother() throws TemplateException {
    World world = full();
    Map<String, Object> model = NodeModel.boot(world.node("geranium").orElseThrow(), world);
    var template =
        Templates.of(
            Map.of("x", "{{ node.mac }} {{ node.family }} {{ network.ntp_addresses | json }}"));
    assertThat(template.render("x", model))
        .isEqualTo("dc:a6:32:01:36:c1 4 [\"133.243.238.243\", \"192.168.0.2\"]");
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void rendersAsItDid(String golden) throws Exception {
    int slash = golden.indexOf('/');
    GoldenText.check(golden, render(golden.substring(0, slash), golden.substring(slash + 1)));
  }

  @Test
  void compile() {
    assertThat(SHIPPED.defects()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void theCommandLineIsOneLine(String kind) throws TemplateException {
    String text = render(kind, "boot/cmdline.txt");
    assertThat(text).endsWith("\n").hasLineCount(1).doesNotContain("  ", "\t");
    assertThat(text.getBytes(StandardCharsets.UTF_8).length).isLessThan(1024);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void configTxtFitsTheFirmware(String kind) throws TemplateException {
    String text = render(kind, "boot/config.txt");
    assertThat(text.lines()).allSatisfy(line -> assertThat(line.length()).isLessThan(80));
    assertThat(text.getBytes(StandardCharsets.UTF_8).length).isLessThan(4096);
    assertThat(text).endsWith("\n").contains("\narm_64bit=1\n", "\nenable_uart=1\n");
  }

  @Test
  void theProfilesWordsAndLinesComeLast() throws TemplateException {
    assertThat(render("full", "boot/cmdline.txt"))
        .endsWith(" cgroup_memory=1 cgroup_enable=memory\n");
    assertThat(render("full", "boot/config.txt"))
        .endsWith("[all]\ndtparam=audio=off\ngpu_mem=16\n");
  }

  @Test
  @Tag("L-12")
  void noBootFileCanNameASecret() throws TemplateException {
    for (String name : SHIPPED.names()) {
      if (name.startsWith("boot/")) {
        assertThat(render("full", name)).doesNotContain("canary");
      }
    }
    Node node = full().node("geranium").orElseThrow();
    assertThat(NodeModel.boot(node, full()).toString()).doesNotContain("canary", "journey");
  }

  @Test
  @Tag("L-13")
  void aPreviewMasksEachSecret() throws TemplateException {
    World world = full();
    Map<String, Object> model = NodeModel.preview(world.node("geranium").orElseThrow(), world);
    for (String name : SHIPPED.names()) {
      assertThat(SHIPPED.render(name, model)).as(name).doesNotContain("canary");
    }
    assertThat(SHIPPED.render("seed/user-data", model)).contains("passwd: \"********\"");
    assertThat(SHIPPED.render("root/var/lib/coldframe/journey", model))
        .contains("/-/report/********");
    assertThat(SHIPPED.render("seed/userconf.txt", model)).isEqualTo("mayth:********\n");
  }

  @Test
  void userDataSaysWhatTheImagerCouldSay() throws TemplateException {
    Map<?, ?> data = yaml(render("full", "seed/user-data"));
    assertThat(data.get("hostname")).isEqualTo("geranium");
    assertThat(data.get("fqdn")).isEqualTo("geranium.rack.home.arpa");
    assertThat(data.get("timezone")).isEqualTo("Asia/Tokyo");
    assertThat(data.get("ssh_pwauth")).isEqualTo(true);
    assertThat(data.get("user"))
        .isEqualTo(
            Map.of(
                "name", "mayth",
                "shell", "/bin/bash",
                "lock_passwd", false,
                "passwd", "$6$canary$hash",
                "sudo", "ALL=(ALL) NOPASSWD:ALL",
                "ssh_authorized_keys", List.of("ssh-a A", "b B")));
    assertThat(list(data, "runcmd")).contains(List.of("systemctl", "enable", "--now", "ssh"));
    assertThat(data.get("ssh_deletekeys")).isEqualTo(false);
    assertThat(list(data, "ssh_genkeytypes")).containsExactly("ed25519");
  }

  @Test
  void aStaticAddressIsWrittenOnlyWhenAskedFor() throws TemplateException {
    assertThat(yaml(render("rack", "seed/network-config")))
        .isEqualTo(ethernet(Map.of("dhcp4", true, "dhcp-identifier", "mac", "optional", true)));
    assertThat(yaml(render("full", "seed/network-config")))
        .isEqualTo(
            ethernet(
                Map.of(
                    "dhcp4",
                    false,
                    "addresses",
                    List.of("192.168.0.20/24"),
                    "routes",
                    List.of(
                        Map.of("to", "0.0.0.0/0", "via", "192.168.0.1"),
                        Map.of("to", "10.0.0.0/8", "via", "192.168.0.254")),
                    "nameservers",
                    Map.of(
                        "addresses",
                        List.of("192.168.0.2", "9.9.9.9"),
                        "search",
                        List.of("rack.home.arpa", "home.arpa")),
                    "mtu",
                    9000,
                    "optional",
                    true)));
  }

  private static Map<?, ?> ethernet(Map<?, ?> eth0) {
    return Map.of("network", Map.of("version", 2, "ethernets", Map.of("eth0", eth0)));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void seedsAreYaml(String kind) throws TemplateException {
    assertThat(yaml(render(kind, "seed/user-data")).containsKey("runcmd")).isTrue();
    assertThat(render(kind, "seed/user-data")).startsWith("#cloud-config\n");
    assertThat(yaml(render(kind, "seed/meta-data")))
        .isEqualTo(Map.of("instance-id", "geranium-1", "local-hostname", "geranium"));
    assertThat(yaml(render(kind, "seed/vendor-data")).isEmpty()).isTrue();
  }

  @Test
  void aProfileWithoutUserOrSshLeavesTheirFilesOut() throws TemplateException {
    assertThat(render("bare", "seed/userconf.txt")).isBlank();
    assertThat(render("bare", "seed/ssh")).isBlank();
    assertThat(render("bare", "root/etc/systemd/timesyncd.conf.d/50-coldframe.conf")).isBlank();
    Map<?, ?> data = yaml(render("bare", "seed/user-data"));
    assertThat(data.containsKey("user")).isFalse();
    assertThat(list(data, "runcmd")).contains(List.of("systemctl", "disable", "--now", "ssh"));
  }

  @ParameterizedTest
  @MethodSource("imageKinds")
  void theShellReadsEachScript(String kind, @TempDir Path folder) throws Exception {
    for (String name : names(kind).toList()) {
      String text = render(kind, name);
      if (text.startsWith("#!/bin/") || name.endsWith(".sh")) {
        String shell = text.startsWith("#!/bin/sh") ? "dash" : "bash";
        Path script = Files.writeString(folder.resolve("script"), text);
        Process run = new ProcessBuilder(shell, "-n", script.toString()).inheritIO().start();
        assertThat(run.waitFor()).as(shell + " -n " + name).isZero();
      }
    }
  }

  @Test
  @Tag("L-12")
  void noFileOfABootPartitionCanNameAToken() throws TemplateException {
    for (String kind : imageKinds().toList()) {
      for (String name : names(kind).filter(n -> n.startsWith("disk/")).toList()) {
        assertThat(render(kind, name)).as(name).doesNotContain("canary-");
      }
    }
    Node node = full().node("geranium").orElseThrow();
    assertThat(NodeModel.disk(node, full(), JOURNEY).toString()).doesNotContain("canary-");
  }

  @Test
  void theWordsThatFirstrunCutsOffStandLast() throws TemplateException {
    assertThat(render("bullseye", "disk/all/cmdline.txt"))
        .endsWith(
            " systemd.run=/boot/firstrun.sh systemd.run_success_action=reboot"
                + " systemd.unit=kernel-command-line.target\n");
    OsImage trixie = image(Family.RASPIOS_TRIXIE, Dialect.FIRSTRUN);
    assertThat(render("full", trixie, "disk/all/cmdline.txt"))
        .contains(" systemd.run=/boot/firmware/firstrun.sh ");
    assertThat(render("full", trixie, "disk/firstrun/firstrun.sh"))
        .contains("\nboot='/boot/firmware'\n");
  }

  @Test
  void theInstalledCommandLineLeavesTheAddressToTheSystem() throws TemplateException {
    for (String kind : imageKinds().toList()) {
      assertThat(render(kind, "disk/all/cmdline.txt")).doesNotContain("ip=", "panic=", "boot=");
    }
    assertThat(render("rack", "disk/all/cmdline.txt")).isEqualTo(" ds=nocloud;i=geranium-1\n");
    assertThat(render("bare", "disk/all/cmdline.txt")).isBlank();
  }

  @Test
  void theReadmeNamesEachVariable() throws IOException {
    String readme = Files.readString(FOLDER.resolve("README.md"));
    World world = full();
    NodeModel.seed(world.node("geranium").orElseThrow(), world, JOURNEY)
        .forEach((name, value) -> {
          assertThat(readme).contains("`" + name);
          if (value instanceof Map<?, ?> map) {
            map.keySet().forEach(key -> assertThat(readme).contains("." + key));
          }
        });
  }

  @ParameterizedTest
  @Tag("C-13")
  @CsvSource({
    "NFS, dc:a6:32:01:36:c2, '', true",
    "SDROOT, b8:27:eb:01:36:c2, '', true",
    "NFS, 2c:cf:67:01:36:c2, 10000000a2ef5644, true",
    "NFS, 2c:cf:67:01:36:c2, d04d1b5ba2ef5644, false",
    "NFS, 88:a2:9e:01:36:c2, '', false",
    "NFS, 52:54:00:01:36:c2, '', false",
    "INSTALL, dc:a6:32:01:36:c2, '', false",
    "RESCUE, dc:a6:32:01:36:c2, '', false",
  })
  void theTimeFloorIsForBoardsWithoutAClockWhoseRootIsElsewhere(
      Profile.Boot boot, String mac, String serial, boolean told) throws TemplateException {
    Node node =
        Sites.node(
            "geranium",
            serial.isEmpty() ? null : serial,
            mac,
            "192.168.0.20",
            Sites.profile("k8s", boot));
    assertThat(
            commandLine(node, TIME_FLOOR).contains(" systemd.clock-usec=1795564800000000 ".strip()))
        .isEqualTo(told);
    assertThat(commandLine(node, TimeFloor.NONE)).doesNotContain("clock");
  }

  private static String commandLine(Node node, TimeFloor floor) throws TemplateException {
    World world =
        World.of(
            Sites.site(List.of(Sites.network()), List.of(node)),
            World.Knowledge.of(Sites.quirks()).withTimeFloor(floor));
    return SHIPPED.render("boot/cmdline.txt", NodeModel.boot(node, world));
  }
}
