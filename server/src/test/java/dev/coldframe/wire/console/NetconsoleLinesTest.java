package dev.coldframe.wire.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.net.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

/// What one sender's datagrams are put together to.
class NetconsoleLinesTest {
  private final NetconsoleLines lines = new NetconsoleLines();
  private final List<String> said = new ArrayList<>();

  private void receive(String... datagrams) {
    for (String datagram : datagrams) {
      for (ConsoleLine line : lines.take(Bytes.of(datagram, StandardCharsets.UTF_8))) {
        said.add(line.text());
      }
    }
  }

  @Test
  void fragmentsOfALoaderAreJoinedAndCutAtLineFeeds() {
    receive(
        "Boot mo", "de: NETWORK (02) ord", "er f\r\nLINK STATUS: speed: 1", "000\n", "\n", "tail");
    assertThat(said)
        .containsExactly("Boot mode: NETWORK (02) order f", "LINK STATUS: speed: 1000", "");
    assertThat(lines.flush()).extracting(ConsoleLine::text).containsExactly("tail");
    assertThat(lines.flush()).isEmpty();
  }

  @Test
  void aLetterMayBeCutInTwo() {
    byte[] umlaut = "ü\n".getBytes(StandardCharsets.UTF_8);
    assertThat(lines.take(Bytes.of(umlaut[0] & 255))).isEmpty();
    assertThat(lines.take(Bytes.of(umlaut[1] & 255, '\n'))).containsExactly(ConsoleLine.plain("ü"));
  }

  @Test
  void aLineWithoutEndIsCutAtTheLimit() {
    receive("x".repeat(TextLines.MAX_LINE_CHARS - 1));
    assertThat(said).isEmpty();
    receive("xy\n");
    assertThat(said).containsExactly("x".repeat(TextLines.MAX_LINE_CHARS), "y");
  }

  /// From Documentation/networking/netconsole.rst: with and without the release, with user data.
  @Test
  void extendedHeadersTellTheSeverity() {
    assertThat(
            lines.take(
                Bytes.of(
                    "6,444,501151268,-;netconsole: network logging started\n",
                    StandardCharsets.UTF_8)))
        .containsExactly(
            new ConsoleLine(
                ConsoleLine.Origin.KERNEL,
                OptionalInt.of(6),
                "kernel",
                "netconsole: network logging started"));
    receive(
        "6.4.0,4,445,501151269,-,caller=T1;a warning\n SUBSYSTEM=usb\n DEVICE=+usb:1-1\n",
        "12,607,22085407756,-;This is a message\n foo=bar\n",
        "0,608,22085407757,c;panic");
    assertThat(said).containsExactly("a warning", "This is a message", "panic");
  }

  @Test
  void aMessageInPiecesIsPutTogether() {
    receive(
        "6,416,1758426,-,ncfrag=0/31;the first chunk, ",
        "6,416,1758426,-,ncfrag=17/31;the 2nd chunk.");
    assertThat(said).containsExactly("the first chunk, the 2nd chunk.");
  }

  @Test
  void aPieceWithoutTheOneBeforeIsTold() {
    receive("6,416,1,-,ncfrag=17/31;the 2nd chunk.");
    receive("6,417,1,-,ncfrag=0/8;four", "6,418,1,-,ncfrag=4/8;more");
    assertThat(said).containsExactly("...the 2nd chunk.", "...more");
  }

  @Test
  void whatWaitsForItsEndComesBeforeAnotherKind() {
    receive("half", "6,1,1,-;whole\n");
    assertThat(said).containsExactly("half", "whole");
  }

  @Test
  void noiseIsLinesWithinTheLimit() {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(11);
    for (int i = 0; i < 2_000; i++) {
      byte[] noise = new byte[random.nextInt(1_500)];
      random.nextBytes(noise);
      String head = i % 3 == 0 ? "6," + i + ",1,-,ncfrag=" + random.nextInt(3) + "/99999;" : "";
      byte[] start = head.getBytes(StandardCharsets.US_ASCII);
      byte[] all = new byte[start.length + noise.length];
      System.arraycopy(start, 0, all, 0, start.length);
      System.arraycopy(noise, 0, all, start.length, noise.length);
      assertThat(lines.take(Bytes.wrap(all)))
          .allMatch(line -> line.text().length() <= TextLines.MAX_LINE_CHARS);
    }
  }
}
