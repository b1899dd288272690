package dev.coldframe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What `serve` says and returns when it cannot serve: the exit code of the contract and one clear
/// sentence each.
@Tag("real")
class RefusalsTest {
  private static final String CONFIG =
      """
      site: rack
      domain: rack.home.arpa
      appliance: { address: 192.168.0.2 }
      networks:
        - { interface: eth0, subnet: 192.168.0.0/24, pool: 192.168.0.200-192.168.0.239 }
      profiles: { k8s: { boot: install } }
      nodes:
        geranium: { mac: dc:a6:32:01:36:c2, address: 192.168.0.20, profile: k8s }
      """;

  private static final Duration LIMIT = Duration.ofSeconds(30);

  @TempDir Path folder;
  private Lab lab;

  @BeforeEach
  void start() {
    lab = Lab.open(folder);
  }

  @AfterEach
  void stop() {
    lab.close();
  }

  private Command.Result serve(String config, String... before) {
    Path file = lab.write("coldframe.yaml", config);
    var words = new ArrayList<>(List.of(before));
    words.addAll(
        List.of(lab.coldframe("serve", "-c", file.toString(), "--state", lab.state().toString())));
    return Command.run(LIMIT, Command.inside(lab.serverNamespace(), words.toArray(String[]::new)));
  }

  private static String lastLine(Command.Result result) {
    List<String> lines = result.out().lines().filter(l -> !l.startsWith("warning:")).toList();
    assertThat(lines).as(result.out()).hasSize(1);
    return lines.getFirst();
  }

  @Test
  void aWrongConfigIsRefusedWithEveryMistakeAndNothingIsBound() {
    Command.Result result =
        serve(
            CONFIG
                .replace("address: 192.168.0.20", "address: 10.0.0.20")
                .replace("boot: install", "boot: instal"));
    assertThat(result.exit()).isEqualTo(2);
    assertThat(result.out())
        .contains("coldframe.yaml:6: profiles.k8s.boot: ")
        .contains("coldframe.yaml:8: nodes.geranium.address: ");
    assertThat(Files.exists(lab.state())).isFalse();
  }

  @Test
  void aTakenPortIsRefused() {
    lab.serve(CONFIG);
    Path other = folder.resolve("other-state");
    Path file = lab.write("coldframe.yaml", CONFIG);
    Command.Result result =
        lab.onServer(lab.coldframe("serve", "-c", file.toString(), "--state", other.toString()));
    assertThat(result.exit()).isEqualTo(3);
    assertThat(lastLine(result)).startsWith("coldframe: the DHCP port is taken");
  }

  @Test
  void aStateFolderInUseIsRefused() {
    lab.serve(CONFIG);
    Command.Result result = serve(CONFIG);
    assertThat(result.exit()).isEqualTo(3);
    assertThat(lastLine(result)).contains("is in use by another coldframe process");
  }

  @Test
  void withoutPrivilegeItSaysWhatIsMissing() throws IOException {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
    Command.Result result =
        serve(
            CONFIG,
            "setpriv",
            "--reuid=65534",
            "--regid=65534",
            "--clear-groups",
            "--bounding-set=-all",
            "--inh-caps=-all");
    assertThat(result.exit()).isEqualTo(3);
    assertThat(lastLine(result)).startsWith("coldframe: no permission to serve DHCP");
  }

  @Test
  void aMissingInterfaceAndAMissingAddressAreRefused() {
    Command.Result result = serve(CONFIG.replace("eth0", "eth7"));
    assertThat(result.exit()).isEqualTo(3);
    assertThat(lastLine(result)).startsWith("coldframe: there is no interface eth7");
    lab.onServer("ip", "addr", "flush", "dev", "eth0");
    Command.Result bare = serve(CONFIG);
    assertThat(bare.exit()).isEqualTo(3);
    assertThat(lastLine(bare)).startsWith("coldframe: eth0 has no address in 192.168.0.0/24");
  }

  @Test
  void wrongUsageIsTwo() {
    assertThat(lab.onServer(lab.coldframe("sreve")).exit()).isEqualTo(2);
    assertThat(lab.onServer(lab.coldframe()).exit()).isEqualTo(2);
    assertThat(lab.onServer(lab.coldframe("--version")).exit()).isZero();
    assertThat(lab.onServer(lab.coldframe("serve", "--help")).exit()).isZero();
  }

  @Test
  @Tag("K-14")
  void aReloadTakesAGoodFileAndKeepsTheOldOneForABadOne() {
    Process server = lab.serve(CONFIG);
    Path log = folder.resolve("serve.log");
    lab.clientAddress("192.168.0.20");
    lab.write("coldframe.yaml", CONFIG.replace("boot: install", "boot: instal"));
    hangUp(server);
    Lab.await(log, "profiles.k8s.boot", server);
    assertThat(curl("config.txt").exit()).isZero();
    lab.write("coldframe.yaml", CONFIG.replace("boot: install", "boot: local"));
    hangUp(server);
    Lab.await(log, "coldframe reloaded", server);
    assertThat(curl("config.txt").exit()).as("error 1: it boots locally now").isEqualTo(68);
  }

  /// Where no `scripts/launch` has mended it.
  @Test
  void aServerWhoseParentIgnoresTheReloadSignalSaysSo() {
    Path log = folder.resolve("nohup.log");
    Path file = lab.write("coldframe.yaml", CONFIG);
    Process server =
        lab.startOnServer(
            log,
            "sh",
            "-c",
            "trap '' HUP; exec \"$@\"",
            "sh",
            System.getProperty("java.home") + "/bin/java",
            "-jar",
            Path.of("target/coldframe.jar").toAbsolutePath().toString(),
            "serve",
            "-c",
            file.toString(),
            "--state",
            lab.state().toString());
    Lab.await(log, "coldframe ready in", server);
    Lab.await(log, "SIGHUP is ignored by what started this", server);
  }

  private Command.Result curl(String path) {
    return lab.onClient("curl", "-s", "tftp://192.168.0.2/" + path);
  }

  private static void hangUp(Process server) {
    Command.run(LIMIT, "kill", "-HUP", Long.toString(server.pid())).text();
  }
}
