package dev.coldframe.store;

import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import dev.coldframe.node.Arm;
import dev.coldframe.node.CutOff;
import dev.coldframe.node.EepromUpdate;
import dev.coldframe.node.Eeproms;
import dev.coldframe.node.Identity;
import dev.coldframe.node.Node;
import dev.coldframe.node.OsImage;
import dev.coldframe.node.Profile;
import dev.coldframe.node.Quirks;
import dev.coldframe.node.Site;
import dev.coldframe.node.Soc;
import dev.coldframe.node.TimeFloor;
import dev.coldframe.node.World;
import dev.coldframe.node.World.Knowledge;
import dev.coldframe.store.image.Images;
import dev.coldframe.store.image.StoredImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiPredicate;
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

  /// Makes the first world from the site and what the store remembers; words about disks that have
  /// ended by now are dropped.
  public Worlds(Site site, LeaseStore store, Quirks quirks, Instant now) {
    this.store = store;
    var arms = new HashMap<String, Arm>();
    store
        .arms()
        .forEach((node, arm) -> {
          if (arm.holdsAt(now)) {
            arms.put(node, arm);
          } else {
            logged(store.disarm(node), "an ended arm", node);
          }
        });
    Knowledge knowledge =
        Knowledge.of(quirks)
            .withAdopted(adopted(site, store.adopted()))
            .withLearned(store.learned())
            .withBoards(store.boards())
            .withArms(arms);
    this.present = new AtomicReference<>(World.of(site, knowledge));
  }

  /// The world of a state folder, with or without a running server; one that does not exist yet
  /// adds nothing to the site.
  public static World read(Site site, Path folder, Quirks quirks) {
    Knowledge known =
        Knowledge.of(quirks)
            .withImages(bootable(new Images(folder).list()))
            .withTimeFloor(KnownTime.read(folder))
            .withEeproms(eeproms(site, folder))
            .withPartners(Partners.of(folder));
    if (Files.exists(folder.resolve("leases.db"))) {
      known =
          known
              .withAdopted(adopted(site, SqliteLeaseStore.readAdopted(folder)))
              .withLearned(SqliteLeaseStore.readLearned(folder))
              .withBoards(SqliteLeaseStore.readBoards(folder))
              .withArms(SqliteLeaseStore.readArms(folder));
    }
    return World.of(site, known);
  }

  private static Eeproms eeproms(Site site, Path folder) {
    Map<String, Map<Soc, Eeproms.Target>> targets =
        new EepromImages(folder).targets(site.profiles().values());
    if (targets.isEmpty() || !Files.exists(folder.resolve("journal.db"))) {
      return Eeproms.NONE.withTargets(targets);
    }
    var offers = new HashMap<String, Eeproms.Offer>();
    // Who lists where nodes stand says that the journal cannot be read; the rest is known.
    try (var journal = new JournalReader(folder)) {
      journal
          .states()
          .forEach((node, state) ->
              EepromUpdate.of(state.facts()).ifPresent(u -> offers.put(node, u.offer())));
    } catch (StoreException _) {
      return Eeproms.NONE.withTargets(targets);
    }
    return new Eeproms(targets, offers);
  }

  /// The images that can be booted from, as the world knows them.
  public static Map<String, OsImage> bootable(List<StoredImage> images) {
    return images.stream()
        .filter(image -> image.bootable())
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

  /// Takes what the store knows of nodes now, because somebody else has written it.
  public synchronized void refresh() {
    List<Node> adopted = adopted(get().site(), store.adopted());
    Map<MacAddress, String> learned = store.learned();
    Map<String, MacAddress> boards = store.boards();
    Map<String, Arm> arms = store.arms();
    change(k -> k.withAdopted(adopted).withLearned(learned).withBoards(boards).withArms(arms));
  }

  /// Takes whether the database that several appliances share can be used.
  public void cutOff(Optional<CutOff> cutOff) {
    change(k -> k.withCutOff(cutOff));
  }

  /// Takes under which addresses the other appliances answer that share this one's state, and until
  /// when that is believed.
  public void partners(Map<Ip4, Instant> partners) {
    change(k -> k.withPartners(partners));
  }

  /// Makes a board a node, or a node that a rule adopted the operator's: in the world at once, so
  /// that the next board gets another name and address, and out of it again if it cannot be stored.
  ///
  /// @return completes when it is on disk; fails when another board got the name or the address
  ///   since this was decided
  public synchronized CompletableFuture<Void> adopt(Node node) {
    List<Node> adopted = get().knowledge().adopted();
    if (adopted.stream().anyMatch(other -> clash(node, other))) {
      return CompletableFuture.failedFuture(
          new StoreException(
              node.name() + " or " + node.address() + " was given to another board just now"));
    }
    List<Node> before = adopted.stream().filter(n -> n.name().equals(node.name())).toList();
    UnaryOperator<Knowledge> take =
        k -> k.withAdopted(replaced(k.adopted(), node.name(), List.of(node)));
    change(take);
    return store
        .save(LeaseStore.Adopted.of(node))
        .whenComplete((_, failure) -> {
          if (failure == null) {
            stays(take);
          } else {
            // Another appliance may have given that name meanwhile.
            change(k ->
                k.adopted().contains(node)
                    ? k.withAdopted(replaced(k.adopted(), node.name(), before))
                    : k);
          }
        });
  }

  /// Does once more what was done before it was stored: where others write too, the world may have
  /// been read from the store in between.
  private synchronized void stays(UnaryOperator<Knowledge> done) {
    if (store.isShared()) {
      change(done);
    }
  }

  private static boolean clash(Node node, Node other) {
    boolean sameName = node.name().equals(other.name());
    return sameName
        ? !node.identity().macs().equals(other.identity().macs())
        : node.address().equals(other.address());
  }

  private static List<Node> replaced(List<Node> nodes, String name, List<Node> by) {
    var out = new ArrayList<Node>();
    nodes.stream().filter(n -> !n.name().equals(name)).forEach(out::add);
    out.addAll(by);
    return out;
  }

  /// Takes an adopted node out of the world, with what was learned of it and said about its disk.
  ///
  /// @return completes when the disk has forgotten it too
  public synchronized CompletableFuture<Void> forget(String node) {
    change(k ->
        k.withAdopted(replaced(k.adopted(), node, List.of()))
            .withLearned(without(k.learned(), (_, name) -> name.equals(node)))
            .withBoards(without(k.boards(), (name, _) -> name.equals(node)))
            .withArms(without(k.arms(), (name, _) -> name.equals(node))));
    return logged(store.forget(node), "a forgotten node", node);
  }

  private static <K, V> Map<K, V> without(Map<K, V> map, BiPredicate<K, V> what) {
    var out = new HashMap<>(map);
    out.entrySet().removeIf(e -> what.test(e.getKey(), e.getValue()));
    return out;
  }

  /// Takes the operator's word that a disk may be overwritten: in the world at once, and out of it
  /// again if it cannot be stored.
  ///
  /// @return completes when it is on disk
  public synchronized CompletableFuture<Void> arm(Arm arm) {
    UnaryOperator<Knowledge> take =
        k -> {
          var arms = new HashMap<>(k.arms());
          arms.put(arm.node(), arm);
          return k.withArms(arms);
        };
    change(take);
    return store
        .save(arm)
        .whenComplete((_, failure) -> {
          if (failure == null) {
            stays(take);
          } else {
            change(k -> k.withArms(without(k.arms(), (_, a) -> a.equals(arm))));
          }
        });
  }

  /// Takes it back: from now on nothing of the node is overwritten.
  ///
  /// @return completes when the disk knows
  public synchronized CompletableFuture<Void> disarm(String node) {
    change(k -> k.withArms(without(k.arms(), (name, _) -> name.equals(node))));
    return logged(store.disarm(node), "a disarmed node", node);
  }

  /// Takes back every word about a disk: it is not known any more by which of them something was
  /// installed.
  ///
  /// @return completes when the disk knows; fails where one of them comes back with the next start
  public synchronized CompletableFuture<Void> disarmAll() {
    return CompletableFuture.allOf(
        get().knowledge().arms().keySet().stream()
            .map(this::disarm)
            .toArray(CompletableFuture<?>[]::new));
  }

  private static CompletableFuture<Void> logged(
      CompletableFuture<Void> write, String what, String node) {
    return write.whenComplete((_, failure) -> {
      if (failure != null) {
        LOG.error("not removed from the store: {} node={}", what, node, failure);
      }
    });
  }

  /// Remembers that a hardware address belongs to a node. The world knows at once, the disk soon.
  public void learn(MacAddress mac, Node node) {
    UnaryOperator<Knowledge> take =
        k -> {
          var learned = new HashMap<>(k.learned());
          learned.put(mac, node.name());
          return k.withLearned(learned);
        };
    change(take);
    var _ =
        store
            .learn(mac, node.name())
            .whenComplete((_, failure) -> {
              if (failure == null) {
                stays(take);
              } else if (get().cutOff().isEmpty()) {
                LOG.warn("learned address not stored mac={} node={}", mac, node.name(), failure);
              }
            });
  }

  /// Makes a board the one in a node's switch port: in the world at once, so that the next packet
  /// sees it, and out of it again if it cannot be stored.
  ///
  /// @return completes when it is on disk
  public synchronized CompletableFuture<Void> takeSlot(Node node, MacAddress mac) {
    Knowledge before = get().knowledge();
    BiPredicate<MacAddress, String> learnedOf =
        (m, name) -> name.equals(node.name()) || m.equals(mac);
    BiPredicate<String, MacAddress> boardOf =
        (name, m) -> name.equals(node.name()) || m.equals(mac);
    UnaryOperator<Knowledge> take =
        k -> {
          Map<MacAddress, String> learned = without(k.learned(), learnedOf);
          learned.put(mac, node.name());
          Map<String, MacAddress> boards = without(k.boards(), boardOf);
          boards.put(node.name(), mac);
          return k.withLearned(learned).withBoards(boards);
        };
    change(take);
    return store
        .takeSlot(node.name(), mac)
        .whenComplete((_, failure) -> {
          if (failure == null) {
            stays(take);
          } else {
            change(k ->
                k.withLearned(restored(k.learned(), before.learned(), learnedOf))
                    .withBoards(restored(k.boards(), before.boards(), boardOf)));
          }
        });
  }

  /// A map with what it held before of one matter, and all else as it is now.
  private static <K, V> Map<K, V> restored(
      Map<K, V> now, Map<K, V> before, BiPredicate<K, V> what) {
    Map<K, V> out = without(now, what);
    before.forEach((key, value) -> {
      if (what.test(key, value)) {
        out.put(key, value);
      }
    });
    return out;
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

  /// Takes what the profiles want in boot EEPROMs now.
  public void eepromTargets(Map<String, Map<Soc, Eeproms.Target>> targets) {
    if (!get().eeproms().targets().equals(targets)) {
      change(k -> k.withEeproms(k.eeproms().withTargets(targets)));
    }
  }

  /// Takes what is offered to a node's board now.
  public void eepromOffer(String node, Optional<Eeproms.Offer> offer) {
    if (Optional.ofNullable(get().eeproms().offers().get(node)).equals(offer)) {
      return;
    }
    change(k -> {
      Map<String, Eeproms.Offer> offers =
          without(k.eeproms().offers(), (name, _) -> name.equals(node));
      offer.ifPresent(o -> offers.put(node, o));
      return k.withEeproms(k.eeproms().withOffers(offers));
    });
  }

  /// Takes the day that has surely begun.
  public void timeFloor(TimeFloor floor) {
    change(k -> k.withTimeFloor(floor));
  }

  private void change(UnaryOperator<Knowledge> news) {
    present.updateAndGet(world -> world.with(news.apply(world.knowledge())));
  }
}
