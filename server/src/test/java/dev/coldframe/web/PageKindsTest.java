package dev.coldframe.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.node.EventType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// The page can filter its journal by everything that happens.
class PageKindsTest {
  @Test
  void thePageKnowsEveryKindOfEvent() throws IOException {
    try (InputStream in = getClass().getResourceAsStream("/web/assets/js/events.js")) {
      String script = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
      String kinds = script.substring(script.indexOf("KINDS"), script.indexOf("];"));
      assertThat(Arrays.stream(EventType.values()).map(type -> "'" + type.label() + "'"))
          .allMatch(kinds::contains);
    }
  }
}
