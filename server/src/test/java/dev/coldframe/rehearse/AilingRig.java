package dev.coldframe.rehearse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.Coldframe;
import dev.coldframe.EnvironmentException;
import dev.coldframe.config.ConfigLoader;
import dev.coldframe.config.LoadOptions;
import dev.coldframe.config.Loaded;
import dev.coldframe.net.MacAddress;
import dev.coldframe.net.Serial;
import dev.coldframe.node.Network;
import dev.coldframe.node.Site;
import dev.coldframe.testkit.Commands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A server, its site's folder, and a cable.
final class AilingRig implements AutoCloseable {
  /// Waits of a board become a tenth of what they are.
  private static final Pace QUICK = new Pace(0.1);

  /// The OFFER to a ROM waits a second; it must not have given up by then.
  private static final Pace BRISK = new Pace(0.3);

  private final Path home;
  private final Site site;
  private final LoopbackCable cable;
  private final Coldframe coldframe;
  private Cable used;

  AilingRig(Path home, String config) throws IOException {
    this.home = home;
    Files.createDirectories(home.resolve("tftp-root"));
    Files.createDirectories(home.resolve("templates/nodes"));
    Path file = Files.writeString(home.resolve("coldframe.yaml"), config);
    Site read = loaded(ConfigLoader.load(file, new LoadOptions(home.resolve("state"), true)));
    this.site =
        read.with(
            read.networks(), EnumSet.of(Site.Service.DHCP, Site.Service.TFTP, Site.Service.HTTP));
    Started started = start(site, home);
    this.coldframe = started.coldframe();
    this.cable = started.cable();
    this.used = cable;
  }

  private static Site loaded(Loaded loaded) {
    return switch (loaded) {
      case Loaded.Ok(var site, _) -> site;
      case Loaded.Invalid(var problems) -> throw new IllegalStateException(problems.toString());
    };
  }

  private record Started(Coldframe coldframe, LoopbackCable cable) {}

  private static Started start(Site site, Path home) throws IOException {
    for (int tries = 0; ; tries++) {
      int offset = ThreadLocalRandom.current().nextInt(20_000, 60_000);
      Coldframe coldframe;
      try {
        coldframe =
            Coldframe.start(
                site, new Coldframe.Run(home.resolve("state"), offset, true, false, List.of()));
      } catch (EnvironmentException e) {
        if (tries == 8) {
          throw e;
        }
        continue;
      }
      try {
        var subnets = site.networks().stream().map(Network::subnet).toList();
        return new Started(coldframe, new LoopbackCable(site.appliance(), offset, subnets));
      } catch (IOException e) {
        coldframe.close();
        if (tries == 8) {
          throw e;
        }
      }
    }
  }

  AilingRig publish(String... names) throws IOException {
    for (String name : names) {
      file(name, 2_000);
    }
    return this;
  }

  AilingRig file(String name, int bytes) throws IOException {
    Path file = home.resolve("tftp-root").resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, new byte[bytes]);
    return this;
  }

  void text(String name, String text) throws IOException {
    Files.writeString(home.resolve("tftp-root").resolve(name), text);
  }

  AilingRig override(String name) throws IOException {
    Path own = Files.createDirectories(home.resolve("templates/nodes/geranium"));
    Files.write(own.resolve(name), new byte[2_000]);
    return this;
  }

  AilingRig with(Function<Cable, Cable> fault) {
    used = fault.apply(cable);
    return this;
  }

  BoardSpec board(String mac, Model model) {
    return new BoardSpec(
        "geranium", MacAddress.parse(mac), Serial.parse("00000000a2ef5644"), model, false);
  }

  BoardSpec three() {
    return RackTest.board(Model.PI_3B, false);
  }

  BoardSpec four() {
    return RackTest.board(Model.PI_4B, false);
  }

  BoardSpec five() {
    return RackTest.board(Model.PI_5, false);
  }

  BoardSpec withJourney(BoardSpec spec) {
    return new BoardSpec(spec.name(), spec.mac(), spec.serial(), spec.model(), true);
  }

  void boot(BoardSpec spec) throws InterruptedException {
    boot(spec, spec.model().family() == 3 ? BRISK : QUICK);
  }

  BootResult boot(BoardSpec spec, Pace pace) throws InterruptedException {
    var limits = new Rack.Limits(Duration.ofSeconds(45), 1, pace);
    return Rack.boot(List.of(spec), used, Listener.SILENT, limits).getFirst();
  }

  /// Something done at the bench.
  interface Work {
    void on(Bench bench) throws IOException, InterruptedException, BootFailure;
  }

  private void bench(BoardSpec spec, Pace pace, Work work) throws Exception {
    try (Cable.DhcpPort port = used.plug(spec.mac())) {
      var diary = new Diary(spec, Listener.SILENT);
      work.on(new Bench(spec, used, port, diary, pace, new SplittableRandom(1)));
    }
  }

  /// It starts from a card of its own and never asks the network as a loader.
  void system(BoardSpec spec) throws Exception {
    bench(spec, Pace.REAL, bench -> bench.dhcp(DhcpClient.SYSTEM));
  }

  /// Its ROM takes an address and that is all.
  void rom(BoardSpec spec) throws Exception {
    bench(spec, Pace.REAL, bench -> bench.dhcp(DhcpClient.ROM_3B_PLUS));
  }

  /// It boots its kernel; then these ask for an address, one after the other.
  void kernel(BoardSpec spec, DhcpClient... after) throws Exception {
    bench(
        spec,
        Pace.REAL,
        bench -> {
          new Firmware(bench).boot();
          for (DhcpClient client : after) {
            bench.dhcp(client);
          }
        });
  }

  /// It fetches an update of its EEPROM and starts anew.
  void updates(BoardSpec spec) throws Exception {
    bench(
        spec,
        Pace.REAL,
        bench -> {
          var loader = new Loader(bench, bench.dhcp(DhcpClient.EEPROM), TftpClient.EEPROM);
          loader.probe("start4.elf");
          loader.load("config.txt");
          loader.load("pieeprom.sig");
          loader.load("pieeprom.upd");
        });
  }

  /// Its loader takes an address and no file.
  void kernelless(BoardSpec spec) throws Exception {
    bench(spec, Pace.REAL, bench -> bench.dhcp(DhcpClient.EEPROM));
  }

  /// It fetches an update of its EEPROM and is heard of no more.
  void fetchesUpdate(BoardSpec spec) throws Exception {
    bench(
        spec,
        Pace.REAL,
        bench -> {
          var loader = new Loader(bench, bench.dhcp(DhcpClient.EEPROM), TftpClient.EEPROM);
          loader.probe("start4.elf");
          loader.load("config.txt");
          assertThat(loader.load("pieeprom.sig")).isPresent();
          assertThat(loader.load("pieeprom.upd")).isPresent();
        });
  }

  /// It asks for a file over HTTP.
  void http(BoardSpec spec, String path) throws Exception {
    bench(
        spec,
        Pace.REAL,
        bench -> {
          Lease lease = bench.dhcp(DhcpClient.EEPROM);
          var place = new PlainHttp.Place(lease.server(), used.port(80), path);
          assertThat(new PlainHttp(used, Pace.REAL, lease.address()).get(place).status())
              .isEqualTo(404);
        });
  }

  /// Until the server has given a transfer up.
  void until(String kind) throws InterruptedException {
    until(Pattern.compile(Pattern.quote(kind)));
  }

  /// Until a file has left whose name begins so; that it was looked for is not enough.
  void untilServed(String name) throws InterruptedException {
    until(Pattern.compile("file-served \\{\"path\":\"[^\"]*/" + Pattern.quote(name)));
  }

  private void until(Pattern line) throws InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(50).toNanos();
    while (!line.matcher(logs()).find()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("no " + line + " in the journal:\n" + logs());
      }
      Thread.sleep(250);
    }
  }

  /// The journal as it is, for messages.
  String logs() {
    try (Connection journal = journal();
        Statement statement = journal.createStatement();
        ResultSet rows = statement.executeQuery("SELECT type, fields FROM event ORDER BY id")) {
      var out = new StringBuilder();
      while (rows.next()) {
        out.append(rows.getString(1).toLowerCase(Locale.ROOT).replace('_', '-'))
            .append(' ')
            .append(rows.getString(2))
            .append('\n');
      }
      return out.toString();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private Connection journal() throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + home.resolve("state/journal.db"));
  }

  /// What happened is so much longer ago.
  void ages(Duration time) throws SQLException {
    try (Connection journal = journal();
        Statement statement = journal.createStatement()) {
      statement.executeUpdate("UPDATE event SET at = at - " + time.toMillis());
      statement.executeUpdate("UPDATE node SET since = since - " + time.toMillis());
    }
  }

  /// The port on which the server hears requests.
  int tftpPort() {
    return cable.port(69);
  }

  /// Runs a command on the site, with no server running.
  String run(String... words) {
    var all = new ArrayList<>(List.of("-c", home.resolve("coldframe.yaml").toString()));
    all.addAll(List.of("--state", home.resolve("state").toString()));
    all.addAll(List.of(words));
    Commands.Ran ran = Commands.run(all.toArray(String[]::new));
    assertThat(ran.exit()).as(ran.err()).isZero();
    return ran.out();
  }

  JsonNode explain() {
    return JsonMapper.shared().readTree(run("--json", "explain", "geranium"));
  }

  @Override
  public void close() {
    coldframe.close();
    cable.close();
  }
}
