package dev.coldframe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.testkit.Commands;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class StormCommandTest {
  @Test
  void fiveSmallPisEndWellOnLoopback() {
    Commands.Ran ran = Commands.run("rehearse", "--storm", "5", "--quarter", "--json");
    var result = JsonMapper.shared().readTree(ran.out());
    assertThat(ran.exit()).as(ran.toString()).isZero();
    assertThat(result.get("boards").asInt()).isEqualTo(5);
    assertThat(result.get("well").asInt()).isEqualTo(5);
    assertThat(result.get("reasons").size()).isZero();
    assertThat(result.get("bytes").asLong()).isGreaterThan(5 * 6_000_000L);
    assertThat(result.get("seconds").asDouble())
        .isGreaterThanOrEqualTo(result.get("fastestSeconds").asDouble());
    assertThat(ran.err()).contains("5 of 5 boards ended well");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--storm 0",
        "--storm 2001",
        "--storm 5 --seed",
        "--storm 5 --built-in",
        "--storm 5 --against rack.example",
        "--storm 5 --against 192.168.0.2 --quarter",
        "--against 192.168.0.2",
        "--quarter"
      })
  void whatMakesNoSenseIsAUsageError(String words) {
    Commands.Ran ran = Commands.run(("rehearse " + words).split(" ", -1));
    assertThat(ran.exit()).isEqualTo(2);
    assertThat(ran.err()).contains("--");
    assertThat(ran.out()).isEmpty();
  }
}
