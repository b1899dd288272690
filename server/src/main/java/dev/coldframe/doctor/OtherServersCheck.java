package dev.coldframe.doctor;

import dev.coldframe.net.Ip4;
import dev.coldframe.node.EventType;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.node.Network;
import dev.coldframe.node.Site;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// Whether other DHCP servers answer on the links: asked with a DISCOVER whose offers are never
/// taken, and as far as the running server has noticed them. An observed link is never asked
/// (raspberry-pi-boot.md, section 9, rows 6 to 8).
public final class OtherServersCheck {
  static final String NAME = "other servers";

  private OtherServersCheck() {}

  /// An offer that came.
  ///
  /// @param offered the address; 0.0.0.0 from a proxy
  public record Offer(Ip4 server, Ip4 offered) {}

  /// @param mode the strictest mode of the networks on the link
  /// @param second whether this server stays behind another on purpose (`answer-after`)
  /// @param asked whether the link was asked
  /// @param offers what came
  /// @param noticed servers that the journal tells of, and when last
  record Link(
      String interfaceName,
      Network.Mode mode,
      boolean second,
      boolean asked,
      List<Offer> offers,
      Map<String, Instant> noticed) {
    Link {
      offers = List.copyOf(offers);
      noticed = Map.copyOf(noticed);
    }
  }

  record Seen(List<Link> links, Instant now) {
    Seen {
      links = List.copyOf(links);
    }
  }

  static Seen look(Patient patient) throws IOException {
    var links = new ArrayList<Link>();
    for (String name : patient.interfaces()) {
      List<Network> here =
          patient.site().networks().stream().filter(n -> n.interfaceName().equals(name)).toList();
      Network.Mode mode =
          here.stream().map(Network::mode).max(Enum::compareTo).orElse(Network.Mode.OBSERVE);
      Optional<List<Offer>> offers =
          mode == Network.Mode.OBSERVE || !servesDhcp(patient)
              ? Optional.empty()
              : patient.instruments().askForServers(name);
      links.add(
          new Link(
              name,
              mode,
              here.stream().anyMatch(n -> !n.answerAfter().isZero()),
              offers.isPresent(),
              offers.orElse(List.of()).stream()
                  .filter(offer -> !patient.world().isPartner(offer.server()))
                  .toList(),
              noticed(patient, name)));
    }
    return new Seen(links, patient.now());
  }

  private static boolean servesDhcp(Patient patient) {
    return patient.site().services().contains(Site.Service.DHCP);
  }

  private static Map<String, Instant> noticed(Patient patient, String interfaceName) {
    var out = new LinkedHashMap<String, Instant>();
    for (JournalEvent event : patient.recent()) {
      if (event.type() == EventType.FOREIGN_SERVER
          && event.subject().equals(JournalEvent.ofLink(interfaceName))) {
        String server = event.fields().getOrDefault("server", "?");
        // One that was told before it was known to be of the site.
        if (Ip4.tryParse(server).filter(patient.world()::isPartner).isEmpty()) {
          out.put(server, event.at());
        }
      }
    }
    return out;
  }

  static Examined judge(Seen seen) {
    var out = new ArrayList<Finding>();
    seen.links().forEach(link -> judge(link, seen.now(), out));
    String looked =
        seen.links().stream()
            .map(link -> link.interfaceName() + (link.asked() ? " was asked" : " was not asked"))
            .collect(Collectors.joining(", "));
    return new Examined(NAME, looked, out);
  }

  private static void judge(Link link, Instant now, List<Finding> out) {
    boolean expected = link.mode() != Network.Mode.AUTHORITATIVE || link.second();
    if (link.mode() == Network.Mode.PROXY
        && link.asked()
        && link.offers().stream().allMatch(offer -> offer.offered().equals(Ip4.ANY))) {
      out.add(
          Finding.error(
              "no-address-server",
              link.interfaceName(),
              "No DHCP server on "
                  + link.interfaceName()
                  + " offers an address; a proxy adds boot options to another server's addresses.",
              "Start that server, or write 'mode: authoritative' and a pool."));
    }
    if (expected) {
      return;
    }
    for (Offer offer : link.offers()) {
      out.add(
          Finding.error(
              "foreign-dhcp",
              offer.server().toString(),
              "Another DHCP server, "
                  + offer.server()
                  + ", answers on "
                  + link.interfaceName()
                  + (offer.offered().equals(Ip4.ANY)
                      ? " (a proxy with boot options of its own)."
                      : ": it offered " + offer.offered() + ".")
                  + " A board takes whichever answers first.",
              mend(offer.server().toString())));
    }
    link.noticed()
        .forEach((server, at) -> {
          if (link.offers().stream().noneMatch(o -> o.server().toString().equals(server))) {
            out.add(
                Finding.warning(
                    "foreign-dhcp",
                    server,
                    "Another DHCP server, "
                        + server
                        + ", was heard on "
                        + link.interfaceName()
                        + " "
                        + Duration.between(at, now).toMinutes()
                        + " minutes ago; "
                        + (link.asked() ? "now it did not answer." : "now it was not looked for."),
                    mend(server)));
          }
        });
  }

  private static String mend(String server) {
    return "Turn DHCP off on "
        + server
        + ", or let it give the addresses ('mode: proxy'), or let this server wait for it"
        + " ('answer-after: 4s').";
  }
}
