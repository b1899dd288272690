package dev.coldframe.bench.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// The machine that this runs on, in one line.
final class Machine {
  private Machine() {}

  static String describe() throws IOException {
    String cpu = field(Files.readAllLines(Path.of("/proc/cpuinfo")), "model name");
    String memory = field(Files.readAllLines(Path.of("/proc/meminfo")), "MemTotal");
    String kernel = Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip();
    String system = field(Files.readAllLines(Path.of("/etc/os-release")), "PRETTY_NAME");
    return Runtime.getRuntime().availableProcessors()
        + " CPUs, "
        + cpu
        + ", "
        + memory
        + ", Linux "
        + kernel
        + ", "
        + system.replace("\"", "");
  }

  /// The value of the first line of that name.
  static String field(List<String> lines, String name) {
    return lines.stream()
        .filter(line -> line.startsWith(name))
        .findFirst()
        .map(line -> line.replaceFirst("^[^:=]*[:=]\\s*", ""))
        .orElse("unknown");
  }
}
