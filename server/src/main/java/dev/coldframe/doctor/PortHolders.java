package dev.coldframe.doctor;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Which programs have a socket on a port: the kernel's tables of sockets (proc_net(5)) tell
/// inodes, and every process shows the inodes of its own. Only root sees those of other users.
final class PortHolders {
  private static final Path PROC = Path.of("/proc");
  private static final String ITSELF = "coldframe.jar";
  private static final String TCP_LISTENS = "0A";

  private PortHolders() {}

  /// A program with a socket.
  ///
  /// @param program its name; empty where it cannot be seen
  record Holder(long pid, String program) {
    @Override
    public String toString() {
      return program + " (process " + pid + ")";
    }
  }

  /// Everybody who has that port, on any address.
  static List<Holder> of(PortsCheck.Port port) throws IOException {
    Set<String> sockets = new HashSet<>();
    for (String table : port.tcp() ? List.of("tcp", "tcp6") : List.of("udp", "udp6")) {
      Path file = PROC.resolve("net").resolve(table);
      if (Files.exists(file)) {
        sockets.addAll(inodes(Files.readAllLines(file), port));
      }
    }
    return sockets.isEmpty() ? List.of() : owners(sockets);
  }

  /// The inodes in one of the kernel's tables. Columns are: number, local address and port in hex,
  /// remote, state, queues, timer, retransmits, user, timeout, inode …
  static List<String> inodes(List<String> table, PortsCheck.Port port) {
    var out = new ArrayList<String>();
    for (String line : table.subList(Math.min(1, table.size()), table.size())) {
      String[] columns = line.strip().split("\\s+", -1);
      if (columns.length < 10) {
        continue;
      }
      String local = columns[1];
      int number = Integer.parseInt(local.substring(local.lastIndexOf(':') + 1), 16);
      if (number == port.number() && (!port.tcp() || columns[3].equals(TCP_LISTENS))) {
        out.add("socket:[" + columns[9] + "]");
      }
    }
    return out;
  }

  private static List<Holder> owners(Set<String> sockets) throws IOException {
    var out = new ArrayList<Holder>();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path process : processes) {
        if (holds(process, sockets)) {
          out.add(
              new Holder(Long.parseLong(String.valueOf(process.getFileName())), program(process)));
        }
      }
    }
    return out;
  }

  private static String program(Path process) throws IOException {
    String name = KernelFile.read(process.resolve("comm"));
    // Words of the command line end with a zero byte.
    return name.equals("java") && KernelFile.read(process.resolve("cmdline")).contains(ITSELF)
        ? "coldframe"
        : name;
  }

  private static boolean holds(Path process, Set<String> sockets) {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(process.resolve("fd"))) {
      for (Path file : files) {
        if (sockets.contains(Files.readSymbolicLink(file).toString())) {
          return true;
        }
      }
    } catch (IOException _) {
      // It ended meanwhile, or is another user's.
    }
    return false;
  }
}
