package dev.coldframe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.boot.lint.Lint;
import dev.coldframe.testkit.Commands;
import dev.coldframe.testkit.Images;
import dev.coldframe.testkit.SiteFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Each row of what is known to fail, in a config file with folders, images and firmware that
/// trigger it, and in one beside it that does not.
class KnownFailuresTest {
  @TempDir Path folder;

  private static List<String> ids(SiteFixture site) {
    Commands.Ran ran = site.run("check", "--json");
    assertThat(ran.exit()).as(ran.out() + ran.err()).isZero();
    JsonNode json = JsonMapper.shared().readTree(ran.out());
    assertThat(json.path("ok").asBoolean()).isTrue();
    var out = new ArrayList<String>();
    json.path("findings").forEach(finding -> out.add(finding.path("id").asString()));
    return out;
  }

  @Test
  void aCompleteRackHasNoFindings() throws IOException {
    var site = new SiteFixture(folder);
    assertThat(ids(site)).isEmpty();
    Commands.Ran ran = site.run("check");
    assertThat(ran.err()).isEmpty();
    assertThat(ran.out()).contains("is good");
  }

  @ParameterizedTest
  @EnumSource
  void eachRowHasAFixtureThatTriggersIt(Lint row) throws IOException {
    assertThat(ids(KnownFailures.triggering(row, folder))).contains(row.key());
  }

  @ParameterizedTest
  @EnumSource
  void eachRowHasAFixtureBesideItThatDoesNot(Lint row) throws IOException {
    assertThat(ids(KnownFailures.harmless(row, folder))).doesNotContain(row.key());
  }

  @Test
  void checkSaysWhatAndWhyAndWhatToDoAndWhereThatIsKnownFrom() throws IOException {
    SiteFixture site = KnownFailures.triggering(Lint.CONFIG_LINE, folder);
    Commands.Ran ran = site.run("check");
    assertThat(ran.exit()).isZero();
    assertThat(ran.err())
        .isEqualTo(
            "note: "
                + folder.resolve("coldframe.yaml")
                + ": geranium: config.txt:2 is longer than 98 characters.\n"
                + "    The firmware cuts it there.\n"
                + "    → Split it into several lines. (raspberrypi/documentation,\n"
                + "      computers/config_txt/what_is_config_txt.adoc)\n");
    assertThat(ran.out()).contains("is good");
  }

  @Test
  void nothingOfARaspberryPiIsMissedInThePcsTree() throws IOException {
    var files = Map.of("vmlinuz", Images.text("kernel"), "initrd.img", Images.text("initramfs"));
    SiteFixture site =
        new SiteFixture(folder)
            .profile("pc", "boot: install, image: desk")
            .image("desk", Images.disk(Images.fat(files)))
            .node("desk", "mac: 00:11:22:33:44:55, address: 192.168.0.30, profile: pc");
    assertThat(ids(site)).doesNotContain(Lint.BOOT_FILES_MISSING.key());
    assertThat(site.run("render", "desk").err()).doesNotContain("lacks", "start4.elf");
    assertThat(site.run("render", "desk", "boot.ipxe").out()).contains("kernel vmlinuz ");
  }

  @Test
  void checkDoctorAndRenderTellTheSame() throws IOException {
    SiteFixture site = KnownFailures.triggering(Lint.BUILDS_DIFFER, folder);
    JsonNode check = JsonMapper.shared().readTree(site.run("check", "--json").out());
    JsonNode doctor = JsonMapper.shared().readTree(site.run("doctor", "--json").out());
    JsonNode told = check.path("findings").path(0);
    var same = new ArrayList<JsonNode>();
    doctor
        .path("findings")
        .forEach(finding -> {
          if (finding.path("id").equals(told.path("id"))) {
            same.add(finding);
          }
        });
    assertThat(same).hasSize(1);
    for (String field : List.of("severity", "subject", "found", "reason", "mend", "source")) {
      assertThat(same.getFirst().path(field)).as(field).isEqualTo(told.path(field));
    }
    assertThat(site.run("render", "geranium").err()).contains(told.path("found").asString());
  }

  @Test
  void everyRowIsInTheDocuments() throws IOException {
    String table = Files.readString(Path.of("docs", "lint.md"));
    for (Lint row : Lint.values()) {
      assertThat(table).contains("| `" + row.key() + "` | " + row.severity().label() + " |");
    }
    assertThat(table.lines().filter(line -> line.startsWith("| `"))).hasSize(Lint.values().length);
  }

  @Test
  void mistakesInTheFileAreJsonToo() throws IOException {
    var site = new SiteFixture(folder).line("lease-time: soon");
    Commands.Ran ran = site.run("check", "--json");
    assertThat(ran.exit()).isEqualTo(2);
    JsonNode json = JsonMapper.shared().readTree(ran.out());
    assertThat(json.path("ok").asBoolean()).isFalse();
    assertThat(json.path("errors").path(0).path("path").asString()).isEqualTo("lease-time");
    assertThat(json.path("errors").path(0).path("line").asInt()).isPositive();
  }
}
