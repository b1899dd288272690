package dev.coldframe.doctor;

import dev.coldframe.net.Ip4;
import dev.coldframe.node.Site;
import java.io.IOException;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// Whether foreign names go round in circles: an upstream server that is this server, or that asks
/// this server. Each is asked for a name that nobody else asks for, and the links are listened to
/// whether that question comes back.
public final class NameLoopCheck {
  static final String NAME = "name servers";

  private NameLoopCheck() {}

  /// What came of a question.
  public enum Echo {
    /// An answer, whatever it says.
    ANSWERED,
    /// Nothing.
    SILENT,
    /// The question came back to this machine.
    CAME_BACK,
    /// It may not be listened, or no answer is wanted.
    UNKNOWN
  }

  /// @param own whether the address is one of this machine
  record Upstream(Ip4 address, boolean own, Echo echo) {}

  record Seen(boolean served, List<Upstream> upstreams) {
    Seen {
      upstreams = List.copyOf(upstreams);
    }
  }

  static Seen look(Patient patient) throws IOException {
    Site site = patient.site();
    if (!site.services().contains(Site.Service.DNS)) {
      return new Seen(false, List.of());
    }
    var out = new ArrayList<Upstream>();
    for (Ip4 address : site.upstreamDns()) {
      boolean own = address.equals(site.appliance()) || isOwn(address);
      out.add(
          new Upstream(
              address, own, own ? Echo.UNKNOWN : patient.instruments().askUniqueName(address)));
    }
    return new Seen(true, out);
  }

  private static boolean isOwn(Ip4 address) throws SocketException {
    return NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .anyMatch(own -> own.getHostAddress().equals(address.toString()));
  }

  static Examined judge(Seen seen) {
    if (!seen.served()) {
      return new Examined(NAME, "names are not served", List.of());
    }
    var out = new ArrayList<Finding>();
    for (Upstream upstream : seen.upstreams()) {
      judge(upstream, out);
    }
    String all =
        seen.upstreams().stream()
            .map(u -> u.address().toString())
            .collect(Collectors.joining(", "));
    return new Examined(NAME, all.isEmpty() ? "no upstream is asked" : all + " answers", out);
  }

  private static void judge(Upstream upstream, List<Finding> out) {
    String address = upstream.address().toString();
    if (upstream.own() && !upstream.address().isLoopback()) {
      out.add(
          Finding.error(
              "dns-loop",
              address,
              "'upstream-dns' names " + address + ", which is this machine: it would ask itself.",
              "Name the router or a public server instead."));
      return;
    }
    switch (upstream.echo()) {
      case ANSWERED, UNKNOWN -> {}
      case CAME_BACK ->
          out.add(
              Finding.error(
                  "dns-loop",
                  address,
                  "The upstream name server "
                      + address
                      + " asks this server for the names that it is asked for: they go round in a"
                      + " circle.",
                  "Let "
                      + address
                      + " ask this server for the names of this site alone, and the provider's servers"
                      + " for all others; or name another one under 'upstream-dns'."));
      case SILENT ->
          out.add(
              Finding.warning(
                  "dns-silent",
                  address,
                  "The upstream name server " + address + " does not answer.",
                  "See whether it runs and answers this machine (dig @" + address + ")."));
    }
  }
}
