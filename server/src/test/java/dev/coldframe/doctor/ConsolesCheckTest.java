package dev.coldframe.doctor;

import static dev.coldframe.testkit.Sites.T0;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.coldframe.doctor.ConsolesCheck.Port;
import dev.coldframe.node.EventType;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.node.SerialConsole;
import dev.coldframe.node.Severity;
import dev.coldframe.testkit.Records;
import dev.coldframe.testkit.Sites;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is said of serial ports that carry consoles.
class ConsolesCheckTest {
  private static final SerialConsole CONSOLE =
      new SerialConsole("geranium", "/dev/ttyUSB0", 115_200);
  private static final Path REAL = Path.of("/dev/ttyUSB0");

  @TempDir Path folder;

  private static List<Finding> of(Port... ports) {
    return ConsolesCheck.judge(
            new ConsolesCheck.Seen(List.of(ports), List.of("/dev/serial/by-id/usb-A")))
        .findings();
  }

  private static Port port(boolean device, boolean open, String trouble) {
    return new Port(
        CONSOLE,
        Optional.of(REAL),
        device,
        open,
        "dialout",
        Optional.of(trouble).filter(text -> !text.isEmpty()));
  }

  @Test
  void onesThatCanBeOpenedAreWell() {
    assertThat(of()).isEmpty();
    assertThat(of(port(true, true, ""))).isEmpty();
  }

  @Test
  void aMissingOneIsNamedWithThoseThatAreThere() {
    var missing = new Port(CONSOLE, Optional.empty(), false, false, "", Optional.empty());
    assertThat(of(missing, missing)).hasSize(2);
    assertThat(of(missing).getFirst())
        .satisfies(finding -> {
          assertThat(finding.id()).isEqualTo("console-missing");
          assertThat(finding.found())
              .contains("/dev/ttyUSB0", "These are there: /dev/serial/by-id/usb-A");
        });
  }

  @Test
  void whatElseIsInTheWayHasItsRemedy() {
    assertThat(of(port(false, true, "")))
        .extracting(Finding::id)
        .containsExactly("console-no-device");
    assertThat(of(port(true, false, "")))
        .singleElement()
        .satisfies(finding -> {
          assertThat(finding.id()).isEqualTo("console-no-right");
          assertThat(finding.mend()).contains("usermod -aG dialout USER");
        });
    assertThat(of(port(true, true, "another program has the device")))
        .singleElement()
        .satisfies(finding -> {
          assertThat(finding.id()).isEqualTo("console-not-read");
          assertThat(finding.found()).contains("another program has the device");
          assertThat(finding.mend()).contains("fuser -v /dev/ttyUSB0");
        });
    assertThat(of(port(true, true, "the library for serial ports cannot be loaded")))
        .singleElement()
        .satisfies(finding -> assertThat(finding.mend()).contains("noexec"));
  }

  @Test
  void twoNodesOnOneDeviceAreAnError() {
    var other =
        new Port(
            new SerialConsole("dahlia", "/dev/serial/by-id/usb-A", 115_200),
            Optional.of(REAL),
            true,
            true,
            "dialout",
            Optional.empty());
    assertThat(of(port(true, true, ""), other))
        .extracting(Finding::id, Finding::subject, Finding::severity)
        .containsExactly(tuple("console-shared", "dahlia", Severity.ERROR));
  }

  @Test
  void itLooksAtFilesAndTheJournal() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("/dev/null"));
    var consoles =
        List.of(
            new SerialConsole("geranium", link.toString(), 115_200),
            new SerialConsole("dahlia", file.toString(), 115_200),
            new SerialConsole("iris", folder.resolve("none").toString(), 115_200));
    Patient quiet =
        Patients.of(
            Records.with(Sites.site(), "consoles", consoles),
            T0,
            event(EventType.CONSOLE_CONNECTED, link, "speed", "115200"),
            event(EventType.CONSOLE_LOST, link, "reason", "another program has the device"));
    assertThat(ids(quiet)).containsExactly("console-no-device", "console-missing");
    Patient served =
        Records.with(quiet, "running", Optional.of(new Patient.Running("1", List.of())));
    assertThat(ids(served))
        .containsExactly("console-not-read", "console-no-device", "console-missing");
  }

  private static List<String> ids(Patient patient) throws IOException {
    return ConsolesCheck.judge(ConsolesCheck.look(patient)).findings().stream()
        .map(Finding::id)
        .toList();
  }

  private static JournalEvent event(EventType type, Path device, String key, String value) {
    return JournalEvent.of(T0, "geranium", type, "device", device.toString(), key, value);
  }
}
