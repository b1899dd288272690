package dev.coldframe.decide.mdns;

import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import dev.coldframe.node.BootState;
import dev.coldframe.node.EventType;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.node.Network;
import dev.coldframe.node.Node;
import dev.coldframe.node.NodeRow;
import dev.coldframe.node.Phase;
import dev.coldframe.node.World;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What the names that were heard mean for nodes and unknown boards: the journal gets a line when
/// something begins, changes or ends.
public final class NameFindings {
  /// Unknown boards that get a journal of their own, those that DHCP saw included; invented ones
  /// beyond that are left out.
  static final int MAX_UNKNOWN_BOARDS = 1_000;

  /// What Raspberry Pi OS is called before anybody names it.
  private static final String UNNAMED = "raspberrypi";

  /// How a host renames itself when somebody else has its name (RFC 6762, section 9).
  private static final Pattern RENAMED = Pattern.compile("(.+)-[0-9]{1,9}");

  private static final String LOCAL = ".local";

  private final World world;
  private final Map<String, BootState> states;
  private final Map<Ip4, String> unknownBoards = new HashMap<>();
  private final Map<String, Finding> found = new TreeMap<>();
  private int news;

  /// About one node or board.
  private static final class Finding {
    /// What its line says beside the name; of a node the inventory says it.
    private final Map<String, String> fields = new LinkedHashMap<>();

    private Optional<String> announced = Optional.empty();
    private Optional<String> clash = Optional.empty();
  }

  private NameFindings(World world, Map<String, BootState> states) {
    this.world = world;
    this.states = states;
    states.forEach((subject, state) -> {
      if (state.phase() == Phase.NEW && world.node(subject).isEmpty()) {
        Ip4.tryParse(state.facts().getOrDefault("address", ""))
            .ifPresent(address -> unknownBoards.put(address, subject));
      }
    });
  }

  /// The lines that the journal lacks.
  ///
  /// @param heard everybody on all links
  /// @param states where every node and unknown board stands by its journal
  /// @param settled whether silence at an address means something: whoever is on its link had the
  ///   time to speak
  public static List<JournalEvent> events(
      Collection<HeardMachine> heard,
      World world,
      Map<String, BootState> states,
      Predicate<Ip4> settled,
      Instant now) {
    var findings = new NameFindings(world, states);
    heard.stream()
        .filter(machine -> !machine.names().isEmpty())
        .sorted(Comparator.comparing(HeardMachine::address))
        .forEach(findings::add);
    return findings.compare(settled, now);
  }

  private void add(HeardMachine machine) {
    Optional<Node> node = world.nodeAt(machine.address());
    if (node.isPresent()) {
      addNode(node.get(), machine);
    } else {
      board(machine).ifPresent(subject -> addBoard(subject, machine));
    }
    for (String name : machine.names()) {
      world
          .node(folded(name))
          .filter(owner -> !owner.address().equals(machine.address()) && !owns(owner, machine))
          .filter(owner -> link(owner.address()).equals(link(machine.address())))
          .ifPresent(owner ->
              clash(
                  owner.name(),
                  machine.address() + " announces " + owner.name() + LOCAL + " as well"));
    }
  }

  private void addNode(Node node, HeardMachine machine) {
    String name =
        machine.names().stream()
            .filter(n -> folded(n).equals(node.name()))
            .findFirst()
            .orElse(machine.names().getFirst());
    finding(node.name()).announced = Optional.of(name + LOCAL);
    Matcher renamed = RENAMED.matcher(folded(name));
    if (!folded(name).equals(node.name()) && renamed.matches()) {
      String wanted = renamed.group(1);
      if (wanted.equals(node.name()) || wanted.equals(UNNAMED)) {
        clash(
            node.name(),
            "it calls itself " + name + LOCAL + ": another machine has " + wanted + LOCAL);
      }
    }
  }

  private void addBoard(String subject, HeardMachine machine) {
    Finding finding = finding(subject);
    finding.announced = Optional.of(machine.names().getFirst() + LOCAL);
    finding.fields.put("mac", subject);
    finding.fields.put("address", machine.address().toString());
  }

  /// Under which name the journal has a board that is no node: one that DHCP saw at the address, or
  /// a Pi by what it says its hardware address is.
  private Optional<String> board(HeardMachine machine) {
    String seen = unknownBoards.get(machine.address());
    if (seen != null) {
      return Optional.of(seen);
    }
    return machine
        .mac()
        .filter(world.quirks()::isPi)
        .filter(mac -> world.nodeWith(mac).isEmpty() && world.nodeLearned(mac).isEmpty())
        .map(MacAddress::toString)
        .filter(this::hasRoom);
  }

  private boolean hasRoom(String subject) {
    return states.containsKey(subject)
        || found.containsKey(subject)
        || unknownBoards.size() + news++ < MAX_UNKNOWN_BOARDS;
  }

  /// The same name on two links is two names.
  private Optional<String> link(Ip4 address) {
    return world.networkOf(address).map(Network::interfaceName);
  }

  private boolean owns(Node node, HeardMachine machine) {
    return machine
        .mac()
        .flatMap(mac -> world.nodeWith(mac).or(() -> world.nodeLearned(mac)))
        .filter(node::equals)
        .isPresent();
  }

  private void clash(String subject, String text) {
    Finding finding = finding(subject);
    finding.clash = finding.clash.or(() -> Optional.of(text));
  }

  private Finding finding(String subject) {
    return found.computeIfAbsent(subject, _ -> new Finding());
  }

  private static String folded(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  private List<JournalEvent> compare(Predicate<Ip4> settled, Instant now) {
    var out = new ArrayList<JournalEvent>();
    found.forEach((subject, finding) -> begun(subject, finding, now, out));
    new TreeMap<>(states)
        .forEach((subject, state) -> {
          boolean silence = address(subject, state).map(settled::test).orElse(false);
          if (silence) {
            ended(subject, state, found.getOrDefault(subject, new Finding()), now, out);
          }
        });
    return out;
  }

  private Optional<Ip4> address(String subject, BootState state) {
    return world
        .node(subject)
        .map(Node::address)
        .or(() -> Ip4.tryParse(state.facts().getOrDefault("address", "")));
  }

  private void begun(String subject, Finding finding, Instant now, List<JournalEvent> out) {
    finding
        .announced
        .filter(name -> !name.equals(fact(subject, NodeRow.ANNOUNCED)))
        .ifPresent(name -> {
          var fields = new LinkedHashMap<>(Map.of("name", name));
          fields.putAll(finding.fields);
          out.add(new JournalEvent(now, subject, EventType.ANNOUNCED, fields));
        });
    finding
        .clash
        .filter(text -> !text.equals(fact(subject, NodeRow.CLASH)))
        .ifPresent(
            text -> out.add(JournalEvent.of(now, subject, EventType.NAME_CLASH, "found", text)));
  }

  private static void ended(
      String subject, BootState state, Finding finding, Instant now, List<JournalEvent> out) {
    String name = state.facts().get(NodeRow.ANNOUNCED);
    if (name != null && finding.announced.isEmpty()) {
      out.add(JournalEvent.of(now, subject, EventType.UNANNOUNCED, "name", name));
    }
    String text = state.facts().get(NodeRow.CLASH);
    if (text != null && finding.clash.isEmpty()) {
      out.add(JournalEvent.of(now, subject, EventType.NAME_CLASH_OVER, "found", text));
    }
  }

  private String fact(String subject, String name) {
    BootState state = states.get(subject);
    return state == null ? "" : state.facts().getOrDefault(name, "");
  }
}
