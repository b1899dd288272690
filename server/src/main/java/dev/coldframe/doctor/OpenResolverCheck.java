package dev.coldframe.doctor;

import dev.coldframe.net.Cidr;
import dev.coldframe.node.Network;
import dev.coldframe.node.Site;
import java.util.List;

/// Whether foreign names are looked up for the public Internet. Every address in a served network
/// is answered, so none of them should be a public range that others use (row N-26).
final class OpenResolverCheck {
  static final String NAME = "resolver";

  /// RFC 1918, RFC 6598, RFC 3927, loopback.
  private static final List<Cidr> NOBODY_ELSES =
      List.of(
          Cidr.parse("10.0.0.0/8"),
          Cidr.parse("172.16.0.0/12"),
          Cidr.parse("192.168.0.0/16"),
          Cidr.parse("100.64.0.0/10"),
          Cidr.parse("169.254.0.0/16"),
          Cidr.parse("127.0.0.0/8"));

  private OpenResolverCheck() {}

  /// @param looksUp whether names are served and foreign ones asked elsewhere
  /// @param answered the networks whose questions are answered
  record Seen(boolean looksUp, List<Cidr> answered) {
    Seen {
      answered = List.copyOf(answered);
    }
  }

  static Seen look(Patient patient) {
    Site site = patient.site();
    return new Seen(
        site.services().contains(Site.Service.DNS) && !site.upstreamDns().isEmpty(),
        site.networks().stream()
            .filter(network -> network.mode() != Network.Mode.OBSERVE)
            .map(Network::subnet)
            .toList());
  }

  static Examined judge(Seen seen) {
    if (!seen.looksUp()) {
      return new Examined(NAME, "foreign names are looked up for nobody", List.of());
    }
    List<Finding> out =
        seen.answered().stream()
            .filter(OpenResolverCheck::isPublic)
            .map(OpenResolverCheck::open)
            .toList();
    return new Examined(NAME, "only private networks are answered", out);
  }

  private static boolean isPublic(Cidr network) {
    return NOBODY_ELSES.stream()
        .noneMatch(block ->
            block.contains(network.network()) && network.prefixLength() >= block.prefixLength());
  }

  private static Finding open(Cidr network) {
    return Finding.warning(
        "open-resolver",
        network.toString(),
        network
            + " is a public range: whoever has, or forges, an address in it may let this server look"
            + " up names, also to flood others with the answers.",
        "If not all of it is yours, let a firewall keep port 53 from outside, or leave out"
            + " 'upstream-dns', or dns out of 'services'.");
  }
}
