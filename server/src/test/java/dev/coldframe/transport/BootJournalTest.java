package dev.coldframe.transport;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BootJournalTest {
  @ParameterizedTest
  @CsvSource({"overlays/x.dtbo, overlays/x.dtbo", "a\\b, a\\x5cb", "\u00e9\u007f, \\xe9\\x7f"})
  void aPathIsShownInPrintableAscii(String path, String shown) {
    assertThat(BootJournal.shown(path)).isEqualTo(shown);
  }

  @Test
  void aPathIsShownUpTo255Characters() {
    assertThat(BootJournal.shown("x".repeat(255))).hasSize(255);
    assertThat(BootJournal.shown("x".repeat(256))).hasSize(255);
    assertThat(BootJournal.shown("\n".repeat(256))).hasSize(255);
  }
}
