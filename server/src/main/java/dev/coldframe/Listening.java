package dev.coldframe;

import dev.coldframe.node.Network;
import dev.coldframe.node.Site;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/// What is bound: turns what the system says when a port cannot be had into a sentence that helps,
/// and tells whether another config file needs other ports.
final class Listening {
  private Listening() {}

  /// Binds a service.
  ///
  /// @throws EnvironmentException when it cannot be bound
  static void on(String service, Runnable bind) {
    try {
      bind.run();
    } catch (Exception e) {
      // Netty throws checked exceptions too, without declaring them.
      throw explained(service, e);
    }
  }

  /// Whether a config file asks for other listeners than those that are bound.
  static boolean differs(Site site, Site bound) {
    return !interfaces(site).equals(interfaces(bound))
        || !proxies(site).equals(proxies(bound))
        || !site.services().equals(bound.services())
        || !site.tftp().equals(bound.tftp())
        || !site.admin().equals(bound.admin())
        || !site.relay().equals(bound.relay());
  }

  /// There, port 4011 is bound too.
  private static Set<String> proxies(Site site) {
    return site.networks().stream()
        .filter(network -> network.mode() == Network.Mode.PROXY)
        .map(Network::interfaceName)
        .collect(Collectors.toSet());
  }

  private static Set<String> interfaces(Site site) {
    return site.networks().stream()
        .filter(network -> network.edge().isEmpty())
        .map(Network::interfaceName)
        .collect(Collectors.toSet());
  }

  private static EnvironmentException explained(String service, Exception e) {
    String said = said(e);
    String lower = said.toLowerCase(Locale.ROOT);
    if (lower.contains("permission denied") || lower.contains("not permitted")) {
      return new EnvironmentException(
          "no permission to serve "
              + service
              + ": its port needs root or CAP_NET_BIND_SERVICE and CAP_NET_RAW; for a trial"
              + " without them use --port-offset 10000",
          e);
    }
    if (lower.contains("in use")) {
      return new EnvironmentException(
          "the "
              + service
              + " port is taken: another server runs on this machine; stop it, or leave "
              + service.toLowerCase(Locale.ROOT)
              + " out of 'services'",
          e);
    }
    return new EnvironmentException(service + " cannot be served: " + said, e);
  }

  private static String said(Throwable e) {
    Throwable deepest = e;
    while (deepest.getCause() != null) {
      deepest = deepest.getCause();
    }
    return deepest.getMessage() == null ? deepest.toString() : deepest.getMessage();
  }
}
