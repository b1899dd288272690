package dev.coldframe.config;

import dev.coldframe.net.Bytes;
import dev.coldframe.net.Cidr;
import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import dev.coldframe.node.Network;
import dev.coldframe.node.Node;
import dev.coldframe.node.World;
import dev.coldframe.wire.dhcp.ClasslessRoutes;
import dev.coldframe.wire.dhcp.OptionCode;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A site's networks, options and pins as Kea reads them.
public final class KeaText {
  private KeaText() {}

  /// The file, with one reservation for each hardware address; nodes without one are left out.
  public static String of(World world) {
    ObjectNode root = JsonMapper.shared().createObjectNode();
    ObjectNode dhcp = root.putObject("Dhcp4");
    ArrayNode interfaces = dhcp.putObject("interfaces-config").putArray("interfaces");
    world.site().networks().stream()
        .map(Network::interfaceName)
        .distinct()
        .forEach(interfaces::add);
    dhcp.put("valid-lifetime", Math.min(world.site().leaseTime().toSeconds(), 0xffff_ffffL));
    dhcp.put("authoritative", true);
    // A node with two cards has one address.
    dhcp.put("ip-reservations-unique", false);
    ArrayNode subnets = dhcp.putArray("subnet4");
    int id = 0;
    for (Network network : world.site().networks()) {
      subnet(subnets.addObject().put("id", ++id), world, network);
    }
    return root.toPrettyString() + "\n";
  }

  private static void subnet(ObjectNode out, World world, Network network) {
    out.put("subnet", network.subnet().toString());
    ArrayNode pools = out.putArray("pools");
    network
        .pool()
        .ifPresent(pool -> pools.addObject().put("pool", pool.first() + " - " + pool.last()));
    if (!network.relays().isEmpty()) {
      ArrayNode relays = out.putObject("relay").putArray("ip-addresses");
      network.relays().forEach(relay -> relays.add(relay.toString()));
    } else {
      out.put("interface", network.interfaceName());
    }
    options(out.putArray("option-data"), world, network);
    ArrayNode reservations = out.putArray("reservations");
    for (Node node : world.nodes()) {
      if (network.subnet().contains(node.address())) {
        for (MacAddress mac : world.macsOf(node)) {
          reservations
              .addObject()
              .put("hw-address", mac.toString())
              .put("ip-address", node.address().toString())
              .put("hostname", node.name());
        }
      }
    }
  }

  private static void options(ArrayNode out, World world, Network network) {
    Ip4 server = world.site().appliance();
    network.router().ifPresent(router -> named(out, "routers", router.toString()));
    addresses(out, "domain-name-servers", world.addressesOf(network.dns(), server));
    addresses(out, "ntp-servers", world.addressesOf(network.ntp(), server));
    named(out, "domain-name", world.site().domain());
    if (!network.search().isEmpty()) {
      named(out, "domain-search", String.join(", ", network.search()));
    }
    network.mtu().ifPresent(mtu -> named(out, "interface-mtu", Integer.toString(mtu)));
    if (!network.routes().isEmpty()) {
      var routes = new ClasslessRoutes();
      network.routes().forEach(route -> routes.add(route.to(), route.via()));
      network.router().ifPresent(router -> routes.add(new Cidr(Ip4.ANY, 0), router));
      raw(out, OptionCode.CLASSLESS_ROUTES, routes.encode());
    }
    for (Map.Entry<Integer, Bytes> extra : network.options().entrySet()) {
      raw(out, extra.getKey(), extra.getValue());
    }
  }

  private static void addresses(ArrayNode out, String name, List<Ip4> addresses) {
    if (!addresses.isEmpty()) {
      named(out, name, addresses.stream().map(Ip4::toString).collect(Collectors.joining(", ")));
    }
  }

  private static void named(ArrayNode out, String name, String value) {
    out.addObject().put("name", name).put("data", value);
  }

  private static void raw(ArrayNode out, int code, Bytes value) {
    out.addObject().put("code", code).put("csv-format", false).put("data", value.hex());
  }
}
