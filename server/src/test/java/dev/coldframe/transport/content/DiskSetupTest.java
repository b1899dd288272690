package dev.coldframe.transport.content;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coldframe.net.Bytes;
import dev.coldframe.node.ImageFacts;
import dev.coldframe.node.ImageFacts.Dialect;
import dev.coldframe.node.Node;
import dev.coldframe.node.OsImage;
import dev.coldframe.node.Profile;
import dev.coldframe.node.World;
import dev.coldframe.store.Worlds;
import dev.coldframe.store.image.Images;
import dev.coldframe.testkit.Sites;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What an installer puts on a disk beside the image.
class DiskSetupTest {
  private static final Seeds.Context CONTEXT =
      new Seeds.Context(
          "geranium-3", "http://192.168.0.2/-/seed/c0ffee/", "http://192.168.0.2/-/report/c0ffee");
  private static final String UNITS = "etc/systemd/system/";

  @TempDir Path folder;
  private Images images;
  private World world;
  private DiskSetup setup;

  @BeforeEach
  void importAnImage() throws Exception {
    Files.createDirectories(folder.resolve("root"));
    images = new Images(folder.resolve("state"));
    setup = new DiskSetup(() -> world, new TemplateFolder(Clock.systemUTC()), images);
    add(dev.coldframe.testkit.Images.trixie());
    use(Profile.Setup.NONE);
  }

  private void add(Map<String, byte[]> files) throws Exception {
    byte[] fat = dev.coldframe.testkit.Images.fat(files);
    Path file = Files.write(folder.resolve("image.img"), dev.coldframe.testkit.Images.disk(fat));
    images.add(new Images.Request(file, "raspios", Optional.empty()), (_, _, _) -> {});
  }

  private void use(Profile.Setup wanted) {
    Profile profile = Sites.withSetup(Sites.withImage("raspios", false), wanted);
    var site = Sites.siteIn(folder, Sites.rack(profile));
    world =
        World.of(
            site, World.Knowledge.of(Sites.quirks()).withImages(Worlds.bootable(images.list())));
  }

  private Node geranium() {
    return world.node("geranium").orElseThrow();
  }

  private OsImage image() {
    return world.imageOf(geranium()).orElseThrow();
  }

  private OsImage image(Dialect dialect) {
    ImageFacts f = image().facts();
    return new OsImage(
        image().name(),
        image().sha256(),
        new ImageFacts(
            f.family(),
            dialect,
            f.seedInRoot(),
            f.description(),
            f.boards(),
            f.kernels(),
            f.initramfs(),
            f.deviceTrees()),
        image().imported());
  }

  private Path template(String name, String text) throws IOException {
    Path file = folder.resolve("templates").resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  private SequencedMap<String, String> bootPartition(OsImage image) throws IOException {
    return texts(setup.bootPartition(geranium(), image, CONTEXT));
  }

  private static SequencedMap<String, String> texts(SequencedMap<String, Bytes> files) {
    var out = new LinkedHashMap<String, String>();
    files.forEach((path, bytes) -> out.put(path, bytes.text(UTF_8)));
    return out;
  }

  /// `0644 the text` or `-> target`, by path.
  private static Map<String, String> shown(List<RootFile> files) {
    var out = new LinkedHashMap<String, String>();
    for (RootFile file : files) {
      out.put(
          file.path(),
          switch (file.kind()) {
            case RootFile.Kind.Content(Bytes bytes) ->
                "%04o %s".formatted(file.mode(), bytes.text(UTF_8));
            case RootFile.Kind.Folder() -> throw new AssertionError("a template is no folder");
            case RootFile.Kind.Link(String target) -> "-> " + target;
          });
    }
    return out;
  }

  @Test
  void anImageThatHasItsSeedInTheRootGetsItThereAndNowhereElse() throws IOException {
    String seed = "var/lib/cloud/seed/nocloud/";
    assertThat(root()).doesNotContainKey(seed + "user-data");
    ImageFacts f = image().facts();
    var facts =
        new ImageFacts(
            f.family(),
            Dialect.CLOUD_INIT,
            true,
            "",
            List.of(),
            f.kernels(),
            f.initramfs(),
            List.of());
    var pc = new OsImage(image().name(), image().sha256(), facts, image().imported());
    world = World.of(world.site(), world.knowledge().withImages(Map.of(pc.name(), pc)));
    assertThat(bootPartition(pc)).doesNotContainKeys("user-data", "meta-data", "network-config");
    Map<String, String> root = shown(setup.root(geranium(), pc, CONTEXT));
    assertThat(root.get(seed + "user-data")).startsWith("0600 #cloud-config\n");
    assertThat(root.get(seed + "meta-data")).contains("instance-id: \"geranium-3\"\n");
    assertThat(root.get(seed + "network-config"))
        .contains("match: { name: \"e*\" }")
        .doesNotContain("eth0", "optional");
  }

  private Map<String, String> root() throws IOException {
    return shown(setup.root(geranium(), image(), CONTEXT));
  }

  @Test
  void anImageWithCloudInitGetsItsThreeFilesAndTheNameOfTheInstallation() throws IOException {
    Map<String, String> files = bootPartition(image());
    assertThat(files).containsOnlyKeys("cmdline.txt", "meta-data", "network-config", "user-data");
    assertThat(files.get("cmdline.txt"))
        .isEqualTo(
            "console=serial0,115200 console=tty1 root=PARTUUID=4e639091-02 rootfstype=ext4"
                + " fsck.repair=yes rootwait resize ds=nocloud;i=geranium-3\n");
    assertThat(files.get("meta-data")).contains("instance-id: \"geranium-3\"\n");
    assertThat(files.get("user-data")).startsWith("#cloud-config\n");
  }

  @Test
  void eachDialectGetsItsOwnFiles() throws IOException {
    assertThat(bootPartition(image(Dialect.CUSTOM_TOML))).containsOnlyKeys("custom.toml");
    assertThat(bootPartition(image(Dialect.FIRSTRUN)))
        .containsOnlyKeys("cmdline.txt", "firstrun.sh", "ssh", "userconf.txt");
    assertThat(bootPartition(image(Dialect.NONE))).isEmpty();
  }

  @Test
  void theImagesConfigTxtIsKeptAndAddedTo() throws IOException {
    use(
        new Profile.Setup(
            false,
            List.of(),
            List.of(),
            true,
            Optional.of(new Profile.Fan.PoeHat(List.of(65, 70, 75, 80))),
            Duration.ZERO,
            List.of()));
    Map<String, String> files = bootPartition(image());
    assertThat(files.get("config.txt"))
        .startsWith("# For more options see http://rptl.io/configtxt\n")
        .contains("[cm4]\notg_mode=1\n")
        .endsWith(
            """
            dtoverlay=
            dtparam=poe_fan_temp0=65000
            dtparam=poe_fan_temp1=70000
            dtparam=poe_fan_temp2=75000
            dtparam=poe_fan_temp3=80000
            """);
    assertThat(files.get("cmdline.txt"))
        .endsWith(" cgroup_memory=1 cgroup_enable=memory ds=nocloud;i=geranium-3\n");
    assertThat(root()).containsKeys("etc/modules-load.d/coldframe-kubernetes.conf");
  }

  @Test
  void anImageOfAnotherLoaderKeepsItsFiles() throws Exception {
    var files = new LinkedHashMap<>(dev.coldframe.testkit.Images.trixie());
    files.remove("cmdline.txt");
    files.put("extlinux/extlinux.conf", dev.coldframe.testkit.Images.text("default l0\n"));
    images.remove("raspios");
    add(files);
    use(Profile.Setup.NONE);
    assertThat(bootPartition(image())).doesNotContainKeys("cmdline.txt", "extlinux/extlinux.conf");
  }

  @Test
  void aFileOfTheDialectGoesBeforeOneForAll() throws IOException {
    template("disk/all/notes.txt.tmpl", "all {{ image.dialect }}\n");
    assertThat(bootPartition(image()).get("notes.txt")).isEqualTo("all cloud-init\n");
    template("disk/cloud-init/notes.txt.tmpl", "one\n");
    setup = new DiskSetup(() -> world, new TemplateFolder(Clock.systemUTC()), images);
    assertThat(bootPartition(image()).get("notes.txt")).isEqualTo("one\n");
    assertThat(bootPartition(image(Dialect.NONE)).get("notes.txt")).isEqualTo("all none\n");
  }

  @Test
  @Tag("L-12")
  void noTokenIsOnABootPartition() throws IOException {
    for (Dialect dialect : Dialect.values()) {
      assertThat(bootPartition(image(dialect)).toString()).doesNotContain("c0ffee");
    }
    template("disk/all/url.txt.tmpl", "{{ journey.report_url }}\n");
    setup = new DiskSetup(() -> world, new TemplateFolder(Clock.systemUTC()), images);
    assertThatThrownBy(() -> bootPartition(image()))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("disk/all/url.txt.tmpl:1: ")
        .hasMessageNotContaining("c0ffee");
  }

  @Test
  void unitsAreEnabledAsTheySay() throws IOException {
    template(
        "root/etc/systemd/system/mine.service.tmpl",
        "[Unit]\nWantedBy=not.target\n[Install]\nWantedBy=a.target  b.target\nWantedBy=../c\n");
    template("root/etc/systemd/system/off.service.tmpl", "[Service]\nExecStart=/bin/true\n");
    assertThat(root())
        .containsEntry(
            UNITS + "multi-user.target.wants/coldframe-first-boot.service",
            "-> ../coldframe-first-boot.service")
        .containsEntry(UNITS + "a.target.wants/mine.service", "-> ../mine.service")
        .containsEntry(UNITS + "b.target.wants/mine.service", "-> ../mine.service")
        .containsKey(UNITS + "off.service")
        .doesNotContainKey(UNITS + "not.target.wants/mine.service");
    assertThat(root().keySet()).noneMatch(p -> p.contains("..") || p.contains("off.service/"));
  }

  @Test
  @Tag("L-12")
  void whoIsNotRootReadsNothingOfAFileThatHoldsASecret() throws IOException {
    template("root/opt/hash.tmpl", "{{ user.password_hash }}\n");
    template("root/opt/hash.sh.tmpl", "#!/bin/sh\necho {{ user.password_hash | sh }}\n");
    template("root/opt/open.tmpl", "{% if user.password_hash %}locked{% endif %}\n");
    Map<String, String> files = root();
    assertThat(files)
        .containsEntry("opt/hash", "0600 $6$salt$hash\n")
        .containsEntry("opt/hash.sh", "0700 #!/bin/sh\necho '$6$salt$hash'\n")
        .containsEntry("opt/open", "0644 locked\n")
        .containsEntry(
            "var/lib/coldframe/journey", "0600 report_url='http://192.168.0.2/-/report/c0ffee'\n");
    files.forEach((path, shown) -> {
      if (shown.contains("c0ffee") || shown.contains("$6$salt")) {
        assertThat(shown).as(path).matches("(?s)0[67]00 .*");
      }
    });
    assertThat(files.get("usr/local/sbin/coldframe-first-boot")).startsWith("0755 #!/bin/bash\n");
  }

  @Test
  void whatSaysNothingIsLeftOut() throws IOException {
    assertThat(root())
        .doesNotContainKeys(
            "etc/hostname",
            "etc/modules-load.d/coldframe-kubernetes.conf",
            "usr/local/sbin/coldframe-upgrade",
            "var/lib/coldframe/health",
            UNITS + "coldframe-health.timer",
            UNITS + "timers.target.wants/coldframe-health.timer");
  }

  @Test
  void aNodeReportsItsHealthOnlyWhereSomebodyListens() throws IOException {
    use(
        new Profile.Setup(
            false,
            List.of(),
            List.of(),
            false,
            Optional.empty(),
            Duration.ofSeconds(60),
            List.of()));
    assertThat(root()).doesNotContainKey(UNITS + "coldframe-health.timer");
    var context = new Seeds.Context("geranium-3", "s", "r", "http://192.168.0.2/-/health/k");
    assertThat(shown(setup.root(geranium(), image(), context)))
        .containsEntry(
            UNITS + "timers.target.wants/coldframe-health.timer", "-> ../coldframe-health.timer")
        .containsEntry(
            "var/lib/coldframe/health", "0600 health_url='http://192.168.0.2/-/health/k'\n");
  }

  @Test
  void scriptsOfTheProfileAreTakenAsTheyAreAndInOrder() throws IOException {
    template("z.sh", "#!/bin/sh\n# {{ not a template }}\n");
    template("scripts/a.sh", "echo a\n");
    use(
        new Profile.Setup(
            false,
            List.of(),
            List.of(),
            false,
            Optional.empty(),
            Duration.ZERO,
            List.of("z.sh", "scripts/a.sh")));
    String run = "usr/local/lib/coldframe/first-boot.d/";
    assertThat(root())
        .containsEntry(run + "001-z.sh", "0700 #!/bin/sh\n# {{ not a template }}\n")
        .containsEntry(run + "002-a.sh", "0700 echo a\n");
    Files.delete(folder.resolve("templates/z.sh"));
    assertThatThrownBy(this::root).hasMessage("first-boot: there is no file z.sh");
  }

  @Test
  @Tag("L-13")
  void aPreviewMasksEachSecret() throws IOException {
    Map<String, String> root = shown(setup.previewRoot(geranium(), image()));
    assertThat(root.keySet()).isEqualTo(root().keySet());
    assertThat(root)
        .containsEntry(
            "var/lib/coldframe/journey",
            "0600 report_url='http://192.168.0.2/-/report/********'\n");
    Map<String, String> disk = texts(setup.previewBootPartition(geranium(), image()));
    assertThat(disk.keySet()).isEqualTo(bootPartition(image()).keySet());
    assertThat(root.toString() + disk).doesNotContain("$6$salt", "c0ffee");
  }
}
