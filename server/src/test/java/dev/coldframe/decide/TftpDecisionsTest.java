package dev.coldframe.decide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.boot.Viewer;
import dev.coldframe.net.Bytes;
import dev.coldframe.net.Ip4;
import dev.coldframe.node.Network;
import dev.coldframe.node.Profile;
import dev.coldframe.node.Site;
import dev.coldframe.node.World;
import dev.coldframe.testkit.Records;
import dev.coldframe.testkit.Sites;
import dev.coldframe.testkit.TftpPeer;
import dev.coldframe.wire.tftp.TftpMessage;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TftpDecisionsTest {
  private static final TftpMessage.Rrq CONFIG = read("config.txt");

  private static TftpMessage.Rrq read(String name, String... options) {
    return new TftpMessage.Rrq(name, "octet", TftpPeer.optionsOf(options));
  }

  private static TftpDecisions.Way from(String source) {
    return new TftpDecisions.Way(Ip4.parse(source), 49_152, Ip4.parse("192.168.0.2"), 69, 1_500);
  }

  @Test
  void whoIsSeenByARelayIsAskedForAsItIs() {
    Ip4 board = Ip4.parse("192.168.0.20");
    var request = new TftpMessage.Rrq("/a2ef5644/config.txt", "octet", List.of());
    TftpOutcome outcome =
        TftpDecisions.decide(
            request, from("192.168.0.20"), new Caller.Beyond(board), Sites.world());
    assertThat(shape(outcome)).isEqualTo("at 192.168.0.20 a2ef5644/config.txt");
    assertThat(outcome)
        .isInstanceOfSatisfying(
            TftpOutcome.Transfer.class,
            transfer -> assertThat(transfer.patience()).isEqualTo(Patience.SLOW));
  }

  private static String shape(TftpOutcome outcome) {
    return switch (outcome) {
      case TftpOutcome.Transfer(Viewer.OfNode(var node), var paths, _, _, boolean text) ->
          (text ? "text " : "file ") + node.name() + " " + String.join(" | ", paths);
      case TftpOutcome.Transfer(Viewer.Guest(var profile), var paths, _, _, _) ->
          "guest " + profile.name() + " " + String.join(" | ", paths);
      case TftpOutcome.Transfer(Viewer.Beyond(var address), var paths, _, _, _) ->
          "at " + address + " " + String.join(" | ", paths);
      case TftpOutcome.Refuse(int code, _, String reason) -> "error " + code + ", " + reason;
      case TftpOutcome.Ignore(String reason) -> "silent, " + reason;
    };
  }

  private static String decide(TftpMessage message, TftpDecisions.Way way, World world) {
    return shape(
        TftpDecisions.decide(
            message, way, Caller.at(way.source(), world, _ -> Caller.Standing.USUAL), world));
  }

  @ParameterizedTest
  @CsvSource({
    "192.168.0.20, config.txt,           file geranium config.txt",
    "192.168.0.20, a2ef5644/config.txt,  file geranium a2ef5644/config.txt | config.txt",
    "192.168.0.21, a2ef5644/config.txt,  'error 1, another node''s prefix'",
    "192.168.0.20, ../config.txt,        'error 1, not a plain path'",
    "192.168.0.99, config.txt,           'error 1, the caller has no boot tree'",
    "10.9.9.9,     config.txt,           'silent, source outside the served networks'"
  })
  void theAddressSaysWhoAsks(String source, String name, String expected) {
    assertThat(decide(read(name), from(source), Sites.world())).isEqualTo(expected);
  }

  @ParameterizedTest
  @Tag("T-02")
  @Tag("T-03")
  @CsvSource({
    "octet,    file geranium config.txt",
    "OcTeT,    file geranium config.txt",
    "netascii, text geranium config.txt",
    "NETASCII, text geranium config.txt",
    "mail,     'error 4, mode is not octet'",
    "binary,   'error 4, mode is not octet'",
    "'',       'error 4, mode is not octet'"
  })
  void theModeIsComparedIgnoringCase(String mode, String expected) {
    TftpMessage request = new TftpMessage.Rrq("config.txt", mode, List.of());
    assertThat(decide(request, from("192.168.0.20"), Sites.world())).isEqualTo(expected);
  }

  @Test
  @Tag("T-04")
  void nothingIsWritten() {
    TftpMessage request = new TftpMessage.Wrq("config.txt", "octet", List.of());
    assertThat(decide(request, from("192.168.0.20"), Sites.world()))
        .isEqualTo("error 2, write request");
  }

  @Test
  @Tag("T-05")
  void aMalformedRequestIsAnsweredOnceAndOtherNoiseIsNot() {
    World world = Sites.world();
    TftpDecisions.Way way = from("192.168.0.20");
    assertThat(decide(new TftpMessage.Malformed("empty name", true), way, world))
        .isEqualTo("error 4, empty name");
    assertThat(decide(new TftpMessage.Malformed("unknown opcode", false), way, world))
        .isEqualTo("silent, unknown opcode");
    assertThat(decide(new TftpMessage.Malformed("empty name", true), from("10.9.9.9"), world))
        .isEqualTo("silent, source outside the served networks");
  }

  @Test
  void whatIsNoRequestIsNotAnswered() {
    for (TftpMessage message :
        List.of(
            new TftpMessage.Ack(1),
            new TftpMessage.Data(1, Bytes.EMPTY),
            new TftpMessage.Oack(List.of()),
            new TftpMessage.Failure(0, "x"))) {
      assertThat(decide(message, from("192.168.0.20"), Sites.world()))
          .isEqualTo("silent, not a request");
    }
  }

  @ParameterizedTest
  @Tag("T-23")
  @ValueSource(
      strings = {"255.255.255.255", "192.168.0.255", "192.168.0.0", "224.0.0.1", "239.1.2.3"})
  void aRequestToManyIsNotAnswered(String destination) {
    var way =
        new TftpDecisions.Way(Ip4.parse("192.168.0.20"), 49_152, Ip4.parse(destination), 69, 1_500);
    assertThat(decide(CONFIG, way, Sites.world()))
        .isEqualTo("silent, request to a broadcast or multicast address");
  }

  @ParameterizedTest
  @Tag("T-24")
  @CsvSource({
    "192.168.0.20, 0,     source port is a server's",
    "192.168.0.20, 69,    source port is a server's",
    "192.168.0.20, 10069, source port is a server's",
    "192.168.0.2,  49152, source is our own address"
  })
  void aServerIsNotAnswered(String source, int port, String reason) {
    var way =
        new TftpDecisions.Way(Ip4.parse(source), port, Ip4.parse("192.168.0.2"), 10_069, 1_500);
    assertThat(decide(CONFIG, way, Sites.world())).isEqualTo("silent, " + reason);
  }

  @Test
  void anObservedNetworkGetsNotOneByte() {
    Network n = Sites.network();
    Network observed = Records.with(n, "mode", Network.Mode.OBSERVE);
    World world = Sites.world(Sites.site(List.of(observed), Sites.rack(Sites.install())));
    assertThat(decide(CONFIG, from("192.168.0.20"), world))
        .isEqualTo("silent, source outside the served networks");
  }

  @Test
  void aStrangerSeesTheGuestsProfileWhereThereIsOne() {
    Profile guests = Sites.profile("guests", Profile.Boot.FILES);
    Site s = Sites.site(List.of(Sites.network()), Sites.rack(guests));
    Site open = Records.with(s, "guests", Optional.of("guests"));
    assertThat(decide(CONFIG, from("192.168.0.99"), Sites.world(open)))
        .isEqualTo("guest guests config.txt");
  }

  @Test
  @Tag("B-14")
  @Tag("B-06")
  void theBlockSizeIsAlwaysAcknowledgedAndFitsTheNetwork() {
    Network n = Sites.network();
    Network narrow = Records.with(n, "mtu", OptionalInt.of(1_400));
    World world = Sites.world(Sites.site(List.of(narrow), Sites.rack(Sites.install())));
    assertThat(options(read("kernel8.img", "tsize", "0", "blksize", "1468"), world))
        .satisfies(o -> assertThat(o.blockSizeBytes()).isEqualTo(1_368))
        .satisfies(o -> assertThat(o.accepted()).hasSize(2));
  }

  private static TftpOptions options(TftpMessage.Rrq request, World world) {
    return TftpDecisions.decide(
                request,
                from("192.168.0.20"),
                Caller.at(Ip4.parse("192.168.0.20"), world, _ -> Caller.Standing.USUAL),
                world)
            instanceof TftpOutcome.Transfer transfer
        ? transfer.options()
        : TftpOptions.NONE;
  }

  @ParameterizedTest
  @Tag("B-13")
  @CsvSource({
    "192.168.0.20, install, '',              SLOW",
    "192.168.0.20, files,   '',              SLOW",
    "192.168.0.20, files,   'windowsize=16', MEASURED",
    "192.168.0.21, files,   'blksize=1468',  SLOW",
    "192.168.0.23, files,   'blksize=1468',  MEASURED"
  })
  void onlyWhatCannotBeAPiIsSentABlockAgainQuickly(
      String source, String boot, String options, Patience expected) {
    Profile profile =
        boot.equals("files") ? Sites.profile("pc", Profile.Boot.FILES) : Sites.install();
    var nodes = new java.util.ArrayList<>(Sites.rack(profile));
    nodes.add(Sites.node("desk", null, "52:54:00:01:02:03", "192.168.0.23", profile));
    World world = Sites.world(Sites.site(List.of(Sites.network()), nodes));
    String[] pairs = options.isEmpty() ? new String[0] : options.split("=", -1);
    assertThat(
            TftpDecisions.decide(
                read("x", pairs),
                from(source),
                Caller.at(Ip4.parse(source), world, _ -> Caller.Standing.USUAL),
                world))
        .isInstanceOfSatisfying(
            TftpOutcome.Transfer.class, t -> assertThat(t.patience()).isEqualTo(expected));
  }
}
