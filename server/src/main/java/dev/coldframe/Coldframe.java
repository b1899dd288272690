package dev.coldframe;

import dev.coldframe.config.QuirkTable;
import dev.coldframe.decide.StageEnds;
import dev.coldframe.net.Cidr;
import dev.coldframe.node.Admin;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.node.LeaseBook;
import dev.coldframe.node.Lifecycle;
import dev.coldframe.node.Network;
import dev.coldframe.node.Node;
import dev.coldframe.node.Phase;
import dev.coldframe.node.Recent;
import dev.coldframe.node.SharedState;
import dev.coldframe.node.Site;
import dev.coldframe.node.StageClock;
import dev.coldframe.node.World;
import dev.coldframe.store.Chronicle;
import dev.coldframe.store.ConsoleLogs;
import dev.coldframe.store.EdgeKeys;
import dev.coldframe.store.EepromImages;
import dev.coldframe.store.InstallJobs;
import dev.coldframe.store.JournalReader;
import dev.coldframe.store.Journals;
import dev.coldframe.store.KnownTime;
import dev.coldframe.store.LeaseStore;
import dev.coldframe.store.LeaseStores;
import dev.coldframe.store.Membership;
import dev.coldframe.store.NodeSecrets;
import dev.coldframe.store.SiteKey;
import dev.coldframe.store.StateFolder;
import dev.coldframe.store.StoreException;
import dev.coldframe.store.Worlds;
import dev.coldframe.store.image.Images;
import dev.coldframe.store.shared.SharedImages;
import dev.coldframe.transport.BootPlane;
import dev.coldframe.transport.Counters;
import dev.coldframe.transport.EepromDesk;
import dev.coldframe.transport.InstallDesk;
import dev.coldframe.transport.Link;
import dev.coldframe.transport.SteadyClock;
import dev.coldframe.transport.content.DiskSetup;
import dev.coldframe.transport.content.FileLibrary;
import dev.coldframe.transport.content.Installs;
import dev.coldframe.transport.content.NodeFiles;
import dev.coldframe.transport.content.Root;
import dev.coldframe.transport.content.TemplateFolder;
import dev.coldframe.transport.content.TemplateSeeds;
import dev.coldframe.transport.dhcp.DhcpServer;
import dev.coldframe.transport.dhcp.DhcpService;
import dev.coldframe.transport.dhcp.RelayedDhcp;
import dev.coldframe.transport.dns.DnsServer;
import dev.coldframe.transport.dns.Upstream;
import dev.coldframe.transport.edge.EdgeServer;
import dev.coldframe.transport.edge.EdgeService;
import dev.coldframe.transport.http.HttpBootServer;
import dev.coldframe.transport.mdns.MdnsServer;
import dev.coldframe.transport.ntp.NtpServer;
import dev.coldframe.transport.tftp.TftpServer;
import dev.coldframe.web.Operations;
import dev.coldframe.web.OperatorPlane;
import dev.coldframe.web.Sources;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The running appliance: wires all rooms by hand, starts them in order, closes them in reverse.
public final class Coldframe implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Coldframe.class);
  private static final int TFTP_PORT = 69;
  private static final int HTTP_PORT = 80;
  private static final int DNS_PORT = 53;
  private static final int NTP_PORT = 123;

  /// How the name of the thread that answers DHCP begins.
  static final String DHCP_LOOP = "dhcp";

  /// The interface that stands for all of a site's in a rehearsal.
  static final String REHEARSED_INTERFACE = "lo";

  private static final int LARGEST_MTU = 65_535;

  /// What the site's key signs on disks.
  private static final String MARKS = "install marks";

  /// What it signs for other appliances that want a copy of an image.
  private static final String COPIES = "copies of images";

  /// What it signs for nodes that report their health.
  private static final String HEALTH = "health reports";

  /// What the jar says; there is none where classes run from a folder.
  static final String VERSION =
      Objects.requireNonNullElse(Coldframe.class.getPackage().getImplementationVersion(), "dev");

  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private final Run run;
  private final Worlds worlds;
  private final KnownTime time;
  private final Images images;
  private final EepromImages eeproms;
  private final EepromDesk updates;
  private final Chronicle chronicle;
  private final Optional<SharedWiring> sharing;
  private final InstallJobs jobs;
  private final LeaseStore leases;
  private final JournalReader journal;
  private final ConsoleLogs consoleLogs;
  private final TemplateFolder templates;
  private final FileLibrary library;
  private final DiskSetup setup;
  private final TemplateSeeds seeds;
  private final Preview preview;
  private final Instant started = Instant.now();
  private final Counters counters = new Counters();
  private final StageClock stageClock = new StageClock(started);
  private final ScheduledExecutorService timers;
  private final Resolver resolver;
  private final SiteKey key;
  private final NodeSecrets secrets;
  private final CompletableFuture<Optional<OperatorPlane>> operators;

  /// How to run.
  ///
  /// @param state the state folder
  /// @param portOffset added to every port of the boot plane
  /// @param rehearsal whether loopback stands for the site's networks
  /// @param operated whether operators are heard
  /// @param more folders behind the site's TFTP root
  public record Run(
      Path state, int portOffset, boolean rehearsal, boolean operated, List<Root> more) {
    public Run {
      more = List.copyOf(more);
    }
  }

  /// Starts.
  ///
  /// @throws EnvironmentException when this machine does not let it
  public static Coldframe start(Site site, Run run) {
    return new Coldframe(site, run);
  }

  private Coldframe(Site site, Run run) {
    this.run = run;
    try {
      StateFolder folder = opens(StateFolder.lock(run.state()));
      time = new KnownTime(folder.path());
      var steady = new SteadyClock(time.floor().day());
      LeaseStore own = opens(LeaseStores.open(folder.path()));
      // A rehearsal has nothing to do with what is real.
      Optional<SharedState> shared = run.rehearsal() ? Optional.empty() : site.shared();
      if (shared.isEmpty()) {
        Membership.leave(folder.path(), own, steady.instant().plus(site.leaseTime()));
      }
      chronicle = opens(Journals.open(folder.path(), shared.isPresent()));
      chronicle.listenForLosses(reason -> counters.count("journal", reason));
      journal = opens(reader(folder.path()));
      consoleLogs = new ConsoleLogs(folder.path());
      key = SiteKey.of(folder.path());
      secrets = new NodeSecrets(folder.path(), key);
      images = new Images(folder.path());
      sharing =
          shared.map(where -> opens(new SharedWiring(where, own, steady, shares(site, folder))));
      leases = sharing.map(SharedWiring::store).orElse(own);
      jobs =
          chronicle.isBlind()
              ? InstallJobs.none(chronicle.refusal().orElseThrow())
              : sharing.map(SharedWiring::jobs).orElse(InstallJobs.ALONE);
      worlds = new Worlds(site, leases, QuirkTable.read(), Instant.now());
      worlds.timeFloor(time.floor());
      if (!chronicle.remembers()) {
        takeBack(shared.isPresent());
      }
      templates = new TemplateFolder(Clock.systemUTC());
      library = library(templates);
      setup = new DiskSetup(worlds, templates, images);
      seeds = new TemplateSeeds(worlds, templates);
      preview = new Preview(worlds, templates, library, seeds, setup);
      images.clean();
      eeproms = new EepromImages(folder.path());
      lookForImages();
      know(site);
      updates = new EepromDesk(worlds, chronicle, Clock.systemUTC());
      var book =
          new LeaseBook(
              leases.leases(),
              leases.isWhole(),
              sharing.map(SharedWiring::sharing).orElse(LeaseBook.Sharing.NONE));
      timers =
          Executors.newSingleThreadScheduledExecutor(
              Thread.ofPlatform().name("timers").daemon().factory());
      opens(timers::shutdownNow);
      resolver = new Resolver(worlds);
      listen(
          site,
          new DhcpService(
              worlds, book, new Recent(), leases, chronicle, counters, steady, Clock.systemUTC()));
      var _ = timers.scheduleWithFixedDelay(this::endOverdueStages, 1, 1, TimeUnit.SECONDS);
      if (!run.rehearsal()) {
        var _ = timers.scheduleWithFixedDelay(resolver::refresh, 0, 60, TimeUnit.SECONDS);
      }
      var _ = timers.scheduleWithFixedDelay(this::lookForImages, 1, 1, TimeUnit.SECONDS);
      operators =
          run.operated() ? operators() : CompletableFuture.completedFuture(Optional.empty());
      opens(() -> operators.join().ifPresent(OperatorPlane::close));
    } catch (StoreException e) {
      close();
      throw new EnvironmentException(Objects.requireNonNull(e.getMessage()), e);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /// What was decided before counts no more, also after the next start.
  ///
  /// @param isShared whether words about disks are in a database that remembers
  private void takeBack(boolean isShared) {
    try {
      if (!isShared) {
        worlds.disarmAll().join();
      }
      // What a damaged store holds comes back with one that is sound.
      if (isShared || leases.damage().isEmpty()) {
        chronicle.settle();
      }
    } catch (CompletionException e) {
      LOG.error("words about disks are taken back for now only; the next start tries again", e);
    }
  }

  private JournalReader reader(Path folder) {
    return chronicle.isBlind()
        ? JournalReader.ofNothing(folder)
        : new JournalReader(folder, chronicle::damaged);
  }

  /// What other appliances of the site get of this one.
  private SharedRest.Own shares(Site site, StateFolder folder) {
    var here =
        new SharedImages.Here(
            site.appliance() + ":" + (HTTP_PORT + run.portOffset()),
            bytes -> key.mac(COPIES, bytes));
    return new SharedRest.Own(
        folder.path(),
        key.mark(),
        chronicle,
        secrets,
        images,
        here,
        () -> SharedRest.addresses(site));
  }

  /// On a thread of its own: machines are answered before people are.
  private CompletableFuture<Optional<OperatorPlane>> operators() {
    var operations = new Operations(worlds, chronicle, secrets, Clock.systemUTC());
    opens(operations::close);
    Runnable stage =
        () -> {
          if (jobs.keepsTime()) {
            operations.staging().tick();
          }
        };
    var _ = timers.scheduleWithFixedDelay(stage, 1, 1, TimeUnit.SECONDS);
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            OperatorPlane plane = OperatorPlane.open(run.state(), sources(), operations);
            listen(plane);
            return Optional.of(plane);
          } catch (IOException | RuntimeException e) {
            LOG.error("commands are not heard: {} cannot be opened", OperatorPlane.SOCKET, e);
            return Optional.empty();
          }
        },
        work -> Thread.ofPlatform().name("operators").daemon().start(work));
  }

  /// Where the page cannot be served, commands are heard all the same.
  private void listen(OperatorPlane plane) {
    Admin admin = worlds.get().site().admin();
    admin.webhook().ifPresent(plane::tell);
    try {
      LOG.info("page and API are at {}", plane.listen(admin));
    } catch (IOException | RuntimeException e) {
      LOG.error(
          "the page is not served: {}:{} cannot be bound",
          admin.listen().address(),
          admin.listen().port(),
          e);
    }
  }

  private Sources sources() {
    var linting = new Linting(worlds, chronicle::states, images, preview, run.state());
    return new Sources(
        worlds,
        chronicle,
        journal,
        consoleLogs,
        leases,
        images,
        new PagePreviews(preview),
        linting::findings,
        counters::snapshot,
        Clock.systemUTC(),
        started);
  }

  private <T extends AutoCloseable> T opens(T part) {
    opened.push(part);
    return part;
  }

  private void listen(Site site, DhcpService dhcp) {
    List<Link> links = links(site);
    EventLoopGroup dhcpLoop = loops(1, DHCP_LOOP);
    sharing.ifPresent(with -> {
      with.start(dhcp, dhcpLoop.next());
      opens(with::stop);
    });
    EventLoopGroup bootLoops =
        loops(Math.clamp(Runtime.getRuntime().availableProcessors(), 1, 4), "boot");
    ExecutorService blocking =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("disk-", 0).factory());
    opens(blocking::shutdownNow);
    BootPlane plane = bootPlane(dhcp, blocking);
    var _ = timers.scheduleWithFixedDelay(() -> letGo(plane), 10, 10, TimeUnit.SECONDS);
    relays(site, bootLoops, dhcpLoop, plane, dhcp);
    for (Site.Service service : site.services()) {
      switch (service) {
        case DHCP -> Listening.on("DHCP", () -> opens(new DhcpServer(dhcpLoop, links, dhcp)));
        case TFTP ->
            Listening.on("TFTP", () -> opens(new TftpServer(bootLoops, links, TFTP_PORT, plane)));
        case HTTP ->
            Listening.on(
                "HTTP", () -> opens(new HttpBootServer(bootLoops, links, HTTP_PORT, plane)));
        case DNS -> Listening.on("DNS", () -> opens(dns(links)));
        case NTP -> Listening.on("NTP", () -> opens(ntp(links)));
        case MDNS -> mdns(links);
        case CONSOLE -> Listening.on("console", () -> consoles(links));
      }
    }
  }

  private DnsServer dns(List<Link> links) {
    EventLoop loop = loops(1, "dns").next();
    // A rehearsal sends nothing past the loopback device.
    Upstream upstream =
        server ->
            run.rehearsal()
                ? links.getFirst().socketOf(server, links.getFirst().port(DNS_PORT))
                : links.getFirst().socketOf(server, DNS_PORT);
    return new DnsServer(loop, links, DNS_PORT, worlds, upstream, counters);
  }

  private NtpServer ntp(List<Link> links) {
    EventLoop loop = loops(1, "ntp").next();
    Consumer<Instant> known =
        now -> {
          if (time.seen(now)) {
            worlds.timeFloor(time.floor());
          }
        };
    return new NtpServer(loop, links, NTP_PORT, worlds, !run.rehearsal(), known, counters);
  }

  /// Not in a rehearsal, where every network is on the loopback device.
  private void relays(
      Site site, EventLoopGroup group, EventLoopGroup dhcpLoop, BootPlane plane, DhcpService dhcp) {
    if (run.rehearsal() || site.relay().isEmpty()) {
      return;
    }
    Admin.Endpoint at = site.relay().get();
    var listen = new InetSocketAddress(at.address().toString(), at.port());
    var service =
        new EdgeService(plane, new RelayedDhcp(dhcpLoop.next(), dhcp), EdgeKeys.of(run.state()));
    Listening.on("relay", () -> opens(new EdgeServer(group, listen, service)));
  }

  /// Only on the well-known port is anybody heard, so a trial on other ports has no part in it.
  private void mdns(List<Link> links) {
    if (!run.rehearsal() && run.portOffset() == 0) {
      EventLoop loop = loops(1, "mdns").next();
      opens(new MdnsServer(loop, links, worlds, chronicle, counters, VERSION));
    }
  }

  /// Virtual boards say nothing.
  private void consoles(List<Link> links) {
    if (!run.rehearsal()) {
      EventLoop loop = loops(1, "console").next();
      opens(new Consoles(run.state(), consoleLogs, loop, links, worlds, chronicle, counters));
    }
  }

  private FileLibrary library(TemplateFolder from) {
    var places =
        new FileLibrary.Places(
            images, run.state(), run.state().resolve("scratch"), run.more(), Path.of("/"));
    return new FileLibrary(worlds, places, from, Clock.systemUTC());
  }

  private BootPlane bootPlane(DhcpService dhcp, ExecutorService blocking) {
    var files = new NodeFiles(setup, secrets);
    var signers =
        new Installs.Signers(
            bytes -> key.mac(MARKS, bytes),
            bytes -> key.mac(HEALTH, bytes),
            bytes -> key.mac(COPIES, bytes));
    var installs = new Installs(images, files, signers);
    return new BootPlane(
        worlds,
        library,
        seeds,
        installs,
        new InstallDesk(signers.marks()),
        jobs,
        chronicle,
        counters,
        dhcp.clock(),
        blocking);
  }

  private EventLoopGroup loops(int count, String name) {
    var group =
        new MultiThreadIoEventLoopGroup(
            count,
            Thread.ofPlatform().name(name + "-", 0).daemon().factory(),
            EpollIoHandler.newFactory());
    opens(() -> group.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly());
    return group;
  }

  /// One link for each interface that the site names.
  private List<Link> links(Site site) {
    if (run.rehearsal()) {
      List<Cidr> subnets = site.networks().stream().map(Network::subnet).toList();
      return List.of(new Link(REHEARSED_INTERFACE, LARGEST_MTU, run.portOffset(), subnets));
    }
    Set<String> names = new LinkedHashSet<>();
    site.networks().stream()
        .filter(network -> network.edge().isEmpty())
        .forEach(network -> names.add(network.interfaceName()));
    return names.stream().map(name -> Interfaces.link(name, site, run.portOffset())).toList();
  }

  private void know(Site site) {
    Instant now = Instant.now();
    site.nodes().keySet().forEach(node -> chronicle.know(node, now));
  }

  /// Commands import and remove images and firmware while this runs.
  private void lookForImages() {
    try {
      worlds.images(Worlds.bootable(images.list()));
      worlds.eepromTargets(eeproms.targets(worlds.get().site().profiles().values()));
    } catch (RuntimeException e) {
      LOG.error("the images cannot be looked at", e);
    }
  }

  /// Of an install that is not at work any more nothing is kept open.
  private void letGo(BootPlane plane) {
    Instant now = Instant.now();
    Predicate<String> installing = node -> chronicle.state(node, now).phase() == Phase.INSTALLING;
    plane.installs().keepOnly(installing);
    plane.desk().keepOnly(installing);
  }

  private void endOverdueStages() {
    if (!jobs.keepsTime()) {
      return;
    }
    try {
      World world = worlds.get();
      Instant now = Instant.now();
      long nanos = System.nanoTime();
      updates.tick(nanos);
      Set<String> timed = chronicle.timed();
      stageClock.keepOnly(timed);
      for (Node node : timed.stream().flatMap(name -> world.node(name).stream()).toList()) {
        chronicle.decide(
            node.name(),
            now,
            state -> {
              Instant since = Lifecycle.goesOnSince(state);
              Instant steady = stageClock.now(node.name(), since, now, nanos);
              List<JournalEvent> ends = StageEnds.of(node, state, world, steady, now);
              return new Chronicle.Verdict<>(node, ends);
            });
      }
    } catch (RuntimeException e) {
      LOG.error("the stage timer failed", e);
    }
  }

  /// Takes a new config file; every exchange sees the old or the new one, never half.
  public void reload(Site site) {
    know(site);
    worlds.reload(site);
    resolver.refresh();
  }

  /// The present world.
  public World world() {
    return worlds.get();
  }

  /// The journal and the nodes' states.
  Chronicle chronicle() {
    return chronicle;
  }

  /// Completes when commands are heard; empty where they never will be.
  CompletableFuture<Optional<OperatorPlane>> operatorPlane() {
    return operators;
  }

  /// Closes everything in reverse order, and tells what was counted.
  @Override
  public void close() {
    counters.snapshot().forEach((reason, count) -> LOG.info("counted {}: {}", reason, count));
    while (!opened.isEmpty()) {
      AutoCloseable part = opened.pop();
      try {
        part.close();
      } catch (Exception e) {
        LOG.error("could not be closed part={}", part, e);
      }
    }
  }
}
