package dev.coldframe.decide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.testkit.TftpPeer;
import dev.coldframe.wire.tftp.TftpMessage.Option;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TftpOptionsTest {
  private static final int ETHERNET = 1_500;

  private static String taken(String asked, int mtuBytes) {
    String[] pairs = asked.isEmpty() ? new String[0] : asked.split("[= ]", -1);
    TftpOptions options = TftpOptions.of(TftpPeer.optionsOf(pairs), mtuBytes, true);
    return text(options.answer(54_321));
  }

  private static String text(List<Option> options) {
    return options.stream().map(o -> o.name() + "=" + o.value()).collect(Collectors.joining(" "));
  }

  @ParameterizedTest
  @Tag("T-08")
  @CsvSource({
    "'',                               ''",
    "'tsize=0 blksize=1468',           'tsize=54321 blksize=1468'",
    "'blksize=1024 tsize=0',           'blksize=1024 tsize=54321'",
    "'BlkSize=1024 TSIZE=0',           'BlkSize=1024 TSIZE=54321'",
    "'blksize=1024 blksize=512',       'blksize=1024'",
    "'blksize=7 BLKSIZE=512',          ''",
    "'multicast= tsize=0',             'tsize=54321'",
    "'utimeout=5 blksize2=9',          ''",
    "'blksize= tsize=',                ''"
  })
  void onlyKnownOptionsAreAnsweredInTheOrderAsked(String asked, String answered) {
    assertThat(taken(asked, ETHERNET)).isEqualTo(answered);
  }

  @ParameterizedTest
  @Tag("T-09")
  @Tag("B-06")
  @CsvSource({
    "7, 1500, ''",
    "8, 1500, blksize=8",
    "512, 1500, blksize=512",
    "1024, 1500, blksize=1024",
    "1468, 1500, blksize=1468",
    "1469, 1500, blksize=1468",
    "1468, 1400, blksize=1368",
    "1468, 20, blksize=8",
    "65464, 65536, blksize=65464",
    "65465, 65536, blksize=65464",
    "65464, 1500, blksize=1468",
    "0, 1500, ''",
    "-512, 1500, ''",
    "+512, 1500, ''",
    "1468x, 1500, ''",
    "00512, 1500, blksize=512",
    "99999999999999999999, 1500, blksize=1468"
  })
  void theBlockSizeFitsTheWay(String asked, int mtuBytes, String answered) {
    assertThat(taken("blksize=" + asked, mtuBytes)).isEqualTo(answered);
  }

  @ParameterizedTest
  @Tag("T-10")
  @CsvSource({"0, ''", "1, timeout=1", "255, timeout=255", "256, ''", "x, ''"})
  void theTimeoutIsTakenAsItIsOrNot(String asked, String answered) {
    assertThat(taken("timeout=" + asked, ETHERNET)).isEqualTo(answered);
  }

  @ParameterizedTest
  @Tag("T-12")
  @CsvSource({
    "'windowsize=0',                    ''",
    "'windowsize=1',                    'windowsize=1'",
    "'windowsize=64',                   'windowsize=64'",
    "'windowsize=65',                   'windowsize=64'",
    "'windowsize=65535',                'windowsize=64'",
    "'windowsize=65536',                'windowsize=64'",
    "'windowsize=64 blksize=1468',      'windowsize=64 blksize=1468'",
    "'windowsize=64 blksize=65464',     'windowsize=2 blksize=65464'"
  })
  void theWindowIsBoundedInBlocksAndBytes(String asked, String answered) {
    assertThat(taken(asked, 65_536)).isEqualTo(answered);
  }

  @Test
  @Tag("T-11")
  void theSizeIsTheRealOneIn64Bits() {
    TftpOptions options = TftpOptions.of(TftpPeer.optionsOf("tsize", "0"), ETHERNET, true);
    assertThat(text(options.answer(5_000_000_000L))).isEqualTo("tsize=5000000000");
  }

  @Test
  @Tag("T-11")
  void aTextHasNoSizeBeforeItIsConverted() {
    TftpOptions options =
        TftpOptions.of(TftpPeer.optionsOf("tsize", "0", "blksize", "8"), ETHERNET, false);
    assertThat(text(options.answer(5))).isEqualTo("blksize=8");
  }

  @Test
  void withoutTheOptionABlockHas512BytesAndTravelsAlone() {
    TftpOptions options = TftpOptions.of(List.of(), ETHERNET, true);
    assertThat(options).isEqualTo(TftpOptions.NONE);
  }
}
