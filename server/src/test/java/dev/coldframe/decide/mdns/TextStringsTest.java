package dev.coldframe.decide.mdns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("M-16")
class TextStringsTest {
  @Test
  void nothingIsOneEmptyString() {
    assertThat(TextStrings.of(List.of())).containsExactly("");
    assertThat(TextStrings.of(List.of("", "=x"))).containsExactly("");
  }

  @Test
  void aKeyMayStandAlone() {
    assertThat(TextStrings.of(List.of("a", "=x", "b=", "c=1"))).containsExactly("a", "b=", "c=1");
  }

  @Test
  void aStringHasAtMost255Bytes() {
    String longest = "k=" + "x".repeat(253);
    assertThat(TextStrings.of(List.of(longest))).containsExactly(longest);
    assertThatThrownBy(() -> TextStrings.of(List.of(longest + "x")))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
