package dev.coldframe.wire.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.net.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What comes through a serial port, as lines.
class TextLinesTest {
  private final TextLines lines = new TextLines(ConsoleLine.Origin.SERIAL);

  private List<String> said(String... pieces) {
    var out = new ArrayList<String>();
    for (String piece : pieces) {
      lines.take(Bytes.of(piece, StandardCharsets.UTF_8)).forEach(line -> out.add(line.text()));
    }
    return out;
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\r\n", "\n\r", "\r\r\n"})
  void everyUsualLineEndEndsOneLine(String end) {
    assertThat(said("one" + end + "two" + end)).containsExactly("one", "two");
  }

  @Test
  void aProgressWrittenOverItselfIsALineEachTime() {
    assertThat(said("10 %\r", "20 %\r30 %\n")).containsExactly("10 %", "20 %", "30 %");
  }

  @Test
  void whatWaitsForItsEndIsFlushed() {
    assertThat(said("geranium login: ")).isEmpty();
    assertThat(lines.flush())
        .singleElement()
        .satisfies(line -> {
          assertThat(line.text()).isEqualTo("geranium login: ");
          assertThat(line.origin()).isEqualTo(ConsoleLine.Origin.SERIAL);
        });
    assertThat(lines.flush()).isEmpty();
  }

  @Test
  void coloursAndMovesOfTheCursorAreLeftOut() {
    assertThat(
            said("\u001b[2J\u001b[H[\u001b[0;32m  OK  \u001b[0m] Started \u001b7ssh\u001b[1;1H\n"))
        .containsExactly("[  OK  ] Started ssh");
  }

  @Test
  void whatOnlyBeginsLikeACodeStaysToBeEscaped() {
    assertThat(said("\u001b]0;title\u0007\u001b[" + "1;".repeat(40) + "m\n"))
        .containsExactly("\u001b]0;title\u0007\u001b[" + "1;".repeat(40) + "m");
  }

  @Test
  void aLineIsCutAtTheLimit() {
    assertThat(said("x".repeat(TextLines.MAX_LINE_CHARS - 1))).isEmpty();
    assertThat(said("xy\n")).containsExactly("x".repeat(TextLines.MAX_LINE_CHARS), "y");
  }

  @Test
  void noiseOfAWrongSpeedIsReadableText() {
    assertThat(lines.take(Bytes.of(0xff, 0xfe, 'a', 0x80, 0, '\n')))
        .extracting(ConsoleLine::text)
        .containsExactly("\ufffd\ufffda\ufffd");
    var random = RandomGeneratorFactory.of("L64X128MixRandom").create(12);
    for (int i = 0; i < 500; i++) {
      byte[] noise = new byte[random.nextInt(4_096)];
      random.nextBytes(noise);
      assertThat(lines.take(Bytes.wrap(noise)))
          .allMatch(line -> line.text().length() <= TextLines.MAX_LINE_CHARS);
    }
  }
}
