package dev.coldframe.decide;

import static dev.coldframe.testkit.Sites.T0;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import dev.coldframe.net.Serial;
import dev.coldframe.node.BootState;
import dev.coldframe.node.CutOff;
import dev.coldframe.node.EventType;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.node.Journey;
import dev.coldframe.node.Lifecycle;
import dev.coldframe.node.Node;
import dev.coldframe.node.Phase;
import dev.coldframe.node.Profile;
import dev.coldframe.node.Staging;
import dev.coldframe.testkit.Sites;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class JourneyDecisionsTest {
  private static final Ip4 HOME = Ip4.parse("192.168.0.20");
  private static final Duration LIFE = Duration.ofMinutes(90);
  private static final JourneyDecisions.Hello ITS_HELLO =
      new JourneyDecisions.Hello(
          Optional.of(Serial.parse("10000000a2ef5644")),
          Optional.of(MacAddress.parse("dc:a6:32:ef:56:44")));

  private final Node node = Sites.rack(Sites.install()).getFirst();
  private BootState state = booted();
  private Instant now = T0.plusSeconds(20);

  private BootState booted() {
    BootState s = BootState.initial(Phase.ADOPTED, T0);
    s =
        step(
            s,
            EventType.DHCP_OFFERED,
            "stage",
            "pi-eeprom",
            "mac",
            "dc:a6:32:ef:56:44",
            "serial",
            "a2ef5644");
    return step(s, EventType.FILE_SERVED, "path", "config.txt");
  }

  private static BootState step(BootState s, EventType type, String... pairs) {
    return Lifecycle.step(s, JournalEvent.of(T0, "geranium", type, pairs)).state();
  }

  private static JourneyDecisions.Minted minted(String tokenHash) {
    return new JourneyDecisions.Minted(tokenHash, "1d", LIFE);
  }

  private JourneyDecisions.Asked from(Ip4 address) {
    return new JourneyDecisions.Asked(node, address, now, true, Optional.empty());
  }

  private JourneyDecisions.Asked cutOff(Ip4 address) {
    var cut = new CutOff(T0, "postgresql://db/coldframe", "it does not answer");
    return new JourneyDecisions.Asked(node, address, now, true, Optional.of(cut));
  }

  private JourneyDecisions.Verdict take(JourneyDecisions.Verdict verdict) {
    for (JournalEvent event : verdict.events()) {
      state = Lifecycle.step(state, event).state();
    }
    state = verdict.change().apply(state);
    return verdict;
  }

  private void enrol() {
    assertThat(take(JourneyDecisions.hello(ITS_HELLO, state, from(HOME), minted("hash"))).granted())
        .isTrue();
  }

  @Test
  void letsInTheInstallerOfABootThatWasSeen() {
    enrol();
    assertThat(state.phase()).isEqualTo(Phase.INSTALLING);
    assertThat(state.installs()).isOne();
  }

  @Test
  @Tag("L-11")
  void aSecondHelloIsRefusedAndKillsTheToken() {
    enrol();
    var second = take(JourneyDecisions.hello(ITS_HELLO, state, from(HOME), minted("other")));
    assertThat(second.status()).isEqualTo(403);
    assertThat(second.events().getFirst().type()).isEqualTo(EventType.TOKEN_REFUSED);
    assertThat(state.journey().orElseThrow().aliveAt(now)).isFalse();
    assertThat(JourneyDecisions.release("hash", "user-data", state, from(HOME)).status())
        .isEqualTo(403);
  }

  @Test
  @Tag("A-05")
  void anUnfitHelloIsRefusedBeforeTheInstallIsTaken() {
    assertThat(take(JourneyDecisions.mayAsk(ITS_HELLO, state, from(HOME))).granted()).isTrue();
    assertThat(state.phase()).as("asking begins nothing").isEqualTo(Phase.BOOTING);
    BootState unseen = BootState.initial(Phase.ADOPTED, T0);
    assertThat(JourneyDecisions.mayAsk(ITS_HELLO, unseen, from(HOME)).reason())
        .isEqualTo("no boot of this node was seen");
    assertThat(JourneyDecisions.mayAsk(ITS_HELLO, unseen, cutOff(HOME)).granted())
        .as("another appliance may have seen it")
        .isTrue();
    var nothing = new JourneyDecisions.Hello(Optional.empty(), Optional.empty());
    assertThat(JourneyDecisions.mayAsk(nothing, state, cutOff(HOME)).granted()).isFalse();
    enrol();
    assertThat(take(JourneyDecisions.mayAsk(ITS_HELLO, state, cutOff(HOME))).reason())
        .isEqualTo("second hello");
    assertThat(state.journey().orElseThrow().aliveAt(now))
        .as("the token is frozen, whoever holds the install")
        .isFalse();
  }

  @Test
  @Tag("L-04")
  void refusesAHelloWithoutABoot() {
    state = BootState.initial(Phase.ADOPTED, T0);
    assertThat(take(JourneyDecisions.hello(ITS_HELLO, state, from(HOME), minted("hash"))).reason())
        .isEqualTo("no boot of this node was seen");
    state = step(state, EventType.DHCP_OFFERED, "stage", "pi-eeprom");
    assertThat(take(JourneyDecisions.hello(ITS_HELLO, state, from(HOME), minted("hash"))).granted())
        .as("DHCP alone is not enough, a file must have been fetched")
        .isFalse();
  }

  @Test
  void aNodeThatARuleAdoptedWaitsForTheOperator() {
    var untrusted = new JourneyDecisions.Asked(node, HOME, now, false, Optional.empty());
    assertThat(JourneyDecisions.hello(ITS_HELLO, state, untrusted, minted("hash")).reason())
        .isEqualTo("adopted by rule, its secrets wait for the operator");
  }

  @Test
  void refusesAHelloThatNamesAnotherBoard() {
    var other =
        new JourneyDecisions.Hello(Optional.of(Serial.parse("10000000deadbeef")), ITS_HELLO.mac());
    assertThat(JourneyDecisions.hello(other, state, from(HOME), minted("hash")).granted())
        .isFalse();
    var otherMac =
        new JourneyDecisions.Hello(
            ITS_HELLO.serial(), Optional.of(MacAddress.parse("dc:a6:32:00:00:01")));
    assertThat(JourneyDecisions.hello(otherMac, state, from(HOME), minted("hash")).granted())
        .isFalse();
    var nothing = new JourneyDecisions.Hello(Optional.empty(), Optional.empty());
    assertThat(JourneyDecisions.hello(nothing, state, from(HOME), minted("hash")).granted())
        .isFalse();
  }

  @Test
  @Tag("L-04")
  void refusesAHelloOfANodeThatInstallsNothing() {
    for (Profile.Boot boot : new Profile.Boot[] {Profile.Boot.FILES, Profile.Boot.LOCAL}) {
      Node other = Sites.rack(Sites.profile("p", boot)).getFirst();
      var asked = new JourneyDecisions.Asked(other, HOME, now, true, Optional.empty());
      assertThat(JourneyDecisions.hello(ITS_HELLO, state, asked, minted("hash")).granted())
          .isFalse();
    }
  }

  @Test
  @Tag("L-11")
  void aSecretResourceIsReleasedOnceAndAgainOnlyInsideTheRetryWindow() {
    enrol();
    assertThat(JourneyDecisions.release("hash", "user-data", state, from(HOME)).granted()).isTrue();
    take(JourneyDecisions.released("user-data", from(HOME)));
    now = now.plus(Journey.RETRY_WINDOW);
    assertThat(JourneyDecisions.release("hash", "user-data", state, from(HOME)).granted()).isTrue();
    take(JourneyDecisions.released("user-data", from(HOME)));
    now = now.plusSeconds(1);
    var late = take(JourneyDecisions.release("hash", "user-data", state, from(HOME)));
    assertThat(late.reason()).isEqualTo("user-data was already released");
    assertThat(JourneyDecisions.release("hash", "meta-data", state, from(HOME)).granted())
        .as("the session is frozen")
        .isFalse();
  }

  @Test
  @Tag("L-11")
  void aTokenWorksOnlyFromItsAddressAndOnlyWhileItLives() {
    enrol();
    assertThat(JourneyDecisions.release("guess", "user-data", state, from(HOME)).granted())
        .isFalse();
    assertThat(
            JourneyDecisions.release("hash", "user-data", state, from(Ip4.parse("192.168.0.99")))
                .reason())
        .isEqualTo("token used from another address");
    now = now.plus(LIFE).plus(Duration.ofSeconds(1));
    assertThat(JourneyDecisions.release("hash", "user-data", state, from(HOME)).reason())
        .isEqualTo("token used after its death");
  }

  @Test
  @Tag("A-02")
  void nothingSecretIsReleasedWhileOthersDoNotHearOfIt() {
    enrol();
    var waits = take(JourneyDecisions.release("hash", "user-data", state, cutOff(HOME)));
    assertThat(waits.status()).isEqualTo(503);
    assertThat(waits.mustWait()).isTrue();
    assertThat(waits.reason()).contains("postgresql://db/coldframe");
    assertThat(JourneyDecisions.use("hash", state, cutOff(HOME)).granted())
        .as("what is no secret goes on")
        .isTrue();
    assertThat(JourneyDecisions.release("hash", "user-data", state, from(HOME)).granted())
        .as("asking again later is no misuse")
        .isTrue();
    var wrong = take(JourneyDecisions.release("guess", "user-data", state, cutOff(HOME)));
    assertThat(wrong.status()).isEqualTo(403);
    assertThat(state.journey().orElseThrow().aliveAt(now)).as("misuse freezes it").isFalse();
  }

  @Test
  @Tag("L-03")
  void aReplayedDoneIsRefused() {
    enrol();
    Map<String, String> done =
        Map.of(
            "stage",
            "ready",
            "result",
            "done",
            "config",
            "applied",
            "sshd",
            "true",
            "clock",
            "synchronised");
    assertThat(take(JourneyDecisions.report("hash", done, state, from(HOME))).status())
        .isEqualTo(204);
    assertThat(state.phase()).isEqualTo(Phase.READY);
    var replay = take(JourneyDecisions.report("hash", done, state, from(HOME)));
    assertThat(replay.status()).isEqualTo(403);
    assertThat(replay.events().getFirst().type()).isEqualTo(EventType.TOKEN_REFUSED);
    assertThat(state.phase()).isEqualTo(Phase.READY);
  }

  @Test
  void tellsANodeWhatItsReadyReportLacks() {
    enrol();
    var half = Map.of("stage", "ready", "result", "done", "config", "applied", "sshd", "false");
    var verdict = take(JourneyDecisions.report("hash", half, state, from(HOME)));
    assertThat(verdict.status()).isEqualTo(409);
    assertThat(verdict.reason()).isEqualTo("sshd does not answer");
    assertThat(state.phase()).isEqualTo(Phase.INSTALLING);
  }

  @Test
  void aNodeIsReadyWithoutSshdOnlyWhereItsProfileWantsNone() {
    enrol();
    var off =
        Map.of(
            "stage",
            "ready",
            "result",
            "done",
            "config",
            "applied",
            "sshd",
            "off",
            "clock",
            "synchronised");
    assertThat(JourneyDecisions.report("hash", off, state, from(HOME)).status()).isEqualTo(409);
    Node quiet = Sites.withoutSsh(node);
    var asked = new JourneyDecisions.Asked(quiet, HOME, now, true, Optional.empty());
    assertThat(JourneyDecisions.report("hash", off, state, asked).status()).isEqualTo(204);
  }

  @Test
  void keepsOnlyKnownReportFieldsAndBoundsThem() {
    enrol();
    var fields = Map.of("stage", "install", "note", "x", "reason", "y".repeat(5_000));
    var event = JourneyDecisions.report("hash", fields, state, from(HOME)).events().getFirst();
    assertThat(event.fields()).doesNotContainKey("note");
    assertThat(event.fields().get("reason")).hasSize(200);
  }

  @Test
  void healthIsKeptAndNotWrittenDown() {
    var verdict =
        take(
            JourneyDecisions.health(
                "key",
                "key",
                Map.of("stage", "health", "temperature", "61.2", "x", "y"),
                state,
                from(HOME)));
    assertThat(verdict.status()).isEqualTo(204);
    assertThat(verdict.events()).isEmpty();
    assertThat(state.facts()).containsEntry("temperature", "61.2").doesNotContainKey("x");
  }

  @Test
  void aReportOfItsHealthShowsThatAStagedNodeIsUp() {
    var staging =
        new Staging(Staging.Step.BOOTING, 1, 3, now, "sw1/1", now.toString(), Optional.empty());
    state = Lifecycle.step(state, staging.event(node.name(), "")).state();
    take(JourneyDecisions.health("key", "key", Map.of("clock", "ntp"), state, from(HOME)));
    assertThat(Staging.of(state.facts()).orElseThrow().step()).isEqualTo(Staging.Step.ARRIVED);
    assertThat(JourneyDecisions.health("key", "key", Map.of(), state, from(HOME)).events())
        .isEmpty();
  }

  @Test
  void theResultOfAnUpgradeIsWrittenDown() {
    var verdict =
        take(
            JourneyDecisions.health(
                "key", "key", Map.of("stage", "upgrade", "upgrade", "offline"), state, from(HOME)));
    assertThat(verdict.events().getFirst().fields()).containsEntry("upgrade", "offline");
  }

  @Test
  void anotherHealthKeyIsRefusedAndFreezesNothing() {
    take(JourneyDecisions.hello(ITS_HELLO, state, from(HOME), minted("hash")));
    var verdict = take(JourneyDecisions.health("guess", "key", Map.of(), state, from(HOME)));
    assertThat(verdict.status()).isEqualTo(403);
    assertThat(state.journey().orElseThrow().aliveAt(now)).isTrue();
  }
}
