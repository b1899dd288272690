package dev.coldframe.decide.mdns;

import static dev.coldframe.decide.mdns.Records.a;
import static dev.coldframe.decide.mdns.Records.ptr;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import dev.coldframe.wire.mdns.MdnsMessage;
import dev.coldframe.wire.mdns.MdnsQuestion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Record;

class HeardNamesTest {
  private static final Ip4 NODE = Ip4.parse("192.168.0.20");

  private long now = Long.MAX_VALUE - Duration.ofSeconds(2).toNanos();
  private final HeardNames heard = new HeardNames(now);

  private boolean hear(Ip4 source, Record... records) {
    return heard.hear(MdnsMessage.response(List.of(records), List.of()), source, now);
  }

  private List<String> names(Ip4 source) {
    return heard.machines().stream()
        .filter(machine -> machine.address().equals(source))
        .flatMap(machine -> machine.names().stream())
        .toList();
  }

  /// Lets time pass with a tick each second.
  private List<String> asked(Duration time, Ip4... nodes) {
    var out = new ArrayList<String>();
    for (long i = 0; i < time.toSeconds(); i++) {
      heard.tick(List.of(nodes), now).stream()
          .flatMap(message -> message.questions().stream())
          .map(MdnsQuestion::name)
          .forEach(name -> out.add(name.toString(true)));
      now += Duration.ofSeconds(1).toNanos();
    }
    return out;
  }

  @Test
  void aMachineIsWhatItCallsItsOwnAddress() {
    assertThat(
            hear(
                NODE,
                a("geranium.local", "192.168.0.20", 120),
                a("elsewhere.local", "192.168.0.21", 120),
                a("deep.name.local", "192.168.0.20", 120),
                a("geranium.example", "192.168.0.20", 120)))
        .isTrue();
    assertThat(heard.machines())
        .containsExactly(new HeardMachine(NODE, Optional.empty(), List.of("geranium"), List.of()));
  }

  @Test
  void aMachineMayHaveMoreAddresses() {
    hear(
        NODE,
        a("geranium.local", "192.168.0.77", 120),
        a("elsewhere.local", "192.168.0.78", 120),
        a("geranium.local", "192.168.0.20", 120));
    assertThat(heard.machines().getFirst().others()).containsExactly(Ip4.parse("192.168.0.77"));
    for (int i = 1; i < 100; i++) {
      String more = "10.0.0." + i;
      hear(NODE, a("geranium.local", more, 120), a("geranium.local", "192.168.0.20", 120));
    }
    assertThat(heard.machines().getFirst().others()).hasSize(4);
  }

  @Test
  void aReverseAnswerIsAName() {
    hear(NODE, ptr("20.0.168.192.in-addr.arpa", "geranium.local"));
    hear(NODE, ptr("21.0.168.192.in-addr.arpa", "dahlia.local"));
    assertThat(names(NODE)).containsExactly("geranium");
  }

  @Test
  void aWorkstationShowsItsHardwareAddress() {
    String service = "_workstation._tcp.local";
    hear(
        NODE,
        ptr(service, "geranium\\032[dc:a6:32:01:36:c2]." + service),
        a("geranium.local", "192.168.0.20", 120));
    assertThat(heard.machines().getFirst().mac()).contains(MacAddress.parse("dc:a6:32:01:36:c2"));
    hear(NODE, ptr(service, "[]." + service), ptr(service, "x." + service));
    assertThat(heard.machines().getFirst().mac()).contains(MacAddress.parse("dc:a6:32:01:36:c2"));
  }

  @Test
  void aGoodbyeIsHeardAtOnce() {
    hear(NODE, a("geranium.local", "192.168.0.20", 120));
    long before = heard.changes();
    hear(NODE, a("geranium.local", "192.168.0.20", 0));
    assertThat(heard.machines()).isEmpty();
    assertThat(heard.changes()).isGreaterThan(before);
  }

  @Test
  void oneCannotSayGoodbyeForAnother() {
    hear(NODE, a("geranium.local", "192.168.0.20", 120));
    hear(Ip4.parse("192.168.0.66"), a("geranium.local", "192.168.0.20", 0));
    assertThat(names(NODE)).containsExactly("geranium");
  }

  @Test
  void whoIsSilentIsAskedAndThenForgotten() {
    hear(NODE, a("geranium.local", "192.168.0.20", 120));
    assertThat(asked(Duration.ofMinutes(12))).doesNotContain("geranium.local");
    assertThat(asked(Duration.ofMinutes(3))).filteredOn("geranium.local"::equals).hasSize(3);
    assertThat(names(NODE)).isNotEmpty();
    asked(Duration.ofSeconds(1));
    assertThat(heard.machines()).isEmpty();
  }

  @Test
  void anOldNameIsDoubtedWhenANewOneComes() {
    hear(NODE, a("geranium.local", "192.168.0.20", 120));
    hear(NODE, a("geranium-2.local", "192.168.0.20", 120));
    assertThat(asked(Duration.ofSeconds(3))).contains("geranium.local");
    assertThat(names(NODE)).containsExactly("geranium", "geranium-2");
    asked(Duration.ofSeconds(2));
    assertThat(names(NODE)).containsExactly("geranium-2");
  }

  @Test
  void anAliasThatAnswersStays() {
    hear(NODE, a("geranium.local", "192.168.0.20", 120));
    hear(NODE, a("files.local", "192.168.0.20", 120));
    asked(Duration.ofSeconds(2));
    hear(NODE, a("geranium.local", "192.168.0.20", 120));
    asked(Duration.ofSeconds(10));
    assertThat(names(NODE)).containsExactly("geranium", "files");
  }

  @Test
  void silentNodesAndServicesAreAskedFor() {
    assertThat(asked(Duration.ofSeconds(1), NODE))
        .containsExactly("_workstation._tcp.local", "_ssh._tcp.local", "20.0.168.192.in-addr.arpa");
    hear(NODE, a("geranium.local", "192.168.0.20", 120));
    List<String> later = asked(Duration.ofMinutes(14), NODE);
    assertThat(later).doesNotContain("20.0.168.192.in-addr.arpa");
    assertThat(later).filteredOn("_ssh._tcp.local"::equals).hasSize(9);
  }

  @Test
  void manyQuestionsGoOutInPortions() {
    Ip4[] nodes = new Ip4[1_000];
    for (int i = 0; i < nodes.length; i++) {
      nodes[i] = Ip4.parse("10.0.0.1").plus(i);
    }
    List<MdnsMessage> first = heard.tick(List.of(nodes), now);
    assertThat(first).hasSize(5).allMatch(message -> message.questions().size() == 20);
  }

  @Test
  void silenceMeansSomethingAfterThreeQuestions() {
    assertThat(heard.settled(now + HeardNames.SETTLED.toNanos() - 1)).isFalse();
    assertThat(heard.settled(now + HeardNames.SETTLED.toNanos())).isTrue();
  }

  @Test
  void whoChangesNamesForTheSakeOfItMakesNoQueue() {
    for (int round = 0; round < 30; round++) {
      for (int i = 0; i < 200; i++) {
        Ip4 machine = Ip4.parse("192.168.0.20").plus(i);
        for (int n = 0; n < 3; n++) {
          String old = "r" + (round - 1) + "-" + n + "-" + i + ".local";
          hear(machine, a(old, machine.toString(), 0));
          hear(machine, a("r" + round + "-" + n + "-" + i + ".local", machine.toString(), 120));
        }
      }
      now += Duration.ofSeconds(1).toNanos();
      heard.tick(List.of(), now);
    }
    int asked = 0;
    for (int i = 0; i < 100; i++) {
      asked += heard.tick(List.of(), now).stream().mapToInt(m -> m.questions().size()).sum();
    }
    // What waits, the names that are held, and the two services that are browsed.
    int names = 200 * HeardNames.NAMES_PER_MACHINE;
    assertThat(asked).isPositive().isLessThanOrEqualTo(HeardNames.MAX_QUESTIONS + names + 2);
  }

  @Test
  void memoryIsBounded() {
    for (int i = 0; i < HeardNames.NAMES_PER_MACHINE; i++) {
      assertThat(hear(NODE, a("n" + i + ".local", "192.168.0.20", 120))).isTrue();
    }
    assertThat(hear(NODE, a("more.local", "192.168.0.20", 120))).isFalse();
    Ip4 first = Ip4.parse("10.0.0.1");
    for (int i = 1; i < HeardNames.MAX_MACHINES; i++) {
      Ip4 other = first.plus(i);
      assertThat(hear(other, a("x.local", other.toString(), 120))).isTrue();
    }
    assertThat(hear(first, a("x.local", first.toString(), 120))).isFalse();
    assertThat(heard.machines()).hasSize(HeardNames.MAX_MACHINES);
  }

  @Test
  void hostileNamesAreEscaped() {
    hear(NODE, a("\\027[31m\\010<b>\\255.local", "192.168.0.20", 120));
    assertThat(names(NODE).getFirst()).isEqualTo("\\027[31m\\010<b>\\255").matches("[ -~]{1,252}");
  }
}
