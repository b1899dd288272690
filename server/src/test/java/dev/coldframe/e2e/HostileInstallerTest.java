package dev.coldframe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.net.Bytes;
import dev.coldframe.testkit.Images;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An installer that does not keep to the order: it speaks too early, twice, from elsewhere, with
/// guessed and foreign tokens, and says that it is done when it is not. At last one that behaves,
/// and a search for its secrets in everything that the server and its commands wrote.
@Tag("real")
class HostileInstallerTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String GERANIUM = "192.168.0.20";
  private static final String DAHLIA = "192.168.0.21";
  private static final String STRANGER = "192.168.0.230";
  private static final String MAC = "dc:a6:32:01:36:c2";
  private static final long DISK_BYTES = 256L << 20;
  private static final String CONFIG =
      """
      site: rack
      appliance: { address: 192.168.0.2 }
      networks:
        - { interface: eth0, subnet: 192.168.0.0/24, router: 192.168.0.1, pool: 192.168.0.200-192.168.0.239 }
      profiles:
        k8s: { image: raspios-trixie-arm64-lite, boot: install, user: { name: mayth, password-hash: "$6$abc$defdefdef" }, health: 60s }
      nodes:
        geranium: { mac: "%s", address: 192.168.0.20, profile: k8s }
        dahlia: { mac: dc:a6:32:01:36:c3, address: 192.168.0.21, profile: k8s }
      """
          .formatted(MAC);

  /// What one request brought.
  private record Answer(int status, Bytes body) {
    String text() {
      return body.text(StandardCharsets.UTF_8);
    }
  }

  @TempDir Path folder;
  private Lab lab;

  @BeforeEach
  void start() throws IOException {
    Map<String, byte[]> files = new LinkedHashMap<>(Images.trixie());
    Path image = SmallImage.make(folder, files);
    lab = Lab.open(folder);
    lab.write("coldframe.yaml", CONFIG);
    coldframe("image", "add", image.toString());
    lab.serve(CONFIG);
    lab.newCard(MAC);
  }

  @AfterEach
  void stop() {
    lab.close();
  }

  private String coldframe(String... words) {
    var all = new ArrayList<>(List.of(words));
    all.addAll(List.of("-c", folder.resolve("coldframe.yaml").toString()));
    all.addAll(List.of("--state", lab.state().toString()));
    return Command.run(LIMIT, lab.coldframe(all.toArray(String[]::new))).text();
  }

  /// A loader's lease and its first boot file; then the client has three addresses. A board that
  /// asks again within moments is still in the same boot, so it asks until this one is another.
  private void boot() {
    String before = coldframe("node", "geranium");
    for (int i = 0; i < 30 && boots(coldframe("node", "geranium")) == boots(before); i++) {
      lab.newCard(MAC);
      lab.onClient(
              "udhcpc",
              "-i",
              "eth0",
              "-f",
              "-n",
              "-q",
              "-t",
              "6",
              "-T",
              "1",
              "-s",
              "/bin/true",
              "-V",
              "PXEClient:Arch:00000:UNDI:002001",
              "-O",
              "43")
          .text();
      Lab.pause(500);
    }
    lab.clientAddress(GERANIUM);
    lab.onClient("ip", "addr", "add", DAHLIA + "/24", "dev", "eth0").text();
    lab.onClient("ip", "addr", "add", STRANGER + "/24", "dev", "eth0").text();
    assertThat(ask(GERANIUM, "config.txt").status()).isEqualTo(200);
  }

  private static int boots(String journal) {
    return journal.split("dhcp-offered", -1).length;
  }

  private Answer ask(String from, String path, String... body) {
    Path out = folder.resolve("answer");
    var words =
        new ArrayList<>(
            List.of(
                "curl",
                "-s",
                "-m",
                "15",
                "--interface",
                from,
                "-o",
                out.toString(),
                "-w",
                "%{http_code}",
                "http://192.168.0.2/" + path));
    for (String text : body) {
      Path file = lab.write("body", text);
      words.addAll(List.of("-H", "Content-Type: text/plain", "--data-binary", "@" + file));
    }
    try {
      Files.deleteIfExists(out);
      String status = lab.onClient(words.toArray(String[]::new)).out().strip();
      byte[] bytes = Files.exists(out) ? Files.readAllBytes(out) : new byte[0];
      return new Answer(Integer.parseInt(status), Bytes.wrap(bytes));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Answer hello(String from) {
    return ask(
        from, "-/hello", "{\"serial\":\"\",\"mac\":\"" + MAC + "\",\"nonce\":\"0123456789\"}");
  }

  private String token(Answer hello) {
    assertThat(hello.status()).as(() -> journal()).isEqualTo(200);
    Matcher found = Pattern.compile("\"token\":\"([0-9a-f]{48})\"").matcher(hello.text());
    assertThat(found.find()).isTrue();
    return Objects.requireNonNull(found.group(1));
  }

  private String fresh() {
    boot();
    return token(hello(GERANIUM));
  }

  private Answer install(String token, String part, String... body) {
    return ask(GERANIUM, "-/install/" + token + "/" + part, body);
  }

  private Answer report(String from, String token, String result) {
    return ask(from, "-/report/" + token, "{\"stage\":\"install\",\"result\":\"" + result + "\"}");
  }

  private static String disk() {
    return "disk\t/dev/mmcblk0\t" + DISK_BYTES + "\t0\tSC32G\t0x1b534d45\t\n";
  }

  /// Shows one disk until the server has seen enough of it.
  ///
  /// @param fill what every byte of it is
  private String show(String token, byte fill) {
    String told = install(token, "disks", disk()).text();
    for (int i = 0; i < 20 && told.startsWith("read "); i++) {
      var sectors = new StringBuilder();
      for (String line : told.strip().split("\n", -1)) {
        String[] words = line.split(" ", -1);
        byte[] bytes = new byte[Integer.parseInt(words[3])];
        Arrays.fill(bytes, fill);
        sectors
            .append("sectors\t" + words[1] + "\t" + words[2] + "\t")
            .append(Base64.getEncoder().encodeToString(bytes))
            .append('\n');
      }
      told = install(token, "sectors", sectors.toString()).text();
    }
    return told;
  }

  @Test
  @Tag("L-03")
  @Tag("L-11")
  void whoDoesNotKeepToTheOrderIsRefusedAndTheSessionEnds() {
    lab.clientAddress(GERANIUM);
    assertThat(hello(GERANIUM).status()).as("hello without a boot").isEqualTo(403);

    String token = fresh();
    assertThat(install(token, "plan").status()).as("plan without a permit").isEqualTo(409);
    assertThat(install(token, "chunk/0").status()).as("chunk without a permit").isEqualTo(409);
    assertThat(install(token, "run/1/8").status()).as("run without a permit").isEqualTo(409);
    assertThat(install(token, "head").status()).as("head without a permit").isEqualTo(409);
    assertThat(install(token, "root").status()).as("root without a permit").isEqualTo(409);
    Answer early = report(GERANIUM, token, "done");
    assertThat(early.status()).as("done without a permit").isEqualTo(409);
    assertThat(early.text()).contains("no disk was to be written");

    assertThat(show(token, (byte) 0xA5)).startsWith("wait 15 ").contains("unknown data");
    assertThat(install(token, "plan").status()).as("plan of a foreign disk").isEqualTo(409);

    assertThat(hello(GERANIUM).status()).as("second hello").isEqualTo(403);
    assertThat(install(token, "disks", disk()).status()).as("after it").isEqualTo(403);
    assertThat(journal()).contains("second hello");
  }

  @Test
  @Tag("L-11")
  void aTokenFromElsewhereEndsItsOwnersSessionAndNobodyElses() {
    for (String elsewhere : new String[] {DAHLIA, STRANGER}) {
      String token = fresh();
      assertThat(install(token, "disks", disk()).status()).isEqualTo(200);
      assertThat(ask(elsewhere, "-/install/" + token + "/plan").status()).isEqualTo(403);
      assertThat(install(token, "disks", disk()).status())
          .as("used by %s", elsewhere)
          .isEqualTo(403);
      assertThat(journal()).contains("token used from another address").contains(elsewhere);
    }
  }

  @Test
  @Tag("L-03")
  @Tag("L-11")
  void oldForeignAndGuessedTokensAreAlike() {
    String old = fresh();
    boot();
    String token = token(hello(GERANIUM));
    assertThat(token).isNotEqualTo(old);
    assertThat(report(GERANIUM, old, "done").status()).as("done replayed").isEqualTo(403);

    String guess = "0".repeat(48);
    Answer unknown = ask(STRANGER, "-/install/" + guess + "/plan");
    for (String path : List.of("-/seed/" + guess + "/user-data", "-/install/" + guess + "/root")) {
      Answer refused = ask(GERANIUM, path);
      assertThat(refused.status()).as(path).isEqualTo(unknown.status()).isEqualTo(403);
      assertThat(refused.body()).as(path).isEqualTo(unknown.body());
    }
    assertThat(report(DAHLIA, guess, "done").status()).isEqualTo(403);
    assertThat(coldframe("nodes")).doesNotContain("ready");
  }

  @Test
  @Tag("L-12")
  void nothingThatIsWrittenDownHoldsASecret() throws IOException {
    String token = fresh();
    assertThat(show(token, (byte) 0)).isEqualTo("write\n");
    String plan = install(token, "plan").text();
    assertThat(plan).endsWith("end\n");
    Path disk = folder.resolve("disk.img");
    write(token, plan, disk);
    var secrets = new LinkedHashMap<String, String>();
    secrets.put("journey token", token);
    hostKeys(token, plan).forEach(secrets::put);
    assertThat(report(GERANIUM, token, "done").status()).isEqualTo(204);
    assertThat(install(token, "root").status()).as("root once more").isEqualTo(409);

    Map<String, byte[]> written = everythingWritten();
    written.put("the boot partition of the disk", Files.readAllBytes(disk));
    secrets.forEach((name, secret) ->
        written.forEach((where, bytes) -> {
          assertThat(new String(bytes, StandardCharsets.ISO_8859_1).contains(secret))
              .as("%s in %s", name, where)
              .isFalse();
        }));
  }

  /// Does what the plan says, with a file as the disk, up to the boot partition's end.
  private void write(String token, String plan, Path disk) throws IOException {
    try (var out = new RandomAccessFile(disk.toFile(), "rw")) {
      for (String line : plan.split("\n", -1)) {
        String[] words = line.split(" ", -1);
        switch (words[0]) {
          case "chunk" -> write(out, token, "chunk/" + words[1], Long.parseLong(words[2]));
          case "run" ->
              write(out, token, "run/" + words[1] + "/" + words[2], Long.parseLong(words[3]));
          default -> {}
        }
      }
    }
  }

  private void write(RandomAccessFile out, String token, String part, long at) throws IOException {
    if (at < 68L << 20) {
      Answer data = install(token, part);
      assertThat(data.status()).isEqualTo(200);
      out.seek(at);
      out.write(data.body().toArray());
    }
  }

  /// The lines of the private keys in the archive for the new root.
  private Map<String, String> hostKeys(String token, String plan) throws IOException {
    assertThat(plan).contains("\nroot ");
    Answer root = install(token, "root");
    assertThat(root.status()).isEqualTo(200);
    // What is looked for is what the node gets, in plain text.
    assertThat(new String(root.body().toArray(), StandardCharsets.ISO_8859_1)).contains(token);
    Path tar = folder.resolve("root-of-the-test.tar");
    Files.write(tar, root.body().toArray());
    String keys =
        Command.run(LIMIT, "tar", "-xOf", tar.toString(), "--wildcards", "*ssh_host_*_key").text();
    Files.delete(tar);
    Files.delete(folder.resolve("answer"));
    var out = new LinkedHashMap<String, String>();
    // The first line of such a key is the same for every key.
    keys.lines()
        .filter(line -> line.length() > 60 && !line.startsWith("b3BlbnNzaC1rZXktdjEA"))
        .forEach(line -> out.put("host key, line " + out.size(), line));
    assertThat(out).isNotEmpty();
    return out;
  }

  private Map<String, byte[]> everythingWritten() throws IOException {
    var out = new LinkedHashMap<String, byte[]>();
    for (String[] words :
        new String[][] {
          {"nodes"},
          {"nodes", "--json"},
          {"node", "geranium"},
          {"node", "geranium", "--json"},
          {"leases", "--json"},
          {"image", "list", "--json"},
          {"render", "geranium"}
        }) {
      out.put("coldframe " + String.join(" ", words), Images.text(coldframe(words)));
    }
    for (String path : coldframe("render", "geranium").lines().toList()) {
      String name = path.split(" +", -1)[0];
      if (List.of("config.txt", "cmdline.txt", "user-data", "meta-data", "network-config")
          .contains(name)) {
        out.put("render " + name, Images.text(coldframe("render", "geranium", name)));
      }
    }
    for (String path :
        List.of("config.txt", "cmdline.txt", "initramfs8", "user-data", "boot.img")) {
      out.put("served " + path, ask(GERANIUM, path).body().toArray());
    }
    Files.delete(folder.resolve("answer"));
    for (String path : List.of("nodes", "nodes/geranium")) {
      out.put(
          "API " + path,
          Images.text(
              Command.run(
                      LIMIT,
                      "curl",
                      "-s",
                      "--unix-socket",
                      lab.state().resolve("coldframe.sock").toString(),
                      "http://localhost/api/v1/" + path)
                  .text()));
    }
    try (Stream<Path> files = Files.walk(lab.state())) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (!file.toString().endsWith(".img")) {
          out.put(file.toString(), Files.readAllBytes(file));
        }
      }
    }
    out.put("the server's log", Files.readAllBytes(folder.resolve("serve.log")));
    assertThat(out.keySet()).anyMatch(name -> name.endsWith("journal.db-wal"));
    return out;
  }

  private String journal() {
    return Command.run(
                LIMIT,
                "curl",
                "-s",
                "--unix-socket",
                lab.state().resolve("coldframe.sock").toString(),
                "http://localhost/api/v1/nodes")
            .text()
        + coldframe("node", "geranium", "--json");
  }
}
