package dev.coldframe.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Whether this user may serve: bind the well-known ports, and open packet sockets
/// (capabilities(7)). A server that runs has shown that it may.
final class RightsCheck {
  static final String NAME = "rights";

  private static final int CAP_NET_BIND_SERVICE = 10;
  private static final int CAP_NET_RAW = 13;
  private static final int LOWEST_PORT = 53;
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Path FREE_FROM = Path.of("/proc/sys/net/ipv4/ip_unprivileged_port_start");

  private RightsCheck() {}

  /// @param running whether a server runs already
  /// @param mayBind CAP_NET_BIND_SERVICE
  /// @param mayPacket CAP_NET_RAW
  /// @param lowestPort the lowest port that is to be bound
  /// @param freeFrom the lowest port that everybody may bind
  record Seen(boolean running, boolean mayBind, boolean mayPacket, int lowestPort, int freeFrom) {}

  static Seen look(Patient patient) throws IOException {
    long capabilities = 0;
    for (String line : Files.readAllLines(STATUS)) {
      if (line.startsWith("CapEff:")) {
        capabilities = Long.parseUnsignedLong(line.substring(7).strip(), 16);
      }
    }
    return new Seen(
        patient.running().isPresent(),
        (capabilities >>> CAP_NET_BIND_SERVICE & 1) == 1,
        (capabilities >>> CAP_NET_RAW & 1) == 1,
        patient.port(LOWEST_PORT),
        Integer.parseInt(KernelFile.read(FREE_FROM)));
  }

  static Examined judge(Seen seen) {
    var out = new ArrayList<Finding>();
    if (seen.running()) {
      return new Examined(NAME, "a server runs, so it may", out);
    }
    if (!seen.mayBind() && seen.lowestPort() < seen.freeFrom()) {
      out.add(
          Finding.stops(
              "no-port-right",
              "this user",
              "This user may not bind ports below " + seen.freeFrom() + ".",
              "Serve as root, or give the process CAP_NET_BIND_SERVICE and CAP_NET_RAW; for a trial"
                  + " without them use --port-offset 10000."));
    }
    if (!seen.mayPacket()) {
      out.add(
          Finding.warning(
              "no-packet-socket",
              "this user",
              "This user may not open packet sockets: replies to boards without an address are"
                  + " broadcast, addresses are not probed by ARP, other DHCP servers are not looked"
                  + " for.",
              "Give the process CAP_NET_RAW, or serve as root."));
    }
    return new Examined(NAME, "ports and packet sockets are allowed", List.copyOf(out));
  }
}
