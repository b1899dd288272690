package dev.coldframe.rehearse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.net.Bytes;
import dev.coldframe.rehearse.BootMenu.Rule;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BootMenuTest {
  private static final String TEXT = Bytes.of("Raspberry Pi Boot", StandardCharsets.US_ASCII).hex();

  private static Optional<String> objection(Rule rule, String hex) {
    return BootMenu.objection(rule, Optional.of(Bytes.parseHex(hex)));
  }

  @Test
  void theSupersetPleasesEverybody() {
    for (Rule rule : Rule.values()) {
      assertThat(objection(rule, FakeServer.THREE_BLANKS)).isEmpty();
    }
  }

  @Test
  void anEepromReadsTheMenuAloneAndSkipsPadding() {
    assertThat(objection(Rule.MENU, TEXT)).isPresent();
    assertThat(objection(Rule.TEXT, TEXT)).isEmpty();
    assertThat(objection(Rule.MENU, "0000" + "0914000011" + TEXT + "ff")).isEmpty();
  }

  @Test
  void anEepromFindsTheTextInTheSecondEntry() {
    String other = "000003" + "414243";
    assertThat(objection(Rule.MENU, "091a" + other + "000011" + TEXT)).isEmpty();
  }

  @Test
  void anEepromNamesAMalformedOption() {
    assertThat(objection(Rule.MENU, "0920000011" + TEXT))
        .contains("option 43 is malformed: sub-option 9 ends beyond it");
    assertThat(objection(Rule.MENU, "09"))
        .contains("option 43 is malformed: sub-option 9 ends beyond it");
  }
}
