package dev.coldframe.cli;

import dev.coldframe.node.Disk;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// The disks of a node that the server knows, and the one that the operator means.
final class ShownDisks {
  private final String node;
  private final List<Disk> disks;

  private ShownDisks(String node, List<Disk> disks) {
    this.node = node;
    this.disks = disks;
  }

  /// Asks the server.
  static ShownDisks of(String node, RunningServer server) {
    var disks = new ArrayList<Disk>();
    for (JsonNode disk : server.get("/nodes/" + RunningServer.segment(node)).path("disks")) {
      var aliases = new ArrayList<String>();
      disk.path("aliases").forEach(alias -> aliases.add(alias.asString("")));
      disks.add(
          new Disk(
              disk.path("device").asString(""),
              disk.path("size").asLong(0),
              disk.path("model").asString(""),
              disk.path("serial").asString(""),
              aliases,
              disk.path("found").asString("")));
    }
    return new ShownDisks(node, disks);
  }

  List<Disk> all() {
    return disks;
  }

  /// The disk that is called so, or the only one.
  ///
  /// @throws Refusal when that is not exactly one that was shown
  Disk meant(Optional<String> called) {
    if (disks.isEmpty()) {
      throw new Refusal(
          ExitCode.REFUSED,
          "coldframe: no disk of "
              + node
              + " was shown yet; its installer shows them when it boots from the network");
    }
    List<Disk> meant =
        called.isEmpty()
            ? disks
            : disks.stream()
                .filter(disk -> disk.id().equals(called.get()) || disk.isCalled(called.get()))
                .toList();
    if (meant.size() != 1) {
      throw new Refusal(
          ExitCode.REFUSED,
          "coldframe: "
              + (meant.isEmpty()
                  ? "no disk that was shown is called that"
                  : "that is several disks")
              + "; write --disk with one of these:\n"
              + Disks.table(disks));
    }
    return meant.getFirst();
  }

  /// What it means to overwrite a disk.
  static String warning(String node, Disk disk) {
    return Table.clean(
        "Everything on "
            + disk.device()
            + " of "
            + node
            + " may be overwritten: "
            + Disks.size(disk.sizeBytes())
            + (disk.model().isEmpty() ? "" : ", " + disk.model())
            + (disk.serial().isEmpty() ? "" : ", number " + disk.serial())
            + (disk.found().isEmpty() ? "." : ", it holds " + disk.found() + "."));
  }
}
