package dev.coldframe.wire.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.net.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Messages of RFC 5424, section 6.5, of RFC 3164, section 5.4, and as real programs send them.
class SyslogCodecTest {
  private static ConsoleLine read(String datagram) {
    return SyslogCodec.decode(Bytes.of(datagram, StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          <34>1 2003-10-11T22:14:15.003Z mymachine.example.com su - ID47 - 'su root' failed | 2 | su | 'su root' failed
          <165>1 2003-10-11T22:14:15.003Z h evntslog - ID47 [a@1 iut="3"][b@2 c="x\\]y" d="]"] An event | 5 | evntslog | An event
          <165>1 2003-10-11T22:14:15.003Z h evntslog - ID47 [a@1 iut="3"] | 5 | evntslog | ``
          <165>1 - - - - - - | 5 | `` | ``
          <34>Oct 11 22:14:15 mymachine su: 'su root' failed for lonvick | 2 | su | 'su root' failed for lonvick
          <13>Mar  1 12:00:00 root: no host name | 5 | root | no host name
          <30>Mar  1 12:00:00 geranium sshd[612]: Server listening on 0.0.0.0 | 6 | sshd | Server listening on 0.0.0.0
          <4>kernel: without a time | 4 | kernel | without a time
          <0>just text | 0 | `` | just text
          no priority at all | 5 | `` | no priority at all
          <192>one too many | 5 | `` | <192>one too many
          <07>a leading zero | 5 | `` | <07>a leading zero
          <191>1 not a header | 7 | `` | 1 not a header
          """)
  void isRead(String datagram, int severity, String program, String text) {
    ConsoleLine line = read(datagram);
    assertThat(line.origin()).isEqualTo(ConsoleLine.Origin.SYSLOG);
    assertThat(line.severity()).hasValue(severity);
    assertThat(line.program()).isEqualTo(program);
    assertThat(line.text()).isEqualTo(text);
  }

  @Test
  void lineEndsAndAByteOrderMarkAreNoText() {
    assertThat(read("<13>1 - - app - - - \ufeffgrüß\r\n\0").text()).isEqualTo("grüß");
    assertThat(read("").text()).isEmpty();
  }

  @Test
  void everyCutAndEveryNoiseIsALine() {
    String whole = "<165>1 2003-10-11T22:14:15.003Z h e - ID47 [a@1 b=\"x\\\"y\"] text";
    for (int i = 0; i <= whole.length(); i++) {
      assertThat(read(whole.substring(0, i)).severity()).isPresent();
    }
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(7);
    for (int i = 0; i < 2_000; i++) {
      byte[] noise = new byte[random.nextInt(2_048)];
      random.nextBytes(noise);
      assertThat(SyslogCodec.decode(Bytes.wrap(noise)).text().length())
          .isLessThanOrEqualTo(noise.length);
    }
  }
}
