package dev.coldframe.testkit;

import dev.coldframe.net.Cidr;
import dev.coldframe.net.Ip4;
import dev.coldframe.net.IpRange;
import dev.coldframe.net.MacAddress;
import dev.coldframe.net.Serial;
import dev.coldframe.net.SwitchPort;
import dev.coldframe.node.Admin;
import dev.coldframe.node.Adoption;
import dev.coldframe.node.ExtraName;
import dev.coldframe.node.Identity;
import dev.coldframe.node.Network;
import dev.coldframe.node.Node;
import dev.coldframe.node.Profile;
import dev.coldframe.node.Quirks;
import dev.coldframe.node.Sighting;
import dev.coldframe.node.Site;
import dev.coldframe.node.World;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/// Small sites for tests: the rack of the documentation with three nodes.
public final class Sites {
  /// The instant at which tests begin.
  public static final java.time.Instant T0 = java.time.Instant.parse("2026-03-01T12:00:00Z");

  private Sites() {}

  /// A profile that installs, with a user and a key.
  public static Profile install() {
    return profile("k8s", Profile.Boot.INSTALL);
  }

  /// A profile of the given kind.
  public static Profile profile(String name, Profile.Boot boot) {
    return profile(name, boot, Optional.empty(), false);
  }

  /// A profile that boots an image.
  public static Profile withImage(String image, boolean ramdisk) {
    return profile("k8s", Profile.Boot.INSTALL, Optional.of(image), ramdisk);
  }

  /// A profile that boots a ramdisk without an image.
  public static Profile ramdisk() {
    return profile("k8s", Profile.Boot.INSTALL, Optional.empty(), true);
  }

  private static Profile profile(
      String name, Profile.Boot boot, Optional<String> image, boolean ramdisk) {
    return new Profile(
        name,
        boot,
        image,
        boot == Profile.Boot.NFS ? Optional.of("192.168.0.5:/srv/nfs/{node}") : Optional.empty(),
        ramdisk,
        Map.of(),
        false,
        Optional.of(
            new Profile.User(
                "mayth",
                Optional.of("$6$salt$hash"),
                List.of("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGJh mayth@desk"))),
        new Profile.Ssh(true, false),
        Optional.of("ja_JP.UTF-8"),
        Optional.of("jp"),
        Optional.of("Asia/Tokyo"),
        Profile.AddressInOs.DHCP,
        List.of(),
        List.of(),
        Profile.Install.USUAL,
        Profile.Setup.NONE,
        Optional.empty());
  }

  /// The same profile with another set-up on first boot.
  public static Profile withSetup(Profile p, Profile.Setup setup) {
    return Records.with(p, "setup", setup);
  }

  /// geranium by serial, dahlia by MAC, iris by both.
  public static List<Node> rack(Profile profile) {
    return List.of(
        node("geranium", "10000000a2ef5644", null, "192.168.0.20", profile),
        node("dahlia", null, "dc:a6:32:01:36:c2", "192.168.0.21", profile),
        node("iris", "10000000b7c91d03", "dc:a6:32:01:36:c3", "192.168.0.22", profile));
  }

  /// A node of the file.
  public static Node node(
      String name,
      @org.jspecify.annotations.Nullable String serial,
      @org.jspecify.annotations.Nullable String mac,
      String address,
      Profile profile) {
    var identity =
        new Identity(
            serial == null ? List.of() : List.of(Serial.parse(serial)),
            mac == null ? List.of() : List.of(MacAddress.parse(mac)),
            List.of(),
            List.of());
    return new Node(name, identity, Ip4.parse(address), profile, Node.Origin.FILE);
  }

  /// The same node with sshd turned off.
  public static Node withoutSsh(Node node) {
    Profile p = node.profile();
    Profile quiet = Records.with(p, "ssh", new Profile.Ssh(false, false));
    return new Node(node.name(), node.identity(), node.address(), quiet, node.origin());
  }

  /// The network 192.168.0.0/24 on eth0 with a pool of 200 to 239.
  public static Network network() {
    return new Network(
        "eth0",
        Cidr.parse("192.168.0.0/24"),
        Network.Mode.AUTHORITATIVE,
        Optional.of(Ip4.parse("192.168.0.1")),
        List.of(new Network.ServerRef.Appliance()),
        List.of(new Network.ServerRef.Address(Ip4.parse("192.168.0.5"))),
        List.of("rack.home.arpa"),
        List.of(),
        OptionalInt.empty(),
        Map.of(),
        Optional.of(IpRange.parse("192.168.0.200-192.168.0.239")),
        true,
        List.of(),
        Duration.ZERO);
  }

  /// The same network with trusted relays, which lie in it.
  public static Network withRelays(Network n, Ip4... relays) {
    return Records.with(n, "relays", List.of(relays));
  }

  /// The same network with further options.
  public static Network withOptions(Network n, Map<Integer, dev.coldframe.net.Bytes> options) {
    return Records.with(n, "options", options);
  }

  /// The same network with another pool.
  public static Network withPool(Network n, String pool) {
    return Records.with(n, "pool", Optional.of(IpRange.parse(pool)));
  }

  /// The same profile with boot files for PCs.
  public static Profile withBootfiles(Profile p, Map<Profile.ClientClass, String> files) {
    return Records.with(p, "bootfiles", files);
  }

  /// The same network in another mode, whose clients may have to wait.
  public static Network inMode(Network n, Network.Mode mode, Duration answerAfter) {
    return Records.with(n, "mode", mode, "answerAfter", answerAfter);
  }

  /// The same network on other addresses, with a pool of 200 to 239 in them.
  public static Network at(Network n, String subnet) {
    Cidr cidr = Cidr.parse(subnet);
    Ip4 first = cidr.network().plus(200);
    return Records.with(
        n,
        "subnet",
        cidr,
        "router",
        Optional.of(cidr.network().plus(1)),
        "pool",
        Optional.of(new IpRange(first, first.plus(39))));
  }

  /// A node that is known by switch ports only.
  public static Node inPort(String name, String address, String... ports) {
    var identity =
        new Identity(
            List.of(),
            List.of(),
            List.of(),
            java.util.Arrays.stream(ports).map(p -> SwitchPort.tryParse(p).orElseThrow()).toList());
    return new Node(name, identity, Ip4.parse(address), install(), Node.Origin.FILE);
  }

  /// The same site with another rule for unknown boards.
  public static Site withAdoption(Site s, Adoption adopt) {
    return Records.with(s, "adopt", adopt);
  }

  /// The rack as a site.
  public static Site site() {
    return site(List.of(network()), rack(install()));
  }

  /// A site of the given networks and nodes.
  public static Site site(List<Network> networks, List<Node> nodes) {
    var byName = new LinkedHashMap<String, Node>();
    var profiles = new LinkedHashMap<String, Profile>();
    for (Node node : nodes) {
      byName.put(node.name(), node);
      profiles.put(node.profile().name(), node.profile());
    }
    return new Site(
        "rack",
        "rack.home.arpa",
        Ip4.parse("192.168.0.2"),
        "/srv/tftp-root",
        "/srv/templates",
        new Admin(
            new Admin.Endpoint(Ip4.parse("127.0.0.1"), 0), Optional.empty(), Optional.empty()),
        Optional.empty(),
        networks,
        new Adoption.Ask(),
        profiles,
        byName,
        Map.of(
            "k8s-api", ExtraName.of(List.of(Ip4.parse("192.168.0.20"), Ip4.parse("192.168.0.21")))),
        List.of(),
        Map.of(),
        List.of(),
        Duration.ofHours(12),
        Optional.empty(),
        Set.of(Site.Service.values()),
        new Site.Tftp(false),
        Site.TimeSource.KERNEL,
        new Site.Limits(true),
        new Site.Stages(Duration.ofMinutes(3), Duration.ofMinutes(30), Duration.ofMinutes(20), 3),
        Duration.ofHours(2),
        Optional.empty());
  }

  /// A site whose TFTP root and templates lie in `root/` and `templates/` of a folder.
  public static Site siteIn(java.nio.file.Path folder, List<Node> nodes) {
    Site s = site(List.of(network()), nodes);
    return Records.with(
        s,
        "tftpRoot",
        folder.resolve("root").toString(),
        "templates",
        folder.resolve("templates").toString());
  }

  /// The same site with other extra names.
  public static Site withRecords(Site s, Map<String, List<Ip4>> records) {
    var extras = new LinkedHashMap<String, ExtraName>();
    records.forEach((name, addresses) -> extras.put(name, ExtraName.of(addresses)));
    return withExtras(s, extras);
  }

  /// The same site with other extra names, of any kind.
  public static Site withExtras(Site s, Map<String, ExtraName> extras) {
    return Records.with(s, "records", extras);
  }

  /// The same site with name servers to ask.
  public static Site withUpstream(Site s, String... servers) {
    List<Ip4> upstream = java.util.Arrays.stream(servers).map(Ip4::parse).toList();
    return Records.with(s, "upstreamDns", upstream);
  }

  /// The same site whose operator vouches for the clock, or not.
  public static Site withTime(Site s, Site.TimeSource time) {
    return Records.with(s, "time", time);
  }

  /// The same site without limits per source.
  public static Site unlimited(Site s) {
    return Records.with(s, "limits", new Site.Limits(false));
  }

  /// The rack as a world.
  public static World world() {
    return world(site());
  }

  /// A site as a world, in which nothing more is known than that b8:27:eb and dc:a6:32 are Pis.
  public static World world(Site site) {
    return World.of(site, World.Knowledge.of(quirks()));
  }

  /// Two address blocks, and the two things to know of a Pi 3.
  public static Quirks quirks() {
    int pi3 = MacAddress.parse("b8:27:eb:00:00:00").oui();
    Set<Sighting.Stage> loaders = Set.of(Sighting.Stage.PI_ROM, Sighting.Stage.PI_BOOTCODE);
    return new Quirks(
        Map.of(pi3, 3, MacAddress.parse("dc:a6:32:00:00:00").oui(), 4),
        List.of(
            new Quirks.Row(
                "pi3-lost-offer",
                Set.of(pi3),
                loaders,
                new Quirks.Behaviour.RepeatOffer(Duration.ofMillis(20)),
                "test"),
            new Quirks.Row(
                "pi3-no-request",
                Set.of(pi3),
                loaders,
                new Quirks.Behaviour.BindsOnOffer(Duration.ofMinutes(5)),
                "test")));
  }
}
