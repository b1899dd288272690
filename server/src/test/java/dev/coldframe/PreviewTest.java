package dev.coldframe;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.store.image.Images;
import dev.coldframe.testkit.Sites;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What `render` and `check` show.
class PreviewTest {
  @TempDir Path folder;
  private Preview preview;

  @BeforeEach
  void importAnImage() throws Exception {
    Path state = folder.resolve("state");
    Files.createDirectories(folder.resolve("root"));
    byte[] fat = dev.coldframe.testkit.Images.fat(dev.coldframe.testkit.Images.trixie());
    Path file = Files.write(folder.resolve("image.img"), dev.coldframe.testkit.Images.disk(fat));
    new Images(state).add(new Images.Request(file, "raspios", Optional.empty()), (_, _, _) -> {});
    var site = Sites.siteIn(folder, Sites.rack(Sites.withImage("raspios", false)));
    preview = new Preview(site, state, folder.resolve("scratch"));
  }

  private String text(String path) throws IOException {
    var out = new ByteArrayOutputStream();
    assertThat(preview.write("geranium", path, (bytes, length) -> out.write(bytes, 0, length)))
        .as(path)
        .isTrue();
    return out.toString(UTF_8);
  }

  @Test
  void listsWhatWillLieOnTheDisk() throws IOException {
    List<String> listed =
        preview.list("geranium").stream().map(f -> f.path() + " " + f.origin()).toList();
    assertThat(listed)
        .contains(
            "config.txt template + image raspios",
            "disk:/cmdline.txt disk: boot partition (masked)",
            "disk:/user-data disk: boot partition (masked)",
            "root:/usr/local/sbin/coldframe-identity disk: root, mode 755",
            "root:/var/lib/coldframe/journey disk: root, mode 600",
            "root:/etc/systemd/system/multi-user.target.wants/coldframe-identity.service disk: root,"
                + " link to ../coldframe-identity.service");
    assertThat(preview.defects()).isEmpty();
  }

  @Test
  void tellsWhatTheImageItselfHasInTheirPlace() throws IOException {
    String own = preview.original("geranium", "config.txt").orElseThrow();
    assertThat(text("config.txt")).isNotEqualTo(own).contains(own.strip());
    assertThat(preview.original("geranium", "disk:/config.txt")).contains(own);
    assertThat(preview.original("geranium", "disk:/no-such-file")).isEmpty();
    assertThat(preview.original("geranium", "root:/config.txt")).isEmpty();
  }

  @Test
  @Tag("L-13")
  void showsEachOfThemWithItsSecretsMasked() throws IOException {
    assertThat(text("disk:/cmdline.txt")).endsWith(" ds=nocloud;i=geranium-0\n");
    assertThat(text("disk:/user-data")).contains("passwd: \"********\"");
    assertThat(text("root:/var/lib/coldframe/journey"))
        .isEqualTo("report_url='http://192.168.0.2/-/report/********'\n");
    assertThat(preview.write("geranium", "root:/etc/shadow", (_, _) -> {})).isFalse();
    assertThat(preview.write("geranium", "disk:/", (_, _) -> {})).isFalse();
  }
}
