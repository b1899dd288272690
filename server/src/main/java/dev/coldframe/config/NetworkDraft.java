package dev.coldframe.config;

import dev.coldframe.net.Cidr;
import dev.coldframe.net.Ip4;
import dev.coldframe.net.IpRange;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A network on its way into a config file. Owned by the thread that imports.
final class NetworkDraft {
  final Cidr subnet;
  String interfaceName = "";
  boolean proxy;
  @Nullable IpRange pool;
  @Nullable Ip4 router;
  List<String> dns = List.of();
  List<String> ntp = List.of();
  List<String> search = List.of();
  @Nullable Integer mtu;
  final List<String> routes = new ArrayList<>();
  final List<Ip4> relays = new ArrayList<>();

  /// Values as the file has them, by code.
  final Map<Integer, String> options = new LinkedHashMap<>();

  NetworkDraft(Cidr subnet) {
    this.subnet = subnet;
  }

  void write(StringBuilder out) {
    out.append("  - interface: ").append(interfaceName).append('\n');
    line(out, "subnet", subnet.toString());
    line(out, "mode", proxy ? "proxy" : "authoritative");
    if (router != null) {
      line(out, "router", router.toString());
    }
    list(out, "dns", dns);
    list(out, "ntp", ntp);
    list(out, "search", search);
    list(out, "routes", routes);
    if (mtu != null) {
      line(out, "mtu", mtu.toString());
    }
    if (!options.isEmpty()) {
      line(
          out,
          "options",
          options.entrySet().stream()
              .map(e -> e.getKey() + ": " + e.getValue())
              .collect(Collectors.joining(", ", "{ ", " }")));
    }
    if (pool != null) {
      line(out, "pool", pool.toString());
    }
    list(out, "relays", relays.stream().map(Ip4::toString).toList());
  }

  private static void list(StringBuilder out, String key, List<String> values) {
    if (!values.isEmpty()) {
      line(out, key, "[" + String.join(", ", values) + "]");
    }
  }

  private static void line(StringBuilder out, String key, String value) {
    out.append("    ").append(key).append(": ").append(value).append('\n');
  }
}
