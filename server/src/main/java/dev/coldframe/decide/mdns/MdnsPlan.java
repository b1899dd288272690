package dev.coldframe.decide.mdns;

import dev.coldframe.net.Ip4;
import dev.coldframe.node.Network;
import dev.coldframe.node.Site;
import dev.coldframe.node.World;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What this appliance says of itself on one link. Two equal plans need no new announcement.
///
/// @param host the names that it may take, the first that nobody else has; without `.local`
/// @param instance its name among services
/// @param addresses its addresses on the link's served networks
/// @param services what it offers
public record MdnsPlan(
    List<String> host, String instance, List<Ip4> addresses, List<Service> services) {
  private static final int HTTP_PORT = 80;

  /// After that many names somebody does not want us to have one.
  private static final int NAMES = 100;

  public MdnsPlan {
    host = List.copyOf(host);
    addresses = List.copyOf(addresses);
    services = List.copyOf(services);
  }

  /// A service.
  ///
  /// @param type such as `_coldframe._tcp`
  /// @param port 0: there is none to talk to
  /// @param text pairs `key=value`
  public record Service(String type, int port, List<String> text) {
    public Service {
      text = List.copyOf(text);
    }
  }

  /// What is said on a link.
  ///
  /// @param own this host's addresses there
  /// @param version of this program
  /// @return empty where not one byte may be sent: no address in a network that is served there
  ///   directly, or only an observed one
  public static Optional<MdnsPlan> of(
      World world, String interfaceName, List<Ip4> own, String version) {
    List<Ip4> addresses =
        own.stream().filter(address -> speaksIn(world, interfaceName, address)).sorted().toList();
    Site site = world.site();
    return addresses.isEmpty()
        ? Optional.empty()
        : Optional.of(new MdnsPlan(names(world), site.name(), addresses, services(site, version)));
  }

  private static boolean speaksIn(World world, String interfaceName, Ip4 address) {
    return OnLink.network(world, interfaceName, address)
        .filter(network -> network.mode() != Network.Mode.OBSERVE)
        .isPresent();
  }

  /// What a node is called is the node's to announce (row M-15).
  private static List<String> names(World world) {
    var out = new ArrayList<String>();
    for (int n = 1; out.size() < NAMES; n++) {
      String name = n == 1 ? Site.APPLIANCE_LABEL : Site.APPLIANCE_LABEL + "-" + n;
      if (world.node(name).isEmpty()) {
        out.add(name);
      }
    }
    return out;
  }

  /// The boot plane is for machines: a browser is only sent to the page, where others reach it;
  /// that is by TLS always.
  private static List<Service> services(Site site, String version) {
    var out = new ArrayList<Service>();
    List<String> text = List.of("site=" + site.name(), "version=" + version);
    int boot = site.services().contains(Site.Service.HTTP) ? HTTP_PORT : 0;
    out.add(new Service("_coldframe._tcp", boot, text));
    if (!site.admin().listen().address().isLoopback()) {
      out.add(new Service("_https._tcp", site.admin().listen().port(), text));
    }
    return out;
  }
}
