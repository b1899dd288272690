package dev.coldframe.transport.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.decide.SerialTries.Trouble;
import dev.coldframe.transport.console.SerialPorts.Opened;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Where the native part of the library for serial ports comes from, and what is refused by it.
class SerialLibraryTest {
  @TempDir Path state;
  private Optional<String> before = Optional.empty();

  @BeforeEach
  void forget() {
    before = Optional.ofNullable(System.clearProperty(SerialLibrary.PLACE));
  }

  @AfterEach
  void restore() {
    System.clearProperty(SerialLibrary.PLACE);
    before.ifPresent(place -> System.setProperty(SerialLibrary.PLACE, place));
  }

  private Path file() {
    return state.resolve("native/libjSerialComm.so");
  }

  @Test
  void aCpuThatItIsNotMadeForTouchesNothing() {
    var ports = new HardwarePorts(new SerialLibrary(state, Optional.of("s390x")));
    assertThat(ports.open("/dev/null", 115_200)).isEqualTo(new Opened.Refused(Trouble.NO_LIBRARY));
    assertThat(System.getProperty(SerialLibrary.PLACE)).isNull();
    assertThat(file()).doesNotExist();
  }

  @Test
  void itLiesInTheStateFolderAndIsItsOwners() throws IOException {
    Files.createDirectories(file().getParent());
    Files.writeString(file(), "half of it");
    assertThat(
            new SerialLibrary(state, Optional.ofNullable(System.getProperty("os.arch"))).isLoaded())
        .isTrue();
    assertThat(System.getProperty(SerialLibrary.PLACE))
        .isEqualTo(state.resolve("native").toString());
    assertThat(Files.size(file())).isGreaterThan(10_000);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
        .isEqualTo("rw-------");
  }

  @Test
  void whatIsNoSerialPortIsRefusedWithItsReason() throws IOException {
    HardwarePorts ports = HardwarePorts.in(state);
    Path file = Files.createFile(state.resolve("file"));
    assertThat(ports.open(file.toString(), 115_200))
        .isEqualTo(new Opened.Refused(Trouble.NOT_SERIAL));
    assertThat(ports.open("/dev/null", 115_200)).isEqualTo(new Opened.Refused(Trouble.NOT_SERIAL));
    String none = state.resolve("none").toString();
    assertThat(ports.open(none, 115_200)).isEqualTo(new Opened.Refused(Trouble.MISSING));
    assertThat(ports.exists(none)).isFalse();
  }
}
