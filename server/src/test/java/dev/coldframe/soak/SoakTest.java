package dev.coldframe.soak;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.decide.mdns.HeardNames;
import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import dev.coldframe.node.EventType;
import dev.coldframe.node.Network;
import dev.coldframe.node.Node;
import dev.coldframe.node.Profile;
import dev.coldframe.node.Site;
import dev.coldframe.store.SqliteLeaseStore;
import dev.coldframe.testkit.Images;
import dev.coldframe.testkit.Ledger;
import dev.coldframe.testkit.MemoryLibrary;
import dev.coldframe.testkit.Records;
import dev.coldframe.testkit.Sites;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.SortedMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Six weeks of an appliance's life: leases come, go on and end, nodes boot, install and get their
/// power back, boards that nobody knows flood it, packets without meaning come every hour, the
/// config file is read again, the clock is set. After that every table is as large as it was when
/// all of it had happened once, every counter says what was sent, and no lease is lost or doubled.
@SuppressWarnings("NullAway.Init") // Made when the appliance runs.
class SoakTest {
  private static final int WEEKS = 6;

  /// By the end of it the journals of the busiest nodes are as long as they get.
  private static final int FULL = 2;

  private static final int HOURS_A_WEEK = 7 * 24;
  private static final int RESIDENTS = 24;
  private static final int POOL = 40;

  /// More than the largest table of boards holds.
  private static final int FLOOD = 66_000;

  /// More than a table of sources, ports or machines holds.
  private static final int MANY = 4_200;

  private static final List<String> FILES = names(1, 8);
  private static final List<String> INSTALLED = names(9, 12);

  /// A board that becomes a node and is one no more, every week.
  private static final String ADOPTED = "n13";

  private static final List<String> BUSY = names(1, 2);
  private static final Map<String, Integer> LENGTHS =
      Map.of("config.txt", 700, "kernel8.img", 1_024);
  private static final Duration MINUTE = Duration.ofMinutes(1);

  /// Kept and, until they are next counted, a few more.
  private static final int JOURNAL_LINES = 2_000 + 256;

  @TempDir Path folder;

  private final Random random = new Random(12);
  private final Ledger ledger = new Ledger();
  private Appliance appliance;
  private Guests guests;
  private Strangers strangers;
  private Noise noise;
  private Rack rack;
  private HeardNames heard;
  private int visitors = 1_000;

  private static List<String> names(int first, int last) {
    return IntStream.rangeClosed(first, last).mapToObj(i -> "n" + i).toList();
  }

  private static Site site(Duration leaseTime) {
    Network network = Records.with(Sites.network(), "interfaceName", "lo");
    Network behind =
        Sites.withRelays(Sites.at(Sites.network(), "10.1.0.0/24"), Ip4.parse("10.1.0.1"));
    Profile plain = Sites.profile("plain", Profile.Boot.FILES);
    var nodes = new ArrayList<Node>();
    FILES.forEach(name -> nodes.add(node(name, plain)));
    INSTALLED.forEach(name -> nodes.add(node(name, Sites.install())));
    Site site = Sites.site(List.of(network, behind), nodes);
    return Records.with(Sites.withTime(site, Site.TimeSource.LOCAL), "leaseTime", leaseTime);
  }

  private static Node node(String name, Profile profile) {
    String address = "192.168.0." + (20 + Integer.parseInt(name.substring(1)));
    return Sites.node(name, null, Rack.mac(name).toString(), address, profile);
  }

  @Test
  @Tag("K-12")
  void afterWeeksNothingHasGrownNothingIsMiscountedAndNoLeaseIsLost() throws SQLException {
    var library = new MemoryLibrary();
    LENGTHS.forEach((path, length) -> library.with(path, Images.bytes(1, length)));
    var samples = new LinkedHashMap<Integer, SortedMap<String, Long>>();
    Site site = site(Duration.ofHours(12));
    Instant end;
    try (var running = new Appliance(folder, site, library, Sites.T0)) {
      begin(running);
      for (int week = 1; week <= WEEKS; week++) {
        week(week);
        samples.put(week, sizes());
        guests.compare(SqliteLeaseStore.read(folder));
        assertThat(running.counters.snapshot())
            .as("counters after week %s", week)
            .isEqualTo(ledger.expected());
        assertThat(library.opened()).as("files left open").isZero();
      }
      assertThat(running.chronicle.dropped()).as("journal lines lost").isZero();
      end = running.now();
    }
    nothingHasGrown(samples);
    try (var again = new Appliance(folder, site, library, end)) {
      guests.askAgain(again, MINUTE);
    }
  }

  private void begin(Appliance running) {
    appliance = running;
    guests = new Guests(running, ledger);
    strangers = new Strangers(running, ledger);
    noise = new Noise(running, ledger);
    rack = new Rack(running, ledger, LENGTHS);
    heard = new HeardNames(running.nanos());
    running.world().nodes().forEach(node -> running.chronicle.know(node.name(), running.wall()));
    IntStream.range(0, RESIDENTS).mapToObj(Guests::guest).forEach(guests::arrive);
  }

  private void week(int week) {
    for (int hour = 0; hour < HOURS_A_WEEK; hour++) {
      hour(week, hour);
      if (hour % 24 == 23) {
        appliance.commit();
      }
    }
  }

  /// Every week has the same hours; only the first has the floods that fill every table.
  private void hour(int week, int hour) {
    if (hour % 6 == 0) {
      guests.renew(IntStream.range(0, RESIDENTS).mapToObj(Guests::guest).toList());
    }
    if (hour % 6 == 3) {
      FILES.forEach(rack::runs);
      INSTALLED.forEach(rack::runs);
    }
    visits(hour);
    boots(week, hour);
    noise.all(random);
    strangers.one();
    strangers.manyBehindARelay(1, 1);
    strangers.manySources(2);
    names(hour);
    special(week, hour);
    for (int minute = 0; minute < 10; minute++) {
      appliance.advance(MINUTE);
    }
    appliance.advance(Duration.ofMinutes(50));
  }

  /// A guest comes every four hours: every other one goes without a word, one of three of the
  /// others says that its address is somebody else's, the rest give theirs back.
  private void visits(int hour) {
    MacAddress visitor = Guests.guest(visitors);
    if (hour % 4 == 1) {
      guests.arrive(visitor);
    } else if (hour % 4 == 3) {
      int which = visitors++ % 6;
      if (which == 5) {
        guests.decline(visitor);
      } else if (which % 2 == 1) {
        guests.release(visitor);
      }
    }
  }

  private void boots(int week, int hour) {
    for (String node : FILES) {
      boolean its = hour % 24 == Integer.parseInt(node.substring(1));
      if (BUSY.contains(node) || its) {
        rack.boot(node);
        appliance.advance(Duration.ofSeconds(30));
        rack.comesUp(node);
      }
    }
    if (hour % 24 == 14) {
      rack.fallsSilent("n5");
    }
    if (hour == 4 * 24 + 15) {
      INSTALLED.forEach(node -> rack.install(node, node + "-" + week));
    } else if (week > 1 || hour > 4 * 24 + 15) {
      INSTALLED.forEach(node -> rack.tellsItsHealth(node, 40 + hour % 20));
    }
    if (hour == 5 * 24 + 20) {
      rack.powerReturns(FILES);
    }
  }

  /// What machines call themselves: the nodes, and others that are not heard again.
  private void names(int hour) {
    FILES.forEach(node -> HeardName.say(heard, node, appliance.node(node).address(), appliance));
    for (int i = 0; i < 5; i++) {
      var address = new Ip4(Ip4.parse("10.32.0.0").bits() + hour * 5 + i);
      HeardName.say(heard, "board-" + hour + "-" + i, address, appliance);
    }
    List<Ip4> nodes = FILES.stream().map(node -> appliance.node(node).address()).toList();
    for (int i = 0; i < 5; i++) {
      heard.tick(nodes, appliance.nanos());
    }
  }

  private void special(int week, int hour) {
    if (week == 1 && hour == 26) {
      strangers.many(FLOOD, POOL - guests.running());
      strangers.manyBehindARelay(MANY, POOL);
      strangers.manySources(MANY);
      for (int i = 0; i < MANY; i++) {
        var address = new Ip4(Ip4.parse("10.48.0.0").bits() + i);
        HeardName.say(heard, "flood-" + i, address, appliance);
      }
    }
    if (hour == 2 * 24 + 12) {
      appliance.worlds.reload(site(Duration.ofHours(week % 2 == 1 ? 10 : 12)));
    }
    if (hour == 50) {
      strangers.asks(Rack.mac(ADOPTED));
      Node board =
          new Node(
              ADOPTED,
              node(ADOPTED, Sites.profile("plain", Profile.Boot.FILES)).identity(),
              Ip4.parse("192.168.0.40"),
              Sites.profile("plain", Profile.Boot.FILES),
              Node.Origin.ADOPTED);
      appliance.adopt(board);
      rack.boot(ADOPTED);
    } else if (hour == 60) {
      appliance.forget(ADOPTED);
    }
    // Somebody sets the clock an hour back, as if it had kept summer time, and puts it right.
    if (hour == 3 * 24) {
      appliance.setClockAhead(Duration.ofHours(-1));
    } else if (hour == 3 * 24 + 12) {
      appliance.setClockAhead(Duration.ZERO);
    }
  }

  private SortedMap<String, Long> sizes() {
    SortedMap<String, Long> sizes = appliance.tables();
    sizes.putAll(Tables.sizes(List.of(heard)));
    return sizes;
  }

  private void nothingHasGrown(Map<Integer, SortedMap<String, Long>> samples) throws SQLException {
    SortedMap<String, Long> full = Objects.requireNonNull(samples.get(FULL));
    assertThat(full)
        .as("the tables that were filled")
        .containsEntry("DhcpJournal.written", 65_536L)
        .containsEntry("Recent.seen", 4_096L);
    samples.forEach((week, sizes) ->
        sizes.forEach((table, size) -> {
          if (week > FULL) {
            assertThat(size)
                .as("entries of %s after week %s", table, week)
                .isLessThanOrEqualTo(full.getOrDefault(table, 0L));
          }
        }));
    try (Connection journal =
            DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("journal.db"));
        Statement statement = journal.createStatement()) {
      assertThat(
              number(
                  statement, "SELECT max(n) FROM (SELECT count(*) n FROM event GROUP BY subject)"))
          .as("lines of one node")
          .isBetween(2_000L, (long) JOURNAL_LINES);
      assertThat(number(statement, "SELECT count(*) FROM health"))
          .as("measurements of a week")
          .isBetween(4L * (HOURS_A_WEEK - 24), 4L * (HOURS_A_WEEK + 24));
      assertThat(
              number(
                  statement,
                  "SELECT count(*) FROM event WHERE type = '" + EventType.FILE_BROKEN.name() + "'"))
          .as("transfers that fell silent")
          .isEqualTo(7L * WEEKS);
    }
  }

  private static long number(Statement statement, String query) throws SQLException {
    try (ResultSet row = statement.executeQuery(query)) {
      return row.next() ? row.getLong(1) : -1;
    }
  }
}
