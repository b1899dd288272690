package dev.coldframe.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coldframe.disk.BootConf;
import dev.coldframe.disk.EepromImage;
import dev.coldframe.disk.FatVolume;
import dev.coldframe.disk.Partition;
import dev.coldframe.disk.PartitionTable;
import dev.coldframe.disk.Sha256;
import dev.coldframe.net.Bytes;
import dev.coldframe.testkit.Eeproms;
import dev.coldframe.testkit.Images;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Firmware that the operator brings, and the card made of it.
class FirmwareFilesTest {
  private static final Instant AT = Instant.ofEpochSecond(1_770_000_000);

  @TempDir Path temp;

  private Path brought(EepromImage.Board board) throws IOException {
    Path folder = Files.createDirectories(temp.resolve("latest"));
    byte[] eeprom = Eeproms.image(board, true);
    Files.write(folder.resolve("pieeprom-2025-12-08.bin"), eeprom);
    eeprom[20]++;
    Files.write(folder.resolve("pieeprom-2025-05-08.bin"), eeprom);
    Files.write(folder.resolve("pieeprom-2026-99-99.bin"), new byte[100]);
    Files.write(folder.resolve("recovery.bin"), Images.bytes(9, 90_000));
    return folder;
  }

  @ParameterizedTest
  @EnumSource
  void takesTheNewestThatCanBeRead(EepromImage.Board board) throws IOException {
    var files = new FirmwareFiles(temp.resolve("state"));
    assertThat(files.list()).isEmpty();
    files.add(brought(board));
    FirmwareFiles.Firmware firmware = files.of(board).orElseThrow();
    assertThat(firmware.eeprom().bytes()).isEqualTo(Bytes.wrap(Eeproms.image(board, true)));
    assertThat(firmware.recovery()).isEqualTo(Bytes.wrap(Images.bytes(9, 90_000)));
    assertThat(files.list()).hasSize(1);
  }

  @Test
  void saysWhatIsMissing() throws IOException {
    var files = new FirmwareFiles(temp.resolve("state"));
    Path folder = Files.createDirectories(temp.resolve("empty"));
    assertThatThrownBy(() -> files.add(folder)).hasMessageContaining("holds no recovery.bin");
    Files.write(folder.resolve("recovery.bin"), new byte[10]);
    assertThatThrownBy(() -> files.add(folder)).hasMessageContaining("holds no EEPROM image");
  }

  @ParameterizedTest
  @EnumSource
  void theCardHoldsTheEditedImageAndItsHash(EepromImage.Board board) throws IOException {
    var files = new FirmwareFiles(temp.resolve("state"));
    files.add(brought(board));
    Path out = temp.resolve("card.img");
    FirmwareFiles.card(files.of(board).orElseThrow(), "0xf21", AT, out);
    byte[] card = Files.readAllBytes(out);
    PartitionTable table = PartitionTable.read(Images.source(card)).good().orElseThrow();
    assertThat(table.partitions()).extracting(Partition::type).containsExactly("0c");
    FatVolume volume =
        FatVolume.read(Images.source(card), table.partitions().getFirst().area())
            .good()
            .orElseThrow();
    assertThat(volume.kind()).isEqualTo(FatVolume.Kind.FAT32);
    assertThat(volume.files().keySet())
        .containsExactly("pieeprom.bin", "pieeprom.sig", "recovery.bin");
    byte[] eeprom = Images.read(card, volume.file("pieeprom.bin").orElseThrow().runs());
    EepromImage edited = EepromImage.read(Bytes.wrap(eeprom)).good().orElseThrow();
    assertThat(edited.file(BootConf.FILE).orElseThrow().text(StandardCharsets.US_ASCII))
        .isEqualTo(Eeproms.CONF + "BOOT_ORDER=0xf21\n");
    assertThat(
            new String(
                Images.read(card, volume.file("pieeprom.sig").orElseThrow().runs()),
                StandardCharsets.US_ASCII))
        .isEqualTo(Sha256.of(eeprom, eeprom.length).hex() + "\nts: 1770000000\n");
    assertThatThrownBy(() -> FirmwareFiles.card(files.of(board).orElseThrow(), "0xf21", AT, out))
        .isInstanceOf(FileAlreadyExistsException.class);
  }
}
