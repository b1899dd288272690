package dev.coldframe.render;

import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import dev.coldframe.net.Serial;
import dev.coldframe.node.ImageFacts;
import dev.coldframe.node.Network;
import dev.coldframe.node.Node;
import dev.coldframe.node.OsImage;
import dev.coldframe.node.Profile;
import dev.coldframe.node.World;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The variables that a node's templates see, described in `templates/README.md`. Maps, lists,
/// text, numbers and booleans only. What is not known is an empty text, an empty list or 0, so that
/// `{% if … %}` asks for it.
public final class NodeModel {
  /// What stands in the place of a secret when a seed file is only looked at.
  public static final String MASK = "********";

  private NodeModel() {}

  /// What a seed may say of the running journey.
  ///
  /// @param instanceId node name and install counter
  /// @param seedUrl base URL of the seed files, with the token
  /// @param reportUrl where the node reports, with the token
  /// @param healthUrl where it reports once it is ready, with a key of its own; empty: nowhere
  public record Journey(String instanceId, String seedUrl, String reportUrl, String healthUrl) {}

  /// For files of the boot tree: no secret is among the variables (row L-12).
  public static Map<String, Object> boot(Node node, World world) {
    Profile profile = node.profile();
    var out = new LinkedHashMap<String, Object>();
    out.put("site", Map.of("name", world.site().name(), "domain", world.site().domain()));
    out.put("appliance", Map.of("address", world.site().appliance().toString()));
    out.put("node", nodeFacts(node, world));
    out.put("network", networkFacts(node, world));
    out.put("profile", profile.name());
    out.put("boot", lower(profile.boot()));
    out.put("image", imageFacts(world.imageOf(node)));
    out.put("installer", installerFacts(world.bootImageOf(node)));
    out.put("command_line", "");
    out.put("clock_floor", clockFloor(node, world));
    out.put("nfs_root", profile.nfsRoot().orElse("").replace("{node}", node.name()));
    out.put("user", profile.user().map(NodeModel::publicUser).orElse(noUser()));
    out.put(
        "ssh", Map.of("enabled", profile.ssh().enabled(), "password", profile.ssh().password()));
    out.put("locale", profile.locale().orElse(""));
    out.put("keyboard", profile.keyboard().orElse(""));
    out.put("timezone", profile.timezone().orElse(""));
    out.put("address_in_os", lower(profile.addressInOs()));
    out.put("config_txt", profile.configTxt());
    out.put("cmdline", profile.cmdline());
    out.putAll(SetupModel.of(profile.setup()));
    return out;
  }

  /// For seed files, which only a journey token opens, and for files that the installer puts
  /// straight into the new root.
  public static Map<String, Object> seed(Node node, World world, Journey journey) {
    return withSecrets(
        node, world, journey, node.profile().user().flatMap(Profile.User::passwordHash));
  }

  /// For files on the FAT boot partition of an installed disk, which everyone can read who holds
  /// the card: a password's hash, but no token and no key.
  public static Map<String, Object> disk(Node node, World world, Journey journey) {
    Map<String, Object> out = seed(node, world, journey);
    out.put("journey", Map.of("instance_id", journey.instanceId()));
    return out;
  }

  /// For looking at a seed file: no journey is begun, and each secret is [#MASK] (row L-13).
  public static Map<String, Object> preview(Node node, World world) {
    return masked(node, world, masked(node, world));
  }

  /// As [#disk], for looking at.
  public static Map<String, Object> diskPreview(Node node, World world) {
    Map<String, Object> out = preview(node, world);
    out.put("journey", Map.of("instance_id", masked(node, world).instanceId()));
    return out;
  }

  /// As [#seed], with each secret masked that there is.
  public static Map<String, Object> masked(Node node, World world, Journey journey) {
    Journey masked = masked(node, world);
    return withSecrets(
        node,
        world,
        new Journey(
            masked.instanceId(),
            masked.seedUrl(),
            masked.reportUrl(),
            journey.healthUrl().isEmpty() ? "" : masked.healthUrl()),
        node.profile().user().flatMap(Profile.User::passwordHash).map(_ -> MASK));
  }

  private static Journey masked(Node node, World world) {
    String base = "http://" + world.site().appliance() + "/-/";
    return new Journey(
        node.name() + "-0",
        base + "seed/" + MASK + "/",
        base + "report/" + MASK,
        base + "health/" + MASK);
  }

  private static Map<String, Object> withSecrets(
      Node node, World world, Journey journey, Optional<String> hash) {
    Map<String, Object> out = boot(node, world);
    var user =
        new LinkedHashMap<String, Object>(
            node.profile().user().map(NodeModel::publicUser).orElse(noUser()));
    user.put("password_hash", hash.orElse(""));
    out.put("user", user);
    out.put(
        "journey",
        Map.of(
            "instance_id", journey.instanceId(),
            "seed_url", journey.seedUrl(),
            "report_url", journey.reportUrl(),
            "health_url", journey.healthUrl()));
    return out;
  }

  private static Map<String, Object> nodeFacts(Node node, World world) {
    var out = new LinkedHashMap<String, Object>();
    out.put("name", node.name());
    out.put("fqdn", node.name() + "." + world.site().domain());
    out.put("domain", world.site().domain());
    out.put("address", node.address().toString());
    List<String> macs = world.macsOf(node).stream().map(MacAddress::toString).toList();
    out.put("mac", macs.isEmpty() ? "" : macs.getFirst());
    out.put("macs", macs);
    out.put(
        "serial", node.identity().serials().stream().findFirst().map(Serial::toString).orElse(""));
    out.put("family", family(node));
    return out;
  }

  /// The day with which a system begins that has its root elsewhere and no clock, in seconds since
  /// 1970; 0 where the board has a clock, or the system a clock file of its own disk. A Pi 5 has
  /// one, and is taken for a Pi 4 as long as only its MAC is known.
  private static long clockFloor(Node node, World world) {
    boolean rootElsewhere =
        node.profile().boot() == Profile.Boot.NFS || node.profile().boot() == Profile.Boot.SDROOT;
    int family = family(node);
    if (family == 0) {
      family =
          world.macsOf(node).stream()
              .mapToInt(mac -> world.quirks().piBlocks().getOrDefault(mac.oui(), 0))
              .max()
              .orElse(0);
    }
    boolean clockless = family == 3 || family == 4;
    return rootElsewhere && clockless ? world.knowledge().timeFloor().day().getEpochSecond() : 0;
  }

  private static int family(Node node) {
    return node.identity().serials().stream().mapToInt(NodeModel::family).max().orElse(0);
  }

  /// The board family that a full serial betrays: 3, 4 or 5; 0 when it is not known
  /// (raspberry-pi-boot.md, section 1.3).
  private static int family(Serial serial) {
    if (!serial.full()) {
      return 0;
    }
    return switch ((int) (serial.bits() >>> 32)) {
      case 0 -> 3;
      case 0x10000000 -> 4;
      default -> 5;
    };
  }

  /// What `image` names.
  public static Map<String, Object> image(OsImage image) {
    return imageFacts(Optional.of(image));
  }

  private static Map<String, Object> imageFacts(Optional<OsImage> image) {
    return Map.of(
        "name", image.map(OsImage::name).orElse(""),
        "family", image.map(i -> i.facts().family().label()).orElse(""),
        "dialect", image.map(i -> i.facts().dialect().label()).orElse(""),
        "seed_in_root", image.map(i -> i.facts().seedInRoot()).orElse(false),
        "boot_mount", image.map(i -> bootMount(i.facts().family())).orElse(""));
  }

  /// Where the running system has its boot partition (first-boot.md, section 7.1).
  private static String bootMount(ImageFacts.Family family) {
    return family == ImageFacts.Family.RASPIOS_BULLSEYE ? "/boot" : "/boot/firmware";
  }

  /// The 64-bit kernel that carries the installer, and its initramfs.
  private static Map<String, Object> installerFacts(Optional<OsImage> image) {
    return Map.of(
        "kernel", first(image.map(i -> i.facts().kernels()), "vmlinuz", "kernel8"),
        "initramfs", first(image.map(i -> i.facts().initramfs()), "initrd", "initramfs8"));
  }

  private static String first(Optional<List<String>> paths, String... preferred) {
    List<String> all = paths.orElse(List.of());
    for (String start : preferred) {
      Optional<String> found = all.stream().filter(path -> path.startsWith(start)).findFirst();
      if (found.isPresent()) {
        return found.get();
      }
    }
    return all.isEmpty() ? "" : all.getFirst();
  }

  private static Map<String, Object> networkFacts(Node node, World world) {
    var out = new LinkedHashMap<String, Object>();
    Optional<Network> network = world.networkOf(node.address());
    out.put("prefix", network.map(n -> n.subnet().prefixLength()).orElse(0));
    out.put("netmask", network.map(n -> n.subnet().mask().toString()).orElse(""));
    out.put("subnet", network.map(n -> n.subnet().toString()).orElse(""));
    out.put("router", network.flatMap(Network::router).map(Ip4::toString).orElse(""));
    out.put("dns", addresses(network.map(Network::dns).orElse(List.of()), world));
    out.put("ntp", names(network.map(Network::ntp).orElse(List.of()), world));
    out.put("ntp_addresses", addresses(network.map(Network::ntp).orElse(List.of()), world));
    out.put(
        "search",
        network
            .map(Network::search)
            .filter(s -> !s.isEmpty())
            .orElse(List.of(world.site().domain())));
    out.put("mtu", network.map(n -> n.mtu().orElse(0)).orElse(0));
    out.put(
        "routes",
        network.map(Network::routes).orElse(List.of()).stream()
            .map(r -> Map.of("to", r.to().toString(), "via", r.via().toString()))
            .toList());
    return out;
  }

  private static List<String> addresses(List<Network.ServerRef> servers, World world) {
    return world.addressesOf(servers, world.site().appliance()).stream()
        .map(Ip4::toString)
        .toList();
  }

  /// As the operating system should keep them: a name stays a name, for its addresses change.
  private static List<String> names(List<Network.ServerRef> servers, World world) {
    return servers.stream()
        .map(server ->
            switch (server) {
              case Network.ServerRef.Appliance() -> world.site().appliance().toString();
              case Network.ServerRef.Address(Ip4 address) -> address.toString();
              case Network.ServerRef.Name(String name) -> name;
            })
        .toList();
  }

  private static Map<String, Object> publicUser(Profile.User user) {
    return Map.of("name", user.name(), "ssh_keys", user.sshKeys());
  }

  private static Map<String, Object> noUser() {
    return Map.of("name", "", "ssh_keys", List.of());
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(java.util.Locale.ROOT);
  }
}
