package dev.coldframe;

import dev.coldframe.net.Ip4;
import dev.coldframe.node.Network;
import dev.coldframe.node.Site;
import dev.coldframe.store.Worlds;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks up the names of time and name servers that DHCP must hand out as addresses. A name that
/// cannot be looked up keeps the addresses it had.
final class Resolver {
  private static final Logger LOG = LoggerFactory.getLogger(Resolver.class);

  private final Worlds worlds;

  /// Names that could not be looked up the last time; each is told once.
  private final Set<String> missing = new HashSet<>();

  Resolver(Worlds worlds) {
    this.worlds = worlds;
  }

  /// Looks all names up again. Blocks.
  synchronized void refresh() {
    Map<String, List<Ip4>> before = worlds.get().knowledge().resolved();
    var now = new HashMap<String, List<Ip4>>();
    for (String name : names(worlds.get().site())) {
      try {
        now.put(
            name,
            Arrays.stream(InetAddress.getAllByName(name))
                .filter(Inet4Address.class::isInstance)
                .map(address -> Ip4.parse(address.getHostAddress()))
                .sorted()
                .toList());
      } catch (UnknownHostException _) {
        if (missing.add(name)) {
          LOG.warn("server name cannot be resolved name={}", name);
        }
        now.put(name, before.getOrDefault(name, List.of()));
      }
    }
    if (!now.equals(before)) {
      worlds.resolved(now);
    }
  }

  private static Set<String> names(Site site) {
    var out = new TreeSet<String>();
    for (Network network : site.networks()) {
      for (List<Network.ServerRef> servers : List.of(network.dns(), network.ntp())) {
        servers.forEach(server -> {
          if (server instanceof Network.ServerRef.Name(String name)) {
            out.add(name);
          }
        });
      }
    }
    return out;
  }
}
