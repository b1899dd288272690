package dev.coldframe;

import dev.coldframe.disk.Sha256;
import dev.coldframe.net.Bytes;
import dev.coldframe.node.Site;
import dev.coldframe.store.EepromImages;
import dev.coldframe.store.FirmwareFiles;
import dev.coldframe.store.FirmwareKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// What boards' loaders trust, as commands see it.
public final class Firmware {
  private final Path state;

  /// @param state the state folder; it need not exist
  public Firmware(Path state) {
    this.state = state;
  }

  /// Firmware of a board.
  ///
  /// @param board `pi4` or `pi5`
  /// @param eepromSha256 64 hex digits of the EEPROM image that was taken in last
  /// @param versions the dates of all of them, `2026-08-04`; the newest last
  public record Row(String board, String eepromSha256, List<String> versions) {
    public Row {
      versions = List.copyOf(versions);
    }
  }

  private static Row row(FirmwareFiles files, FirmwareFiles.Firmware firmware) throws IOException {
    Bytes image = firmware.eeprom().bytes();
    return new Row(
        FirmwareFiles.word(firmware.board()),
        Sha256.of(image.toArray(), image.size()).hex(),
        List.copyOf(files.versions(firmware.board()).keySet()));
  }

  /// What profiles want in boot EEPROMs and nobody brought, one sentence each.
  ///
  /// @throws EnvironmentException when the store cannot be read
  public List<String> lacks(Site site) {
    return guarded(() -> new EepromImages(state).lacks(site.profiles().values()));
  }

  /// Where a board looks first.
  public enum Order {
    /// Its card, then the network: the rack starts without the appliance.
    CARD("0xf21"),

    /// The network, then its card: central control, 45 s when the appliance is away.
    NETWORK("0xf12");

    private final String bootOrder;

    Order(String bootOrder) {
      this.bootOrder = bootOrder;
    }
  }

  /// Takes firmware in from a folder of raspberrypi/rpi-eeprom.
  ///
  /// @throws EnvironmentException when there is none in it, or the disk does not let it
  public Row add(Path from) {
    return guarded(() -> {
      var files = new FirmwareFiles(state);
      return row(files, files.add(from));
    });
  }

  /// What there is, by board.
  public List<Row> list() {
    return guarded(() -> {
      var files = new FirmwareFiles(state);
      var out = new ArrayList<Row>();
      for (FirmwareFiles.Firmware one : files.list()) {
        out.add(row(files, one));
      }
      return out;
    });
  }

  /// Writes the image of the card that turns network boot on.
  ///
  /// @param board `pi4` or `pi5`
  /// @return whether there is firmware for that board
  /// @throws EnvironmentException when the file cannot be written
  public boolean card(String board, Order first, Path out) {
    return guarded(() -> {
      for (FirmwareFiles.Firmware one : new FirmwareFiles(state).list()) {
        if (FirmwareFiles.word(one.board()).equals(board)) {
          FirmwareFiles.card(one, first.bootOrder, Instant.now(), out);
          return true;
        }
      }
      return false;
    });
  }

  private interface Step<T> {
    T run() throws IOException;
  }

  private static <T> T guarded(Step<T> step) {
    try {
      return step.run();
    } catch (FileAlreadyExistsException e) {
      throw new EnvironmentException(e.getMessage() + " is there already; move it away", e);
    } catch (IOException e) {
      throw new EnvironmentException(Objects.requireNonNullElse(e.getMessage(), e.toString()), e);
    }
  }

  /// The file with the public half of the site's key; the key is made where there is none.
  ///
  /// @param from a private key that was made elsewhere
  /// @throws EnvironmentException when the key cannot be read or kept, or is no such key
  public Path key(Optional<Path> from) {
    return guarded(() -> {
      if (from.isPresent()) {
        FirmwareKey.keep(state, Files.readString(from.get(), StandardCharsets.US_ASCII));
      } else if (FirmwareKey.of(state).isEmpty()) {
        FirmwareKey.make(state);
      }
      return FirmwareKey.publicFile(state);
    });
  }
}
