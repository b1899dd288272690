package dev.coldframe.bench.peers;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// Kea's DHCPv4 server with a lease file (the Administrator Reference Manual, chapter 8); for Pis
/// with tftpd-hpa beside it.
final class KeaPeer implements Peer {
  /// Option 43 as a Pi wants it: PXE discovery control 3, a prompt, one boot server.
  private static final String PI_MENU =
      "0601030a040050584509140000115261737062657272792050692042 6f6f74ff".replace(" ", "");

  @Override
  public String name() {
    return "kea";
  }

  @Override
  public Set<Service> services() {
    return EnumSet.of(Service.DHCP, Service.POOL, Service.BOOT);
  }

  /// Its tftpd-hpa does.
  @Override
  public boolean forks() {
    return true;
  }

  @Override
  public List<String> version() {
    return List.of("kea-dhcp4", "-v");
  }

  @Override
  public List<List<String>> prepare(Setting task) throws IOException {
    boolean boot = task.service() == Service.BOOT;
    String config = task.write("kea.json", config(task, boot));
    var words =
        new ArrayList<List<String>>(
            List.of(
                List.of(
                    "env",
                    "KEA_PIDFILE_DIR=" + task.folder(),
                    "KEA_LOCKFILE_DIR=" + task.folder(),
                    "KEA_LOGGER_DESTINATION=stderr",
                    task.program("/usr/sbin/kea-dhcp4"),
                    "-c",
                    config)));
    if (boot) {
      words.addAll(new TftpdPeer().prepare(task));
    }
    return words;
  }

  private static String config(Setting task, boolean boot) {
    String more =
        boot
            ? """
            , { "code": 43, "csv-format": false, "always-send": true, "data": "%s" }
            , { "name": "vendor-class-identifier", "always-send": true, "data": "PXEClient" }
            , { "name": "tftp-server-name", "always-send": true, "data": "%s" }\
            """
                .formatted(PI_MENU, Link.SERVER)
            : "";
    return """
    { "Dhcp4": {
      "interfaces-config": { "interfaces": [ "eth0/%1$s" ], "dhcp-socket-type": "udp" },
      "lease-database": { "type": "memfile", "persist": true, "name": "%2$s", "lfc-interval": 3600 },
      "multi-threading": { "enable-multi-threading": false },
      "valid-lifetime": 3600, "renew-timer": 1800, "rebind-timer": 3150,
      "host-reservation-identifiers": [ "hw-address" ],
      "reservations-global": false, "reservations-in-subnet": true, "reservations-out-of-pool": true,
      "loggers": [ { "name": "kea-dhcp4", "severity": "ERROR", "output_options": [ { "output": "stderr" } ] } ],
      "next-server": "%1$s",
      "option-data": [
        { "name": "routers", "data": "%1$s" },
        { "name": "domain-name-servers", "data": "%1$s" },
        { "name": "domain-name", "data": "%3$s" }%4$s ],
      "subnet4": [ { "id": 1, "subnet": "%5$s", "interface": "eth0",
        "pools": [ { "pool": "%6$s - %7$s" } ],
        "reservations": [ %8$s ] } ] } }
    """
        .formatted(
            Link.SERVER,
            task.path("leases.csv"),
            Setting.ZONE,
            more,
            Setting.SUBNET,
            Setting.poolStart(),
            task.poolEnd(),
            task.eachPin("{ \"hw-address\": \"%2$s\", \"ip-address\": \"%3$s\" }", ",\n"));
  }
}
