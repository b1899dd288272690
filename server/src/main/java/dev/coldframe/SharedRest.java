package dev.coldframe;

import dev.coldframe.net.Ip4;
import dev.coldframe.node.Network;
import dev.coldframe.node.Phase;
import dev.coldframe.node.Profile;
import dev.coldframe.node.Site;
import dev.coldframe.store.Chronicle;
import dev.coldframe.store.InstallJobs;
import dev.coldframe.store.NodeSecrets;
import dev.coldframe.store.Worlds;
import dev.coldframe.store.image.Images;
import dev.coldframe.store.shared.SharedDatabase;
import dev.coldframe.store.shared.SharedImages;
import dev.coldframe.store.shared.SharedJobs;
import dev.coldframe.store.shared.SharedJournal;
import dev.coldframe.store.shared.SharedPartners;
import dev.coldframe.store.shared.SharedSecrets;
import dev.coldframe.transport.Link;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// What appliances share beside leases and nodes: the journal and where nodes stand, installs,
/// secrets, images.
final class SharedRest implements AutoCloseable {
  private static final Set<Phase> INSTALLING = EnumSet.of(Phase.INSTALLING, Phase.FIRST_BOOT);

  private final Chronicle chronicle;
  private final SharedJournal journal;
  private final SharedJobs jobs;
  private final SharedImages images;
  private final SharedPartners partners;

  /// What this appliance keeps in its state folder.
  ///
  /// @param folder the state folder
  /// @param keyMark of the site's key
  /// @param here where others fetch images
  /// @param addresses under which it answers
  record Own(
      Path folder,
      String keyMark,
      Chronicle chronicle,
      NodeSecrets secrets,
      Images images,
      SharedImages.Here here,
      Supplier<Set<Ip4>> addresses) {}

  /// The addresses under which an appliance answers: its own name for itself, and what its links
  /// have.
  static Set<Ip4> addresses(Site site) {
    var out = new HashSet<>(Set.of(site.appliance()));
    site.networks().stream()
        .filter(network -> network.edge().isEmpty())
        .map(Network::interfaceName)
        .distinct()
        .forEach(name -> out.addAll(new Link(name, 1_500, 0, List.of()).addresses()));
    return out;
  }

  /// To be made before the database is joined.
  SharedRest(SharedDatabase database, Own own) {
    chronicle = own.chronicle();
    database.requireKey(own.keyMark());
    journal = new SharedJournal(database, own.folder(), chronicle, Clock.systemUTC());
    var vault = new SharedSecrets(database, own.secrets());
    own.secrets().shareIn(vault);
    jobs = new SharedJobs(database, journal);
    images = new SharedImages(database, own.folder(), own.images(), own.here(), Clock.systemUTC());
    database.register(journal);
    database.register(vault);
    database.register(images);
    partners = new SharedPartners(database, own.folder(), own.addresses());
    database.register(partners);
  }

  /// Which installs are this appliance's.
  InstallJobs jobs() {
    return jobs;
  }

  /// Lets installs be held, images that profiles name be fetched, and the other appliances be
  /// known, from now on.
  void start(Worlds worlds) {
    partners.listen(worlds::partners);
    jobs.start(node -> INSTALLING.contains(chronicle.state(node, Instant.now()).phase()));
    images.start(() ->
        worlds.get().site().profiles().values().stream()
            .map(Profile::image)
            .flatMap(Optional::stream)
            .collect(Collectors.toSet()));
  }

  @Override
  public void close() {
    images.close();
    jobs.close();
    journal.close();
  }
}
