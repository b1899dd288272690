package dev.coldframe.node;

import dev.coldframe.net.ClientUuid;
import dev.coldframe.net.Ip4;
import dev.coldframe.net.IpRange;
import dev.coldframe.net.MacAddress;
import dev.coldframe.net.Serial;
import dev.coldframe.net.SwitchPort;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What every decision looks at: the site, its nodes and the resolved server names, immutable and
/// swapped whole.
///
/// The file wins: an adopted node whose name or address the file gives to another is left out here
/// and listed in [#shadowed].
public final class World {
  private final Site site;
  private final Knowledge knowledge;
  private final NodeIndex nodes;

  /// Learned hardware addresses by the node's name. Made when somebody asks, because most worlds
  /// are gone before that; two who ask at once make the same.
  private volatile @Nullable Map<String, List<MacAddress>> learnedOf;

  private World(Site site, Knowledge knowledge, NodeIndex nodes) {
    this.site = site;
    this.knowledge = knowledge;
    this.nodes = nodes;
  }

  /// What the world holds beside the config file.
  ///
  /// @param adopted nodes adopted while running
  /// @param learned hardware addresses that were seen to belong to a node, by its name
  /// @param resolved addresses of the server names that the site mentions, as far as known
  /// @param images the imported operating system images, by name
  /// @param arms the disks that the operator lets be overwritten, by the node's name
  /// @param boards the board that each node has which is known by its switch port, by the node's
  ///   name
  /// @param timeFloor a day that has surely begun
  /// @param eeproms what profiles want in boot EEPROMs, and what is offered to whom
  /// @param quirks what is known of boards
  /// @param cutOff that the database which several appliances share cannot be used now
  /// @param partners addresses under which the other appliances answer that share it
  public record Knowledge(
      List<Node> adopted,
      Map<MacAddress, String> learned,
      Map<String, List<Ip4>> resolved,
      Map<String, OsImage> images,
      Map<String, Arm> arms,
      Map<String, MacAddress> boards,
      TimeFloor timeFloor,
      Eeproms eeproms,
      Quirks quirks,
      Optional<CutOff> cutOff,
      Set<Ip4> partners) {
    public Knowledge {
      adopted = List.copyOf(adopted);
      learned = Map.copyOf(learned);
      resolved = Map.copyOf(resolved);
      images = Map.copyOf(images);
      arms = Map.copyOf(arms);
      boards = Map.copyOf(boards);
      partners = Set.copyOf(partners);
    }

    /// Nothing but what is known of boards.
    public static Knowledge of(Quirks quirks) {
      return new Knowledge(
          List.of(),
          Map.of(),
          Map.of(),
          Map.of(),
          Map.of(),
          Map.of(),
          TimeFloor.NONE,
          Eeproms.NONE,
          quirks,
          Optional.empty(),
          Set.of());
    }

    /// The same with other adopted nodes.
    public Knowledge withAdopted(List<Node> other) {
      return new Knowledge(
          other, learned, resolved, images, arms, boards, timeFloor, eeproms, quirks, cutOff,
          partners);
    }

    /// The same with other learned addresses.
    public Knowledge withLearned(Map<MacAddress, String> other) {
      return new Knowledge(
          adopted, other, resolved, images, arms, boards, timeFloor, eeproms, quirks, cutOff,
          partners);
    }

    /// The same with other resolved names.
    public Knowledge withResolved(Map<String, List<Ip4>> other) {
      return new Knowledge(
          adopted, learned, other, images, arms, boards, timeFloor, eeproms, quirks, cutOff,
          partners);
    }

    /// The same with other images.
    public Knowledge withImages(Map<String, OsImage> other) {
      return new Knowledge(
          adopted, learned, resolved, other, arms, boards, timeFloor, eeproms, quirks, cutOff,
          partners);
    }

    /// The same with other arms.
    public Knowledge withArms(Map<String, Arm> other) {
      return new Knowledge(
          adopted, learned, resolved, images, other, boards, timeFloor, eeproms, quirks, cutOff,
          partners);
    }

    /// The same with other boards in the nodes' ports.
    public Knowledge withBoards(Map<String, MacAddress> other) {
      return new Knowledge(
          adopted, learned, resolved, images, arms, other, timeFloor, eeproms, quirks, cutOff,
          partners);
    }

    /// The same with other boot EEPROMs.
    public Knowledge withEeproms(Eeproms other) {
      return new Knowledge(
          adopted, learned, resolved, images, arms, boards, timeFloor, other, quirks, cutOff,
          partners);
    }

    /// The same, cut off from the shared database or not.
    public Knowledge withCutOff(Optional<CutOff> other) {
      return new Knowledge(
          adopted, learned, resolved, images, arms, boards, timeFloor, eeproms, quirks, other,
          partners);
    }

    /// The same with other appliances beside this one.
    public Knowledge withPartners(Set<Ip4> other) {
      return new Knowledge(
          adopted, learned, resolved, images, arms, boards, timeFloor, eeproms, quirks, cutOff,
          other);
    }

    /// The same with another day that has surely begun.
    public Knowledge withTimeFloor(TimeFloor other) {
      return new Knowledge(
          adopted, learned, resolved, images, arms, boards, other, eeproms, quirks, cutOff,
          partners);
    }
  }

  /// A site and what is known beside it.
  public static World of(Site site, Knowledge knowledge) {
    return new World(site, knowledge, new NodeIndex(site.nodes().values(), knowledge.adopted()));
  }

  /// The same site with other knowledge.
  public World with(Knowledge other) {
    return other.adopted().equals(knowledge.adopted())
        ? new World(site, other, nodes)
        : of(site, other);
  }

  /// The config file.
  public Site site() {
    return site;
  }

  /// What is known beside the config file.
  public Knowledge knowledge() {
    return knowledge;
  }

  /// What is known of boards.
  public Quirks quirks() {
    return knowledge.quirks();
  }

  /// That nothing is decided now which several appliances decide together; empty when all is well,
  /// or this one is alone.
  public Optional<CutOff> cutOff() {
    return knowledge.cutOff();
  }

  /// Whether an address is another appliance's that shares its state with this one.
  public boolean isPartner(Ip4 address) {
    return knowledge.partners().contains(address);
  }

  /// What profiles want in boot EEPROMs, and what is offered to whom.
  public Eeproms eeproms() {
    return knowledge.eeproms();
  }

  /// All nodes, the file's first, in order.
  public List<Node> nodes() {
    return nodes.all();
  }

  /// Adopted nodes that clash with the file and are therefore not served.
  public List<Node> shadowed() {
    return nodes.shadowed();
  }

  /// The node of that name.
  public Optional<Node> node(String name) {
    return nodes.named(name);
  }

  /// The node pinned to that address.
  public Optional<Node> nodeAt(Ip4 address) {
    return nodes.at(address);
  }

  /// The node to which the inventory gives that hardware address.
  public Optional<Node> nodeWith(MacAddress mac) {
    return nodes.with(mac);
  }

  /// The node that was seen to own that hardware address.
  public Optional<Node> nodeLearned(MacAddress mac) {
    String name = knowledge.learned().get(mac);
    return name == null ? Optional.empty() : node(name);
  }

  /// A node's hardware addresses: those of the inventory first, then those that were seen.
  public List<MacAddress> macsOf(Node node) {
    Stream<MacAddress> learned = learnedOf().getOrDefault(node.name(), List.of()).stream();
    return Stream.concat(node.identity().macs().stream(), learned.sorted()).distinct().toList();
  }

  private Map<String, List<MacAddress>> learnedOf() {
    Map<String, List<MacAddress>> known = learnedOf;
    if (known == null) {
      known = HashMap.newHashMap(knowledge.learned().size());
      for (Map.Entry<MacAddress, String> learned : knowledge.learned().entrySet()) {
        known.computeIfAbsent(learned.getValue(), _ -> new ArrayList<>(1)).add(learned.getKey());
      }
      learnedOf = known;
    }
    return known;
  }

  /// The node that is known by that switch port.
  public Optional<Node> nodeAt(SwitchPort port) {
    return nodes.at(port);
  }

  /// Whether any node is known by a switch port.
  public boolean hasPorts() {
    return nodes.hasPorts();
  }

  /// The board that a node has which is known by its switch port; empty while none was seen there.
  public Optional<MacAddress> boardOf(Node node) {
    return Optional.ofNullable(knowledge.boards().get(node.name()));
  }

  /// The node that owns that machine identifier.
  public Optional<Node> nodeWith(ClientUuid uuid) {
    return nodes.with(uuid);
  }

  /// All nodes whose serial fits; more than one when only the low half is known and two boards
  /// share it.
  public List<Node> nodesWith(Serial serial) {
    return nodes.with(serial);
  }

  /// The nodes whose serial ends in the low 24 bits of a hardware address, as it does on every Pi
  /// up to 3 (raspberry-pi-boot.md, section 1.3).
  public List<Node> nodesWithSerialOf(MacAddress pi3) {
    return nodes.withSerialOf(pi3);
  }

  /// The image that a node boots from; empty when its profile names none, or one that has not been
  /// imported yet.
  public Optional<OsImage> imageOf(Node node) {
    return node.profile().bootsImage()
        ? node.profile().image().map(knowledge.images()::get)
        : Optional.empty();
  }

  /// The image whose kernel and initramfs carry a node's installer: the one that its profile names,
  /// else its own if that can, else the newest that can and fits the same boards.
  public Optional<OsImage> bootImageOf(Node node) {
    Optional<OsImage> own = imageOf(node);
    Optional<String> named = node.profile().install().image();
    if (!node.profile().carriesInstaller()) {
      return own;
    }
    if (named.isPresent() || own.isEmpty()) {
      return own.isEmpty() ? own : named.map(knowledge.images()::get);
    }
    if (own.get().facts().carriesInstaller()) {
      return own;
    }
    List<Integer> boards = own.get().facts().boards();
    return knowledge.images().values().stream()
        .filter(image -> image.facts().carriesInstaller())
        // One that is for none is for PCs, of which nobody knows whose kernel they can run.
        .filter(image -> !boards.isEmpty() && image.facts().boards().containsAll(boards))
        .max(Comparator.comparing(OsImage::imported).thenComparing(OsImage::name));
  }

  /// The operator's word about a node's disk, while it holds.
  public Optional<Arm> arm(Node node, Instant now) {
    return Optional.ofNullable(knowledge.arms().get(node.name())).filter(a -> a.holdsAt(now));
  }

  /// Whether a node's secrets may be released: a board that a rule adopted waits for the operator,
  /// unless the rule trusts the segment (architecture, section 6).
  public boolean trusts(Node node) {
    return node.origin() != Node.Origin.RULE
        || (site.adopt() instanceof Adoption.Auto rule && rule.trustSegment());
  }

  /// The served network that an address lies in.
  public Optional<Network> networkOf(Ip4 address) {
    // A plain loop: every DNS and NTP packet asks.
    for (Network network : site.networks()) {
      if (network.subnet().contains(address)) {
        return Optional.of(network);
      }
    }
    return Optional.empty();
  }

  /// How many addresses of a pool clients without a pin can have: those of nodes are not among
  /// them.
  public long givable(IpRange pool) {
    return pool.size() - nodes().stream().filter(n -> pool.contains(n.address())).count();
  }

  /// The addresses behind server references, in order; names that are not resolved yet are left
  /// out.
  ///
  /// @param appliance this server's address as the client reaches it
  public List<Ip4> addressesOf(List<Network.ServerRef> servers, Ip4 appliance) {
    var out = new ArrayList<Ip4>();
    for (Network.ServerRef server : servers) {
      switch (server) {
        case Network.ServerRef.Appliance() -> out.add(appliance);
        case Network.ServerRef.Address(Ip4 address) -> out.add(address);
        case Network.ServerRef.Name(String name) ->
            out.addAll(knowledge.resolved().getOrDefault(name, List.of()));
      }
    }
    return out;
  }
}
