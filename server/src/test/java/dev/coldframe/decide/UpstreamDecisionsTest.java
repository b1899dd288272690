package dev.coldframe.decide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.net.Bytes;
import dev.coldframe.testkit.DnsText;
import dev.coldframe.testkit.Sites;
import dev.coldframe.wire.dns.DnsCodec;
import dev.coldframe.wire.dns.DnsDecode;
import dev.coldframe.wire.dns.DnsNames;
import dev.coldframe.wire.dns.DnsQuestion;
import dev.coldframe.wire.dns.DnsRelay;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

class UpstreamDecisionsTest {
  private static final int ID = 4_711;
  private static final DnsQuestion WWW = asked("www.example.org", Type.A);

  private static DnsQuestion asked(String name, int type) {
    return new DnsQuestion(DnsNames.of(name), type, false, false);
  }

  /// A response made of lines `section name ttl type data`.
  private static Message response(DnsQuestion question, String... lines) {
    Message out = DnsText.read(UpstreamDecisions.ask(question, ID).toArray());
    out.removeAllRecords(Section.ADDITIONAL);
    out.getHeader().setFlag(Flags.QR);
    for (String line : lines) {
      String[] word = line.split(" ", 5);
      int section =
          switch (word[0]) {
            case "an" -> Section.ANSWER;
            case "au" -> Section.AUTHORITY;
            default -> Section.ADDITIONAL;
          };
      out.addRecord(record(word), section);
    }
    return out;
  }

  private static Record record(String[] word) {
    try {
      return Record.fromString(
          DnsText.name(word[1]),
          Type.value(word[3]),
          DClass.IN,
          Long.parseLong(word[2]),
          word[4],
          Name.root);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String judge(DnsQuestion question, Message message) {
    return switch (UpstreamDecisions.judge(DnsText.bytes(message), question, ID, Sites.world())) {
      case UpstreamAnswer.Accepted(Bytes kept, int lifetime) ->
          DnsText.show(DnsText.read(kept.toArray())) + " for " + lifetime;
      case UpstreamAnswer.Truncated _ -> "truncated";
      case UpstreamAnswer.Failed _ -> "failed";
      case UpstreamAnswer.Drop(String reason) -> reason;
    };
  }

  @Test
  void keepsTheAnswerForItsTime() {
    assertThat(judge(WWW, response(WWW, "an www.example.org 300 A 93.184.216.34")))
        .isEqualTo("NOERROR ra | A 93.184.216.34 for 300");
  }

  @Test
  @Tag("N-18")
  void keepsOnlyWhatBelongsToTheQuestion() {
    assertThat(
            judge(
                WWW,
                response(
                    WWW,
                    "an www.example.org 300 A 93.184.216.34",
                    "an www.bank.example 9999 A 6.6.6.6",
                    "an www.example.org 1 TXT hello",
                    "au example.org 50 NS ns.evil.example.",
                    "au org 50 SOA a. b. 1 2 3 4 5",
                    "ad ns.evil.example 50 A 6.6.6.6")))
        .isEqualTo("NOERROR ra | A 93.184.216.34 for 300");
  }

  @Test
  @Tag("N-11")
  void followsAliasesAndCutsLoops() {
    assertThat(
            judge(
                WWW,
                response(
                    WWW,
                    "an b.cdn.example 20 A 93.184.216.34",
                    "an www.example.org 300 CNAME a.cdn.example.",
                    "an a.cdn.example 30 CNAME b.cdn.example.")))
        .isEqualTo(
            "NOERROR ra | CNAME a.cdn.example., CNAME b.cdn.example., A 93.184.216.34 for 20");
    assertThat(
            judge(
                WWW,
                response(
                    WWW,
                    "an www.example.org 300 CNAME a.example.org.",
                    "an a.example.org 300 CNAME www.example.org.")))
        .isEqualTo("NOERROR ra | CNAME a.example.org., CNAME www.example.org. for 0");
  }

  @Test
  @Tag("N-19")
  void readsOddTtls() {
    Message differing =
        response(
            WWW, "an www.example.org 300 A 93.184.216.34", "an www.example.org 7 A 93.184.216.35");
    var kept =
        (UpstreamAnswer.Accepted)
            UpstreamDecisions.judge(DnsText.bytes(differing), WWW, ID, Sites.world());
    assertThat(DnsText.read(kept.message().toArray()).getSection(Section.ANSWER))
        .extracting(Record::getTTL)
        .containsExactly(7L, 7L);
    byte[] top = response(WWW, "an www.example.org 300 A 93.184.216.34").toWire();
    int ttl = top.length - 10;
    top[ttl] = (byte) 0x80;
    var odd =
        (UpstreamAnswer.Accepted) UpstreamDecisions.judge(Bytes.wrap(top), WWW, ID, Sites.world());
    assertThat(odd.lifetimeSeconds()).isZero();
  }

  @ParameterizedTest
  @Tag("N-20")
  @CsvSource({
    "A,    192.168.7.1,        false",
    "A,    10.0.0.1,           false",
    "A,    172.31.255.255,     false",
    "A,    172.32.0.1,         true",
    "A,    127.0.0.1,          false",
    "A,    169.254.169.254,    false",
    "A,    100.64.0.1,         false",
    "A,    0.0.0.0,            false",
    "A,    8.8.8.8,            true",
    "AAAA, ::1,                false",
    "AAAA, ::,                 false",
    "AAAA, fe80::1,            false",
    "AAAA, fd00::1,            false",
    "AAAA, ::ffff:192.168.0.1, false",
    "AAAA, ::ffff:8.8.8.8,     true",
    "AAAA, 2606:2800::1,       true"
  })
  void publicNamesDoNotLeadHome(String type, String address, boolean passes) {
    DnsQuestion question = asked("www.example.org", Type.value(type));
    String shown =
        judge(question, response(question, "an www.example.org 300 " + type + " " + address));
    if (passes) {
      assertThat(shown).startsWith("NOERROR ra | " + type);
    } else {
      assertThat(shown).isEqualTo("NOERROR ra for 0");
    }
  }

  @Test
  void keepsAnAbsenceAsLongAsItsSoaSays() {
    Message absent = response(WWW, "au example.org 3600 SOA a. b. 1 2 3 4 60");
    absent.getHeader().setRcode(Rcode.NXDOMAIN);
    assertThat(judge(WWW, absent)).isEqualTo("NXDOMAIN ra | soa example.org. for 60");
    Message other = response(WWW, "au example.com 3600 SOA a. b. 1 2 3 4 60");
    assertThat(judge(WWW, other)).isEqualTo("NOERROR ra for 0");
  }

  @Test
  void tellsFailuresFromAnswers() {
    Message failure = response(WWW);
    failure.getHeader().setRcode(Rcode.REFUSED);
    assertThat(judge(WWW, failure)).isEqualTo("failed");
    Message cut = response(WWW);
    cut.getHeader().setFlag(Flags.TC);
    assertThat(judge(WWW, cut)).isEqualTo("truncated");
    Message query = response(WWW);
    query.getHeader().unsetFlag(Flags.QR);
    assertThat(judge(WWW, query)).isEqualTo("upstream answer to another question");
    assertThat(judge(asked("www.example.org", Type.AAAA), response(WWW)))
        .isEqualTo("upstream answer to another question");
  }

  @Test
  void relaysWithTheClientsIdCaseAndAge() {
    var kept =
        (UpstreamAnswer.Accepted)
            UpstreamDecisions.judge(
                DnsText.bytes(
                    response(
                        WWW,
                        "an www.example.org 300 CNAME a.example.org.",
                        "an a.example.org 20 A 93.184.216.34")),
                WWW,
                ID,
                Sites.world());
    Message question = DnsText.withEdns(DnsText.question("wWw.eXample.org", "A"), 1232, 0);
    var query = ((DnsDecode.Ok) DnsCodec.decode(DnsText.bytes(question))).query();
    Message out = DnsText.read(DnsRelay.relay(kept.message(), query, 15, 1232));
    assertThat(out.getHeader().getID()).isEqualTo(DnsText.ID);
    assertThat(out.getHeader().getFlag(Flags.RD)).isTrue();
    assertThat(out.getSection(Section.ANSWER)).extracting(Record::getTTL).containsExactly(285L, 5L);
    assertThat(out.getSection(Section.ANSWER).getFirst().getName()).hasToString("wWw.eXample.org.");
    assertThat(out.getOPT().getPayloadSize()).isEqualTo(1232);
    Message cut = DnsText.read(DnsRelay.relay(kept.message(), query, 15, 50));
    assertThat(DnsText.show(cut)).isEqualTo("NOERROR tc ra");
  }

  @Test
  @Tag("N-03")
  void neverThrowsOnRandomBytes() {
    Random random = new Random(9);
    byte[] good =
        response(
                WWW,
                "an www.example.org 300 CNAME a.example.org.",
                "an a.example.org 20 A 93.184.216.34",
                "au example.org 3600 SOA a. b. 1 2 3 4 60")
            .toWire();
    for (int i = 0; i < 50_000; i++) {
      byte[] bytes = good.clone();
      // The header and the question stay, so that the records are looked at.
      for (int n = random.nextInt(4); n >= 0; n--) {
        bytes[33 + random.nextInt(bytes.length - 33)] = (byte) random.nextInt();
      }
      int length = random.nextInt(3) == 0 ? random.nextInt(bytes.length) : bytes.length;
      assertThat(
              UpstreamDecisions.judge(
                  Bytes.wrap(Arrays.copyOf(bytes, length)), WWW, ID, Sites.world()))
          .isNotNull();
    }
  }
}
