package dev.coldframe.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coldframe.testkit.Images;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An image as Raspberry Pi publishes it, made by the usual tools, imported while the server runs:
/// its boot files arrive over TFTP and HTTP, and as a volume that mtools, fsck and openssl accept.
@Tag("real")
class ImageBootTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String CONFIG =
      """
      site: rack
      appliance: { address: 192.168.0.2 }
      admin: { listen: 127.0.0.1:0 }
      networks:
        - { interface: eth0, subnet: 192.168.0.0/24, router: 192.168.0.1 }
      profiles:
        k8s: { image: raspios-trixie-arm64-lite, boot-ramdisk: on, cmdline: [cgroup_enable=memory] }
      nodes:
        geranium: { mac: dc:a6:32:01:36:c2, address: 192.168.0.20, profile: k8s }
      """;

  @TempDir Path folder;
  private Lab lab;
  private final Map<String, byte[]> files = new LinkedHashMap<>(Images.trixie());

  @BeforeEach
  void start() {
    files.put("kernel8.img", Images.bytes(77, 3_000_001));
    lab = Lab.open(folder);
    lab.serve(CONFIG);
    lab.clientAddress("192.168.0.20");
  }

  @AfterEach
  void stop() {
    lab.close();
  }

  private static String run(String... words) {
    return Command.run(LIMIT, words).text();
  }

  private Command.Result coldframe(String... words) {
    String[] all = new String[words.length + 4];
    System.arraycopy(words, 0, all, 0, words.length);
    all[words.length] = "-c";
    all[words.length + 1] = folder.resolve("coldframe.yaml").toString();
    all[words.length + 2] = "--state";
    all[words.length + 3] = lab.state().toString();
    return Command.run(LIMIT, lab.coldframe(all));
  }

  @Test
  @Tag("B-18")
  void aNodeBootsStraightOutOfAnImportedImage() throws IOException {
    assertThat(status("kernel8.img")).isEqualTo("404");
    // The journal follows within moments.
    await()
        .untilAsserted(() ->
            assertThat(coldframe("node", "geranium").text())
                .contains("the node's image has not been imported yet"));
    assertThat(coldframe("check").text()).contains("warning: ").contains("is not imported yet");
    assertThat(coldframe("image", "add", SmallImage.make(folder, files).toString()).text())
        .contains("imported raspios-trixie-arm64-lite: raspios-trixie, 96 MiB");
    assertThat(coldframe("check").text())
        .doesNotContain("warning: " + folder + "/coldframe.yaml: p");
    awaitTheImage();
    filesArrive();
    assertThat(coldframe("render", "geranium").text())
        .containsPattern("kernel8.img +image raspios-trixie-arm64-lite +3000001")
        .containsPattern("config.txt +template \\+ image raspios-trixie-arm64-lite");
    assertThat(coldframe("image", "list", "--json").text())
        .contains("\"family\":\"raspios-trixie\"");
    Command.Result removed = coldframe("image", "remove", "raspios-trixie-arm64-lite");
    assertThat(removed.exit()).isEqualTo(1);
    assertThat(removed.out()).contains("profile k8s boots raspios-trixie-arm64-lite");
    theVolumeIsSound();
  }

  private void awaitTheImage() {
    for (int i = 0; i < 100 && status("kernel8.img").equals("404"); i++) {
      Lab.pause();
    }
    assertThat(status("kernel8.img")).isEqualTo("200");
  }

  private String status(String path) {
    return lab.onClient(
            "curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "http://192.168.0.2/" + path)
        .out();
  }

  private Path fetch(String path) {
    Path out = folder.resolve("got-" + path.replace('/', '-'));
    lab.onClient("curl", "-sf", "-o", out.toString(), "http://192.168.0.2/" + path).text();
    return out;
  }

  private void filesArrive() throws IOException {
    for (String path : files.keySet()) {
      byte[] own = files.get(path);
      if (path.startsWith("initramfs")) {
        byte[] got = Files.readAllBytes(fetch(path));
        assertThat(got).as(path).startsWith(own);
        assertThat(new String(got, StandardCharsets.ISO_8859_1))
            .as(path)
            .contains("BOOT=coldframe");
      } else if (!path.equals("config.txt") && !path.equals("cmdline.txt")) {
        assertThat(Files.readAllBytes(fetch(path))).as(path).isEqualTo(own);
      }
    }
    Path tftp = folder.resolve("tftp");
    lab.onClient(
            "busybox",
            "tftp",
            "-g",
            "-b",
            "1468",
            "-r",
            "kernel8.img",
            "-l",
            tftp.toString(),
            "192.168.0.2")
        .text();
    assertThat(Files.readAllBytes(tftp)).isEqualTo(files.get("kernel8.img"));
    assertThat(Files.readString(fetch("cmdline.txt")))
        .contains("root=PARTUUID=4e639091-02")
        .endsWith(" ip=dhcp panic=10 cgroup_enable=memory\n");
  }

  private void theVolumeIsSound() throws IOException {
    String publicKey = coldframe("firmware", "key").text().strip();
    Path volume = fetch("net_install/boot.img");
    run("fsck.vfat", "-n", volume.toString());
    Path kernel = folder.resolve("kernel-out");
    run("mcopy", "-n", "-i", volume.toString(), "::/kernel8.img", kernel.toString());
    assertThat(Files.readAllBytes(kernel)).isEqualTo(files.get("kernel8.img"));
    Path tftp = folder.resolve("boot-tftp.img");
    lab.onClient(
            "busybox",
            "tftp",
            "-g",
            "-b",
            "1468",
            "-r",
            "boot.img",
            "-l",
            tftp.toString(),
            "192.168.0.2")
        .text();
    assertThat(Files.mismatch(tftp, volume)).isEqualTo(-1);
    String line =
        Files.readString(fetch("net_install/boot.sig"))
            .lines()
            .filter(l -> l.startsWith("rsa2048: "))
            .findFirst()
            .orElseThrow();
    Path signature = folder.resolve("signature");
    Files.write(
        signature, java.util.HexFormat.of().parseHex(Objects.requireNonNull(line.substring(9))));
    assertThat(
            run(
                "openssl",
                "dgst",
                "-sha256",
                "-verify",
                publicKey,
                "-signature",
                signature.toString(),
                volume.toString()))
        .contains("Verified OK");
  }
}
