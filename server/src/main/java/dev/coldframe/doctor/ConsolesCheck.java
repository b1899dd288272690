package dev.coldframe.doctor;

import dev.coldframe.node.EventType;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.node.SerialConsole;
import dev.coldframe.node.Site;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Whether the serial ports that carry consoles are there and may be opened, each by one node. What
/// else a running server met with, its journal tells.
final class ConsolesCheck {
  static final String NAME = "consoles";

  /// Where udev names adapters so that the name stays.
  private static final Path NAMED = Path.of("/dev/serial/by-id");

  private ConsolesCheck() {}

  /// One serial port.
  ///
  /// @param real the device behind its path; empty where there is none
  /// @param device whether it is a device, not a file or folder
  /// @param open whether this user may open it
  /// @param group the group whose members may
  /// @param trouble what a running server said last of it; empty while it is read
  record Port(
      SerialConsole console,
      Optional<Path> real,
      boolean device,
      boolean open,
      String group,
      Optional<String> trouble) {}

  /// @param named what adapters there are
  record Seen(List<Port> ports, List<String> named) {
    Seen {
      ports = List.copyOf(ports);
      named = List.copyOf(named);
    }
  }

  static Seen look(Patient patient) throws IOException {
    var ports = new ArrayList<Port>();
    if (patient.site().services().contains(Site.Service.CONSOLE)) {
      for (SerialConsole console : patient.site().consoles()) {
        ports.add(look(console, patient));
      }
    }
    return new Seen(ports, ports.isEmpty() ? List.of() : named());
  }

  private static Port look(SerialConsole console, Patient patient) throws IOException {
    Path path = Path.of(console.device());
    if (!Files.exists(path)) {
      return new Port(console, Optional.empty(), false, false, "", Optional.empty());
    }
    Optional<String> trouble =
        patient.running().isPresent() ? trouble(console, patient.recent()) : Optional.empty();
    return new Port(
        console,
        Optional.of(path.toRealPath()),
        !Files.isRegularFile(path) && !Files.isDirectory(path),
        Files.isReadable(path) && Files.isWritable(path),
        Files.readAttributes(path, PosixFileAttributes.class).group().getName(),
        trouble);
  }

  private static Optional<String> trouble(SerialConsole console, List<JournalEvent> journal) {
    Optional<String> last = Optional.empty();
    for (JournalEvent event : journal) {
      boolean about =
          event.subject().equals(console.node())
              && console.device().equals(event.fields().get("device"));
      if (about && event.type() == EventType.CONSOLE_LOST) {
        last = Optional.ofNullable(event.fields().get("reason"));
      } else if (about && event.type() == EventType.CONSOLE_CONNECTED) {
        last = Optional.empty();
      }
    }
    return last;
  }

  private static List<String> named() throws IOException {
    if (!Files.isDirectory(NAMED, LinkOption.NOFOLLOW_LINKS)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(NAMED)) {
      return all.map(Path::toString).sorted().toList();
    }
  }

  static Examined judge(Seen seen) {
    var out = new ArrayList<Finding>();
    Map<Path, String> owners = new HashMap<>();
    for (Port port : seen.ports()) {
      String node = port.console().node();
      Optional<String> owner =
          port.real().flatMap(real -> Optional.ofNullable(owners.putIfAbsent(real, node)));
      if (port.real().isEmpty()) {
        out.add(missing(port.console(), seen.named()));
      } else if (owner.isPresent()) {
        out.add(shared(port, owner.get()));
      } else if (!port.device()) {
        out.add(notSerial(port.console()));
      } else if (!port.open()) {
        out.add(forbidden(port));
      } else {
        port.trouble().ifPresent(trouble -> out.add(notRead(port.console(), trouble)));
      }
    }
    return new Examined(NAME, well(seen.ports().size()), out);
  }

  private static String well(int count) {
    return switch (count) {
      case 0 -> "no serial ports are named";
      case 1 -> "1 serial port is there";
      default -> count + " serial ports are there";
    };
  }

  private static Finding missing(SerialConsole console, List<String> named) {
    String there = named.isEmpty() ? "" : " These are there: " + String.join(", ", named) + ".";
    return Finding.warning(
        "console-missing",
        console.node(),
        "The device "
            + console.device()
            + ", which carries the console of "
            + console.node()
            + ", is not there."
            + there,
        "Plug the adapter in, or write its path under /dev/serial/by-id into 'consoles'.");
  }

  private static Finding shared(Port port, String owner) {
    String node = port.console().node();
    return Finding.error(
        "console-shared",
        node,
        port.console().device()
            + " for "
            + node
            + " is the same device as that of "
            + owner
            + "; only one of them can have it.",
        "Write another device under 'consoles' for one of the two.");
  }

  private static Finding notSerial(SerialConsole console) {
    return Finding.error(
        "console-no-device",
        console.node(),
        console.device() + " for " + console.node() + " is no device.",
        "Write the serial device under 'consoles', such as /dev/ttyUSB0.");
  }

  private static Finding forbidden(Port port) {
    String device = port.console().device();
    return Finding.warning(
        "console-no-right",
        port.console().node(),
        "This user may not open " + device + " for the console of " + port.console().node() + ".",
        "Serve as a member of the group "
            + port.group()
            + " (usermod -aG "
            + port.group()
            + " USER), or as root.");
  }

  private static Finding notRead(SerialConsole console, String trouble) {
    return Finding.warning(
        "console-not-read",
        console.node(),
        "The running server does not read "
            + console.device()
            + " for "
            + console.node()
            + ": "
            + trouble
            + ".",
        trouble.contains("library")
            ? "Let programs run from the state folder (no 'noexec' where it is mounted), and start the"
                + " server again; its log says more."
            : "Close what else has it open, such as a getty, screen or ModemManager ('fuser -v "
                + console.device()
                + "'); the server tries again by itself.");
  }
}
