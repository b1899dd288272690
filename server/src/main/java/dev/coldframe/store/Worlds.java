package dev.coldframe.store;

import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import dev.coldframe.node.Identity;
import dev.coldframe.node.Node;
import dev.coldframe.node.OsImage;
import dev.coldframe.node.Profile;
import dev.coldframe.node.Quirks;
import dev.coldframe.node.Site;
import dev.coldframe.node.World;
import dev.coldframe.node.World.Knowledge;
import dev.coldframe.store.image.Images;
import dev.coldframe.store.image.StoredImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The present world, swapped whole, and the disk behind what it learns while running. Any thread.
public final class Worlds implements Supplier<World> {
  private static final Logger LOG = LoggerFactory.getLogger(Worlds.class);

  private final LeaseStore store;
  private final AtomicReference<World> present;

  /// Makes the first world from the site and what the store remembers.
  public Worlds(Site site, LeaseStore store, Quirks quirks) {
    this.store = store;
    Knowledge knowledge =
        Knowledge.of(quirks)
            .withAdopted(adopted(site, store.adopted()))
            .withLearned(store.learned());
    this.present = new AtomicReference<>(World.of(site, knowledge));
  }

  /// The world of a state folder, with or without a running server; one that does not exist yet
  /// adds nothing to the site.
  public static World read(Site site, Path folder, Quirks quirks) {
    Knowledge known = Knowledge.of(quirks).withImages(bootable(new Images(folder).list()));
    if (Files.exists(folder.resolve("leases.db"))) {
      known =
          known
              .withAdopted(adopted(site, SqliteLeaseStore.readAdopted(folder)))
              .withLearned(SqliteLeaseStore.readLearned(folder));
    }
    return World.of(site, known);
  }

  /// The images that have a boot partition, as the world knows them.
  public static Map<String, OsImage> bootable(List<StoredImage> images) {
    return images.stream()
        .filter(image -> image.boot().isPresent())
        .map(image ->
            new OsImage(image.name(), image.content().sha256(), image.facts(), image.imported()))
        .collect(Collectors.toMap(OsImage::name, image -> image, (a, _) -> a));
  }

  private static List<Node> adopted(Site site, List<LeaseStore.Adopted> stored) {
    var out = new ArrayList<Node>();
    for (LeaseStore.Adopted kept : stored) {
      Optional<Profile> profile = Optional.ofNullable(site.profiles().get(kept.profile()));
      if (profile.isEmpty()) {
        LOG.warn(
            "adopted node without its profile node={} profile={}", kept.name(), kept.profile());
        continue;
      }
      var identity =
          new Identity(
              kept.serial().map(List::of).orElse(List.of()),
              List.of(kept.mac()),
              List.of(),
              List.of());
      out.add(new Node(kept.name(), identity, kept.address(), profile.get(), kept.origin()));
    }
    return out;
  }

  @Override
  public World get() {
    return present.get();
  }

  /// Takes a new config file; what was learned stays.
  public void reload(Site site) {
    List<Node> adopted = adopted(site, store.adopted());
    present.updateAndGet(w -> World.of(site, w.knowledge().withAdopted(adopted)));
  }

  /// Makes a board a node: in the world at once, so that the next board gets another name and
  /// address, and out of it again if it cannot be stored.
  ///
  /// @return completes when it is on disk
  public CompletableFuture<Void> adopt(Node node) {
    change(k -> {
      var adopted = new ArrayList<>(k.adopted());
      adopted.removeIf(n -> n.name().equals(node.name()));
      adopted.add(node);
      return k.withAdopted(adopted);
    });
    return store
        .save(LeaseStore.Adopted.of(node))
        .whenComplete((_, failure) -> {
          if (failure != null) {
            change(k -> k.withAdopted(k.adopted().stream().filter(n -> !n.equals(node)).toList()));
          }
        });
  }

  /// Remembers that a hardware address belongs to a node. The world knows at once, the disk soon.
  public void learn(MacAddress mac, Node node) {
    change(k -> {
      var learned = new HashMap<>(k.learned());
      learned.put(mac, node.name());
      return k.withLearned(learned);
    });
    var _ =
        store
            .learn(mac, node.name())
            .exceptionally(e -> {
              LOG.warn("learned address not stored mac={} node={}", mac, node.name(), e);
              return null;
            });
  }

  /// Takes the addresses behind server names.
  public void resolved(Map<String, List<Ip4>> names) {
    change(k -> k.withResolved(names));
  }

  /// Takes the images that there are now.
  public void images(Map<String, OsImage> images) {
    if (!get().knowledge().images().equals(images)) {
      change(k -> k.withImages(images));
    }
  }

  private void change(UnaryOperator<Knowledge> news) {
    present.updateAndGet(world -> world.with(news.apply(world.knowledge())));
  }
}
