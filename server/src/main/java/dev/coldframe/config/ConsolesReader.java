package dev.coldframe.config;

import dev.coldframe.node.SerialConsole;
import dev.coldframe.node.Site.Service;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Reads `consoles:`, which serial port of this machine carries which node's console. Whether a
/// device is there is not looked at: adapters come and go.
final class ConsolesReader {
  /// What a Pi's loader, firmware and kernel speak where nothing else is said.
  private static final int DEFAULT_SPEED = 115_200;

  private static final int MIN_SPEED = 300;

  /// The fastest that Linux has a name for (`B4000000`).
  private static final int MAX_SPEED = 4_000_000;

  /// Each has a thread of its own.
  private static final int MAX_CONSOLES = 64;

  /// `PATH_MAX` of Linux, without its end.
  private static final int MAX_PATH_CHARS = 4_095;

  private static final Read<String> DEVICE =
      Reads.TEXT.keeping(ConsolesReader::deviceProblem).as(ConsolesReader::normal);
  private static final Read<Integer> SPEED = Reads.integer(MIN_SPEED, MAX_SPEED);

  private final Problems problems;
  private final Set<String> inventory;
  private final Set<Service> services;

  /// @param inventory the names of the file's nodes
  ConsolesReader(Problems problems, Set<String> inventory, Set<Service> services) {
    this.problems = problems;
    this.inventory = inventory;
    this.services = services;
  }

  /// All that could be read.
  List<SerialConsole> read(Map<String, Value> entries) {
    var out = new ArrayList<SerialConsole>();
    Map<String, String> owners = new HashMap<>();
    for (Map.Entry<String, Value> entry : entries.entrySet()) {
      String node = entry.getKey();
      Place place = entry.getValue().place();
      checkNode(node, place);
      Fields in = Fields.of(entry.getValue(), Section.CONSOLE, problems);
      int speed = in.get("speed", SPEED, DEFAULT_SPEED);
      Optional<String> device =
          in.require("device", DEVICE, "write the serial device, such as /dev/ttyUSB0");
      if (device.isPresent()) {
        String owner = owners.putIfAbsent(device.get(), node);
        if (owner != null) {
          problems.error(
              in.place("device"),
              device.get() + " carries the console of " + owner + " already; a port has one node");
        }
        out.add(new SerialConsole(node, device.get(), speed));
      }
    }
    if (out.size() > MAX_CONSOLES) {
      problems.error(
          entries.values().iterator().next().place(),
          "is one of " + out.size() + " consoles; write at most " + MAX_CONSOLES);
    }
    return out;
  }

  private void checkNode(String node, Place place) {
    Optional<String> problem = Names.nodeNameProblem(node);
    problem.ifPresent(message -> problems.error(place, message));
    if (problem.isEmpty() && !inventory.contains(node)) {
      problems.warning(
          place,
          "no node of this file is called so; what comes is dropped until one is adopted under it");
    }
    if (!services.contains(Service.CONSOLE)) {
      problems.warning(place, "is never opened; add console to services");
    }
  }

  private static Optional<String> deviceProblem(String text) {
    if (text.length() > MAX_PATH_CHARS) {
      return Optional.of("is longer than a path can be");
    }
    return text.startsWith("/")
        ? Optional.empty()
        : Optional.of(
            Reads.quote(text)
                + " is no whole path; write one such as /dev/serial/by-id/usb-FTDI_… or"
                + " /dev/ttyUSB0");
  }

  private static String normal(String path) {
    return Path.of(path).normalize().toString();
  }
}
