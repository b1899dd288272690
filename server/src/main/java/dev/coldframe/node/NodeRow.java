package dev.coldframe.node;

import dev.coldframe.net.MacAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// A node, or an unknown board, as commands, API and page list it.
///
/// @param name empty for an unknown board
/// @param facts what is known: mac, serial, board, address, profile, origin …
/// @param phase its phase
/// @param since when it entered the phase; empty when nothing was heard of it
/// @param arm the operator's word about its disk, while it holds
/// @param disks what its installer saw last
/// @param cards the disks that it was installed on, the last one first
public record NodeRow(
    Optional<String> name,
    Map<String, String> facts,
    String phase,
    Optional<Instant> since,
    Optional<Arm> arm,
    List<Disk> disks,
    List<Card> cards) {
  /// The fact that says what the machine at the node's address calls itself over mDNS.
  public static final String ANNOUNCED = "announced";

  /// Since when, ISO 8601.
  public static final String ANNOUNCED_SINCE = "announced-since";

  /// The fact that says which names of the node's are in dispute on its link.
  public static final String CLASH = "clash";

  /// The fact that says at which port a switch heard the node last, `sw1/7`.
  public static final String LEARNED_PORT = "learned-port";

  /// The fact of a node whose power was switched off on purpose: `off`.
  public static final String POWER = "power";

  /// The fact that says what version a node should have in its boot EEPROM. [EepromUpdate#STEP]
  /// says how what it has compares with that, [EepromUpdate#REASON] why.
  public static final String EEPROM_WANTED = "eeprom-wanted";

  /// What it has, where that is known.
  public static final String EEPROM_HAS = "eeprom-has";

  /// Whether its settings are those wanted, `true` or `false`, where its system reports them.
  public static final String EEPROM_SETTINGS = "eeprom-settings";

  /// The same in a few words.
  public static final String EEPROM_WORDS = "eeprom-words";

  public NodeRow {
    facts = Ordered.copy(facts);
    disks = List.copyOf(disks);
    cards = List.copyOf(cards);
  }

  /// Every node in the order of the inventory, then unknown boards.
  ///
  /// @param states where every subject of the journal stands
  public static List<NodeRow> all(World world, Map<String, BootState> states, Instant now) {
    var out = new ArrayList<NodeRow>();
    for (Node node : world.nodes()) {
      out.add(of(node, Optional.ofNullable(states.get(node.name())), world, now));
    }
    new TreeMap<>(states)
        .forEach((subject, stands) -> {
          if (stands.phase() == Phase.NEW && isNobodys(subject, world)) {
            out.add(
                new NodeRow(
                    Optional.empty(),
                    stands.facts(),
                    stands.phase().label(),
                    Optional.of(stands.since()),
                    Optional.empty(),
                    stands.disks(),
                    stands.cards()));
          }
        });
    return out;
  }

  /// Whether a journal's subject is a board that no node has.
  public static boolean isNobodys(String subject, World world) {
    return MacAddress.tryParse(subject)
        .filter(mac -> world.nodeWith(mac).isEmpty() && world.nodeLearned(mac).isEmpty())
        .isPresent();
  }

  /// One node.
  ///
  /// @param stands where it stands; empty when nothing was heard of it
  public static NodeRow of(Node node, Optional<BootState> stands, World world, Instant now) {
    var facts = new LinkedHashMap<>(stands.map(BootState::facts).orElse(Map.of()));
    node.identity().macs().stream().findFirst().ifPresent(m -> facts.put("mac", m.toString()));
    node.identity().serials().stream()
        .findFirst()
        .ifPresent(serial -> facts.put("serial", serial.toString()));
    node.identity().ports().stream()
        .findFirst()
        .ifPresent(port -> facts.putIfAbsent("port", port.toString()));
    facts.put("address", node.address().toString());
    facts.put("profile", node.profile().name());
    node.profile().image().ifPresent(image -> facts.put("image", image));
    facts.put("origin", node.origin().name().toLowerCase(Locale.ROOT));
    eeprom(EepromStanding.of(node, Map.copyOf(facts), world.eeproms()), facts);
    return new NodeRow(
        Optional.of(node.name()),
        facts,
        stands.map(BootState::phase).orElse(Phase.ADOPTED).label(),
        stands.map(BootState::since),
        world.arm(node, now),
        stands.map(BootState::disks).orElse(List.of()),
        stands.map(BootState::cards).orElse(List.of()));
  }

  /// What the server remembers of an update gives way to what people want to know.
  private static void eeprom(Optional<EepromStanding> standing, Map<String, String> facts) {
    facts.keySet().removeAll(EepromUpdate.FACTS);
    standing.ifPresent(s -> {
      facts.put(EepromUpdate.STEP, s.state().label());
      facts.put(EEPROM_WORDS, s.words());
      s.target().ifPresent(target -> facts.put(EEPROM_WANTED, target.version()));
      s.has().ifPresent(has -> facts.put(EEPROM_HAS, has));
      s.settings().ifPresent(same -> facts.put(EEPROM_SETTINGS, same.toString()));
      if (!s.reason().isEmpty()) {
        facts.put(EepromUpdate.REASON, s.reason());
      }
    });
  }
}
