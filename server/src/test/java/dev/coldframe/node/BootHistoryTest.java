package dev.coldframe.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.coldframe.node.BootHistory.Boot;
import dev.coldframe.node.BootHistory.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class BootHistoryTest {
  private static final Instant T0 = Instant.parse("2026-08-05T10:00:00Z");
  private static final String LOADER = "pi-eeprom";

  private final BootHistory history = new BootHistory();
  private Instant now = T0;
  private long id;

  private void after(long seconds, EventType type, String... fields) {
    now = now.plusSeconds(seconds);
    history.add(++id, JournalEvent.of(now, "geranium", type, fields));
  }

  private void phase(long seconds, Phase to) {
    after(seconds, EventType.PHASE, "to", to.label());
  }

  private void dhcp(long seconds, String stage) {
    after(seconds, EventType.DHCP_ACKNOWLEDGED, "stage", stage);
  }

  private Boot latest() {
    return history.boots().getFirst();
  }

  private static BootHistory.Span span(Boot boot, Step step) {
    return Objects.requireNonNull(boot.stages().get(step));
  }

  private Duration took(Step step) {
    BootHistory.Span span = span(latest(), step);
    return Duration.between(span.began(), span.ended().orElseThrow());
  }

  @Test
  void aNodeThatWasNeverHeardHasNoBoots() {
    after(0, EventType.ADOPTED);
    after(1, EventType.FILE_REFUSED, "path", "a");
    assertThat(history.boots()).isEmpty();
  }

  @Test
  void eachStepBeginsWhereTheOneBeforeEnds() {
    phase(0, Phase.BOOTING);
    dhcp(2, LOADER);
    after(3, EventType.FILE_SERVED, "path", "a", "bytes", "7");
    after(4, EventType.FILE_SERVED, "path", "b", "bytes", "8");
    after(5, EventType.HELLO);
    phase(60, Phase.FIRST_BOOT);
    phase(30, Phase.READY);
    assertThat(latest().stages().keySet()).containsExactly(Step.values());
    assertThat(took(Step.DHCP)).hasSeconds(2);
    assertThat(took(Step.FILES)).hasSeconds(7);
    assertThat(took(Step.KERNEL)).hasSeconds(5);
    assertThat(took(Step.INSTALL)).hasSeconds(60);
    assertThat(took(Step.FIRST_BOOT)).hasSeconds(30);
    assertThat(took(Step.READY)).isZero();
    assertThat(latest().ended()).contains(T0.plusSeconds(104));
    assertThat(latest().files())
        .extracting(BootHistory.File::path, BootHistory.File::bytes, BootHistory.File::began)
        .containsExactly(tuple("a", 7L, T0.plusSeconds(2)), tuple("b", 8L, T0.plusSeconds(5)));
  }

  @Test
  void aBootThatIsBrokenOffEndsWhereTheNextBegins() {
    phase(0, Phase.BOOTING);
    dhcp(1, LOADER);
    after(1, EventType.HELLO);
    phase(20, Phase.BOOTING);
    List<Boot> boots = history.boots();
    assertThat(boots).extracting(Boot::phase).containsExactly(Phase.BOOTING, Phase.INSTALLING);
    assertThat(boots.getLast().ended()).contains(T0.plusSeconds(22));
    assertThat(span(boots.getLast(), Step.INSTALL).ended()).as("it never did").isEmpty();
    assertThat(boots.getFirst().ended()).as("it goes on").isEmpty();
    assertThat(boots.getFirst().id()).isEqualTo(4);
  }

  @Test
  void whatComesAfterTheEndBelongsToNoBoot() {
    phase(0, Phase.BOOTING);
    phase(180, Phase.FAILED);
    after(1, EventType.FILE_SERVED, "path", "a", "bytes", "1");
    phase(1, Phase.ADOPTED);
    assertThat(latest().phase()).isEqualTo(Phase.FAILED);
    assertThat(latest().files()).isEmpty();
    assertThat(latest().ended()).contains(T0.plusSeconds(180));
  }

  @Test
  void aNodeThatIsSentToItsDiskBootsToo() {
    phase(0, Phase.BOOTING);
    after(1, EventType.HELLO);
    phase(1, Phase.FIRST_BOOT);
    after(1, EventType.BOOTS_LOCALLY, "stage", LOADER);
    phase(1, Phase.READY);
    assertThat(history.boots()).as("first boot is part of the install").hasSize(1);
    after(3_600, EventType.BOOTS_LOCALLY, "stage", LOADER);
    dhcp(12, "system");
    assertThat(history.boots()).hasSize(2);
    assertThat(latest().stages().keySet()).containsExactly(Step.DHCP, Step.KERNEL);
    assertThat(took(Step.KERNEL)).hasSeconds(12);
    assertThat(latest().phase()).isEqualTo(Phase.READY);
    assertThat(latest().ended()).isPresent();
  }

  @Test
  void aFileThatWasNotSentSaysWhy() {
    phase(0, Phase.BOOTING);
    after(1, EventType.FILE_REFUSED, "path", "a", "reason", "no such file");
    after(1, EventType.FILE_BROKEN, "path", "b", "bytes", "512", "reason", "timeout");
    assertThat(latest().files())
        .extracting(BootHistory.File::refused)
        .containsExactly("no such file", "timeout");
    assertThat(latest().files().getLast().bytes()).isEqualTo(512);
  }
}
