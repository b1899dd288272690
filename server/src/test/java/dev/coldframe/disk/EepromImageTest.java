package dev.coldframe.disk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.net.Bytes;
import dev.coldframe.testkit.Eeproms;
import dev.coldframe.testkit.Images;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Boot EEPROM images made from the documented layout.
class EepromImageTest {
  private static final String CONF = Eeproms.CONF;

  private static EepromImage read(byte[] bytes) {
    Parsed<EepromImage> read = EepromImage.read(Bytes.copyOf(bytes));
    return read.good().orElseThrow(() -> new AssertionError(read));
  }

  private static Bytes text(String text) {
    return Bytes.of(text, StandardCharsets.US_ASCII);
  }

  @ParameterizedTest
  @EnumSource
  void readsFilesOfBothBoards(EepromImage.Board board) {
    EepromImage image = read(Eeproms.image(board, false));
    assertThat(image.board()).isEqualTo(board);
    assertThat(image.file(BootConf.FILE)).contains(text(CONF));
    assertThat(image.file("pubkey.bin")).contains(Bytes.wrap(Images.bytes(3, 264)));
    assertThat(image.file("bootsys")).contains(Bytes.wrap(Images.bytes(4, 1000)));
    assertThat(image.file("absent")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void writingBackWhatWasReadChangesNothing(boolean last) {
    for (EepromImage.Board board : EepromImage.Board.values()) {
      EepromImage image = read(Eeproms.image(board, last));
      assertThat(image.with(BootConf.FILE, text(CONF)).good().orElseThrow().bytes())
          .isEqualTo(image.bytes());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7, 8, 100, 3000, 4076})
  void anEditLeavesEverythingElse(int length) {
    for (EepromImage.Board board : EepromImage.Board.values()) {
      for (boolean last : new boolean[] {true, false}) {
        EepromImage image = read(Eeproms.image(board, last));
        Bytes content = text("x".repeat(length));
        EepromImage edited = image.with(BootConf.FILE, content).good().orElseThrow();
        assertThat(edited.file(BootConf.FILE)).contains(content);
        assertThat(edited.file("pubkey.bin")).isEqualTo(image.file("pubkey.bin"));
        assertThat(edited.file("bootsys")).isEqualTo(image.file("bootsys"));
        int at =
            image.sections().stream()
                .filter(s -> s.name().equals(BootConf.FILE))
                .findFirst()
                .orElseThrow()
                .at();
        assertThat(edited.bytes().slice(0, at)).isEqualTo(image.bytes().slice(0, at));
        int end = image.bytes().size();
        assertThat(edited.bytes().slice(end - 4096, end))
            .isEqualTo(image.bytes().slice(end - 4096, end));
        Bytes back = edited.with(BootConf.FILE, text(CONF)).good().orElseThrow().bytes();
        assertThat(back).isEqualTo(image.bytes());
      }
    }
  }

  @Test
  void aPi5sSecondPartIsLeftAlone() {
    byte[] twoParts = Eeproms.image(EepromImage.Board.PI5, true);
    byte[] other = Eeproms.image(EepromImage.Board.PI4, true);
    int second = (64 + 988) << 10;
    // What lies between is one section of padding.
    int end = read(twoParts).sections().getLast().end();
    ByteBuffer.wrap(twoParts).putInt(end, 0x55aafeef).putInt(end + 4, second - end - 8);
    System.arraycopy(other, 0, twoParts, second, 60_000);
    EepromImage image = read(twoParts);
    assertThat(image.sections()).hasSizeGreaterThan(8);
    EepromImage edited = image.with(BootConf.FILE, text("[all]\n")).good().orElseThrow();
    assertThat(edited.file(BootConf.FILE)).contains(text("[all]\n"));
    assertThat(edited.bytes().slice(second, twoParts.length))
        .isEqualTo(image.bytes().slice(second, twoParts.length));
    assertThat(edited.with(BootConf.FILE, text(CONF)).good().orElseThrow().bytes())
        .isEqualTo(image.bytes());
  }

  @Test
  void namesWhatDoesNotFit() {
    EepromImage image = read(Eeproms.image(EepromImage.Board.PI4, false));
    assertThat(image.with(BootConf.FILE, text("x".repeat(4077))))
        .isEqualTo(new Parsed.Bad<>("longer than the 4076 bytes that a loader reads"));
    assertThat(image.with("pubkey.bin", text("x".repeat(400))))
        .isEqualTo(new Parsed.Bad<>("there is no room for it in the EEPROM"));
    assertThat(image.with("absent", text("x")))
        .isEqualTo(new Parsed.Bad<>("no such file in the EEPROM"));
    assertThat(EepromImage.read(Bytes.wrap(new byte[1000])))
        .isEqualTo(new Parsed.Bad<>("no boot EEPROM has that size"));
    assertThat(EepromImage.read(Bytes.wrap(new byte[512 << 10])))
        .isEqualTo(new Parsed.Bad<>("the EEPROM image is empty"));
  }

  @Test
  void neverThrowsWhateverIsWrong() {
    var random = new Random(20261125);
    byte[] good = Eeproms.image(EepromImage.Board.PI4, false);
    for (int i = 0; i < 2_000; i++) {
      byte[] bytes = good.clone();
      for (int n = 1 + random.nextInt(6); n > 0; n--) {
        int near = random.nextBoolean() ? 50_000 : 0;
        bytes[near + random.nextInt(2_000)] = (byte) random.nextInt(256);
      }
      EepromImage.read(Bytes.wrap(bytes))
          .good()
          .ifPresent(image -> assertThat(image.with(BootConf.FILE, text("x"))).isNotNull());
    }
  }

  @Test
  void setsOneSettingForEveryBoard() {
    assertThat(BootConf.with(CONF, "BOOT_ORDER", "0xf21")).isEqualTo(CONF + "BOOT_ORDER=0xf21\n");
    assertThat(BootConf.with("", "BOOT_ORDER", "0xf21")).isEqualTo("[all]\nBOOT_ORDER=0xf21\n");
    assertThat(BootConf.with("boot_order=0x1\n[pi4]\nBOOT_ORDER=0xf41\nA=1", "BOOT_ORDER", "0xf12"))
        .isEqualTo("[pi4]\nA=1\n[all]\nBOOT_ORDER=0xf12\n");
  }
}
