package dev.coldframe.config;

import dev.coldframe.net.Bytes;
import dev.coldframe.net.Cidr;
import dev.coldframe.net.Ip4;
import dev.coldframe.wire.dhcp.OptionCode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.json.JsonMapper;

/// Where an option of another server's file goes: most have a key of their own.
final class DraftOptions {
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,3}");
  private static final Pattern HEX = Pattern.compile("(?:0x)?(?:[0-9a-fA-F]{2}[: ]?)+");
  private static final String NOT_SO = "not carried over: not the value of such an option";

  /// What dnsmasq and Kea call the options that have a key of their own here.
  private static final Map<String, Integer> NAMES =
      Map.ofEntries(
          Map.entry("netmask", OptionCode.SUBNET_MASK),
          Map.entry("subnet-mask", OptionCode.SUBNET_MASK),
          Map.entry("broadcast", OptionCode.BROADCAST),
          Map.entry("broadcast-address", OptionCode.BROADCAST),
          Map.entry("router", OptionCode.ROUTER),
          Map.entry("routers", OptionCode.ROUTER),
          Map.entry("dns-server", OptionCode.DNS),
          Map.entry("domain-name-servers", OptionCode.DNS),
          Map.entry("domain-name", OptionCode.DOMAIN),
          Map.entry("domain-search", OptionCode.SEARCH_LIST),
          Map.entry("ntp-server", OptionCode.NTP),
          Map.entry("ntp-servers", OptionCode.NTP),
          Map.entry("mtu", OptionCode.MTU),
          Map.entry("interface-mtu", OptionCode.MTU),
          Map.entry("classless-static-route", OptionCode.CLASSLESS_ROUTES),
          Map.entry("tftp-server", OptionCode.TFTP_SERVER),
          Map.entry("tftp-server-name", OptionCode.TFTP_SERVER),
          Map.entry("bootfile-name", OptionCode.BOOT_FILE),
          Map.entry("boot-file-name", OptionCode.BOOT_FILE));

  private final SiteDraft site;

  DraftOptions(SiteDraft site) {
    this.site = site;
  }

  /// The code that a name or number means.
  static Optional<Integer> code(String name) {
    if (NUMBER.matcher(name).matches()) {
      return Optional.of(Integer.parseInt(name)).filter(code -> code >= 1 && code <= 254);
    }
    return Optional.ofNullable(NAMES.get(name))
        .or(() -> DhcpOptions.named(name).map(DhcpOptions.Known::code));
  }

  /// Puts a value where it belongs.
  ///
  /// @param values its parts, without blanks
  void put(NetworkDraft network, Place at, int code, List<String> values) {
    boolean taken =
        switch (code) {
          case OptionCode.ROUTER -> router(network, at, values);
          case OptionCode.DNS -> {
            network.dns = servers(values);
            yield addressesOnly(values);
          }
          case OptionCode.NTP -> {
            network.ntp = servers(values);
            yield addressesOnly(values);
          }
          case OptionCode.DOMAIN -> domain(values);
          case OptionCode.SEARCH_LIST -> {
            network.search = values;
            yield values.stream().allMatch(v -> Names.tryParseDomain(v).isPresent());
          }
          case OptionCode.MTU -> mtu(network, values);
          case OptionCode.CLASSLESS_ROUTES -> routes(network, at, values);
          default -> other(network, at, code, values);
        };
    if (!taken) {
      site.problems.error(at, NOT_SO);
    }
  }

  /// Puts a value in hex digits where it belongs.
  void putHex(NetworkDraft network, Place at, int code, String hex) {
    if (!HEX.matcher(hex).matches()) {
      site.problems.error(at, "not a value in hex digits");
      return;
    }
    Bytes value = Bytes.parseHex(hex.startsWith("0x") ? hex.substring(2) : hex);
    boolean addresses =
        code == OptionCode.ROUTER || code == OptionCode.DNS || code == OptionCode.NTP;
    if (code == OptionCode.CLASSLESS_ROUTES) {
      put(network, at, code, decodedRoutes(value));
    } else if (addresses && value.size() % 4 == 0) {
      var out = new ArrayList<String>();
      for (int i = 0; i < value.size(); i += 4) {
        out.add(new Ip4(value.intAt(i)).toString());
      }
      put(network, at, code, out);
    } else if (code == OptionCode.DOMAIN) {
      put(network, at, code, List.of(value.text(StandardCharsets.US_ASCII)));
    } else {
      raw(network, at, code, "\"0x" + value.hex() + "\"");
    }
  }

  private boolean router(NetworkDraft network, Place at, List<String> values) {
    network.router = Ip4.tryParse(values.getFirst()).orElse(null);
    if (values.size() > 1) {
      site.left(at, "a network has one router; the first is taken");
    }
    return network.router != null;
  }

  /// dnsmasq writes 0.0.0.0 for itself.
  private static List<String> servers(List<String> values) {
    return values.stream().map(v -> v.equals("0.0.0.0") ? "appliance" : v).toList();
  }

  private static boolean addressesOnly(List<String> values) {
    return values.stream().allMatch(v -> Ip4.tryParse(v).isPresent());
  }

  private boolean domain(List<String> values) {
    if (site.domain == null) {
      site.domain = Names.tryParseDomain(values.getFirst()).orElse(null);
    }
    return site.domain != null;
  }

  private static boolean mtu(NetworkDraft network, List<String> values) {
    boolean number = values.getFirst().matches("[0-9]{1,5}");
    network.mtu = number ? Integer.valueOf(values.getFirst()) : null;
    return number;
  }

  /// Pairs of network and next hop; the default route follows from the router.
  private boolean routes(NetworkDraft network, Place at, List<String> values) {
    for (int i = 0; i + 1 < values.size(); i += 2) {
      Optional<Cidr> to = cidr(values.get(i));
      Optional<Ip4> via = Ip4.tryParse(values.get(i + 1));
      if (to.isEmpty() || via.isEmpty()) {
        return false;
      }
      if (to.get().prefixLength() == 0) {
        network.router = network.router == null ? via.get() : network.router;
      } else if (network.subnet.isHost(via.get())) {
        network.routes.add("{ to: " + to.get() + ", via: " + via.get() + " }");
      } else {
        site.left(at, "not carried over: the next hop " + via.get() + " is not on the subnet");
      }
    }
    return values.size() % 2 == 0;
  }

  static Optional<Cidr> cidr(String text) {
    try {
      return Optional.of(Cidr.parse(text));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  /// RFC 3442: width, the significant octets, the next hop.
  private static List<String> decodedRoutes(Bytes value) {
    var out = new ArrayList<String>();
    int at = 0;
    while (at < value.size()) {
      int width = value.unsigned(at);
      int octets = (width + 7) / 8;
      if (width > 32 || at + 1 + octets + 4 > value.size()) {
        return List.of("");
      }
      int bits = 0;
      for (int i = 0; i < octets; i++) {
        bits |= value.unsigned(at + 1 + i) << (24 - 8 * i);
      }
      out.add(new Ip4(bits) + "/" + width);
      out.add(new Ip4(value.intAt(at + 1 + octets)).toString());
      at += 1 + octets + 4;
    }
    return out;
  }

  private boolean other(NetworkDraft network, Place at, int code, List<String> values) {
    String all = String.join(",", values);
    DhcpOptions.Type type = DhcpOptions.coded(code).map(DhcpOptions.Known::type).orElse(null);
    return switch (type) {
      case ADDRESS, ADDRESSES ->
          addressesOnly(values) && raw(network, at, code, "[" + String.join(", ", values) + "]");
      case FLAG -> raw(network, at, code, all.matches("1|true") ? "on" : "off");
      case UNSIGNED_8, UNSIGNED_16, UNSIGNED_32, SIGNED_32 ->
          all.matches("-?[0-9]{1,10}") && raw(network, at, code, all);
      case TEXT -> raw(network, at, code, quoted(all));
      case null -> {
        if (HEX.matcher(all).matches()) {
          putHex(network, at, code, all);
          yield true;
        }
        yield raw(network, at, code, addressesOnly(values) ? values.toString() : quoted(all));
      }
    };
  }

  private boolean raw(NetworkDraft network, Place at, int code, String value) {
    Optional<String> owner = DhcpOptions.owner(code);
    if (owner.isPresent()) {
      site.left(at, "not carried over: option " + code + " is Coldframe's own; " + owner.get());
    } else {
      network.options.put(code, value);
    }
    return true;
  }

  /// As a text of JSON, which YAML reads as well, whatever is in it.
  static String quoted(String text) {
    return JsonMapper.shared().writeValueAsString(text);
  }
}
