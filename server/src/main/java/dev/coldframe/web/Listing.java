package dev.coldframe.web;

import dev.coldframe.net.MacAddress;
import dev.coldframe.node.BootState;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.node.Lease;
import dev.coldframe.node.Node;
import dev.coldframe.node.NodeRow;
import dev.coldframe.node.Phase;
import dev.coldframe.node.World;
import dev.coldframe.store.JournalReader.Entry;
import dev.coldframe.store.JournalReader.Filter;
import dev.coldframe.store.image.Images;
import dev.coldframe.store.image.StoredImage;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The lists of the API as they are now: nodes, boards, leases, images. Blocks.
final class Listing {
  static final int USUAL_NODES = 500;
  static final int MAX_NODES = 2_000;

  private final Sources sources;
  private final Progress progress;

  Listing(Sources sources, Progress progress) {
    this.sources = sources;
    this.progress = progress;
  }

  /// One page of the inventory, in its order. A cursor is the place in it.
  ObjectNode nodes(Query query) {
    return nodes(query.cursor().orElse(0L), query.limit(USUAL_NODES, MAX_NODES));
  }

  /// The same. Costs what its rows do, however many nodes there are beside them.
  ///
  /// @param first the place of the first row
  /// @param limit how many rows at most
  ObjectNode nodes(long first, int limit) {
    World world = sources.worlds().get();
    Instant now = sources.clock().instant();
    List<Node> nodes = world.nodes();
    long next = first + limit;
    List<Node> page =
        nodes.subList((int) Math.min(first, nodes.size()), (int) Math.min(next, nodes.size()));
    ObjectNode out = JsonMapper.shared().createObjectNode();
    ArrayNode rows = out.putArray("nodes");
    page.forEach(node -> rows.add(json(NodeRow.of(node, stands(node, now), world, now))));
    out.put("next", next < nodes.size() ? Long.toString(next) : null);
    return out;
  }

  /// Where a node stands; empty when nothing was heard of it.
  private Optional<BootState> stands(Node node, Instant now) {
    return sources.chronicle().knows(node.name())
        ? Optional.of(sources.chronicle().state(node.name(), now))
        : Optional.empty();
  }

  /// One node.
  ///
  /// @throws Problem when there is none of that name
  ObjectNode node(String name) {
    World world = sources.worlds().get();
    Instant now = sources.clock().instant();
    return world
        .node(name)
        .map(node ->
            json(NodeRow.of(node, Optional.of(sources.chronicle().state(name, now)), world, now)))
        .orElseThrow(() -> new Problem(404, Operations.noSuchNode()));
  }

  /// Why the node's last boot stands where it does.
  ObjectNode explain(String name) {
    Instant now = sources.clock().instant();
    return Explained.of(
            name,
            sources.worlds().get(),
            sources.chronicle().states(),
            Optional.of(sources.journal()),
            sources.previews()::tree,
            now)
        .json();
  }

  /// How the boards take what their profiles want in their boot EEPROMs.
  ObjectNode rollouts() {
    return RolloutJson.of(sources.worlds().get(), sources.chronicle().states());
  }

  private ObjectNode json(NodeRow row) {
    ObjectNode out = NodeJson.of(row);
    if (row.phase().equals(Phase.BOOTING.label())) {
      Progress.Fetched fetched = progress.of(row.name().orElse(""));
      out.withObject("progress")
          .set("files", NodeJson.amount(fetched.bytes(), Optional.of(fetched.total())));
    }
    return out;
  }

  /// Unknown boards that were seen.
  ObjectNode boards() {
    World world = sources.worlds().get();
    ObjectNode out = JsonMapper.shared().createObjectNode();
    ArrayNode rows = out.putArray("boards");
    new TreeMap<>(sources.chronicle().states())
        .forEach((subject, state) -> {
          if (state.phase() == Phase.NEW
              && MacAddress.tryParse(subject).isPresent()
              && NodeRow.isNobodys(subject, world)) {
            rows.add(board(subject, state));
          }
        });
    out.putNull("next");
    return out;
  }

  private ObjectNode board(String subject, BootState state) {
    Map<String, String> facts = state.facts();
    var newest = new Filter(Optional.of(subject), List.of());
    Optional<JournalEvent> last =
        sources.journal().newest(newest, Long.MAX_VALUE, 1).stream().map(Entry::event).findFirst();
    ObjectNode out = JsonMapper.shared().createObjectNode();
    out.put("mac", subject);
    out.put("model", facts.get("board"));
    out.put("serial", facts.get("serial"));
    out.put("ram", facts.get("ram"));
    out.put("port", facts.get("port"));
    out.put("address", facts.get("address"));
    out.put("asked", last.map(event -> event.fields().get("stage")).orElse(null));
    out.put("first", state.since().toString());
    out.put("last", last.map(JournalEvent::at).orElse(state.since()).toString());
    return out;
  }

  /// The addresses in use.
  ObjectNode leases() {
    World world = sources.worlds().get();
    Instant now = sources.clock().instant();
    ObjectNode out = JsonMapper.shared().createObjectNode();
    ArrayNode rows = out.putArray("leases");
    for (Lease lease : sources.leases().leases()) {
      if (lease.activeAt(now)) {
        rows.addObject()
            .put("mac", lease.mac().toString())
            .put("address", lease.address().toString())
            .put("node", lease.node().orElse(null))
            .put("expires", lease.expires().toString())
            .put("state", world.nodeAt(lease.address()).isPresent() ? "pinned" : "active");
      }
    }
    out.putNull("next");
    return out;
  }

  /// The images that were taken in, and the one that is taken in just now.
  ObjectNode images() {
    ObjectNode out = JsonMapper.shared().createObjectNode();
    ArrayNode rows = out.putArray("images");
    sources.images().list().forEach(image -> rows.add(of(image)));
    Optional<Images.Importing> now = sources.images().importing(sources.clock().instant());
    out.putNull("import");
    now.ifPresent(importing -> {
      ObjectNode runs = out.putObject("import");
      runs.put("name", importing.name());
      runs.put("read", importing.read());
      runs.put("of", importing.of());
      runs.put("unpacked", importing.unpacked());
    });
    return out;
  }

  private ObjectNode of(StoredImage image) {
    ObjectNode out = JsonMapper.shared().createObjectNode();
    out.put("name", image.name());
    out.put("sha256", image.content().sha256());
    out.put("bytes", image.content().sizeBytes());
    out.put("data-bytes", image.content().dataBytes());
    out.put("file", image.source().file());
    out.put("file-sha256", image.source().sha256());
    out.put("imported", image.imported().toString());
    out.put("family", image.facts().family().label());
    out.put("dialect", image.facts().dialect().label());
    out.put("description", image.facts().description());
    out.put("bootable", image.bootable());
    image.facts().boards().forEach(out.putArray("boards")::add);
    image.facts().kernels().forEach(out.putArray("kernels")::add);
    ArrayNode users = out.putArray("profiles");
    sources.worlds().get().site().profiles().values().stream()
        .filter(profile -> profile.image().filter(image.name()::equals).isPresent())
        .forEach(profile -> users.add(profile.name()));
    return out;
  }
}
