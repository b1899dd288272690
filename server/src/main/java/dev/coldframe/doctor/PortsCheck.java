package dev.coldframe.doctor;

import dev.coldframe.node.Admin;
import dev.coldframe.node.Site;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// Whether the ports of the boot plane and the page are free, and who has them. Only where no
/// server runs: it would have them itself.
public final class PortsCheck {
  static final String NAME = "ports";

  private static final int NETCONSOLE_PORT = 6_666;
  private static final int SYSLOG_PORT = 514;
  private static final String ADMIN = "admin";

  private PortsCheck() {}

  /// A port that is to be bound.
  ///
  /// @param service which of the config file's `services`, or `admin`
  /// @param interfaceName the interface; for the page its address
  /// @param shared whether others may have it too
  public record Port(
      String service, String interfaceName, int number, boolean tcp, boolean shared) {
    @Override
    public String toString() {
      return number + (tcp ? "/tcp" : "/udp");
    }
  }

  /// @param refusal what the system said against it; empty: it is free
  /// @param holders who has a socket on it
  record Tried(Port port, String refusal, List<PortHolders.Holder> holders) {
    Tried {
      holders = List.copyOf(holders);
    }
  }

  /// @param running whether a server runs, so that nothing was tried
  record Seen(boolean running, List<Tried> tried) {
    Seen {
      tried = List.copyOf(tried);
    }
  }

  static Seen look(Patient patient) throws IOException {
    if (patient.running().isPresent()) {
      return new Seen(true, List.of());
    }
    var tried = new ArrayList<Tried>();
    for (Port port : wanted(patient)) {
      String refusal = patient.instruments().refusal(port).orElse("");
      tried.add(new Tried(port, refusal, refusal.isEmpty() ? List.of() : PortHolders.of(port)));
    }
    tried.add(page(patient.site().admin().listen()));
    return new Seen(false, tried);
  }

  /// The page's port is bound on its own address alone; 0 lets the system choose.
  private static Tried page(Admin.Endpoint at) throws IOException {
    var port = new Port(ADMIN, at.address().toString(), at.port(), true, false);
    try (var socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(InetAddress.ofLiteral(at.address().toString()), at.port()));
      return new Tried(port, "", List.of());
    } catch (BindException e) {
      return new Tried(port, String.valueOf(e.getMessage()), PortHolders.of(port));
    }
  }

  static List<Port> wanted(Patient patient) {
    var out = new ArrayList<Port>();
    for (String link : patient.interfaces()) {
      for (Site.Service service : patient.site().services()) {
        String name = service.name().toLowerCase(Locale.ROOT);
        switch (service) {
          case DHCP -> out.add(new Port(name, link, patient.port(67), false, false));
          case TFTP -> out.add(new Port(name, link, patient.port(69), false, false));
          case HTTP -> out.add(new Port(name, link, patient.port(80), true, false));
          case DNS -> {
            out.add(new Port(name, link, patient.port(53), false, false));
            out.add(new Port(name, link, patient.port(53), true, false));
          }
          case NTP -> out.add(new Port(name, link, patient.port(123), false, false));
          case MDNS -> {
            // In a trial on other ports there is none.
            if (patient.portOffset() == 0) {
              out.add(new Port(name, link, 5353, false, true));
            }
          }
          case CONSOLE -> {
            out.add(new Port(name, link, patient.port(NETCONSOLE_PORT), false, false));
            out.add(new Port(name, link, patient.port(SYSLOG_PORT), false, false));
          }
        }
      }
    }
    return out;
  }

  static Examined judge(Seen seen) {
    if (seen.running()) {
      return new Examined(NAME, "the running server has them", List.of());
    }
    var out = new ArrayList<Finding>();
    for (Tried tried : seen.tried()) {
      String said = tried.refusal().toLowerCase(Locale.ROOT);
      boolean page = tried.port().service().equals(ADMIN);
      // What is not permitted, or has no interface, is told by other checks.
      if (said.contains("in use")) {
        out.add(page ? pageTaken(tried) : taken(tried));
      }
    }
    String all =
        seen.tried().stream()
            .map(tried -> tried.port().toString())
            .distinct()
            .collect(Collectors.joining(" "));
    return new Examined(NAME, all, out);
  }

  private static Finding taken(Tried tried) {
    Port port = tried.port();
    String service = port.service().toUpperCase(Locale.ROOT);
    String who = who(tried);
    return Finding.stops(
        "port-taken",
        port.toString(),
        "Port "
            + port
            + " for "
            + service
            + " on "
            + port.interfaceName()
            + " is taken by "
            + who
            + ".",
        "Stop that program"
            + unit(tried.holders())
            + ", or leave "
            + port.service()
            + " out of 'services'.");
  }

  /// Machines boot all the same.
  private static Finding pageTaken(Tried tried) {
    String at = tried.port().interfaceName() + ":" + tried.port().number();
    return Finding.warning(
        "page-port-taken",
        at,
        "The page is not served: " + at + " is taken by " + who(tried) + ".",
        "Stop that program, or write another 'admin: { listen: … }'.");
  }

  private static String who(Tried tried) {
    return tried.holders().isEmpty()
        ? "another program (run doctor as root to see which)"
        : tried.holders().stream()
            .map(PortHolders.Holder::toString)
            .collect(Collectors.joining(", "));
  }

  private static String unit(List<PortHolders.Holder> holders) {
    List<String> names = holders.stream().map(PortHolders.Holder::program).distinct().toList();
    return names.size() == 1 && !names.getFirst().isEmpty() && !names.getFirst().equals("java")
        ? " (where systemd started it: systemctl disable --now " + names.getFirst() + ")"
        : "";
  }
}
