package dev.coldframe.transport.content;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coldframe.boot.Viewer;
import dev.coldframe.decide.HttpBootDecisions;
import dev.coldframe.net.Bytes;
import dev.coldframe.node.Node;
import dev.coldframe.node.World;
import dev.coldframe.render.Templates;
import dev.coldframe.testkit.Sites;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Seeds, previews and stand-ins: what is around the boot tree.
class TemplateSeedsTest {
  private static final Seeds.Context CONTEXT =
      new Seeds.Context(
          "geranium-3", "http://192.168.0.2/-/seed/c0ffee/", "http://192.168.0.2/-/report/c0ffee");

  private final Instant now = Instant.now().plusSeconds(60);
  private final World world = Sites.world();
  private final Node geranium = world.node("geranium").orElseThrow();
  private final TemplateFolder templates = new TemplateFolder(() -> now);
  private final TemplateSeeds seeds = new TemplateSeeds(() -> world, templates);

  @TempDir Path folder;

  private static String text(Bytes bytes) {
    return bytes.text(UTF_8);
  }

  private static byte[] all(Content content) {
    try (content) {
      ByteBuffer target = ByteBuffer.allocate((int) content.sizeBytes());
      content.read(0, target);
      return target.array();
    }
  }

  @Test
  void everySeedThatMayBeAskedForIsShipped() throws IOException {
    for (String name : HttpBootDecisions.SEEDS) {
      assertThat(seeds.render(geranium, name, CONTEXT)).as(name).isPresent();
    }
    assertThat(seeds.render(geranium, "report", CONTEXT)).isEmpty();
    assertThat(seeds.render(geranium, "../boot/config.txt", CONTEXT)).isEmpty();
  }

  @Test
  void theProgramCarriesEachTemplateOfTheFolder() throws IOException {
    Path top = Path.of("../templates");
    try (Stream<Path> files = Files.walk(top)) {
      assertThat(
              files
                  .map(f -> top.relativize(f).toString())
                  .filter(f -> f.endsWith(Templates.SUFFIX))
                  .map(f -> f.substring(0, f.length() - Templates.SUFFIX.length())))
          .containsExactlyInAnyOrderElementsOf(TemplateFolder.SHIPPED);
    }
  }

  @Test
  void aSeedSaysWhoseItIs() throws IOException {
    assertThat(text(seeds.render(geranium, "meta-data", CONTEXT).orElseThrow()))
        .isEqualTo("instance-id: \"geranium-3\"\nlocal-hostname: \"geranium\"\n");
    assertThat(text(seeds.render(geranium, "user-data", CONTEXT).orElseThrow()))
        .contains("passwd: \"$6$salt$hash\"");
  }

  @Test
  @Tag("L-13")
  void aPreviewMasksTheHash() throws IOException {
    assertThat(text(seeds.preview(geranium, "user-data").orElseThrow()))
        .contains("passwd: \"********\"")
        .doesNotContain("$6$");
  }

  @Test
  @Tag("L-12")
  void nothingInTheBootTreeOrAPreviewHoldsASecret() throws IOException {
    assertThat(seeds.render(geranium, "user-data", CONTEXT)).isPresent();
    Root standIns = StandIns.write(folder.resolve("stand-ins"), folder.resolve("own"));
    var library =
        new FileLibrary(
            () -> world,
            new FileLibrary.Places(
                new dev.coldframe.store.image.Images(folder.resolve("state")),
                folder.resolve("state"),
                folder.resolve("scratch"),
                List.of(standIns),
                folder.resolve("system")),
            templates,
            () -> now);
    var viewer = new Viewer.OfNode(geranium);
    assertThat(library.list(viewer))
        .extracting(l -> l.path() + " " + l.origin())
        .contains("config.txt template", "cmdline.txt template", "start4.elf stand-in");
    for (FileLibrary.Listed listed : library.list(viewer)) {
      assertThat(new String(all(library.open(viewer, listed.path()).orElseThrow()), UTF_8))
          .as(listed.path())
          .doesNotContain("$6$salt", "c0ffee");
    }
    for (String name : HttpBootDecisions.SEEDS) {
      assertThat(text(seeds.preview(geranium, name).orElseThrow()))
          .as(name)
          .doesNotContain("$6$salt", "c0ffee");
    }
  }

  @Test
  @Tag("L-12")
  void anErrorDoesNotHoldASecret() throws IOException {
    Files.createDirectories(folder.resolve("seed"));
    for (String source :
        List.of(
            "{{ user.password_hash | sh | word }}",
            "{% for c in user.password_hash %}{% endfor %}",
            "{{ user.password_hash.x }}",
            "{% include user.password_hash %}",
            "{{ user.password_hash * journey.report_url }}",
            "{% if user.password_hash > 1 %}{% endif %}",
            "{{ user[user.password_hash] }}")) {
      Files.writeString(folder.resolve("seed/user-data.tmpl"), source);
      Templates broken = new TemplateFolder(() -> now).current(folder);
      var model =
          dev.coldframe.render.NodeModel.seed(
              geranium, world, new dev.coldframe.render.NodeModel.Journey("i", "u", "r", ""));
      assertThatThrownBy(() -> broken.render("seed/user-data", model))
          .as(source)
          .hasMessageStartingWith("seed/user-data.tmpl:1: ")
          .hasMessageNotContaining("$6$")
          .hasNoCause();
    }
  }

  @Test
  void standInsFillOnlyWhatIsMissingAndSaySo() throws IOException {
    Path own = Files.createDirectories(folder.resolve("own"));
    Files.writeString(own.resolve("start4.elf"), "real");
    Root root = StandIns.write(folder.resolve("a"), own);
    StandIns.write(folder.resolve("b"), folder.resolve("nothing"));
    assertThat(root.list())
        .hasSize(StandIns.files().size() - 1)
        .doesNotContain("start4.elf")
        .contains("overlays/overlay_map.dtb", "bcm2712-rpi-5-b.dtb");
    for (String path : root.list()) {
      Path file = folder.resolve("a").resolve(path);
      assertThat(Files.size(file)).isEqualTo(StandIns.files().getOrDefault(path, 0).longValue());
      assertThat(file).hasSameBinaryContentAs(folder.resolve("b").resolve(path));
      assertThat(new String(Files.readAllBytes(file), UTF_8))
          .startsWith("Coldframe stand-in for " + path);
    }
    assertThat(StandIns.files().getOrDefault("initramfs8", 1) % 4).isZero();
  }
}
