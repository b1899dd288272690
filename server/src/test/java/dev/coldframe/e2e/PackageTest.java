package dev.coldframe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.testkit.Images;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/// What `scripts/package` makes, on a Debian that has neither Java nor Maven: installed, started by
/// systemd as its own user, a Pi booted from it, upgraded, removed, purged.
@Tag("real")
class PackageTest {
  private static final Duration BUILD = Duration.ofMinutes(5);
  private static final Duration BOOT = Duration.ofMinutes(2);

  /// CAP_NET_BIND_SERVICE and CAP_NET_RAW.
  private static final String CAPABILITIES = "0000000000002400";

  private static final String CONFIG =
      """
      site: rack
      domain: rack.home.arpa
      appliance: { address: 192.168.0.2 }
      networks:
        - { interface: eth0, subnet: 192.168.0.0/24, router: 192.168.0.1, pool: 192.168.0.200-192.168.0.239 }
      profiles:
        pi: { boot: install, user: { name: gardener, ssh-keys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFUhlL4ZLk/+LTYvGeZWCnGBZrWPqTdIExnyaAsZSBOe gardener"] } }
      nodes:
        geranium: { serial: 10000000a2ef5644, address: 192.168.0.20, profile: pi }
      """;

  @TempDir static Path made;
  @TempDir Path folder;
  private Lab lab;
  private DebianBox box;

  @BeforeAll
  static void pack() {
    var build =
        Command.run(
            BUILD,
            "env",
            // Only what is published has to be small.
            "XZ_DEFAULTS=-0",
            "DPKG_DEB_COMPRESSOR_TYPE=gzip",
            Path.of("..", "scripts", "package").toAbsolutePath().normalize().toString(),
            "-o",
            made.toString());
    assertThat(build.exit()).as(build.out()).isZero();
  }

  @BeforeEach
  void start() throws IOException {
    lab = Lab.open(folder);
    box = DebianBox.boot(lab);
  }

  @AfterEach
  void stop() {
    if (box != null) {
      box.close();
    }
    lab.close();
  }

  private static Path made(String end) throws IOException {
    try (var files = Files.list(made)) {
      return files.filter(f -> f.toString().endsWith(end)).findFirst().orElseThrow();
    }
  }

  @Test
  void aPiBootsFromWhatDebianInstalled() throws IOException {
    everyLibraryIsInTheBillOfMaterials();
    box.copy(made(".deb"), "/root/coldframe.deb");
    String installed = box.sh("dpkg -i /root/coldframe.deb 2>&1");
    assertThat(installed).contains("observes and answers nobody yet");
    awaitReady(1);
    runsConfined();

    serve();
    String first = mainPid();
    assertThat(boot()).contains("address 192.168.0.20").contains("ready");
    assertThat(node()).contains("\"phase\":\"ready\"");
    String key = box.sh("sha256sum /var/lib/coldframe/site.key");
    imageByRoot();

    // What ends by itself is started again.
    box.sh("systemctl kill --signal=KILL coldframe");
    awaitOther(first);
    awaitReady(3);
    assertThat(node()).contains("\"phase\":\"ready\"");

    upgrade(key);
    removed();
  }

  private static void everyLibraryIsInTheBillOfMaterials() throws IOException {
    String tarball = made(".tar.xz").toString();
    String bill =
        Command.run(BUILD, "tar", "-xOf", tarball, "--wildcards", "*/coldframe.cdx.json").text();
    List<String> named = new ArrayList<>();
    JsonMapper.shared()
        .readTree(bill)
        .path("components")
        .forEach(c -> named.add(c.path("name").asString() + "-" + c.path("version").asString()));
    List<String> delivered =
        Command.run(BUILD, "tar", "-tf", tarball)
            .text()
            .lines()
            .filter(file -> file.contains("/lib/coldframe/lib/") && file.endsWith(".jar"))
            .map(file -> file.substring(file.lastIndexOf('/') + 1))
            .toList();
    assertThat(delivered).hasSizeGreaterThan(20);
    assertThat(delivered).allMatch(file -> named.stream().anyMatch(file::startsWith));
    assertThat(named).as("a part of the page").anyMatch(name -> name.startsWith("uplot-"));
  }

  /// As systemd's own file says, seen from the kernel.
  private void runsConfined() {
    String pid = mainPid();
    String status = box.sh("cat /proc/" + pid + "/status");
    for (String set : List.of("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")) {
      assertThat(status).contains(set + ":\t" + CAPABILITIES);
    }
    assertThat(status).contains("NoNewPrivs:\t1").contains("Seccomp:\t2");
    assertThat(box.sh("stat -c %U /proc/" + pid)).isEqualTo("coldframe");
    // Nowhere but in its state folder, whoever writes there.
    for (String place : List.of("/etc/coldframe", "/usr/lib/coldframe", "/var/log", "/")) {
      assertThat(box.run("nsenter", "-t", pid, "-m", "-r", "touch", place + "/x").out())
          .contains("Read-only file system");
    }
    box.sh("nsenter -t " + pid + " -m -r touch /var/lib/coldframe/x && rm /var/lib/coldframe/x");
    assertThat(box.sh("stat -c '%a %U' /var/lib/coldframe /etc/coldframe/coldframe.yaml"))
        .isEqualTo("700 coldframe\n640 root");
    assertThat(box.sh("find /var/lib/coldframe -type f -perm /077")).isEmpty();
    assertThat(box.run("systemd-analyze", "verify", "--man=no", "coldframe.service").text())
        .isBlank();
    String exposure = box.run("systemd-analyze", "security", "coldframe", "--no-pager").text();
    assertThat(exposure)
        .containsPattern("Overall exposure level for coldframe.service: 2\\.\\d OK");
    // It reads whether the kernel's clock is right, which a filter may forbid.
    assertThat(box.sh("journalctl -u coldframe --no-pager")).doesNotContain("adjtimex", "ERROR");
  }

  private void serve() throws IOException {
    box.write("/etc/coldframe/coldframe.yaml", CONFIG);
    Path root = Files.createDirectories(folder.resolve("tftp-root"));
    Path script = Path.of("..", "scripts", "fetch-firmware").toAbsolutePath().normalize();
    Command.run(BOOT, script.toString(), root.toString()).text();
    for (String kernel : List.of("kernel8.img", "initramfs8")) {
      byte[] bytes = new byte[1 << 20];
      new Random(kernel.hashCode()).nextBytes(bytes);
      Files.write(root.resolve(kernel), bytes);
    }
    Files.writeString(root.resolve("bcm2711-rpi-4-b.dtb"), "tree");
    box.copy(root, "/etc/coldframe/tftp-root");
    box.sh("coldframe check");
    // Told by the same signal as everywhere, and then for good: a mode is taken at the start.
    box.sh("systemctl reload coldframe");
    box.sh("systemctl restart coldframe");
    awaitReady(2);
  }

  /// Root's commands leave nothing that the service may not read.
  private void imageByRoot() throws IOException {
    Path image = SmallImage.make(folder.resolve("image"), Images.trixie());
    String file = "/srv/" + image.getFileName();
    box.copy(image, file);
    box.sh("chmod 0644 " + file + " && coldframe image add " + file + " --name raspios");
    assertThat(box.sh("find /var/lib/coldframe -not -user coldframe")).isEmpty();
    assertThat(box.sh("journalctl -u coldframe --no-pager"))
        .doesNotContain("cannot be listed", "cannot be read");
  }

  private String boot() {
    String mac = "dc:a6:32:ef:56:44";
    lab.newCard(mac);
    return Command.run(
            BOOT,
            Command.inside(
                lab.clientNamespace(), VirtualPi.command("eth0", mac, "10000000a2ef5644")))
        .text();
  }

  private String node() {
    return box.sh("coldframe node geranium --json");
  }

  private String mainPid() {
    return box.sh("systemctl show -p MainPID --value coldframe");
  }

  private void awaitOther(String pid) {
    for (int i = 0; i < 300; i++) {
      String now = mainPid();
      if (!now.equals(pid) && !now.equals("0")) {
        return;
      }
      Lab.pause(100);
    }
    throw new AssertionError(box.run("systemctl", "status", "--no-pager", "coldframe").out());
  }

  /// Waits until it has said so many times that it is ready.
  private void awaitReady(int times) {
    for (int i = 0; i < 300; i++) {
      String log = box.sh("journalctl -u coldframe --no-pager -o cat");
      if (log.split("coldframe ready in", -1).length > times) {
        return;
      }
      Lab.pause(100);
    }
    throw new AssertionError(box.sh("journalctl -u coldframe --no-pager"));
  }

  /// To a package that sorts after this one.
  private void upgrade(String key) throws IOException {
    String before = box.sh("ls /usr/lib/coldframe/*.aot");
    String pid = mainPid();
    box.sh(
        """
        cd /root && dpkg-deb -R coldframe.deb next && sed -i 's/^Version: .*/&.1/' next/DEBIAN/control &&
        touch next/usr/lib/coldframe/coldframe.jar && dpkg-deb -Zgzip --build next next.deb && rm -r next
        """);
    assertThat(box.sh("dpkg -i /root/next.deb 2>&1")).contains("over (");
    awaitOther(pid);
    awaitReady(4);
    assertThat(box.sh("cat /etc/coldframe/coldframe.yaml")).isEqualTo(CONFIG.strip());
    assertThat(box.sh("sha256sum /var/lib/coldframe/site.key")).isEqualTo(key);
    assertThat(box.sh("ls /usr/lib/coldframe/*.aot")).isNotEqualTo(before).doesNotContain("\n");
    assertThat(node()).contains("\"phase\":\"ready\"");
  }

  private void removed() {
    box.sh("dpkg -r coldframe");
    assertThat(box.run("systemctl", "is-active", "coldframe").out().strip()).isEqualTo("inactive");
    assertThat(box.sh("ls -d /usr/bin/coldframe /usr/lib/coldframe 2> /dev/null || true"))
        .isEmpty();
    assertThat(box.sh("ls /etc/coldframe/coldframe.yaml /var/lib/coldframe/leases.db"))
        .isNotEmpty();
    box.sh("dpkg -i /root/next.deb");
    awaitReady(5);
    assertThat(box.sh("systemctl is-enabled coldframe")).isEqualTo("enabled");
    assertThat(node()).contains("\"phase\":\"ready\"");
    box.sh("dpkg -P coldframe");
    // The boot files that its owner put down are not the package's to remove.
    assertThat(box.sh("find / -xdev -name '*coldframe*' -not -path '/root/*' -not -path '/proc/*'"))
        .isEqualTo("/etc/coldframe");
    assertThat(box.sh("ls /etc/coldframe /etc/coldframe/tftp-root"))
        .contains("kernel8.img")
        .doesNotContain("coldframe.yaml", "README");
  }

  @Test
  void theTarballRunsWhereItIsUnpacked() throws IOException {
    box.copy(made(".tar.xz"), "/root/coldframe.tar.xz");
    box.sh(
        "cd /opt && tar -xf /root/coldframe.tar.xz && ln -s /opt/coldframe-*/bin/coldframe /usr/local/bin/coldframe");
    assertThat(box.sh("/usr/local/bin/coldframe --version")).startsWith("coldframe ");
    assertThat(box.sh("cd /tmp && /usr/local/bin/coldframe rehearse")).contains("ready");
  }
}
