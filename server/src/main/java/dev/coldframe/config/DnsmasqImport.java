package dev.coldframe.config;

import dev.coldframe.net.Cidr;
import dev.coldframe.net.Ip4;
import dev.coldframe.net.IpRange;
import dev.coldframe.net.MacAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// Reads a `dnsmasq.conf` (dnsmasq(8)): networks, options, hosts with fixed addresses and names.
public final class DnsmasqImport {
  private static final Pattern LEASE = Pattern.compile("infinite|([0-9]{1,9})([smhdw]?)");
  private static final String CLASS_C = "255.255.255.0";

  private final SiteDraft site;
  private final DraftOptions options;
  private final Map<String, NetworkDraft> tags = new HashMap<>();
  private final List<String> interfaces = new ArrayList<>();

  private DnsmasqImport(String file) {
    site = new SiteDraft(file);
    options = new DraftOptions(site);
  }

  /// One `key=value` of the file.
  private record Setting(Place at, String key, String value) {}

  /// Reads a file.
  ///
  /// @param file its name for messages
  public static Imported read(String file, String text) {
    var reader = new DnsmasqImport(file);
    List<Setting> settings = settings(text);
    settings.forEach(reader::network);
    reader.interfaces();
    settings.forEach(reader::rest);
    settings.forEach(reader::names);
    return reader.site.finish();
  }

  private static List<Setting> settings(String text) {
    var out = new ArrayList<Setting>();
    int line = 0;
    for (String raw : text.split("\n", -1)) {
      line++;
      String plain = raw.replaceFirst("(^|\\s)#.*", "").trim();
      int equals = plain.indexOf('=');
      if (!plain.isEmpty()) {
        String key = (equals < 0 ? plain : plain.substring(0, equals)).trim();
        String value = equals < 0 ? "" : plain.substring(equals + 1).trim();
        out.add(new Setting(Place.line(line), key, value));
      }
    }
    return out;
  }

  private static List<String> parts(String value) {
    return Arrays.stream(value.split(",", -1))
        .map(part -> part.trim().replaceAll("^\"|\"$", ""))
        .toList();
  }

  // Networks come first: everything else belongs to one.
  private void network(Setting setting) {
    switch (setting.key()) {
      case "domain" -> domain(setting);
      case "interface" ->
          site.interfaceOf(setting.at(), setting.value()).ifPresent(interfaces::add);
      case "dhcp-range" -> range(setting);
      default -> {}
    }
  }

  private void domain(Setting setting) {
    List<String> parts = parts(setting.value());
    Optional<String> name = Names.tryParseDomain(parts.getFirst());
    if (parts.size() > 1 || site.domain != null) {
      site.left(setting.at(), "not carried over: a site has one domain");
    } else if (name.isEmpty()) {
      site.problems.error(setting.at(), "domain: " + parts.getFirst() + " is no domain name");
    } else {
      site.domain = name.get();
    }
  }

  private void range(Setting setting) {
    var parts = new ArrayList<>(parts(setting.value()));
    var own = new ArrayList<String>();
    while (!parts.isEmpty() && parts.getFirst().matches("(set|tag|interface):.*")) {
      String tag = parts.removeFirst();
      if (tag.startsWith("set:")) {
        own.add(tag.substring(4));
      }
    }
    if (setting.value().contains("::") || setting.value().contains("constructor:")) {
      site.left(setting.at(), "not carried over: IPv6");
      return;
    }
    Optional<Ip4> first = parts.isEmpty() ? Optional.empty() : Ip4.tryParse(parts.removeFirst());
    String mode = parts.isEmpty() ? "" : parts.removeFirst();
    Optional<Ip4> last = Ip4.tryParse(mode);
    boolean named = mode.equals("static") || mode.equals("proxy");
    if (first.isEmpty() || (last.isEmpty() && !named)) {
      site.problems.error(
          setting.at(), "dhcp-range: first and last address are expected: " + setting.value());
      return;
    }
    NetworkDraft network = network(setting, first.get(), parts);
    network.proxy |= mode.equals("proxy");
    last.ifPresent(to -> pool(setting, network, first.get(), to));
    own.forEach(tag -> tags.put(tag, network));
    parts.forEach(part -> lease(setting, part));
  }

  /// @param parts what follows the addresses; mask and broadcast address are taken out
  private NetworkDraft network(Setting setting, Ip4 first, List<String> parts) {
    Optional<Ip4> mask = parts.isEmpty() ? Optional.empty() : Ip4.tryParse(parts.getFirst());
    if (mask.isEmpty()) {
      site.left(setting.at(), "the range says no netmask; " + CLASS_C + " is taken");
    }
    parts.removeIf(part -> Ip4.tryParse(part).isPresent());
    int bits = mask.orElse(Ip4.parse(CLASS_C)).bits();
    Cidr subnet = Cidr.containing(first, Integer.bitCount(bits));
    if (!subnet.mask().equals(new Ip4(bits))) {
      site.problems.error(setting.at(), "dhcp-range: " + mask.orElseThrow() + " is no netmask");
    }
    Optional<NetworkDraft> known =
        site.networks.stream().filter(n -> n.subnet.overlaps(subnet)).findFirst();
    return known.orElseGet(() -> {
      var network = new NetworkDraft(subnet);
      site.networks.add(network);
      return network;
    });
  }

  private void pool(Setting setting, NetworkDraft network, Ip4 first, Ip4 last) {
    if (first.compareTo(last) > 0 || !network.subnet.contains(last)) {
      site.problems.error(setting.at(), "dhcp-range: ends before it begins or outside its network");
    } else if (network.pool != null) {
      site.left(setting.at(), "not carried over: a network has one pool, " + network.pool);
    } else {
      network.pool = new IpRange(first, last);
    }
  }

  private void lease(Setting setting, String text) {
    var matcher = LEASE.matcher(text);
    if (!matcher.matches()) {
      site.left(setting.at(), "not carried over: " + text);
      return;
    }
    long seconds =
        matcher.group(1) == null
            ? 0xffff_ffffL
            : Long.parseLong(matcher.group(1)) * unit(matcher.group(2));
    if (site.leaseSeconds != null && site.leaseSeconds != seconds) {
      site.left(setting.at(), "not carried over: a site has one lease time");
    } else {
      site.leaseSeconds = seconds;
    }
  }

  private static long unit(String letter) {
    return switch (letter) {
      case "m" -> 60;
      case "h" -> 3_600;
      case "d" -> 86_400;
      case "w" -> 604_800;
      default -> 1;
    };
  }

  /// One interface each where there are as many as networks, else the first for all.
  private void interfaces() {
    if (interfaces.isEmpty()) {
      site.left(Place.FILE, "names no interface; eth0 is taken, look it over");
    } else if (interfaces.size() > 1) {
      site.left(Place.FILE, "does not say which network is on which interface; look them over");
    }
    for (int i = 0; i < site.networks.size(); i++) {
      boolean paired = interfaces.size() == site.networks.size();
      site.networks.get(i).interfaceName =
          interfaces.isEmpty() ? "eth0" : interfaces.get(paired ? i : 0);
    }
  }

  private void rest(Setting setting) {
    switch (setting.key()) {
      case "domain", "interface", "dhcp-range", "address", "host-record" -> {}
      case "dhcp-authoritative" -> {}
      case "port" -> {
        if (!setting.value().equals("0")) {
          site.left(setting.at(), "not carried over: DNS is served on port 53");
        }
      }
      case "listen-address" -> listen(setting);
      case "server" -> server(setting);
      case "dhcp-option", "dhcp-option-force" -> option(setting);
      case "dhcp-host" -> host(setting);
      default ->
          site.left(
              setting.at(), "not carried over: " + setting.key() + " has nothing like it here");
    }
  }

  private void listen(Setting setting) {
    for (String part : parts(setting.value())) {
      Optional<Ip4> address = Ip4.tryParse(part).filter(a -> site.networkOf(a).isPresent());
      if (address.isPresent() && site.appliance == null) {
        site.appliance = address.get();
      } else {
        site.left(setting.at(), "not carried over: " + part);
      }
    }
  }

  private void server(Setting setting) {
    Ip4.tryParse(setting.value())
        .ifPresentOrElse(
            site.upstream::add,
            () -> site.left(setting.at(), "not carried over: only plain addresses of servers are"));
  }

  private void option(Setting setting) {
    var parts = new ArrayList<>(parts(setting.value()));
    List<NetworkDraft> networks = site.networks;
    while (parts.getFirst().matches("(tag|net|set):.*")) {
      NetworkDraft one = tags.get(parts.removeFirst().replaceFirst("^[a-z]+:", ""));
      networks = one == null ? List.of() : List.of(one);
      if (parts.isEmpty()) {
        site.problems.error(setting.at(), "dhcp-option: an option is expected");
        return;
      }
    }
    String name = parts.removeFirst().replaceFirst("^option:", "");
    Optional<Integer> code = DraftOptions.code(name);
    if (networks.isEmpty() || code.isEmpty()) {
      site.left(
          setting.at(), "not carried over: an option of no network, or of no name known here");
    } else if (parts.isEmpty()) {
      site.left(setting.at(), "not carried over: an option without a value");
    } else {
      networks.forEach(network -> options.put(network, setting.at(), code.get(), parts));
    }
  }

  private void host(Setting setting) {
    var macs = new ArrayList<MacAddress>();
    Ip4 address = null;
    String name = "";
    for (String part : parts(setting.value())) {
      Optional<MacAddress> mac = MacAddress.tryParse(part);
      Optional<Ip4> ip = Ip4.tryParse(part);
      if (mac.isPresent()) {
        macs.add(mac.get());
      } else if (ip.isPresent()) {
        address = ip.get();
      } else if (part.matches("[0-9]+(\\.[0-9]+){3}")
          || part.matches("([0-9a-fA-F]{2}:){2,}.*g.*")) {
        site.problems.error(setting.at(), "dhcp-host: " + part + " is no address");
        return;
      } else if (Names.tryParseDomain(part).isPresent()
          && !LEASE.matcher(part).matches()
          && !part.equals("ignore")
          && name.isEmpty()) {
        name = part;
      } else {
        site.left(setting.at(), "not carried over: " + part);
      }
    }
    if (address == null || macs.isEmpty()) {
      site.left(setting.at(), "not carried over: a node has a hardware address and an address");
    } else {
      site.pin(setting.at(), name, address, macs);
    }
  }

  // Names come last: those of nodes are known then.
  private void names(Setting setting) {
    if (setting.key().equals("address")) {
      String[] parts = setting.value().split("/", -1);
      Optional<Ip4> to = Ip4.tryParse(parts[parts.length - 1]);
      if (parts.length < 3 || to.isEmpty()) {
        site.left(setting.at(), "not carried over: no name with an IPv4 address");
        return;
      }
      for (int i = 1; i < parts.length - 1; i++) {
        site.record(setting.at(), parts[i], to.get());
      }
    } else if (setting.key().equals("host-record")) {
      List<String> parts = parts(setting.value());
      List<Ip4> to = parts.stream().flatMap(part -> Ip4.tryParse(part).stream()).toList();
      if (to.isEmpty()) {
        site.left(setting.at(), "not carried over: no name with an IPv4 address");
      }
      parts.stream()
          .filter(part -> !part.contains(":") && !part.matches("[0-9.]+"))
          .forEach(name -> to.forEach(address -> site.record(setting.at(), name, address)));
    }
  }
}
