package dev.coldframe;

import dev.coldframe.store.FirmwareKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/// What boards' loaders trust, as commands see it.
public final class Firmware {
  private final Path state;

  /// @param state the state folder; it need not exist
  public Firmware(Path state) {
    this.state = state;
  }

  /// The file with the public half of the site's key; the key is made where there is none.
  ///
  /// @param from a private key that was made elsewhere
  /// @throws EnvironmentException when the key cannot be read or kept, or is no such key
  public Path key(Optional<Path> from) {
    try {
      if (from.isPresent()) {
        FirmwareKey.keep(state, Files.readString(from.get(), StandardCharsets.US_ASCII));
      } else if (FirmwareKey.of(state).isEmpty()) {
        FirmwareKey.make(state);
      }
      return FirmwareKey.publicFile(state);
    } catch (IOException e) {
      throw new EnvironmentException(Objects.requireNonNullElse(e.getMessage(), e.toString()), e);
    }
  }
}
