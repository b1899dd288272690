package dev.coldframe.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

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
import dev.coldframe.transport.content.DiskSetup;
import dev.coldframe.transport.content.RootFile;
import dev.coldframe.transport.content.Seeds;
import dev.coldframe.transport.content.TemplateFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What an installer puts on a disk, read by those that it is meant for: Debian's cloud-init, bash,
/// chpasswd, sfdisk, mkfs.ext4. No machine boots here.
@Tag("real")
class FirstBootTest {
  private static final String NONCE =
      HexFormat.of()
          .formatHex(Bytes.of(new Random().nextInt(256), new Random().nextInt(256)).toArray());
  private static final String USER = "cf" + NONCE;
  private static final String HASH = "$6$salt$" + NONCE;
  private static final String KEY = "ssh-ed25519 AAAA" + NONCE + " it's \"a\" \\ key\u82b1";
  private static final Seeds.Context CONTEXT =
      new Seeds.Context(
          "geranium-3",
          "http://192.168.0.2/-/seed/t" + NONCE + "/",
          "http://192.168.0.2/-/report/t" + NONCE);

  /// Answers each report with 204 and keeps its body.
  private static final String APPLIANCE =
      """
      import http.server, os
      class Handler(http.server.BaseHTTPRequestHandler):
          def do_POST(self):
              body = self.rfile.read(int(self.headers["Content-Length"])).decode()
              with open("/var/log/reports", "a") as log:
                  log.write(self.path + " " + body + "\\n")
              self.send_response(204)
              self.end_headers()
          def log_message(self, *args):
              pass
      server = http.server.HTTPServer(("192.168.0.2", 80), Handler)
      if os.fork() == 0:
          server.serve_forever()
      """;

  @TempDir Path folder;
  private Images images;
  private World world;
  private DiskSetup setup;
  private Chroot chroot;

  @BeforeEach
  void prepare() throws Exception {
    boolean root = Command.run(Duration.ofSeconds(20), "id", "-u").text().trim().equals("0");
    if (!root && !"true".equals(System.getenv("CI"))) {
      Assumptions.abort("needs root for namespaces");
    }
    images = new Images(folder.resolve("state"));
    byte[] fat = dev.coldframe.testkit.Images.fat(dev.coldframe.testkit.Images.trixie());
    Path file = Files.write(folder.resolve("image.img"), dev.coldframe.testkit.Images.disk(fat));
    images.add(new Images.Request(file, "raspios", Optional.empty()), (_, _, _) -> {});
    setup = new DiskSetup(() -> world, new TemplateFolder(Clock.systemUTC()), images);
    chroot = Chroot.in(Files.createDirectories(folder.resolve("chroot")));
    use(Profile.Setup.NONE);
  }

  private void use(Profile.Setup wanted) {
    Profile base = Sites.withImage("raspios", false);
    var profile =
        new Profile(
            base.name(),
            base.boot(),
            base.image(),
            Optional.empty(),
            false,
            Map.of(),
            false,
            Optional.of(new Profile.User(USER, Optional.of(HASH), List.of(KEY))),
            new Profile.Ssh(false, false),
            Optional.of("C.UTF-8"),
            Optional.of("jp"),
            Optional.of("Asia/Tokyo"),
            Profile.AddressInOs.DHCP,
            List.of(),
            List.of(),
            Profile.Install.USUAL,
            wanted,
            Optional.empty());
    var site = Sites.siteIn(folder, Sites.rack(profile));
    world =
        World.of(
            site, World.Knowledge.of(Sites.quirks()).withImages(Worlds.bootable(images.list())));
  }

  private Node geranium() {
    return world.node("geranium").orElseThrow();
  }

  private OsImage image(Dialect dialect) {
    OsImage image = world.imageOf(geranium()).orElseThrow();
    ImageFacts f = image.facts();
    return new OsImage(
        image.name(),
        image.sha256(),
        new ImageFacts(
            f.family(),
            dialect,
            f.seedInRoot(),
            f.description(),
            f.boards(),
            f.kernels(),
            f.initramfs(),
            f.deviceTrees()),
        image.imported());
  }

  /// As the installer would.
  private void install(Dialect dialect) throws IOException {
    OsImage image = image(dialect);
    for (Map.Entry<String, Bytes> file :
        setup.bootPartition(geranium(), image, CONTEXT).entrySet()) {
      chroot.write("boot/firmware/" + file.getKey(), 0755, file.getValue().text(UTF_8));
    }
    for (RootFile file : setup.root(geranium(), image, CONTEXT)) {
      switch (file.kind()) {
        case RootFile.Kind.Content(Bytes bytes) ->
            chroot.write(file.path(), file.mode(), bytes.text(UTF_8));
        case RootFile.Kind.Folder() -> throw new AssertionError("no template is a folder");
        case RootFile.Kind.Link(String target) -> chroot.link(file.path(), target);
      }
    }
  }

  @Test
  void cloudInitAppliesWhatThePartitionSays() throws IOException {
    install(Dialect.CLOUD_INIT);
    // As images of Raspberry Pi OS have it, and a host key that must stay.
    chroot.write(
        "etc/cloud/cloud.cfg.d/99_raspberry-pi.cfg",
        0644,
        """
        datasource_list: [NoCloud, None]
        datasource:
          NoCloud:
            seedfrom: file:///boot/firmware/
        """);
    chroot
        .run(
            """
            cloud-init schema --config-file /boot/firmware/user-data || exit 1
            rm -rf /var/lib/cloud /etc/ssh/ssh_host_*
            ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/ssh_host_ed25519_key
            sha256sum /etc/ssh/ssh_host_* > /etc/ssh/before
            cloud-init init --local && cloud-init init && cloud-init modules --mode config &&
              cloud-init modules --mode final
            """)
        .text();
    assertThat(chroot.read("/etc/hostname")).isEqualTo("geranium\n");
    assertThat(chroot.read("/etc/hosts")).contains("127.0.1.1 geranium.rack.home.arpa geranium");
    assertThat(chroot.read("/etc/shadow")).contains("\n" + USER + ":" + HASH + ":");
    assertThat(utf8(chroot.read("/home/" + USER + "/.ssh/authorized_keys"))).isEqualTo(KEY + "\n");
    assertThat(chroot.run("readlink /etc/localtime").text())
        .isEqualTo("/usr/share/zoneinfo/Asia/Tokyo\n");
    assertThat(chroot.run("cat /etc/ssh/sshd_config.d/*").text())
        .contains("PasswordAuthentication no\n")
        .doesNotContain("PasswordAuthentication yes");
    assertThat(chroot.read("/var/lib/cloud/data/instance-id")).isEqualTo("geranium-3\n");
    assertThat(chroot.read("/var/log/called")).contains("systemctl disable --now ssh\n");
    assertThat(chroot.run("sha256sum -c /etc/ssh/before && ls /etc/ssh/ssh_host_* | wc -l").text())
        .endsWith("\n2\n");
  }

  /// The output of programs is read as Latin-1.
  private static String utf8(String text) {
    return new String(text.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1), UTF_8);
  }

  @Test
  void aPlainDebianIsSetUpReportsAndForgetsItsSecrets() throws IOException {
    Path templates = Files.createDirectories(folder.resolve("templates"));
    Files.writeString(templates.resolve("good.sh"), "#!/bin/sh\necho ran >> /var/log/good\n");
    Files.writeString(templates.resolve("bad.sh"), "#!/bin/sh\nexit 3\n");
    use(
        new Profile.Setup(
            true,
            List.of(),
            List.of(),
            false,
            Optional.empty(),
            Duration.ZERO,
            List.of("good.sh", "bad.sh")));
    install(Dialect.NONE);
    chroot.write("root/appliance.py", 0644, APPLIANCE);
    chroot.run("python3 /root/appliance.py && /usr/local/sbin/coldframe-first-boot").text();
    assertThat(chroot.read("/etc/hostname")).isEqualTo("geranium\n");
    assertThat(chroot.read("/etc/shadow")).contains("\n" + USER + ":" + HASH + ":");
    assertThat(chroot.run("stat -c '%a %U' /home/" + USER + "/.ssh/authorized_keys").text())
        .isEqualTo("600 " + USER + "\n");
    assertThat(utf8(chroot.read("/home/" + USER + "/.ssh/authorized_keys"))).isEqualTo(KEY + "\n");
    assertThat(chroot.read("/etc/default/keyboard")).contains("XKBLAYOUT=\"jp\"");
    assertThat(chroot.read("/etc/timezone")).isEqualTo("Asia/Tokyo\n");
    assertThat(chroot.read("/var/log/good")).isEqualTo("ran\n");
    List<String> reports = chroot.read("/var/log/reports").lines().toList();
    assertThat(reports).hasSize(2);
    assertThat(reports.getFirst())
        .startsWith("/-/report/t" + NONCE + " { \"stage\":\"first-boot\",");
    assertThat(reports.getLast())
        .startsWith("/-/report/t" + NONCE + " { \"stage\":\"ready\",\"result\":\"done\",")
        .contains(
            "\"reason\":\"failed: scripts\"",
            "\"config\":\"applied\"",
            "\"sshd\":\"off\"",
            "\"clock\":\"synchronised\"",
            "\"scripts\":\"001-good.sh=0, 002-bad.sh=3\"");
    assertThat(chroot.read("/var/log/called")).contains("systemd-run --unit=coldframe-upgrade");
    assertThat(chroot.run("grep -rl t" + NONCE + " /boot /var/lib/coldframe /usr/local /etc").out())
        .isEmpty();
  }

  @Test
  void customTomlIsReadAsItWasMeant() throws IOException {
    install(Dialect.CUSTOM_TOML);
    String read =
        chroot
            .run(
                """
                python3 -c 'import tomllib
                file = tomllib.load(open("/boot/firmware/custom.toml", "rb"))
                print(type(file.pop("config_version")).__name__)
                for section in file.values():
                    for key, value in section.items():
                        print(key, value if type(value) is not list else value[0])'
                """)
            .text();
    assertThat(utf8(read))
        .isEqualTo(
            """
            int
            hostname geranium
            name %s
            password %s
            password_encrypted True
            enabled False
            password_authentication False
            authorized_keys %s
            keymap jp
            timezone Asia/Tokyo
            """
                .formatted(USER, HASH, KEY));
  }

  @Test
  void aNodeKeepsItsHostKeysAndMachineId() throws IOException {
    install(Dialect.NONE);
    String out =
        chroot
            .run(
                """
                kept=/var/lib/coldframe/identity
                mkdir -p $kept && rm -f /etc/ssh/ssh_host_*
                ssh-keygen -q -t ed25519 -N '' -f $kept/ssh_host_ed25519_key
                echo 0123456789abcdef0123456789abcdef > $kept/machine-id
                ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/ssh_host_ed25519_key
                ssh-keygen -q -t ecdsa -N '' -f /etc/ssh/ssh_host_ecdsa_key
                coldframe-identity && coldframe-identity
                cmp $kept/ssh_host_ed25519_key /etc/ssh/ssh_host_ed25519_key || exit 1
                cmp $kept/ssh_host_ed25519_key.pub /etc/ssh/ssh_host_ed25519_key.pub || exit 1
                stat -c '%a %n' /etc/ssh/ssh_host_*
                cat /etc/machine-id
                """)
            .text();
    assertThat(out)
        .isEqualTo(
            """
            restored /etc/ssh/ssh_host_ed25519_key
            restored /etc/ssh/ssh_host_ed25519_key.pub
            restored /etc/machine-id
            600 /etc/ssh/ssh_host_ed25519_key
            644 /etc/ssh/ssh_host_ed25519_key.pub
            0123456789abcdef0123456789abcdef
            """);
  }

  @Test
  void aDataDiskIsWrittenOnlyWhileItIsBlank() throws IOException {
    use(
        new Profile.Setup(
            false,
            List.of(),
            List.of(
                new Profile.Storage(
                    "/dev/sda", "data", "ext4", "/srv/data", Profile.Overwrite.WHEN_BLANK)),
            false,
            Optional.empty(),
            Duration.ZERO,
            List.of()));
    install(Dialect.NONE);
    String out =
        chroot
            .run(
                """
                . /usr/local/lib/coldframe/storage.sh
                cd /root
                disk() { truncate -s 0 disk; truncate -s 32M disk; }
                disk; echo "zeros: $(holds disk)"
                tr '\\0' '\\377' < disk > ones; echo "ones: $(holds ones)"
                mkfs.ext4 -q -F disk; echo "ext4: $(holds disk)"
                disk; mkfs.vfat disk > /dev/null; echo "fat: $(holds disk)"
                disk; mkswap -q disk; echo "swap: $(holds disk)"
                disk; printf x | dd of=disk bs=1 seek=33554431 conv=notrunc status=none
                echo "last byte: $(holds disk)"
                disk; printf x | dd of=disk bs=1 seek=1000000 conv=notrunc status=none
                echo "first MiB: $(holds disk)"
                disk; partition disk data; sfdisk -d disk | grep -o 'start=.*type=[^,]*\\|name=.*'
                echo "partitioned: $(holds disk)"
                truncate -s 30M part; format part data; blkid -o value -s LABEL part
                """)
            .text();
    assertThat(out)
        .isEqualTo(
            """
            zeros:\s
            ones:\s
            ext4: ext4
            fat: vfat
            swap: swap
            last byte: unknown data
            first MiB: unknown data
            start=        2048, size=       61440, type=0FC63DAF-8483-4772-8E79-3D69D8477DE4
            name="data"
            partitioned: PMBR gpt
            data
            """);
  }

  @Test
  void shellcheckHasNothingToSay() throws IOException {
    use(
        new Profile.Setup(
            true,
            List.of("nfs-common"),
            List.of(
                new Profile.Storage(
                    "/dev/sda", "data", "ext4", "/srv/data", Profile.Overwrite.WHEN_BLANK)),
            true,
            Optional.empty(),
            Duration.ofSeconds(60),
            List.of()));
    for (Dialect dialect : Dialect.values()) {
      chroot = Chroot.in(Files.createDirectories(folder.resolve(dialect.label())));
      install(dialect);
      // What a file includes is looked at by itself, functions for other dialects stay unused, and
      // a hash in single quotes is meant so.
      String out =
          chroot
              .run(
                  """
                  mkdir -p /boot/firmware
                  files=$(grep -rlE '^#!/bin/(ba)?sh' /usr/local/sbin/coldframe-* /boot/firmware)
                  shellcheck -S style -e SC1091,SC2016,SC2034,SC2154,SC2317 $files \
                    /usr/local/lib/coldframe/*.sh && echo "$files" | wc -l
                  """)
              .text();
      assertThat(out).as(dialect.label()).isEqualTo(dialect == Dialect.FIRSTRUN ? "5\n" : "4\n");
    }
  }
}
