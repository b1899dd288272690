package dev.coldframe.transport.console;

import com.fazecast.jSerialComm.SerialPort;
import dev.coldframe.store.NativeFile;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Loads the native part of jSerialComm. By itself the library unpacks it into a folder of a known
/// name under `/tmp`, open to everybody, and loads what it finds there: on a machine with other
/// users that hands the server over to them, and on a read-only system it fails. So it is put into
/// the state folder, which is the server's own, tried there, and only then is the library touched.
/// Any thread.
final class SerialLibrary {
  /// Where the library looks first. Who sets it has unpacked the file himself.
  static final String PLACE = "jSerialComm.library.path";

  private static final Logger LOG = LoggerFactory.getLogger(SerialLibrary.class);
  private static final String NAME = "libjSerialComm.so";

  private final Path state;
  private final Optional<String> cpu;
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable Boolean loaded;

  /// @param cpu what the virtual machine calls the CPU
  SerialLibrary(Path state, Optional<String> cpu) {
    this.state = state;
    this.cpu = cpu;
  }

  /// Whether serial ports can be opened; the first call loads what is needed, and says in the log
  /// why it could not.
  boolean isLoaded() {
    lock.lock();
    try {
      if (loaded == null) {
        loaded = load();
      }
      return loaded;
    } finally {
      lock.unlock();
    }
  }

  private boolean load() {
    try {
      if (System.getProperty(PLACE, "").isEmpty()) {
        Path file = unpack();
        check(file);
        System.setProperty(PLACE, String.valueOf(file.getParent()));
      }
      LOG.debug("serial ports by jSerialComm {}", SerialPort.getVersion());
      return true;
    } catch (IOException | IllegalArgumentException | LinkageError e) {
      LOG.warn(
          "serial consoles are not read: the library for them cannot be loaded from {}: {}",
          state,
          e.getMessage());
      return false;
    }
  }

  private Path unpack() throws IOException {
    String folder =
        switch (cpu.orElse("")) {
          case "amd64" -> "x86_64";
          case "aarch64" -> "armv8_64";
          default -> throw new IOException("it has none for the CPU " + cpu.orElse("of no name"));
        };
    // A mention of the class does not load its native part yet.
    try (InputStream in = SerialPort.class.getResourceAsStream("/Linux/" + folder + "/" + NAME)) {
      if (in == null) {
        throw new IOException("it is not in the jar");
      }
      return NativeFile.put(state, NAME, in.readAllBytes());
    }
  }

  /// The system may not let anything be run from there (`noexec`); then the library must not go on
  /// to look elsewhere.
  @SuppressWarnings("restricted") // Native access is granted in the manifest.
  private static void check(Path file) {
    try (Arena arena = Arena.ofConfined()) {
      var _ = SymbolLookup.libraryLookup(file, arena);
    }
  }
}
