package dev.coldframe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.cli.ColdframeCommand;
import dev.coldframe.config.ConfigLoader;
import dev.coldframe.config.LoadOptions;
import dev.coldframe.config.Loaded;
import dev.coldframe.net.Bytes;
import dev.coldframe.net.Cidr;
import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import dev.coldframe.node.Disk;
import dev.coldframe.node.Node;
import dev.coldframe.node.Site;
import dev.coldframe.rehearse.LoopbackCable;
import dev.coldframe.store.Chronicle;
import dev.coldframe.store.NodeSecrets;
import dev.coldframe.store.Secrets;
import dev.coldframe.testkit.DhcpRequest;
import dev.coldframe.wire.dhcp.DhcpCodec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The commands of an operator against a running appliance on loopback, and what machines then see.
class OperatorTest {
  private static final String CONFIG =
      """
      appliance: { address: 127.77.0.2 }
      networks:
        - interface: lo
          subnet: 127.77.0.0/24
          pool: 127.77.0.200-127.77.0.239
          conflict-probe: off
      profiles:
        k8s: { boot: install }
      nodes:
        geranium: { serial: 10000000a2ef5644, address: 127.77.0.20, profile: k8s }
      services: [dhcp]
      """;

  private static final String BOARD = "dc:a6:32:00:00:09";
  private static final Ip4 APPLIANCE = Ip4.parse("127.77.0.2");
  private static final int MESSAGE_BYTES = 1_500;
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Disk CARD =
      new Disk("/dev/mmcblk0", 32L << 30, "SC32G", "0x1b53", List.of(), "a Linux system");

  @TempDir Path folder;
  private Path config;
  private Path state;
  private int offset;
  private Coldframe coldframe;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @BeforeEach
  void start() throws IOException {
    Files.createDirectories(folder.resolve("tftp-root"));
    Files.createDirectories(folder.resolve("templates"));
    config = Files.writeString(folder.resolve("coldframe.yaml"), CONFIG);
    state = folder.resolve("state");
    Site site = ((Loaded.Ok) ConfigLoader.load(config, new LoadOptions(state, true))).site();
    offset = RandomGenerator.getDefault().nextInt(20_000, 60_000);
    coldframe = Coldframe.start(site, new Coldframe.Run(state, offset, false, true, List.of()));
    assertThat(coldframe.operatorPlane().join()).isPresent();
  }

  @AfterEach
  void stop() {
    coldframe.close();
  }

  /// What a shell sees of a command.
  private int run(String... command) {
    var arguments = new ArrayList<>(List.of("-c", config.toString(), "--state", state.toString()));
    arguments.addAll(List.of(command));
    PrintStream realOut = System.out;
    PrintStream realErr = System.err;
    out.reset();
    err.reset();
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
    try {
      return ColdframeCommand.run(arguments.toArray(String[]::new));
    } finally {
      System.setOut(realOut);
      System.setErr(realErr);
    }
  }

  private String printed() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private String complained() {
    return err.toString(StandardCharsets.UTF_8);
  }

  /// The address that the board is offered.
  private Ip4 offered() throws Exception {
    try (var cable = new LoopbackCable(APPLIANCE, offset, List.of(Cidr.parse("127.77.0.0/24")));
        var port = cable.plug(MacAddress.parse(BOARD))) {
      port.broadcast(DhcpCodec.encode(DhcpRequest.pi4(BOARD).message(), MESSAGE_BYTES));
      Bytes offer = port.receive(PATIENCE).orElseThrow();
      return new Ip4(offer.intAt(16));
    }
  }

  private void shows(String node, Disk disk) {
    coldframe
        .chronicle()
        .decide(
            node,
            Instant.now(),
            _ -> new Chronicle.Verdict<>("", List.of(), s -> s.withDisks(List.of(disk))));
  }

  @Test
  void aBoardThatWasSeenIsAdoptedServedAndForgotten() throws Exception {
    assertThat(offered()).isEqualTo(Ip4.parse("127.77.0.200"));

    assertThat(run("adopt", BOARD, "--name", "lily")).as(complained()).isZero();
    assertThat(printed())
        .isEqualTo("adopted dc:a6:32:00:00:09 as lily at 127.77.0.21 with profile k8s\n");
    assertThat(offered()).isEqualTo(Ip4.parse("127.77.0.21"));
    assertThat(coldframe.chronicle().state("lily", Instant.now()).dhcpSeen())
        .as("its first boot counts, however soon it comes")
        .isTrue();
    assertThat(coldframe.world().node("lily").orElseThrow().origin())
        .isEqualTo(Node.Origin.ADOPTED);

    assertThat(run("adopt", BOARD, "--name", "rose")).isEqualTo(1);
    assertThat(complained()).contains("is lily already");

    assertThat(run("forget", "lily")).as("nobody can be asked here").isEqualTo(2);
    assertThat(run("forget", "lily", "--yes")).isZero();
    assertThat(coldframe.world().node("lily")).isEmpty();
    assertThat(offered()).isEqualTo(Ip4.parse("127.77.0.200"));
  }

  @Test
  void aBoardIsCalledByItsSerialToo() throws Exception {
    offered();
    assertThat(run("adopt", "91cdf03d", "--name", "lily", "--address", "127.77.0.99")).isZero();
    assertThat(offered()).isEqualTo(Ip4.parse("127.77.0.99"));
    assertThat(run("adopt", "deadbeef", "--name", "rose")).isEqualTo(1);
    assertThat(complained()).contains("no board that was seen");
  }

  @Test
  @Tag("L-06")
  void armsOnlyWhatWasShownAndConfirmed() {
    assertThat(run("arm", "geranium", "--disk", "/dev/mmcblk0", "--yes")).isEqualTo(1);
    assertThat(complained()).contains("was shown yet");
    shows("geranium", CARD);
    assertThat(run("arm", "geranium", "--disk", "/dev/sda", "--yes")).isEqualTo(1);
    assertThat(complained()).contains("0x1b53").contains("a Linux system");
    assertThat(run("arm", "geranium", "--disk", "SC32G")).isEqualTo(2);
    assertThat(complained())
        .contains("Everything on /dev/mmcblk0 of geranium may be overwritten: 34.4 GB, SC32G");
    assertThat(coldframe.world().knowledge().arms()).isEmpty();

    assertThat(run("arm", "geranium", "--disk", "SC32G", "--for", "10m", "--yes")).isZero();
    Node geranium = coldframe.world().node("geranium").orElseThrow();
    assertThat(coldframe.world().arm(geranium, Instant.now()).orElseThrow().disk())
        .isEqualTo("0x1b53");
    assertThat(coldframe.world().arm(geranium, Instant.now().plusSeconds(601))).isEmpty();
    assertThat(run("nodes")).isZero();
    assertThat(printed()).contains("until 20");
    assertThat(run("arm", "geranium", "--off")).isZero();
    assertThat(coldframe.world().knowledge().arms()).isEmpty();
  }

  @Test
  @Tag("H-15")
  void whatADiskCallsItselfCannotWriteToTheTerminal() {
    String hostile = "\u001b[2J\r\nok";
    shows("geranium", new Disk("/dev/" + hostile, 1, hostile, hostile, List.of(), hostile));
    for (String[] command :
        new String[][] {
          {"node", "geranium"},
          {"arm", "geranium"},
          {"arm", "geranium", "--disk", "/dev/sda"},
          {"arm", "geranium", "--disk", hostile, "--yes"}
        }) {
      run(command);
      assertThat(printed() + complained()).doesNotContain("\u001b").doesNotContain("\r");
    }
    assertThat(coldframe.world().knowledge().arms()).as("it is named exactly").hasSize(1);
  }

  @Test
  void recoverySaysWhatToDoAndArmsOnlyANamedDisk() {
    shows("geranium", CARD);
    assertThat(run("recover", "geranium")).isZero();
    assertThat(printed())
        .contains("0xf21")
        .contains("0xf12")
        .contains("coldframe-reinstall")
        .contains("'coldframe arm geranium' allows it");
    assertThat(coldframe.world().knowledge().arms()).isEmpty();
    assertThat(run("--json", "recover", "geranium", "--disk", "0x1b53", "--yes")).isZero();
    assertThat(printed()).startsWith("{\"node\":{\"name\":\"geranium\"");
    assertThat(coldframe.world().knowledge().arms()).containsOnlyKeys("geranium");
  }

  @Test
  void withoutAServerTheyEndWithThreeAndOneSentence() {
    coldframe.close();
    assertThat(run("recover", "geranium")).isEqualTo(3);
    assertThat(complained()).startsWith("coldframe: no server answers at").hasLineCount(1);
    assertThat(state.resolve("coldframe.sock")).doesNotExist();
  }

  @Test
  @Tag("L-12")
  void noListShowsASecret() {
    Secrets secrets = secretsOf("geranium");
    for (String[] command :
        new String[][] {
          {"--json", "nodes"}, {"--json", "node", "geranium"}, {"node", "geranium"}
        }) {
      assertThat(run(command)).isZero();
      assertThat(printed()).doesNotContain(secrets.machineId()).doesNotContain("PRIVATE KEY");
    }
  }

  private Secrets secretsOf(String node) {
    return NodeSecrets.of(state).secrets(node);
  }
}
