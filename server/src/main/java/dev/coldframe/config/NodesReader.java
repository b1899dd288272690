package dev.coldframe.config;

import dev.coldframe.net.ClientUuid;
import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import dev.coldframe.net.Serial;
import dev.coldframe.net.SwitchPort;
import dev.coldframe.node.Identity;
import dev.coldframe.node.Node;
import dev.coldframe.node.Profile;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads `nodes:`, the inventory.
final class NodesReader {
  private static final Read<List<Placed<Serial>>> SERIALS =
      Reads.oneOrMore(
          Reads.parsed(Serial::tryParse, "a serial of 8 or 16 hex digits, as in /proc/cpuinfo")
              .keeping(NodesReader::serialProblem)
              .placed());
  private static final Read<List<Placed<MacAddress>>> MACS =
      Reads.oneOrMore(
          Reads.parsed(MacAddress::tryParse, "a MAC address such as dc:a6:32:01:36:c2")
              .keeping(NodesReader::macProblem)
              .placed());
  private static final Read<List<Placed<ClientUuid>>> UUIDS =
      Reads.oneOrMore(
          Reads.parsed(ClientUuid::tryParse, "a UUID such as 4c4c4544-0034-5910-8054-b4c04f4d5732")
              .placed());

  private static final Read<List<Placed<SwitchPort>>> PORTS =
      Reads.oneOrMore(
          Reads.parsed(
                  SwitchPort::tryParse,
                  "a switch port such as sw1/7 or 192.168.0.254/0x000400010107, as 'coldframe nodes"
                      + " --json' shows it")
              .placed());

  private static final Read<List<Placed<String>>> ALIASES =
      Reads.oneOrMore(Reads.TEXT.keeping(Names::hostProblem).placed());

  private final Problems problems;
  private final AddressPlan plan;
  private final Read<Profile> profile;
  private final Identities identities;
  private final Map<String, List<Placed<String>>> aliases = new LinkedHashMap<>();

  NodesReader(Problems problems, AddressPlan plan, Map<String, Profile> profiles) {
    this.problems = problems;
    this.plan = plan;
    this.profile = ProfilesReader.oneOf(profiles);
    this.identities = new Identities(problems);
  }

  /// All nodes that could be read, by name.
  Map<String, Node> read(Map<String, Value> entries) {
    var out = new LinkedHashMap<String, Node>();
    entries.forEach((name, value) -> {
      Names.nodeNameProblem(name).ifPresent(message -> problems.error(value.place(), message));
      node(name, value).ifPresent(node -> out.put(name, node));
    });
    return out;
  }

  /// Other names of the nodes that were read, by the node's name.
  Map<String, List<Placed<String>>> aliases() {
    return aliases;
  }

  private Optional<Node> node(String name, Value value) {
    Fields in = Fields.of(value, Section.NODE, problems);
    Identity identity = identity(name, in);
    Optional<Placed<Ip4>> address =
        in.require("address", Reads.IP4.placed(), "write the address that this node shall have");
    address.ifPresent(a -> plan.pin(name, a));
    aliases.put(name, in.get("aliases", ALIASES, List.of()));
    Optional<Profile> boots =
        in.require("profile", profile, "write the name of an entry of profiles");
    return address.flatMap(
        a -> boots.map(p -> new Node(name, identity, a.value(), p, Node.Origin.FILE)));
  }

  private Identity identity(String name, Fields in) {
    List<Placed<Serial>> serials = in.get("serial", SERIALS, List.of());
    List<Placed<MacAddress>> macs = in.get("mac", MACS, List.of());
    List<Placed<ClientUuid>> uuids = in.get("uuid", UUIDS, List.of());
    List<Placed<SwitchPort>> ports = in.get("port", PORTS, List.of());
    if (in.lacks("serial", "mac", "uuid", "port")) {
      problems.error(in.place(), "nothing to recognise it by; write serial, mac, uuid or port");
    }
    serials.forEach(s -> identities.claim(name, s.place(), s.value()));
    macs.forEach(m -> identities.claim(name, m.place(), m.value()));
    uuids.forEach(u -> identities.claim(name, u.place(), u.value()));
    ports.forEach(p -> identities.claim(name, p.place(), p.value()));
    return new Identity(
        Placed.values(serials), Placed.values(macs), Placed.values(uuids), Placed.values(ports));
  }

  private static Optional<String> serialProblem(Serial serial) {
    return serial.bits() == 0
        ? Optional.of("a serial of zeros is shown by boards that have none; write mac instead")
        : Optional.empty();
  }

  private static Optional<String> macProblem(MacAddress mac) {
    return mac.isUnicast()
        ? Optional.empty()
        : Optional.of(mac + " is not the address of one interface; copy it from the board");
  }
}
