package dev.coldframe.node;

import static dev.coldframe.testkit.Sites.T0;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.net.Ip4;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Two appliances that changed one node's state without knowing of each other.
@Tag("A-04")
class StateMergeTest {
  private static final Instant LATER = T0.plusSeconds(60);

  private static final BootState BASE = in(Phase.BOOTING);

  private static BootState in(Phase phase) {
    return BootState.initial(phase, T0);
  }

  private static StateMerge.Word word(BootState state, Instant changed) {
    return new StateMerge.Word(state, changed, false);
  }

  private static StateMerge.Word installing(BootState state, Instant changed) {
    return new StateMerge.Word(state, changed, true);
  }

  private static Journey journey(String token) {
    return Journey.begin(
        token, Ip4.parse("192.168.0.20"), T0, Duration.ofHours(2), "install-" + token, "");
  }

  private static StateMerge.Merged merge(StateMerge.Word mine, StateMerge.Word theirs) {
    return StateMerge.of(Optional.of(BASE), mine, theirs);
  }

  @Test
  void theNewerWinsAndTheOtherIsReported() {
    var mine = word(in(Phase.READY), T0);
    var theirs = word(in(Phase.FAILED), LATER);
    var merged = merge(mine, theirs);
    assertThat(merged.state()).isEqualTo(theirs.state());
    assertThat(merged.mine()).isFalse();
    assertThat(merged.dropped().orElseThrow()).startsWith("ready since 2");

    var other = merge(theirs, mine);
    assertThat(other.state()).isEqualTo(theirs.state());
    assertThat(other.mine()).isTrue();
    assertThat(other.dropped()).isEqualTo(merged.dropped());
  }

  @Test
  void whatOnlyOneChangedIsKeptHoweverOldItIs() {
    BootState heard = BASE.withFacts(Map.of("temperature", "41"));
    var merged = merge(word(in(Phase.READY), T0), word(heard, LATER));
    assertThat(merged.state().phase()).isEqualTo(Phase.READY);
    assertThat(merged.dropped()).isEmpty();
  }

  @Test
  void twoThatSayTheSameAreNoConflict() {
    var mine = BootState.initial(Phase.READY, T0);
    var theirs = BootState.initial(Phase.READY, LATER);
    assertThat(merge(word(mine, T0), word(theirs, LATER)).dropped()).isEmpty();
  }

  @Test
  void whoInstallsTheNodeIsRight() {
    BootState writing = in(Phase.INSTALLING).withInstall(journey("a"));
    var merged = merge(installing(writing, T0), word(in(Phase.ADOPTED), LATER));
    assertThat(merged.state()).isEqualTo(writing);
    assertThat(merged.dropped().orElseThrow()).startsWith("adopted");
  }

  @Test
  void whatAnotherOneOverhearsOfAnInstallIsNoConflict() {
    BootState begun = in(Phase.INSTALLING).withInstall(journey("a"));
    BootState reported = BootState.initial(Phase.FIRST_BOOT, LATER).withInstall(journey("a"));
    BootState overheard =
        begun.withInstallation(begun.installation().permitted("", "", Optional.empty()));
    assertThat(merge(installing(reported, T0), word(overheard, LATER)).dropped()).isEmpty();
    BootState ended = overheard.withJourney(journey("a").end("the operator wants it again"));
    assertThat(merge(installing(reported, T0), word(ended, LATER)).dropped()).isPresent();
  }

  @Test
  void withoutAKnownBaseWhatDiffersIsReported() {
    var merged =
        StateMerge.of(Optional.empty(), word(in(Phase.READY), T0), word(in(Phase.FAILED), LATER));
    assertThat(merged.state().phase()).isEqualTo(Phase.FAILED);
    assertThat(merged.dropped()).isPresent();
  }

  @Test
  void whatWasReleasedOrDiedAnywhereIsSoEverywhere() {
    BootState used = in(Phase.INSTALLING).withInstall(journey("a").withReleased("root", T0));
    BootState dead = in(Phase.INSTALLING).withInstall(journey("a").end("used elsewhere"));
    Journey sealed = merge(word(used, T0), word(dead, LATER)).state().journey().orElseThrow();
    assertThat(sealed.released()).containsOnlyKeys("root");
    assertThat(sealed.onDisk()).isEqualTo("a");
    assertThat(sealed.ended()).isEqualTo("used elsewhere");
    assertThat(sealed.aliveAt(T0)).isFalse();
  }

  @Test
  void aFrozenTokenStaysFrozenWhereTheBoardStartedAgain() {
    Journey onDisk = journey("a").withReleased(Journey.ROOT, T0);
    BootState again = in(Phase.BOOTING).withInstall(onDisk.end(Journey.BOOTED_AGAIN));
    BootState misused = in(Phase.INSTALLING).withInstall(onDisk.end("second hello"));
    for (Instant changed : new Instant[] {T0, LATER.plusSeconds(60)}) {
      Journey kept =
          merge(word(again, changed), word(misused, LATER)).state().journey().orElseThrow();
      assertThat(kept.ended()).isEqualTo("second hello");
      assertThat(kept.left(T0)).as("nothing goes back to it").isEmpty();
    }
    Journey sound = merge(word(again, T0), word(again, LATER)).state().journey().orElseThrow();
    assertThat(sound.left(T0)).isEqualTo("a");
  }

  @Test
  void aTokenThatIsOlderThanAnotherAppliancesDies() {
    BootState first = in(Phase.READY).withInstall(journey("a"));
    BootState second = in(Phase.INSTALLING).withInstall(journey("a")).withInstall(journey("b"));
    BootState kept = merge(word(first, LATER), word(second, T0)).state();
    assertThat(kept.phase()).isEqualTo(Phase.READY);
    assertThat(kept.journey().orElseThrow().aliveAt(T0)).isFalse();
    assertThat(kept.installs()).as("no install has another one's number").isEqualTo(2);
  }
}
