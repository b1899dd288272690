package dev.coldframe.decide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.net.Bytes;
import dev.coldframe.net.Cidr;
import dev.coldframe.net.Ip4;
import dev.coldframe.node.ExtraName;
import dev.coldframe.node.Network;
import dev.coldframe.node.Node;
import dev.coldframe.node.Site;
import dev.coldframe.node.World;
import dev.coldframe.testkit.DnsText;
import dev.coldframe.testkit.Records;
import dev.coldframe.testkit.Sites;
import dev.coldframe.wire.dns.DnsCodec;
import dev.coldframe.wire.dns.DnsDecode;
import dev.coldframe.wire.dns.DnsReply;
import dev.coldframe.wire.dns.DnsWriter;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.Type;

class DnsDecisionsTest {
  private static final Ip4 GERANIUM = Ip4.parse("192.168.0.20");
  private static final World RACK = Sites.world();
  private static final World FORWARDING = Sites.world(Sites.withUpstream(Sites.site(), "9.9.9.9"));

  private static DnsView view(World world) {
    return DnsView.of(world, Sites.T0);
  }

  private static DnsDecisions.Asker from(String source) {
    return new DnsDecisions.Asker(Ip4.parse(source), 40_000, 53, 0);
  }

  private static DnsOutcome decide(Message question, World world) {
    DnsDecode decoded = DnsCodec.decode(DnsText.bytes(question));
    return DnsDecisions.decide(
        decoded, new DnsDecisions.Asker(GERANIUM, 40_000, 53, 0), view(world));
  }

  private static Message written(DnsReply reply, int maxBytes) {
    var writer = new DnsWriter();
    int length = writer.write(reply, maxBytes);
    return DnsText.read(Arrays.copyOf(writer.buffer(), length));
  }

  private static Message answer(Message question, World world) {
    return switch (decide(question, world)) {
      case DnsOutcome.Reply(DnsReply reply) -> written(reply, reply.query().maxUdpBytes());
      case DnsOutcome.Forward _ -> throw new AssertionError("forwarded");
      case DnsOutcome.Ignore(String reason) -> throw new AssertionError(reason);
    };
  }

  private static String shape(Message question, World world) {
    return switch (decide(question, world)) {
      case DnsOutcome.Reply(DnsReply reply) ->
          DnsText.show(written(reply, reply.query().maxUdpBytes()));
      case DnsOutcome.Forward _ -> "forward";
      case DnsOutcome.Ignore(String reason) -> "silent, " + reason;
    };
  }

  private static String ask(String name, String type) {
    return shape(DnsText.question(name, type), RACK);
  }

  @ParameterizedTest
  @Tag("N-08")
  @Tag("N-09")
  @Tag("N-06")
  @CsvSource(
      delimiter = ';',
      textBlock =
          """
          geranium.rack.home.arpa        ; A     ; NOERROR aa | A 192.168.0.20
          iris.rack.home.arpa.           ; A     ; NOERROR aa | A 192.168.0.22
          geranium.rack.home.arpa        ; ANY   ; NOERROR aa | A 192.168.0.20
          geranium.rack.home.arpa        ; AAAA  ; NOERROR aa | soa rack.home.arpa.
          geranium.rack.home.arpa        ; TXT   ; NOERROR aa | soa rack.home.arpa.
          tulip.rack.home.arpa           ; A     ; NXDOMAIN aa | soa rack.home.arpa.
          a.geranium.rack.home.arpa      ; A     ; NXDOMAIN aa | soa rack.home.arpa.
          _ssh._tcp.rack.home.arpa       ; SRV   ; NXDOMAIN aa | soa rack.home.arpa.
          *.rack.home.arpa               ; A     ; NXDOMAIN aa | soa rack.home.arpa.
          wpad.rack.home.arpa            ; A     ; NXDOMAIN aa | soa rack.home.arpa.
          coldframe.rack.home.arpa       ; A     ; NOERROR aa | A 192.168.0.2
          rack.rack.home.arpa            ; A     ; NOERROR aa | A 192.168.0.2
          rack.home.arpa                 ; A     ; NOERROR aa | A 192.168.0.2
          rack.home.arpa                 ; NS    ; NOERROR aa | NS coldframe.rack.home.arpa.
          rack.home.arpa                 ; MX    ; NOERROR aa | soa rack.home.arpa.
          """)
  void answersForTheSitesDomain(String name, String type, String expected) {
    assertThat(ask(name, type)).isEqualTo(expected);
  }

  @ParameterizedTest
  @Tag("N-12")
  @CsvSource(
      delimiter = ';',
      textBlock =
          """
          20.0.168.192.in-addr.arpa      ; PTR ; NOERROR aa | PTR geranium.rack.home.arpa.
          2.0.168.192.in-addr.arpa       ; PTR ; NOERROR aa | PTR coldframe.rack.home.arpa.
          200.0.168.192.in-addr.arpa     ; PTR ; NOERROR aa | PTR ip-192-168-0-200.dhcp.rack.home.arpa.
          20.0.168.192.in-addr.arpa      ; A   ; NOERROR aa | soa 0.168.192.in-addr.arpa.
          99.0.168.192.in-addr.arpa      ; PTR ; NXDOMAIN aa | soa 0.168.192.in-addr.arpa.
          020.0.168.192.in-addr.arpa     ; PTR ; NXDOMAIN aa | soa 0.168.192.in-addr.arpa.
          256.0.168.192.in-addr.arpa     ; PTR ; NXDOMAIN aa | soa 0.168.192.in-addr.arpa.
          x.20.0.168.192.in-addr.arpa    ; PTR ; NXDOMAIN aa | soa 0.168.192.in-addr.arpa.
          b._dns-sd._udp.0.168.192.in-addr.arpa ; PTR ; NXDOMAIN aa | soa 0.168.192.in-addr.arpa.
          0.168.192.in-addr.arpa         ; PTR ; NOERROR aa | soa 0.168.192.in-addr.arpa.
          0.168.192.in-addr.arpa         ; NS  ; NOERROR aa | NS coldframe.rack.home.arpa.
          1.1.168.192.in-addr.arpa       ; PTR ; NXDOMAIN aa | soa 168.192.in-addr.arpa.
          168.192.in-addr.arpa           ; NS  ; NOERROR aa | NS coldframe.rack.home.arpa.
          3.2.1.10.in-addr.arpa          ; PTR ; NXDOMAIN aa | soa 10.in-addr.arpa.
          1.20.172.in-addr.arpa          ; PTR ; NOERROR aa | soa 20.172.in-addr.arpa.
          1.0.0.127.in-addr.arpa         ; PTR ; NXDOMAIN aa | soa 127.in-addr.arpa.
          1.1.1.1.in-addr.arpa           ; PTR ; forward
          in-addr.arpa                   ; NS  ; forward
          1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.e.f.ip6.arpa ; PTR ; NXDOMAIN aa | soa 8.e.f.ip6.arpa.
          """)
  void answersBackwards(String name, String type, String expected) {
    assertThat(shape(DnsText.question(name, type), FORWARDING).replace(" ra", ""))
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "192.168.8.0/21,  192.168.15.7, 15.168.192.in-addr.arpa.",
    "192.168.8.0/26,  192.168.8.7,  8.168.192.in-addr.arpa.",
    "172.16.0.0/12,   172.17.0.7,   17.172.in-addr.arpa.",
    "10.0.0.0/8,      10.9.9.9,     10.in-addr.arpa."
  })
  @Tag("N-12")
  void cutsReverseZonesAtWholeOctets(String subnet, String address, String zone) {
    Network n = Sites.network();
    var network =
        new Network(
            "eth0",
            Cidr.parse(subnet),
            n.mode(),
            Optional.empty(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            OptionalInt.empty(),
            Map.of(),
            Optional.empty(),
            true,
            List.of(),
            Duration.ZERO);
    Node node = Sites.node("far", null, "dc:a6:32:01:36:c9", address, Sites.install());
    World world = Sites.world(Sites.site(List.of(network, n), List.of(node)));
    String reverse = org.xbill.DNS.ReverseMap.fromAddress(inet(address)).toString();
    assertThat(shape(DnsText.question(reverse, "PTR"), world))
        .isEqualTo("NOERROR aa | PTR far.rack.home.arpa.");
    assertThat(shape(DnsText.question(reverse, "A"), world)).isEqualTo("NOERROR aa | soa " + zone);
    assertThat(shape(DnsText.question(zone, "SOA"), world)).startsWith("NOERROR aa | SOA ");
  }

  private static java.net.InetAddress inet(String address) {
    return java.net.InetAddress.ofLiteral(address);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      textBlock =
          """
          ip-192-168-0-200.dhcp.rack.home.arpa ; A    ; NOERROR aa | A 192.168.0.200
          ip-192-168-0-200.dhcp.rack.home.arpa ; AAAA ; NOERROR aa | soa dhcp.rack.home.arpa.
          ip-192-168-0-20.dhcp.rack.home.arpa  ; A    ; NXDOMAIN aa | soa dhcp.rack.home.arpa.
          ip-10-0-0-1.dhcp.rack.home.arpa      ; A    ; NXDOMAIN aa | soa dhcp.rack.home.arpa.
          ip-192.168.0.200.dhcp.rack.home.arpa ; A    ; NXDOMAIN aa | soa dhcp.rack.home.arpa.
          gateway.dhcp.rack.home.arpa          ; A    ; NXDOMAIN aa | soa dhcp.rack.home.arpa.
          dhcp.rack.home.arpa                  ; A    ; NOERROR aa | soa dhcp.rack.home.arpa.
          dhcp.rack.home.arpa                  ; NS   ; NOERROR aa | NS coldframe.rack.home.arpa.
          """)
  @Tag("N-23")
  void namesDynamicAddressesByTheirDigitsOnly(String name, String type, String expected) {
    assertThat(ask(name, type)).isEqualTo(expected);
  }

  @ParameterizedTest
  @Tag("N-21")
  @CsvSource(
      delimiter = ';',
      textBlock =
          """
          localhost                 ; A     ; NOERROR aa ra | A 127.0.0.1
          printer.localhost         ; AAAA  ; NOERROR aa ra | AAAA 0:0:0:0:0:0:0:1
          localhost                 ; MX    ; NOERROR aa ra | soa localhost.
          raspberrypi.local         ; A     ; NXDOMAIN aa ra | soa local.
          local                     ; SOA   ; NOERROR aa ra | SOA
          x.invalid                 ; A     ; NXDOMAIN aa ra | soa invalid.
          x.onion                   ; A     ; NXDOMAIN aa ra | soa onion.
          other.home.arpa           ; A     ; NXDOMAIN aa ra | soa home.arpa.
          use-application-dns.net   ; A     ; NXDOMAIN aa ra | soa use-application-dns.net.
          _dns.resolver.arpa        ; SVCB  ; NXDOMAIN aa ra | soa resolver.arpa.
          www.example.org           ; A     ; forward
          xlocal                    ; A     ; forward
          .                         ; NS    ; forward
          """)
  void keepsSpecialNamesAtHome(String name, String type, String expected) {
    assertThat(shape(DnsText.question(name, type), FORWARDING)).startsWith(expected);
  }

  @Test
  void refusesForeignNamesWithoutAnUpstreamOrWithoutAWish() {
    assertThat(ask("www.example.org", "A")).isEqualTo("REFUSED");
    Message own = DnsText.question("www.example.org", "A");
    own.getHeader().unsetFlag(Flags.RD);
    assertThat(shape(own, FORWARDING)).isEqualTo("REFUSED ra");
  }

  @Test
  @Tag("N-06")
  void givesForeignAnyOneRecordAndAsksNobody() {
    assertThat(shape(DnsText.question("example.org", "ANY"), FORWARDING))
        .isEqualTo("NOERROR ra | HINFO \"RFC8482\" \"\"");
  }

  @ParameterizedTest
  @Tag("N-05")
  @ValueSource(ints = {Type.AXFR, Type.IXFR, Type.MAILB, Type.TKEY, 0, Type.OPT})
  void refusesTransfersAndTheirKin(int type) {
    assertThat(shape(DnsText.question("rack.home.arpa", type, DClass.IN), RACK))
        .isEqualTo("REFUSED");
  }

  @ParameterizedTest
  @Tag("N-07")
  @ValueSource(ints = {DClass.CH, DClass.HS, DClass.ANY, DClass.NONE})
  void refusesOtherClasses(int dnsClass) {
    assertThat(shape(DnsText.question("version.bind", Type.TXT, dnsClass), FORWARDING))
        .isEqualTo("REFUSED ra");
    assertThat(shape(DnsText.question("geranium.rack.home.arpa", Type.A, dnsClass), RACK))
        .isEqualTo("REFUSED");
  }

  @ParameterizedTest
  @Tag("N-04")
  @ValueSource(ints = {Opcode.IQUERY, Opcode.STATUS, Opcode.NOTIFY, Opcode.UPDATE, 15})
  void doesNothingButQueries(int opcode) {
    Message message = DnsText.question("rack.home.arpa", "SOA");
    message.getHeader().setOpcode(opcode);
    Message answer = answer(message, RACK);
    assertThat(DnsText.show(answer)).isEqualTo("NOTIMP");
    assertThat(answer.getHeader().getOpcode()).isEqualTo(opcode);
    assertThat(answer.getHeader().getID()).isEqualTo(DnsText.ID);
  }

  @Test
  @Tag("N-02")
  void wantsOneQuestion() {
    Message two = DnsText.question("rack.home.arpa", "SOA");
    two.addRecord(
        Record.newRecord(DnsText.name("a.rack.home.arpa"), Type.A, DClass.IN), Section.QUESTION);
    assertThat(shape(two, RACK)).isEqualTo("FORMERR");
    assertThat(shape(new Message(DnsText.ID), RACK)).isEqualTo("FORMERR");
  }

  @Test
  @Tag("N-01")
  @Tag("N-26")
  void saysNothingToLoopsAndStrangers() {
    DnsDecode question = DnsCodec.decode(DnsText.bytes(DnsText.question("rack.home.arpa", "A")));
    assertThat(DnsDecisions.decide(question, from("10.9.9.9"), view(RACK)))
        .isEqualTo(new DnsOutcome.Ignore("source outside the served networks"));
    for (int port : List.of(0, 53)) {
      assertThat(
              DnsDecisions.decide(
                  question, new DnsDecisions.Asker(GERANIUM, port, 53, 0), view(RACK)))
          .isEqualTo(new DnsOutcome.Ignore("sent from a server's port"));
    }
    Message response = DnsText.question("rack.home.arpa", "A");
    response.getHeader().setFlag(Flags.QR);
    assertThat(shape(response, RACK)).isEqualTo("silent, a response, not a query");
    assertThat(DnsCodec.decode(Bytes.of(1, 2, 3)))
        .isEqualTo(new DnsDecode.Noise("shorter than a header"));
  }

  @Test
  void saysNothingWhereItOnlyObserves() {
    Network n = Sites.network();
    var observed = Records.with(n, "mode", Network.Mode.OBSERVE);
    World world = Sites.world(Sites.site(List.of(observed), Sites.rack(Sites.install())));
    assertThat(shape(DnsText.question("rack.home.arpa", "A"), world))
        .isEqualTo("silent, observed only");
  }

  @Test
  @Tag("N-10")
  void repeatsTheQuestionsCase() {
    Message answer = answer(DnsText.question("gErAnIuM.RACK.home.Arpa", "A"), RACK);
    assertThat(answer.getQuestion().getName().toString()).isEqualTo("gErAnIuM.RACK.home.Arpa.");
    assertThat(answer.getSection(Section.ANSWER).getFirst().getName().toString())
        .isEqualTo("gErAnIuM.RACK.home.Arpa.");
    assertThat(DnsText.show(answer(DnsText.question("TULIP.Rack.home.arpa", "A"), RACK)))
        .isEqualTo("NXDOMAIN aa | soa Rack.home.arpa.");
  }

  @Test
  @Tag("N-09")
  void tellsHowLongAnAbsenceLasts() {
    Message answer = answer(DnsText.question("tulip.rack.home.arpa", "A"), RACK);
    var soa = (SOARecord) answer.getSection(Section.AUTHORITY).getFirst();
    assertThat(soa.getTTL()).isEqualTo(soa.getMinimum()).isEqualTo(15);
    assertThat(soa.getHost()).hasToString("coldframe.rack.home.arpa.");
    assertThat(soa.getAdmin()).hasToString("hostmaster.rack.home.arpa.");
  }

  @ParameterizedTest
  @Tag("N-13")
  @CsvSource({
    "0,     0, 512,  NOERROR",
    "100,   0, 512,  NOERROR",
    "512,   0, 512,  NOERROR",
    "513,   0, 513,  NOERROR",
    "4096,  0, 1232, NOERROR",
    "65535, 0, 1232, NOERROR",
    "1232,  1, 1232, BADVERS",
    "1232,  255, 1232, BADVERS"
  })
  void takesTheSizeThatTheClientSays(int payload, int version, int taken, String rcode) {
    Message question = DnsText.withEdns(DnsText.question("rack.home.arpa", "A"), payload, version);
    var decoded = (DnsDecode.Ok) DnsCodec.decode(DnsText.bytes(question));
    assertThat(decoded.query().maxUdpBytes()).isEqualTo(taken);
    Message answer = answer(question, RACK);
    assertThat(DnsText.show(answer)).startsWith(rcode);
    assertThat(answer.getOPT().getVersion()).isZero();
    assertThat(answer.getOPT().getPayloadSize()).isEqualTo(1232);
  }

  @Test
  @Tag("N-13")
  void refusesTwoOptRecords() {
    Message question = DnsText.withEdns(DnsText.question("rack.home.arpa", "A"), 1232, 0);
    assertThat(shape(DnsText.withEdns(question, 1232, 0), RACK)).isEqualTo("FORMERR");
  }

  private static World withAddresses(int count) {
    List<Ip4> addresses =
        IntStream.range(0, count).mapToObj(i -> Ip4.parse("10.0.0.0").plus(i + 1)).toList();
    return Sites.world(Sites.withRecords(Sites.site(), Map.of("many", addresses)));
  }

  @ParameterizedTest
  @Tag("N-14")
  @CsvSource({"29, false", "30, true"})
  void cutsWholeSetsOnly(int count, boolean cut) {
    // 12 bytes of header, 21 of name, 4 of type and class, 16 for each address: 29 fit into 512.
    World world = withAddresses(count);
    Message answer = answer(DnsText.question("many.rack.home.arpa", "A"), world);
    assertThat(answer.getHeader().getFlag(Flags.TC)).isEqualTo(cut);
    assertThat(answer.getSection(Section.ANSWER)).hasSize(cut ? 0 : count);
    assertThat(answer.getQuestion().getName()).hasToString("many.rack.home.arpa.");
  }

  private static World withExtras() {
    String domain = ".rack.home.arpa";
    var etcd =
        new ExtraName(
            List.of(),
            Optional.empty(),
            List.of(
                new ExtraName.Service("geranium" + domain, 2380, 0, 10),
                new ExtraName.Service("etcd.example.org", 65535, 65535, 0)),
            List.of());
    var texts = new ExtraName(List.of(), Optional.empty(), List.of(), List.of("a b", "two"));
    var both =
        new ExtraName(
            List.of(Ip4.parse("10.0.0.9")), Optional.empty(), List.of(), List.of("behind"));
    return Sites.world(
        Sites.withExtras(
            Sites.site(),
            Map.of(
                "wiki", ExtraName.aliasOf("geranium" + domain),
                "docs", ExtraName.aliasOf("wiki" + domain),
                "round", ExtraName.aliasOf("and" + domain),
                "and", ExtraName.aliasOf("round" + domain),
                "about", ExtraName.aliasOf("geranium" + domain),
                "_etcd._tcp", etcd,
                "geranium", texts,
                "both", both)));
  }

  @ParameterizedTest
  @Tag("N-08")
  @Tag("N-11")
  @CsvSource(
      delimiter = ';',
      textBlock =
          """
          wiki.rack.home.arpa       ; A     ; NOERROR aa | CNAME geranium.rack.home.arpa., A 192.168.0.20
          docs.rack.home.arpa       ; A     ; NOERROR aa | CNAME wiki.rack.home.arpa., CNAME geranium.rack.home.arpa., A 192.168.0.20
          docs.rack.home.arpa       ; CNAME ; NOERROR aa | CNAME wiki.rack.home.arpa.
          docs.rack.home.arpa       ; ANY   ; NOERROR aa | CNAME wiki.rack.home.arpa.
          wiki.rack.home.arpa       ; AAAA  ; NOERROR aa | CNAME geranium.rack.home.arpa. | soa rack.home.arpa.
          wiki.rack.home.arpa       ; TXT   ; NOERROR aa | CNAME geranium.rack.home.arpa., TXT "a b", TXT two
          round.rack.home.arpa      ; A     ; NOERROR aa | CNAME and.rack.home.arpa., CNAME round.rack.home.arpa. | soa rack.home.arpa.
          _etcd._tcp.rack.home.arpa ; SRV   ; NOERROR aa | SRV 0 10 2380 geranium.rack.home.arpa., SRV 65535 0 65535 etcd.example.org.
          _etcd._tcp.rack.home.arpa ; ANY   ; NOERROR aa | SRV 0 10 2380 geranium.rack.home.arpa., SRV 65535 0 65535 etcd.example.org.
          _etcd._tcp.rack.home.arpa ; A     ; NOERROR aa | soa rack.home.arpa.
          _tcp.rack.home.arpa       ; SRV   ; NOERROR aa | soa rack.home.arpa.
          _udp.rack.home.arpa       ; SRV   ; NXDOMAIN aa | soa rack.home.arpa.
          a._etcd._tcp.rack.home.arpa ; SRV ; NXDOMAIN aa | soa rack.home.arpa.
          geranium.rack.home.arpa   ; TXT   ; NOERROR aa | TXT "a b", TXT two
          geranium.rack.home.arpa   ; A     ; NOERROR aa | A 192.168.0.20
          geranium.rack.home.arpa   ; ANY   ; NOERROR aa | A 192.168.0.20
          geranium.rack.home.arpa   ; AAAA  ; NOERROR aa | soa rack.home.arpa.
          both.rack.home.arpa       ; A     ; NOERROR aa | A 10.0.0.9
          both.rack.home.arpa       ; TXT   ; NOERROR aa | TXT behind
          20.0.168.192.in-addr.arpa ; PTR   ; NOERROR aa | PTR geranium.rack.home.arpa.
          """)
  void answersWithAliasesServicesAndTexts(String name, String type, String expected) {
    assertThat(shape(DnsText.question(name, type), withExtras())).isEqualTo(expected);
  }

  @Test
  void cutsLongTextsIntoStrings() {
    String text = "a".repeat(255) + "b".repeat(255) + "c";
    var note = new ExtraName(List.of(), Optional.empty(), List.of(), List.of(text));
    World world = Sites.world(Sites.withExtras(Sites.site(), Map.of("note", note)));
    Message question = DnsText.withEdns(DnsText.question("note.rack.home.arpa", "TXT"), 1232, 0);
    var answer = (TXTRecord) answer(question, world).getSection(Section.ANSWER).getFirst();
    assertThat(answer.getStrings()).containsExactly("a".repeat(255), "b".repeat(255), "c");
  }

  @Test
  void anAliasOfTheFileIsStrongerThanAnAdoptedNode() {
    Node adopted = Sites.node("wiki", null, "dc:a6:32:01:36:c9", "192.168.0.30", Sites.install());
    World file = withExtras();
    World world = file.with(file.knowledge().withAdopted(List.of(adopted)));
    assertThat(shape(DnsText.question("wiki.rack.home.arpa", "A"), world))
        .isEqualTo("NOERROR aa | CNAME geranium.rack.home.arpa., A 192.168.0.20");
    assertThat(shape(DnsText.question("30.0.168.192.in-addr.arpa", "PTR"), world))
        .startsWith("NXDOMAIN");
  }

  @Test
  void sharesTheLoadByTurningTheSet() {
    Message question = DnsText.question("k8s-api.rack.home.arpa", "A");
    question.getHeader().setID(2);
    assertThat(shape(question, RACK)).isEqualTo("NOERROR aa | A 192.168.0.20, A 192.168.0.21");
    question.getHeader().setID(3);
    assertThat(shape(question, RACK)).isEqualTo("NOERROR aa | A 192.168.0.21, A 192.168.0.20");
  }

  @Test
  @Tag("N-24")
  void showsARenamedNodeAtOnceInBothDirections() {
    Node renamed = Sites.node("rose", null, "dc:a6:32:01:36:c2", "192.168.0.21", Sites.install());
    DnsView before = view(RACK);
    World world = Sites.world(Sites.site(List.of(Sites.network()), List.of(renamed)));
    DnsView after = before.next(world, Sites.T0);
    assertThat(after.serial()).isGreaterThan(before.serial());
    assertThat(shape(DnsText.question("rose.rack.home.arpa", "A"), world))
        .isEqualTo("NOERROR aa | A 192.168.0.21");
    assertThat(shape(DnsText.question("21.0.168.192.in-addr.arpa", "PTR"), world))
        .isEqualTo("NOERROR aa | PTR rose.rack.home.arpa.");
    assertThat(shape(DnsText.question("dahlia.rack.home.arpa", "A"), world))
        .isEqualTo("NXDOMAIN aa | soa rack.home.arpa.");
  }

  @Test
  @Tag("N-23")
  void aRecordOfTheFileKeepsItsNameAgainstAnAdoptedNode() {
    Site site = Sites.withRecords(Sites.site(), Map.of("node-1", List.of(Ip4.parse("10.0.0.1"))));
    Node node = Sites.node("node-1", null, "dc:a6:32:01:36:c9", "192.168.0.50", Sites.install());
    World world = World.of(site, World.Knowledge.of(Sites.quirks()).withAdopted(List.of(node)));
    assertThat(shape(DnsText.question("node-1.rack.home.arpa", "A"), world))
        .isEqualTo("NOERROR aa | A 10.0.0.1");
    assertThat(shape(DnsText.question("50.0.168.192.in-addr.arpa", "PTR"), world))
        .isEqualTo("NXDOMAIN aa | soa 0.168.192.in-addr.arpa.");
  }

  @Test
  void givesARecordsOwnAddressItsNameBack() {
    Site site = Sites.withRecords(Sites.site(), Map.of("nas", List.of(Ip4.parse("192.168.0.9"))));
    assertThat(shape(DnsText.question("9.0.168.192.in-addr.arpa", "PTR"), Sites.world(site)))
        .isEqualTo("NOERROR aa | PTR nas.rack.home.arpa.");
  }

  @Test
  @Tag("N-25")
  void slipsEveryThirdAnswerBeyondTheLimit() {
    DnsDecode question =
        DnsCodec.decode(DnsText.bytes(DnsText.question("geranium.rack.home.arpa", "A")));
    for (int beyond = 1; beyond <= 6; beyond++) {
      DnsOutcome outcome =
          DnsDecisions.decide(
              question, new DnsDecisions.Asker(GERANIUM, 40_000, 53, beyond), view(RACK));
      if (beyond % 3 == 0) {
        DnsReply reply = ((DnsOutcome.Reply) outcome).reply();
        assertThat(DnsText.show(written(reply, 512))).isEqualTo("NOERROR tc");
      } else {
        assertThat(outcome).isEqualTo(new DnsOutcome.Ignore("over the rate limit"));
      }
    }
  }

  @Test
  @Tag("N-25")
  void aRefusalIsNoLongerThanItsQuestion() {
    Message question = DnsText.question("www.example.org", "A");
    assertThat(answer(question, RACK).toWire()).hasSameSizeAs(question.toWire());
  }

  @Test
  @Tag("N-03")
  void neverThrowsOnRandomBytes() {
    Random random = new Random(6);
    DnsView view = view(FORWARDING);
    var writer = new DnsWriter();
    for (int i = 0; i < 200_000; i++) {
      byte[] bytes = random(random);
      DnsOutcome outcome =
          DnsDecisions.decide(DnsCodec.decode(Bytes.wrap(bytes)), from("192.168.0.20"), view);
      if (outcome instanceof DnsOutcome.Reply(DnsReply reply)) {
        assertThat(writer.write(reply, 512)).isBetween(12, 512);
      }
    }
  }

  /// Noise, or a good question with a few bytes changed.
  private static byte[] random(Random random) {
    if (random.nextInt(4) == 0) {
      byte[] noise = new byte[random.nextInt(80)];
      random.nextBytes(noise);
      if (noise.length > 5 && random.nextBoolean()) {
        noise[2] = 1;
        noise[4] = 0;
        noise[5] = 1;
      }
      return noise;
    }
    byte[] bytes =
        DnsText.withEdns(DnsText.question("20.0.168.192.in-addr.arpa", "PTR"), 1232, 0).toWire();
    for (int n = random.nextInt(4); n >= 0; n--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
    }
    return Arrays.copyOf(bytes, random.nextInt(3) == 0 ? random.nextInt(70) : bytes.length);
  }
}
