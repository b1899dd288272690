package dev.coldframe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A node's boot tree as real TFTP and HTTP clients see it: byte for byte what `render` prints.
@Tag("real")
class BootFilesTest {
  private static final String CONFIG =
      """
      site: rack
      domain: rack.home.arpa
      appliance: { address: 192.168.0.2 }
      networks:
        - { interface: eth0, subnet: 192.168.0.0/24, router: 192.168.0.1, ntp: [192.168.0.5] }
      profiles:
        k8s: { boot: install, config-txt: ["dtparam=audio=off"], cmdline: [cgroup_enable=memory] }
        bare: { boot: local }
      nodes:
        geranium: { serial: 10000000a2ef5644, address: 192.168.0.20, profile: k8s }
        dahlia: { mac: dc:a6:32:01:36:c2, address: 192.168.0.21, profile: k8s }
        iris: { mac: dc:a6:32:01:36:c3, address: 192.168.0.22, profile: bare }
      """;

  @TempDir Path folder;
  private Lab lab;

  @BeforeEach
  void start() throws IOException {
    lab = Lab.open(folder);
    Files.createDirectories(folder.resolve("tftp-root/overlays"));
    Files.createDirectories(folder.resolve("templates/nodes/dahlia"));
    Files.writeString(
        folder.resolve("templates/nodes/dahlia/hello.txt"), "only dahlia sees this\n");
    var random = new Random(20_260);
    for (int size : new int[] {0, 1, 511, 512, 513, 1_468, 1_048_576}) {
      byte[] bytes = new byte[size];
      random.nextBytes(bytes);
      Files.write(folder.resolve("tftp-root/f" + size), bytes);
    }
    lab.serve(CONFIG);
    lab.clientAddress("192.168.0.20");
  }

  @AfterEach
  void stop() {
    lab.close();
  }

  private String rendered(String node, String path) {
    return lab.onServer(
            lab.coldframe(
                "render",
                node,
                path,
                "-c",
                folder.resolve("coldframe.yaml").toString(),
                "--state",
                lab.state().toString()))
        .text();
  }

  private String curl(String url) {
    return lab.onClient("curl", "-s", "-f", url).text();
  }

  @Test
  void theNodesOwnFilesComeByteForByteAsRenderPrintsThem() {
    for (String path : new String[] {"config.txt", "cmdline.txt"}) {
      String expected = rendered("geranium", path);
      assertThat(expected).isNotEmpty();
      assertThat(curl("tftp://192.168.0.2/a2ef5644/" + path)).isEqualTo(expected);
      assertThat(curl("tftp://192.168.0.2/" + path)).isEqualTo(expected);
      assertThat(curl("http://192.168.0.2/-/boot/geranium/" + path)).isEqualTo(expected);
      assertThat(curl("http://192.168.0.2/" + path)).isEqualTo(expected);
    }
    assertThat(rendered("geranium", "config.txt")).contains("dtparam=audio=off");
    assertThat(rendered("geranium", "cmdline.txt"))
        .contains("cgroup_enable=memory")
        .hasLineCount(1);
  }

  @Test
  @Tag("T-01")
  void fourTftpClientsReadEverySize() throws IOException {
    for (int size : new int[] {0, 1, 511, 512, 513, 1_468, 1_048_576}) {
      byte[] expected = Files.readAllBytes(folder.resolve("tftp-root/f" + size));
      String name = "f" + size;
      if (size > 0) {
        // curl refuses an empty file whose size it was told.
        read("curl", expected, "curl", "-s", "-o", "OUT", "tftp://192.168.0.2/" + name);
      }
      read("tftp-hpa", expected, "tftp", "-m", "binary", "192.168.0.2", "-c", "get", name, "OUT");
      read(
          "busybox",
          expected,
          "busybox",
          "tftp",
          "-b",
          "1468",
          "-g",
          "-r",
          name,
          "-l",
          "OUT",
          "192.168.0.2");
      read(
          "atftp",
          expected,
          "atftp",
          "--option",
          "windowsize 16",
          "--option",
          "blksize 1428",
          "-g",
          "-r",
          name,
          "-l",
          "OUT",
          "192.168.0.2");
    }
  }

  private void read(String client, byte[] expected, String... words) throws IOException {
    Path out = folder.resolve("out." + client);
    Files.deleteIfExists(out);
    String[] real = words.clone();
    for (int i = 0; i < real.length; i++) {
      real[i] = real[i].equals("OUT") ? out.toString() : real[i];
    }
    lab.onClient(real).text();
    byte[] got = Files.exists(out) ? Files.readAllBytes(out) : new byte[0];
    assertThat(got).as("%s, %d bytes", client, expected.length).isEqualTo(expected);
  }

  @Test
  @Tag("B-12")
  void nobodySeesAnothersFilesAndLocalNodesSeeNone() {
    assertThat(lab.onClient("curl", "-s", "-f", "http://192.168.0.2/hello.txt").exit())
        .isEqualTo(22);
    assertThat(
            lab.onClient("curl", "-s", "-f", "http://192.168.0.2/-/boot/dahlia/config.txt").exit())
        .isEqualTo(22);
    assertThat(lab.onClient("curl", "-s", "tftp://192.168.0.2/dc-a6-32-01-36-c2/config.txt").exit())
        .as("curl's code for error 1")
        .isEqualTo(68);
    lab.onClient("ip", "addr", "flush", "dev", "eth0");
    lab.clientAddress("192.168.0.21");
    assertThat(curl("tftp://192.168.0.2/hello.txt")).isEqualTo("only dahlia sees this\n");
    lab.onClient("ip", "addr", "flush", "dev", "eth0");
    lab.clientAddress("192.168.0.22");
    assertThat(lab.onClient("curl", "-s", "tftp://192.168.0.2/config.txt").exit()).isEqualTo(68);
  }

  @Test
  @Tag("H-02")
  @Tag("H-03")
  void rangesHeadAndTagsWork() throws IOException {
    String whole =
        new String(
            Files.readAllBytes(folder.resolve("tftp-root/f1468")), StandardCharsets.ISO_8859_1);
    String url = "http://192.168.0.2/f1468";
    assertThat(lab.onClient("curl", "-s", "-r", "100-199", url).text())
        .isEqualTo(whole.substring(100, 200));
    assertThat(lab.onClient("curl", "-s", "-r", "-68", url).text())
        .isEqualTo(whole.substring(1_400));
    String head = lab.onClient("curl", "-s", "-I", url).text();
    assertThat(head)
        .contains("HTTP/1.1 200 OK")
        .contains("content-length: 1468")
        .doesNotContain("chunked");
    String tag =
        head.lines().filter(l -> l.startsWith("etag: ")).findFirst().orElseThrow().substring(6);
    assertThat(lab.onClient("curl", "-s", "-i", "-H", "If-None-Match: " + tag, url).text())
        .startsWith("HTTP/1.1 304");
    assertThat(lab.onClient("curl", "-s", "-i", "-r", "5000-", url).text())
        .startsWith("HTTP/1.1 416");
  }
}
