package dev.coldframe.doctor;

import dev.coldframe.net.Ip4;
import dev.coldframe.node.EventType;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.node.Network;
import dev.coldframe.store.SqliteLeaseStore;
import java.io.IOException;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Whether a block of TFTP fits through: loaders ask for 1,468 bytes, which with the headers of IP,
/// UDP and TFTP need 1,500 (raspberry-pi-boot.md, section 3.1). Looks at the interfaces, at the way
/// to machines that have a lease, and in the journal for blocks that never arrived.
final class PathMtuCheck {
  static final String NAME = "packet size";

  /// What a loader's block needs.
  static final int NEEDED_BYTES = 1_500;

  /// The journal's word for a transfer whose options were acknowledged and no block.
  static final String NO_BLOCK = "no block gets through";

  /// Each costs one packet and a fraction of a second.
  private static final int MAX_WAYS = 16;

  private PathMtuCheck() {}

  /// @param links MTU by interface
  /// @param ways the largest packet to a machine with a lease, where that is smaller than its
  ///   link's
  /// @param stuck nodes of which blocks did not arrive of late
  record Seen(Map<String, Integer> links, Map<String, Integer> ways, Set<String> stuck) {
    Seen {
      links = Map.copyOf(links);
      ways = Map.copyOf(ways);
      stuck = Set.copyOf(stuck);
    }
  }

  static Seen look(Patient patient) throws IOException {
    var links = new LinkedHashMap<String, Integer>();
    for (String name : patient.interfaces()) {
      NetworkInterface link = NetworkInterface.getByName(name);
      if (link != null && !link.isLoopback()) {
        links.put(name, link.getMTU());
      }
    }
    var stuck = new LinkedHashSet<String>();
    for (JournalEvent event : patient.recent()) {
      if (event.type() == EventType.FILE_BROKEN && NO_BLOCK.equals(event.fields().get("reason"))) {
        stuck.add(event.subject());
      }
    }
    return new Seen(links, ways(patient), stuck);
  }

  private static Map<String, Integer> ways(Patient patient) throws IOException {
    var out = new LinkedHashMap<String, Integer>();
    for (Map.Entry<String, Ip4> way : relayed(patient).entrySet()) {
      OptionalInt bytes = patient.instruments().largestPacket(way.getValue());
      if (bytes.isPresent() && bytes.getAsInt() < NEEDED_BYTES) {
        out.put(way.getKey(), bytes.getAsInt());
      }
    }
    return out;
  }

  /// Machines behind relays that were heard: nodes, and whoever has a lease. On a link of our own
  /// the interface tells.
  private static Map<String, Ip4> relayed(Patient patient) {
    Stream<Map.Entry<String, Ip4>> nodes =
        patient.world().nodes().stream()
            .filter(node -> patient.states().containsKey(node.name()))
            .map(node -> Map.entry(node.name(), node.address()));
    Stream<Map.Entry<String, Ip4>> leases =
        Files.exists(patient.state().resolve("leases.db"))
            ? SqliteLeaseStore.read(patient.state()).stream()
                .filter(lease -> lease.activeAt(patient.now()))
                .map(lease ->
                    Map.entry(lease.node().orElse(lease.address().toString()), lease.address()))
            : Stream.of();
    return Stream.concat(nodes, leases)
        .filter(machine -> isRelayed(machine.getValue(), patient))
        .limit(MAX_WAYS)
        .collect(
            Collectors.toMap(
                Map.Entry::getKey, Map.Entry::getValue, (a, _) -> a, LinkedHashMap::new));
  }

  private static boolean isRelayed(Ip4 address, Patient patient) {
    return patient
        .world()
        .networkOf(address)
        .filter(n -> n.mode() != Network.Mode.OBSERVE && !n.relays().isEmpty())
        .isPresent();
  }

  static Examined judge(Seen seen) {
    var out = new ArrayList<Finding>();
    seen.links()
        .forEach((name, bytes) -> {
          if (bytes < NEEDED_BYTES) {
            out.add(
                Finding.warning(
                    "small-mtu",
                    name,
                    name
                        + " carries packets of "
                        + bytes
                        + " bytes; loaders ask for TFTP blocks that need "
                        + NEEDED_BYTES
                        + ". Boards get smaller blocks and boot slower; what they send themselves"
                        + " may be lost.",
                    "ip link set "
                        + name
                        + " mtu 1500, unless a tunnel or the switch needs less."));
          }
        });
    seen.ways()
        .forEach((node, bytes) ->
            out.add(
                Finding.warning(
                    "path-mtu",
                    node,
                    "On the way to "
                        + node
                        + " packets of more than "
                        + bytes
                        + " bytes do not get through; TFTP blocks need "
                        + NEEDED_BYTES
                        + ".",
                    "Raise the MTU of the narrow link (a tunnel, a VPN). Transfers fall back to"
                        + " blocks of 1024 bytes after the first that fails.")));
    for (String node : seen.stuck()) {
      if (!seen.ways().containsKey(node)) {
        out.add(
            Finding.warning(
                "path-mtu",
                node,
                "Blocks of full size did not reach "
                    + node
                    + " of late, though it took the options: something on the way is narrower than"
                    + " the link.",
                "Raise the MTU of the narrow link (a tunnel, a VPN). Its next transfers are tried"
                    + " with smaller blocks."));
      }
    }
    String links =
        seen.links().entrySet().stream()
            .map(link -> link.getKey() + " carries " + link.getValue() + " bytes")
            .collect(Collectors.joining(", "));
    return new Examined(NAME, links.isEmpty() ? "no link" : links, out);
  }
}
