package dev.coldframe.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.node.Site;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntFunction;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Files that can and cannot be read at all, large ones among them.
class ConfigLoaderTest {
  @TempDir Path temp;
  private ConfigFolder folder;

  @BeforeEach
  void makeFolders() {
    folder = ConfigFolder.in(temp);
  }

  @Test
  void resolvesFoldersAgainstTheFilesOwnFolder() throws IOException {
    Files.writeString(temp.resolve("coldframe.yaml"), Samples.FULL);
    assertThat(load("coldframe.yaml"))
        .isInstanceOfSatisfying(
            Loaded.Ok.class, ok -> assertThat(ok.site().tftpRoot()).isEqualTo(temp + "/files"));
  }

  @Test
  void warnsOfAMissingTftpRootAndTakesTheShippedTemplatesForMissingOnes() throws IOException {
    Files.delete(temp.resolve("tftp-root"));
    Files.delete(temp.resolve("templates/motd.sh"));
    Files.delete(temp.resolve("templates"));
    assertThat(folder.warnings(Samples.MINIMAL))
        .containsExactly(
            "coldframe.yaml:1: tftp-root: FOLDER/tftp-root does not exist; make it, or name another"
                + " folder here");
  }

  @Test
  void followsSymlinksBeforeItLooksForPrivateFiles() throws IOException {
    Files.createSymbolicLink(temp.resolve("link"), temp.resolve("state"));
    assertThat(folder.problems(Samples.MINIMAL + "tftp-root: link\n"))
        .containsExactly(
            "coldframe.yaml:6: tftp-root: the state folder lies inside FOLDER/link, where every node"
                + " can read it; move one of them");
  }

  @Test
  void aPrivateKeyThatNodesCouldFetchIsRefused() throws IOException {
    String tls = "admin: { tls: { certificate: own.pem, key: %s } }\n";
    Files.writeString(temp.resolve("tftp-root/key.pem"), "");
    Files.createSymbolicLink(temp.resolve("link.pem"), temp.resolve("tftp-root/key.pem"));
    Files.writeString(temp.resolve("templates/key.pem"), "");
    for (String key : List.of("tftp-root/key.pem", "link.pem")) {
      assertThat(folder.problems(Samples.MINIMAL + tls.formatted(key)))
          .containsExactly(
              "coldframe.yaml:6: admin.tls.key: the private key lies inside FOLDER/tftp-root, where"
                  + " every node can read it; move one of them");
    }
    assertThat(folder.problems(Samples.MINIMAL + tls.formatted("templates/key.pem"))).hasSize(1);
    assertThat(folder.problems(Samples.MINIMAL + tls.formatted("own.pem"))).isEmpty();
  }

  @Test
  void saysThatAFileDoesNotExist() {
    assertThat(problems("missing.yaml"))
        .containsExactly("FOLDER/missing.yaml: does not exist; 'coldframe init' writes one");
  }

  @Test
  void saysThatAFolderIsNoFile() {
    assertThat(problems("files"))
        .containsExactly("FOLDER/files: is no file; name the config file itself");
  }

  @Test
  void refusesAFileLargerThanTheLimit() throws IOException {
    Path file = temp.resolve("huge.yaml");
    try (var out = new RandomAccessFile(file.toFile(), "rw")) {
      out.setLength(ConfigLoader.MAX_FILE_BYTES + 1L);
    }
    assertThat(problems("huge.yaml"))
        .containsExactly("FOLDER/huge.yaml: is larger than 32 MiB; this is hardly a config file");
  }

  @Test
  void namesTheLineOfBytesThatAreNotUtf8() throws IOException {
    Files.write(
        temp.resolve("latin.yaml"), "site: rack\n# größe\n".getBytes(StandardCharsets.ISO_8859_1));
    assertThat(problems("latin.yaml"))
        .containsExactly("FOLDER/latin.yaml:2: is not UTF-8; save the file as UTF-8");
  }

  @Test
  void readsAFileWithAByteOrderMarkAndWindowsLineEnds() {
    String text = "\uFEFF" + Samples.FULL.replace("\n", "\r\n");
    assertThat(folder.site(text)).isEqualTo(folder.site(Samples.FULL));
  }

  @Test
  void neverThrowsWhereverTheTextIsCut() {
    for (int length = 0; length < Samples.FULL.length(); length++) {
      assertThat(folder.load(Samples.FULL.substring(0, length))).isNotNull();
    }
  }

  @Test
  void loadsFiftyThousandNodes() {
    Site site = folder.site(manyNodes(ConfigLoaderTest::ownAddress));
    assertThat(site.nodes()).hasSize(50_000);
  }

  @Test
  void reportsFiftyThousandClashingNodes() {
    List<String> problems = folder.problems(manyNodes(_ -> "10.8.0.1"));
    assertThat(problems).hasSize(49_999);
    assertThat(problems.getFirst())
        .isEqualTo(
            "coldframe.yaml:8: nodes.pi-1.address: 10.8.0.1 is already pinned to pi-0; choose"
                + " another address");
  }

  private static String ownAddress(int n) {
    return "10." + (8 + n / 40_000) + "." + n / 200 % 200 + "." + (n % 200 + 1);
  }

  private static String manyNodes(IntFunction<String> address) {
    var text =
        new StringBuilder(
            """
            appliance: { address: 10.0.0.2 }
            networks:
              - { interface: eth0, subnet: 10.0.0.0/8, pool: 10.200.0.0-10.250.0.0 }
            profiles:
              pi:
            nodes:
            """);
    for (int n = 0; n < 50_000; n++) {
      String mac = "%02x:%02x".formatted(n >> 8, n & 255);
      text.append("  pi-%d: { serial: 10000000%08x, mac: dc:a6:32:00:".formatted(n, n + 1));
      text.append(mac + ", address: " + address.apply(n) + ", profile: pi }\n");
    }
    return text.toString();
  }

  private Loaded load(String name) {
    return ConfigLoader.load(temp.resolve(name), new LoadOptions(temp.resolve("state"), false));
  }

  private List<String> problems(String name) {
    return switch (load(name)) {
      case Loaded.Ok _ -> List.of();
      case Loaded.Invalid(List<Problem> problems) -> problems.stream().map(folder::line).toList();
    };
  }
}
