package dev.coldframe.config;

import dev.coldframe.net.Bytes;
import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import dev.coldframe.node.Network;
import dev.coldframe.node.Node;
import dev.coldframe.node.World;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// A site's networks, options and pins as dnsmasq reads them: the way out, if ever wanted.
public final class DnsmasqText {
  private DnsmasqText() {}

  /// The file. Nodes that dnsmasq cannot recognise stand in it as comments.
  public static String of(World world) {
    var out =
        new StringBuilder("# Written by 'coldframe export dnsmasq': addresses and options.\n");
    out.append("# What boards boot from is not in it.\nport=0\ndhcp-authoritative\n");
    out.append("domain=").append(world.site().domain()).append('\n');
    List<Network> networks = world.site().networks();
    networks.stream()
        .map(Network::interfaceName)
        .distinct()
        .forEach(name -> out.append("interface=").append(name).append('\n'));
    for (int i = 0; i < networks.size(); i++) {
      network(out, world, networks.get(i), "net" + i);
    }
    world.nodes().forEach(node -> host(out, world, node));
    return out.toString();
  }

  private static void network(StringBuilder out, World world, Network network, String tag) {
    String range =
        network
            .pool()
            .map(pool -> pool.first() + "," + pool.last())
            .orElse(network.subnet().network() + ",static");
    out.append("dhcp-range=set:" + tag + "," + range + "," + network.subnet().mask());
    out.append("," + lease(world) + "\n");
    Ip4 server = world.site().appliance();
    network.router().ifPresent(router -> option(out, tag, "option:router", router.toString()));
    list(out, tag, "option:dns-server", world.addressesOf(network.dns(), server));
    list(out, tag, "option:ntp-server", world.addressesOf(network.ntp(), server));
    if (!network.search().isEmpty()) {
      option(out, tag, "option:domain-search", String.join(",", network.search()));
    }
    if (!network.routes().isEmpty()) {
      String routes =
          network.routes().stream()
              .map(route -> route.to() + "," + route.via())
              .collect(Collectors.joining(","));
      String through = network.router().map(r -> ",0.0.0.0/0," + r).orElse("");
      option(out, tag, "option:classless-static-route", routes + through);
    }
    network.mtu().ifPresent(mtu -> option(out, tag, "option:mtu", Integer.toString(mtu)));
    for (Map.Entry<Integer, Bytes> extra : network.options().entrySet()) {
      option(out, tag, extra.getKey().toString(), value(extra.getKey(), extra.getValue()));
    }
  }

  private static void list(StringBuilder out, String tag, String name, List<Ip4> addresses) {
    if (!addresses.isEmpty()) {
      option(
          out, tag, name, addresses.stream().map(Ip4::toString).collect(Collectors.joining(",")));
    }
  }

  private static void option(StringBuilder out, String tag, String name, String value) {
    out.append("dhcp-option=tag:" + tag + "," + name + "," + value + "\n");
  }

  /// As its type is written; hex digits where the option has no name. dnsmasq reads them only where
  /// it does not know better.
  private static String value(int code, Bytes value) {
    DhcpOptions.Type type = DhcpOptions.coded(code).map(DhcpOptions.Known::type).orElse(null);
    return switch (type) {
      case ADDRESS, ADDRESSES ->
          IntStream.range(0, value.size() / 4)
              .mapToObj(i -> new Ip4(value.intAt(4 * i)).toString())
              .collect(Collectors.joining(","));
      case TEXT -> value.text(StandardCharsets.US_ASCII);
      case FLAG, UNSIGNED_8, UNSIGNED_16, UNSIGNED_32, SIGNED_32 ->
          Long.toString(Long.parseLong(value.hex(), 16));
      case null -> {
        String hex = HexFormat.ofDelimiter(":").formatHex(value.toArray());
        yield hex.length() == 2 ? "0x" + hex : hex;
      }
    };
  }

  private static String lease(World world) {
    long seconds = world.site().leaseTime().toSeconds();
    return seconds >= 0xffff_ffffL ? "infinite" : Long.toString(seconds);
  }

  private static void host(StringBuilder out, World world, Node node) {
    List<MacAddress> macs = world.macsOf(node);
    if (macs.isEmpty()) {
      out.append("# " + node.name() + " at " + node.address() + ": no hardware address is known\n");
      return;
    }
    String all = macs.stream().map(MacAddress::toString).collect(Collectors.joining(","));
    out.append("dhcp-host=" + all + "," + node.address() + "," + node.name() + "\n");
  }
}
