package dev.coldframe;

import dev.coldframe.net.Cidr;
import dev.coldframe.net.MacAddress;
import dev.coldframe.net.Serial;
import dev.coldframe.node.Network;
import dev.coldframe.node.Node;
import dev.coldframe.node.Phase;
import dev.coldframe.node.Profile;
import dev.coldframe.node.Site;
import dev.coldframe.rehearse.BoardSpec;
import dev.coldframe.rehearse.BootResult;
import dev.coldframe.rehearse.Drill;
import dev.coldframe.rehearse.Listener;
import dev.coldframe.rehearse.LoopbackCable;
import dev.coldframe.rehearse.Rack;
import dev.coldframe.transport.content.Root;
import dev.coldframe.transport.content.StandIns;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Boots a site's nodes as virtual boards against the real server on loopback, unprivileged, with
/// throw-away state: what is wrong with a config shows before a real board is plugged in. Mints no
/// token that lives, sends no packet beyond this host, leaves nothing behind (row L-13).
public final class Rehearsal {
  private static final Logger LOG = LoggerFactory.getLogger(Rehearsal.class);
  private static final int FIRST_OFFSET = 20_000;
  private static final int LAST_OFFSET = 60_000;
  private static final int TRIES = 8;
  private static final Set<Site.Service> BOOT_PLANE =
      Set.of(Site.Service.DHCP, Site.Service.TFTP, Site.Service.HTTP);

  private static final Set<Site.Service> DRILLED =
      Set.of(
          Site.Service.DHCP,
          Site.Service.TFTP,
          Site.Service.HTTP,
          Site.Service.DNS,
          Site.Service.NTP);

  /// A journey token where it stands in a URL.
  private static final Pattern TOKEN = Pattern.compile("(/-/(?:seed|report)/)[0-9a-f]{32,}");

  private Rehearsal() {}

  /// One node's boot.
  ///
  /// @param result what the board saw; seeds are masked
  /// @param phase where the server says the node stands
  /// @param ok whether the node ended as its boot mode says
  public record NodeBoot(BootResult result, String phase, boolean ok) {}

  /// Which nodes can be rehearsed.
  ///
  /// @param boards one board a node
  /// @param left nodes that no virtual board can play, and why
  public record Cast(List<BoardSpec> boards, Map<String, String> left) {}

  /// Gives each node of the site a board.
  public static Cast cast(Site site) {
    var boards = new ArrayList<BoardSpec>();
    var left = new LinkedHashMap<String, String>();
    for (Node node : site.nodes().values()) {
      Optional<MacAddress> mac = node.identity().macs().stream().findFirst();
      Optional<Serial> serial = node.identity().serials().stream().findFirst();
      if (!node.profile().bootfiles().isEmpty()) {
        left.put(node.name(), "its profile is for PCs, and there are no virtual PCs yet");
      } else if (mac.isEmpty() && serial.isEmpty()) {
        left.put(
            node.name(),
            "it is known by neither a MAC address nor a serial, and there is no virtual switch");
      } else {
        boolean journey = node.profile().boot() == Profile.Boot.INSTALL;
        boards.add(BoardSpec.plausible(node.name(), mac, serial, journey));
      }
    }
    return new Cast(boards, left);
  }

  /// Boots all of them and returns when the last is done.
  ///
  /// @throws EnvironmentException when loopback does not let it
  /// @throws InterruptedException when the calling thread was interrupted
  public static List<NodeBoot> run(Site site, Cast cast, Listener listener)
      throws InterruptedException {
    return run(site, cast, listener, Rack.Limits.DEFAULT);
  }

  /// As above, within other limits.
  static List<NodeBoot> run(Site site, Cast cast, Listener listener, Rack.Limits limits)
      throws InterruptedException {
    return onLoopback(
        site,
        BOOT_PLANE,
        false,
        (coldframe, cable, _) ->
            Rack.boot(cast.boards(), cable, listener, limits).stream()
                .map(result -> judged(result, site, coldframe))
                .toList());
  }

  /// Boots all of them, and then has each ask the same questions over and over, beside an operator
  /// who asks as well: for a virtual machine that writes down what it learns of what it will have
  /// to load and be quick at.
  ///
  /// @param each how long each kind of question is asked
  /// @param operator asks the appliance what an operator may ask, by its state folder
  /// @throws EnvironmentException when loopback does not let it, or too few answers come
  /// @throws InterruptedException when the calling thread was interrupted
  public static Drill.Heard drill(Site site, Cast cast, Duration each, Consumer<Path> operator)
      throws InterruptedException {
    return onLoopback(
        site,
        DRILLED,
        true,
        (coldframe, cable, state) -> {
          Rack.boot(cast.boards(), cable, Listener.SILENT);
          if (coldframe.operatorPlane().join().isPresent()) {
            operator.accept(state);
          }
          return Drill.run(cast.boards(), cable, site.appliance(), site.domain(), each);
        });
  }

  /// What is done with a server, the cable that leads to it and its state folder.
  @FunctionalInterface
  private interface Act<T> {
    T with(Coldframe coldframe, LoopbackCable cable, Path state)
        throws IOException, InterruptedException;
  }

  /// @param operated whether operators are heard
  private static <T> T onLoopback(
      Site site, Set<Site.Service> services, boolean operated, Act<T> act)
      throws InterruptedException {
    requireDistinct(site);
    try {
      Path folder = Files.createTempDirectory("coldframe-rehearsal");
      // Also when it is broken off.
      Thread broom = new Thread(() -> sweep(folder));
      Runtime.getRuntime().addShutdownHook(broom);
      try {
        return run(onLoopback(site, services), operated, act, folder);
      } finally {
        delete(folder);
      }
    } catch (IOException e) {
      throw new EnvironmentException(
          "the rehearsal has no room for its files: " + e.getMessage(), e);
    }
  }

  private static <T> T run(Site site, boolean operated, Act<T> act, Path folder)
      throws IOException, InterruptedException {
    Path tftpRoot = Path.of(site.tftpRoot());
    Root standIns = StandIns.write(folder.resolve("stand-ins"), tftpRoot);
    for (int attempt = 1; ; attempt++) {
      int offset = RandomGenerator.getDefault().nextInt(FIRST_OFFSET, LAST_OFFSET);
      Path state = folder.resolve("state-" + attempt);
      try (Coldframe coldframe =
              Coldframe.start(
                  site, new Coldframe.Run(state, offset, true, operated, List.of(standIns)));
          var cable = new LoopbackCable(site.appliance(), offset, subnets(site))) {
        return act.with(coldframe, cable, state);
      } catch (IOException | EnvironmentException e) {
        if (attempt == TRIES) {
          throw e;
        }
        LOG.debug("another port offset is tried", e);
      }
    }
  }

  private static NodeBoot judged(BootResult result, Site site, Coldframe coldframe) {
    Node node = site.nodes().get(result.node());
    Phase phase = coldframe.chronicle().state(result.node(), Instant.now()).phase();
    boolean installs = node != null && node.profile().boot() == Profile.Boot.INSTALL;
    boolean ok = result.ok() && (!installs || phase == Phase.READY);
    return new NodeBoot(masked(result, site), phase.label(), ok);
  }

  /// The same result without password hashes and tokens in its seeds.
  private static BootResult masked(BootResult r, Site site) {
    var seed = new LinkedHashMap<String, String>();
    r.seed().forEach((name, text) -> seed.put(name, masked(text, site)));
    return new BootResult(
        r.node(),
        r.board(),
        r.address(),
        r.ending(),
        r.reason(),
        r.remarks(),
        r.dhcpOptions(),
        r.files(),
        r.probes(),
        r.refused(),
        seed,
        r.stages(),
        r.took());
  }

  private static String masked(String text, Site site) {
    String out = TOKEN.matcher(text).replaceAll("$1********");
    for (Profile profile : site.profiles().values()) {
      Optional<String> hash = profile.user().flatMap(Profile.User::passwordHash);
      if (hash.isPresent()) {
        out = out.replace(hash.get(), "********");
      }
    }
    return out;
  }

  private static List<Cidr> subnets(Site site) {
    return site.networks().stream().map(Network::subnet).toList();
  }

  /// Loopback has one first octet for all of them.
  private static void requireDistinct(Site site) {
    List<Cidr> subnets = subnets(site);
    for (int i = 0; i < subnets.size(); i++) {
      for (int j = 0; j < i; j++) {
        if (onLoopback(subnets.get(i)).overlaps(onLoopback(subnets.get(j)))) {
          throw new EnvironmentException(
              subnets.get(j)
                  + " and "
                  + subnets.get(i)
                  + " differ only in their first number, which loopback cannot rehearse together;"
                  + " rehearse with one of them left out");
        }
      }
    }
  }

  private static Cidr onLoopback(Cidr subnet) {
    int bits = (subnet.network().bits() & 0xffffff) | 127 << 24;
    return Cidr.containing(new dev.coldframe.net.Ip4(bits), Math.max(8, subnet.prefixLength()));
  }

  /// The same site heard on loopback.
  ///
  /// @param of which of its services
  private static Site onLoopback(Site site, Set<Site.Service> of) {
    List<Network> networks =
        site.networks().stream()
            .map(n -> n.on(Coldframe.REHEARSED_INTERFACE, rehearsed(n.mode())))
            .toList();
    Set<Site.Service> services = EnumSet.noneOf(Site.Service.class);
    site.services().stream().filter(of::contains).forEach(services::add);
    return site.with(networks, services);
  }

  /// Where another server gives addresses, the rehearsal stands in for it too.
  private static Network.Mode rehearsed(Network.Mode mode) {
    return mode == Network.Mode.PROXY ? Network.Mode.AUTHORITATIVE : mode;
  }

  static void sweep(Path folder) {
    try {
      delete(folder);
    } catch (IOException | UncheckedIOException e) {
      LOG.debug("not everything could be removed folder={}", folder, e);
    }
  }

  /// Removes a folder and all that is in it.
  static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
