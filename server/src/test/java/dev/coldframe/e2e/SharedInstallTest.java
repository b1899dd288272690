package dev.coldframe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.OsImages;
import dev.coldframe.node.EventType;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.node.Phase;
import dev.coldframe.store.JournalReader;
import dev.coldframe.store.NodeSecrets;
import dev.coldframe.testkit.Images;
import dev.coldframe.testkit.Postgres;
import dev.coldframe.transport.content.StandIns;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two appliances on one segment that share a PostgreSQL, and virtual Pis that either of them
/// installs.
@Tag("real")
class SharedInstallTest {
  private static final Duration INSTALLED = Duration.ofMinutes(2);

  @TempDir Path folder;

  private SharedRack rack;
  private Postgres postgres;
  private Path image;

  @BeforeEach
  void lay() throws IOException {
    image = SmallImage.make(folder.resolve("image"), new LinkedHashMap<>(Images.trixie()));
    rack = new SharedRack("ci", folder);
    rack.bridge("br0");
    for (String machine : List.of("a", "b", "p1", "p2", "p3")) {
      rack.machine(machine);
      rack.plug(machine, "eth0", "br0");
    }
    rack.address("a", "eth0", "192.168.0.2/24");
    rack.address("b", "eth0", "192.168.0.3/24");
    postgres = rack.database("br0", "192.168.0.9/24");
  }

  @AfterEach
  void clear() {
    if (rack != null) {
      rack.close();
    }
  }

  private Process serve(String box, String last) throws IOException {
    Path home = Files.createDirectories(folder.resolve(box));
    StandIns.write(home.resolve("tftp-root"), home.resolve("nothing"));
    Files.createDirectories(home.resolve("templates"));
    return rack.serve(
        box,
        """
        site: rack
        domain: rack.home.arpa
        appliance: { address: 192.168.0.%s }
        networks:
          - { interface: eth0, subnet: 192.168.0.0/24, pool: 192.168.0.200-192.168.0.239, conflict-probe: off }
        profiles:
          k8s: { image: raspios, boot: install, user: { name: mayth, password-hash: "$6$abc$defdefdef" }, health: 60s }
        nodes:
          geranium: { mac: "dc:a6:32:00:00:01", address: 192.168.0.21, profile: k8s }
          dahlia: { mac: "dc:a6:32:00:00:02", address: 192.168.0.22, profile: k8s }
          iris: { mac: "dc:a6:32:00:00:03", address: 192.168.0.23, profile: k8s }
        services: [dhcp, tftp, http]
        stages: { boot: 10m }
        limits: { per-source: off }
        state: %s
        """
            .formatted(last, postgres.url()));
  }

  /// A Pi with a blank card, switched on.
  private Process pi(int number) throws IOException {
    String mac = "dc:a6:32:00:00:0" + number;
    rack.card("p" + number, "eth0", mac);
    return rack.start(
        "p" + number,
        folder.resolve("p" + number + ".log"),
        VirtualPi.command(
            "eth0",
            mac,
            "100000003200000" + number,
            folder.resolve("card" + number).toString(),
            "0x0" + number));
  }

  private Phase phase(String box, String node) {
    try (var reader = new JournalReader(rack.state(box))) {
      var state = reader.states().get(node);
      return state == null ? Phase.NEW : state.phase();
    }
  }

  private List<JournalEvent> events(String box, String node, EventType type) {
    try (var reader = new JournalReader(rack.state(box))) {
      return reader.events(Optional.of(node), 0, 2_000).stream()
          .map(JournalReader.Entry::event)
          .filter(event -> event.type() == type)
          .toList();
    }
  }

  private void until(String what, Callable<Boolean> holds) {
    Awaitility.await(what + ", see " + folder)
        .atMost(INSTALLED)
        .pollInterval(Duration.ofMillis(200))
        .until(holds);
  }

  @Test
  @Tag("A-05")
  void eitherInstallsFromOneImageAndANodeIsInstalledByOne() throws Exception {
    var added =
        new OsImages(rack.state("a"))
            .add(image, Optional.of("raspios"), Optional.empty(), (_, _, _) -> {});
    assertThat(added).isInstanceOf(OsImages.Outcome.Done.class);
    Process a = serve("a", "2");
    serve("b", "3");
    until("b has fetched the image", () -> new OsImages(rack.state("b")).list().size() == 1);
    assertThat(new OsImages(rack.state("b")).list().getFirst().sha256())
        .isEqualTo(new OsImages(rack.state("a")).list().getFirst().sha256());

    // Both hear it; one installs it.
    pi(1);
    until("a shows it ready", () -> phase("a", "geranium") == Phase.READY);
    until("b shows it ready", () -> phase("b", "geranium") == Phase.READY);
    assertThat(events("a", "geranium", EventType.HELLO)).hasSize(1);
    assertThat(events("b", "geranium", EventType.HELLO)).hasSize(1);
    assertThat(events("a", "geranium", EventType.INSTALL_PERMITTED)).hasSize(1);
    assertThat(events("a", "geranium", EventType.TOKEN_REFUSED)).isEmpty();
    until(
        "both have its secrets",
        () ->
            NodeSecrets.of(rack.state("a")).known("geranium").isPresent()
                && NodeSecrets.of(rack.state("b")).known("geranium").isPresent());
    assertThat(NodeSecrets.of(rack.state("a")).known("geranium"))
        .isEqualTo(NodeSecrets.of(rack.state("b")).known("geranium"));

    // With a gone, b installs from its own copy.
    SharedRack.end(a);
    pi(2);
    until("b installs by itself", () -> phase("b", "dahlia") == Phase.READY);

    // As if another appliance were installing it, and then had died.
    postgres.execute(
        "coldframe",
        "INSERT INTO coldframe.install_job VALUES"
            + " ('iris', gen_random_uuid(), now() + interval '5 minutes')");
    pi(3);
    until("b refuses", () -> !events("b", "iris", EventType.INSTALL_REFUSED).isEmpty());
    assertThat(events("b", "iris", EventType.INSTALL_REFUSED).getFirst().fields().get("reason"))
        .contains(" installs it, until ");
    assertThat(events("b", "iris", EventType.HELLO)).isEmpty();
    postgres.execute(
        "coldframe", "UPDATE coldframe.install_job SET until = now() WHERE node = 'iris'");
    until("b takes it over", () -> phase("b", "iris") == Phase.READY);

    // It comes back, with what b did.
    serve("a", "2");
    until("a knows of it", () -> phase("a", "dahlia") == Phase.READY);
    assertThat(phase("a", "iris")).isEqualTo(Phase.READY);
    assertThat(events("a", "dahlia", EventType.STATE_CONFLICT)).isEmpty();
  }
}
