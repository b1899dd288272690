package dev.coldframe.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.net.Bytes;
import dev.coldframe.net.Cidr;
import dev.coldframe.net.ClientUuid;
import dev.coldframe.net.Ip4;
import dev.coldframe.net.IpRange;
import dev.coldframe.net.MacAddress;
import dev.coldframe.net.Serial;
import dev.coldframe.net.SwitchPort;
import dev.coldframe.node.Admin;
import dev.coldframe.node.Adoption;
import dev.coldframe.node.EepromPolicy;
import dev.coldframe.node.EventType;
import dev.coldframe.node.ExtraName;
import dev.coldframe.node.Identity;
import dev.coldframe.node.Network;
import dev.coldframe.node.Network.ServerRef;
import dev.coldframe.node.Node;
import dev.coldframe.node.PowerSwitch;
import dev.coldframe.node.Profile;
import dev.coldframe.node.Profile.ClientClass;
import dev.coldframe.node.SerialConsole;
import dev.coldframe.node.Site;
import dev.coldframe.node.Soc;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Which record each key ends up in, and what holds where a key is absent.
class ConfigMappingTest {
  @TempDir Path temp;
  private ConfigFolder folder;

  @BeforeEach
  void makeFolders() {
    folder = ConfigFolder.in(temp);
  }

  @Test
  void fillsInDefaults() {
    Site site = folder.site(Samples.MINIMAL);
    assertThat(site.name()).isEqualTo("rack");
    assertThat(site.domain()).isEqualTo("rack.home.arpa");
    assertThat(site.appliance()).isEqualTo(Ip4.parse("192.168.0.2"));
    assertThat(site.tftpRoot()).isEqualTo(folder.path() + "/tftp-root");
    assertThat(site.templates()).isEqualTo(folder.path() + "/templates");
    assertThat(site.admin())
        .isEqualTo(
            new Admin(
                new Admin.Endpoint(Ip4.parse("127.0.0.1"), 8080),
                Optional.empty(),
                Optional.empty()));
    assertThat(site.admin().secure()).isFalse();
    assertThat(site.adopt()).isEqualTo(new Adoption.Ask());
    assertThat(site.profiles()).isEmpty();
    assertThat(site.nodes()).isEmpty();
    assertThat(site.records()).isEmpty();
    assertThat(site.upstreamDns()).isEmpty();
    assertThat(site.power()).isEmpty();
    assertThat(site.consoles()).isEmpty();
    assertThat(site.leaseTime()).isEqualTo(Duration.ofHours(12));
    assertThat(site.guests()).isEmpty();
    assertThat(site.services()).isEqualTo(Set.copyOf(SiteReader.WORKING_SERVICES));
    assertThat(site.tftp()).isEqualTo(new Site.Tftp(false));
    assertThat(site.time()).isEqualTo(Site.TimeSource.KERNEL);
    assertThat(site.limits()).isEqualTo(new Site.Limits(true));
    assertThat(site.stages())
        .isEqualTo(
            new Site.Stages(
                Duration.ofMinutes(3), Duration.ofMinutes(30), Duration.ofMinutes(20), 3));
    assertThat(site.tokenLife()).isEqualTo(Duration.ofHours(2));
  }

  @Test
  void fillsInDefaultsOfANetwork() {
    assertThat(folder.site(Samples.MINIMAL).networks())
        .containsExactly(
            new Network(
                "eth0",
                Cidr.parse("192.168.0.0/24"),
                Network.Mode.AUTHORITATIVE,
                Optional.empty(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                OptionalInt.empty(),
                Map.of(),
                Optional.empty(),
                true,
                List.of(),
                Duration.ZERO));
  }

  @Test
  void fillsInDefaultsOfAProfile() {
    assertThat(folder.site(Samples.MINIMAL + "profiles: { plain: }\n").profiles())
        .containsOnly(
            Map.entry(
                "plain",
                new Profile(
                    "plain",
                    Profile.Boot.INSTALL,
                    Optional.empty(),
                    Optional.empty(),
                    false,
                    Map.of(),
                    false,
                    Optional.empty(),
                    new Profile.Ssh(true, false),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Profile.AddressInOs.DHCP,
                    List.of(),
                    List.of(),
                    Profile.Install.USUAL,
                    Profile.Setup.NONE,
                    Optional.empty())));
  }

  @Test
  void mapsSerialConsoles() {
    assertThat(folder.site(Samples.FULL).consoles())
        .containsExactly(new SerialConsole("geranium", "/dev/serial/by-id/usb-FTDI_A", 9_600));
    String text =
        Samples.MINIMAL
            + "profiles: { k8s: { boot: local } }\n"
            + "nodes: { lily: { mac: dc:a6:32:01:36:c2, address: 192.168.0.20, profile: k8s } }\n"
            + "consoles: { lily: { device: /dev/./ttyUSB0 } }\n";
    assertThat(folder.site(text).consoles())
        .containsExactly(new SerialConsole("lily", "/dev/ttyUSB0", 115_200));
  }

  @Test
  void mapsEveryKeyOfWhatSwitchesPower() {
    String secret = folder.path() + "/community";
    Duration usual = Duration.ofSeconds(5);
    assertThat(folder.site(Samples.FULL).power().values())
        .containsExactly(
            new PowerSwitch(
                "sw1",
                new PowerSwitch.Snmp(
                    at("192.168.0.3", 161),
                    new PowerSwitch.Community(secret),
                    Optional.of("1.3.6.1.4.1.9.9.402.1.2.1.9")),
                Duration.ofSeconds(2),
                Duration.ofSeconds(10),
                new PowerSwitch.Ration(Optional.of(120), 12, true)),
            new PowerSwitch(
                "sw2",
                new PowerSwitch.Snmp(
                    at("192.168.0.4", 1161),
                    new PowerSwitch.User("rack", PowerSwitch.Hash.SHA, false, secret),
                    Optional.empty()),
                usual,
                usual),
            new PowerSwitch(
                "sw3", new PowerSwitch.Netgear(at("192.168.0.5", 80), secret), usual, usual),
            new PowerSwitch(
                "plug",
                new PowerSwitch.Command(
                    List.of("/usr/local/bin/plug", "{switch}", "{port}", "{action}")),
                usual,
                usual),
            new PowerSwitch("wake", new PowerSwitch.WakeOnLan(7), usual, usual));
  }

  @Test
  void fillsInDefaultsOfWhatSwitchesPower() {
    String text =
        Samples.MINIMAL
            + "power:\n"
            + "  sw1: { driver: snmp, address: 192.168.0.3, secret: file:community, user: rack }\n"
            + "  wake: { driver: wol }\n";
    assertThat(folder.site(text).power().values())
        .extracting(PowerSwitch::way)
        .containsExactly(
            new PowerSwitch.Snmp(
                at("192.168.0.3", 161),
                new PowerSwitch.User(
                    "rack", PowerSwitch.Hash.SHA256, true, folder.path() + "/community"),
                Optional.empty()),
            new PowerSwitch.WakeOnLan(9));
  }

  private static PowerSwitch.At at(String address, int port) {
    return new PowerSwitch.At(Ip4.parse(address), port);
  }

  @Test
  void mapsEveryKeyOfTheTopLevel() {
    Site site = folder.site(Samples.FULL);
    assertThat(site.name()).isEqualTo("attic");
    assertThat(site.domain()).isEqualTo("attic.example.org");
    assertThat(site.appliance()).isEqualTo(Ip4.parse("192.168.0.2"));
    assertThat(site.tftpRoot()).isEqualTo(folder.path() + "/files");
    assertThat(site.templates()).isEqualTo(folder.path() + "/scripts");
    assertThat(site.admin())
        .isEqualTo(
            new Admin(
                new Admin.Endpoint(Ip4.parse("127.0.0.2"), 9090),
                Optional.of(new Admin.Tls(folder.path() + "/own.pem", folder.path() + "/own.pem")),
                Optional.of(
                    new Admin.Webhook(
                        "https://chat.example/hook?key=1",
                        Set.of(EventType.PHASE, EventType.FILE_REFUSED)))));
    assertThat(site.admin().secure()).isTrue();
    assertThat(site.admin().toString()).doesNotContain("key=1");
    assertThat(site.records())
        .containsExactly(
            Map.entry("k8s-api", extra(Ip4.parse("192.168.0.20"), Ip4.parse("192.168.0.21"))),
            Map.entry("nas", extra(Ip4.parse("10.0.0.9"))),
            Map.entry(
                "mirror",
                new ExtraName(
                    List.of(Ip4.parse("10.0.0.9")),
                    Optional.empty(),
                    List.of(),
                    List.of("behind the nas"))),
            Map.entry("wiki", ExtraName.aliasOf("geranium.attic.example.org")),
            Map.entry(
                "_etcd._tcp",
                new ExtraName(
                    List.of(),
                    Optional.empty(),
                    List.of(
                        new ExtraName.Service("geranium.attic.example.org", 2380, 10, 5),
                        new ExtraName.Service("etcd.example.org", 2380, 0, 0)),
                    List.of())),
            Map.entry(
                "geranium",
                new ExtraName(
                    List.of(), Optional.empty(), List.of(), List.of("top shelf", "since 2026"))),
            Map.entry("tower-ssh", ExtraName.aliasOf("tower.attic.example.org")),
            Map.entry("office", ExtraName.aliasOf("tower.attic.example.org")));
    assertThat(site.leaseTime()).isEqualTo(Duration.ofHours(1));
    assertThat(site.guests()).contains("office-pc");
    assertThat(site.services())
        .containsExactlyInAnyOrder(
            Site.Service.DHCP, Site.Service.TFTP, Site.Service.DNS, Site.Service.CONSOLE);
    assertThat(site.upstreamDns()).containsExactly(Ip4.parse("192.168.0.1"), Ip4.parse("9.9.9.9"));
    assertThat(site.tftp()).isEqualTo(new Site.Tftp(true));
    assertThat(site.time()).isEqualTo(Site.TimeSource.LOCAL);
    assertThat(site.limits()).isEqualTo(new Site.Limits(false));
    assertThat(site.stages())
        .isEqualTo(
            new Site.Stages(
                Duration.ofSeconds(90), Duration.ofHours(1), Duration.ofMinutes(5), 0, true));
    assertThat(site.tokenLife()).isEqualTo(Duration.ofMinutes(30));
    assertThat(site.adopt())
        .isEqualTo(
            new Adoption.Auto(
                "pi-{n}",
                Optional.of(IpRange.parse("192.168.0.40-192.168.0.59")),
                OptionalInt.of(16),
                "k8s",
                true));
  }

  private static ExtraName extra(Ip4... addresses) {
    return ExtraName.of(List.of(addresses));
  }

  @Test
  void mapsEveryKeyOfANetwork() {
    assertThat(folder.site(Samples.FULL).networks())
        .containsExactly(
            new Network(
                "eth0",
                Cidr.parse("192.168.0.0/24"),
                Network.Mode.OBSERVE,
                Optional.of(Ip4.parse("192.168.0.1")),
                List.of(new ServerRef.Appliance(), new ServerRef.Address(Ip4.parse("192.168.0.1"))),
                List.of(
                    new ServerRef.Name("ntp.nict.jp"),
                    new ServerRef.Address(Ip4.parse("192.168.0.5"))),
                List.of("attic.example.org", "example.org"),
                List.of(new Network.Route(Cidr.parse("10.0.0.0/8"), Ip4.parse("192.168.0.254"))),
                OptionalInt.of(9000),
                Map.of(150, Bytes.parseHex("c0a80002"), 23, Bytes.parseHex("40")),
                Optional.of(IpRange.parse("192.168.0.200-192.168.0.239")),
                false,
                List.of(Ip4.parse("192.168.0.253")),
                Duration.ofSeconds(4)));
  }

  @Test
  void mapsEveryKeyOfAProfile() {
    Profile k8s = profile(folder.site(Samples.FULL), "k8s");
    assertThat(k8s)
        .isEqualTo(
            new Profile(
                "k8s",
                Profile.Boot.LOCAL,
                Optional.of("raspios-lite-arm64"),
                Optional.empty(),
                true,
                Map.of(),
                false,
                Optional.of(
                    new Profile.User("mayth", Optional.of(Samples.HASH), List.of(Samples.KEY))),
                new Profile.Ssh(false, true),
                Optional.of("ja_JP.UTF-8"),
                Optional.of("jp"),
                Optional.of("Asia/Tokyo"),
                Profile.AddressInOs.STATIC,
                List.of("dtparam=audio=off"),
                List.of("cgroup_enable=memory", "quiet"),
                new Profile.Install(
                    Optional.of("raspios-full"),
                    Optional.of("/dev/mmcblk0"),
                    true,
                    Profile.Overwrite.NEVER),
                new Profile.Setup(
                    true,
                    List.of("nfs-common", "g++"),
                    List.of(
                        new Profile.Storage(
                            "/dev/sda", "data", "ext4", "/srv/data", Profile.Overwrite.NEVER),
                        new Profile.Storage(
                            "/dev/disk/by-id/usb-x:0",
                            "more",
                            "ext4",
                            "/srv/more",
                            Profile.Overwrite.WHEN_BLANK)),
                    true,
                    Optional.of(new Profile.Fan.Gpio(14, 60)),
                    Duration.ofSeconds(60),
                    List.of("motd.sh")),
                Optional.empty()));
    assertThat(profile(folder.site(Samples.FULL), "office-pc").bootfileZero()).isTrue();
    assertThat(profile(folder.site(Samples.FULL), "office-pc").eeprom())
        .contains(
            new EepromPolicy(
                Map.of(Soc.BCM2711, "2026-08-04"),
                Map.of("BOOT_ORDER", "0xf21", "UART_BAUD", "9600")));
    assertThat(profile(folder.site(Samples.FULL), "office-pc").setup().fan())
        .contains(new Profile.Fan.PoeHat(List.of(65, 70, 75, 80)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          disk: auto          |
          disk: 31914983424   | 31914983424
          disk: Samsung T7    | Samsung T7
          disk: /dev/disk/by-id/nvme-x_1 | /dev/disk/by-id/nvme-x_1
          """)
  void takesADiskByAnyOfItsNames(String line, @Nullable String disk) {
    Site site = folder.site(Samples.MINIMAL + "profiles: { pi: { %s } }\n".formatted(line));
    assertThat(profile(site, "pi").install().disk()).isEqualTo(Optional.ofNullable(disk));
  }

  @Test
  void mapsEveryBootFile() {
    Profile pc = profile(folder.site(Samples.FULL), "office-pc");
    assertThat(pc.boot()).isEqualTo(Profile.Boot.FILES);
    assertThat(pc.bootfiles())
        .containsExactly(
            Map.entry(ClientClass.UEFI_X64, "ipxe/snponly.efi"),
            Map.entry(ClientClass.UEFI_ARM64, "efi/grubaa64.efi"),
            Map.entry(ClientClass.HTTP_X64, "efi/uki-amd64.efi"),
            Map.entry(ClientClass.HTTP_ARM64, "efi/uki-arm64.efi"),
            Map.entry(ClientClass.BIOS, "ipxe/undionly.kpxe"),
            Map.entry(ClientClass.IPXE, "boot.ipxe"),
            Map.entry(ClientClass.UBOOT, "boot.scr.uimg"));
  }

  @Test
  void mapsEveryKeyOfANodeAndKeepsTheFilesOrder() {
    Site site = folder.site(Samples.FULL);
    assertThat(site.nodes().keySet()).containsExactly("geranium", "dahlia", "tower", "iris");
    assertThat(node(site, "geranium"))
        .isEqualTo(
            new Node(
                "geranium",
                new Identity(
                    List.of(Serial.parse("10000000a2ef5644"), Serial.parse("10000000")),
                    List.of(),
                    List.of(),
                    List.of()),
                Ip4.parse("192.168.0.20"),
                profile(site, "k8s"),
                Node.Origin.FILE));
    assertThat(node(site, "dahlia").identity())
        .isEqualTo(Identity.ofMac(MacAddress.parse("dc:a6:32:01:36:c2")));
    assertThat(node(site, "tower").identity().uuids())
        .containsExactly(ClientUuid.tryParse("4c4c4544-0034-5910-8054-b4c04f4d5732").orElseThrow());
    assertThat(node(site, "iris").identity().ports())
        .extracting(SwitchPort::toString)
        .containsExactly("sw1/7", "192.168.0.253/0x000400010107");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          swap-server          | 192.168.0.3                | c0a80003
          log-servers          | [192.168.0.3, 192.168.0.4] | c0a80003c0a80004
          log-servers          | 192.168.0.3                | c0a80003
          nis-domain           | attic                      | 6174746963
          ip-forwarding        | on                         | 01
          router-discovery     | false                      | 00
          default-ip-ttl       | 255                        | ff
          boot-size            | 65535                      | ffff
          arp-cache-timeout    | 4294967295                 | ffffffff
          time-offset          | -3600                      | fffff1f0
          23                   | 64                         | 40
          200                  | 64                         | 3634
          200                  | 192.168.0.3                | c0a80003
          200                  | [192.168.0.3, 192.168.0.4] | c0a80003c0a80004
          200                  | 0x00ff                     | 00ff
          200                  | hex:00:ff 10               | 00ff10
          log-servers          | 0xc0a80003                 | c0a80003
          """)
  void encodesOptions(String key, String value, String hex) {
    Site site = folder.site(Samples.MINIMAL + "    options: { %s: %s }\n".formatted(key, value));
    assertThat(site.networks().getFirst().options().values()).containsExactly(Bytes.parseHex(hex));
  }

  @Test
  void readsTheBuiltInRack() {
    Site site = folder.site(BuiltInRack.text());
    assertThat(site.nodes().keySet()).containsExactly("geranium", "dahlia", "iris");
    assertThat(profile(site, "k8s").user().orElseThrow().name()).isEqualTo("mayth");
  }

  @Test
  void readsSerialsThatLookLikeNumbersByTheirText() {
    Site site =
        folder.site(
            Samples.MINIMAL
                + """
                profiles: { pi: }
                nodes:
                  a: { serial: 00000010, address: 192.168.0.20, profile: pi }
                  b: { serial: 1e500000, address: 192.168.0.21, profile: pi }
                  c: { serial: 0010000000000000, address: 192.168.0.22, profile: pi }
                """);
    assertThat(site.nodes().values())
        .extracting(node -> node.identity().serials().getFirst().toString())
        .containsExactly("00000010", "1e500000", "0010000000000000");
  }

  @Test
  void writesALeaseWithoutEndAsAllOnes() {
    assertThat(folder.site(Samples.MINIMAL + "lease-time: infinite\n").leaseTime())
        .isEqualTo(Duration.ofSeconds(0xffff_ffffL));
  }

  @Test
  void acceptsAnApplianceOutsideWhenEveryNetworkIsRelayed() {
    Site site =
        folder.site(
            """
            appliance: { address: 203.0.113.9 }
            networks:
              - { interface: eth0, subnet: 10.1.0.0/24, relays: [10.1.0.1] }
            """);
    assertThat(site.networks().getFirst().relays()).containsExactly(Ip4.parse("10.1.0.1"));
  }

  @Test
  @Tag("C-12")
  void refusesThisServerAsItsOwnTimeServer() {
    assertThat(folder.problems(Samples.MINIMAL + "    ntp: [192.168.0.2]\n"))
        .containsExactly(
            "coldframe.yaml:6: networks[0].ntp[0]: 192.168.0.2 is this server itself; write"
                + " appliance");
  }

  @Test
  void servesLoopbackOnlyWhenAsked() {
    String text =
        """
        appliance: { address: 127.1.0.1 }
        networks:
          - { interface: lo, subnet: 127.1.0.0/24, pool: 127.1.0.100-127.1.0.120 }
        """;
    assertThat(ConfigLoader.parse("c.yaml", temp, text, new LoadOptions(temp, true)))
        .isInstanceOf(Loaded.Ok.class);
    assertThat(folder.problems(text))
        .containsExactly(
            "coldframe.yaml:3: networks[0].subnet: 127.1.0.0/24 is loopback; only rehearsals and"
                + " tests can serve it");
  }

  private static Profile profile(Site site, String name) {
    return Objects.requireNonNull(site.profiles().get(name));
  }

  private static Node node(Site site, String name) {
    return Objects.requireNonNull(site.nodes().get(name));
  }
}
