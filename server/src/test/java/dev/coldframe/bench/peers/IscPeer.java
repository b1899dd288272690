package dev.coldframe.bench.peers;

import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// ISC dhcpd (dhcpd.conf(5)), which syncs each lease before it acknowledges it.
final class IscPeer implements Peer {
  @Override
  public String name() {
    return "isc-dhcpd";
  }

  @Override
  public Set<Service> services() {
    return EnumSet.of(Service.DHCP, Service.POOL);
  }

  @Override
  public List<String> version() {
    return List.of("dhcpd", "--version");
  }

  @Override
  public List<List<String>> prepare(Setting task) throws IOException {
    String config =
        task.write(
            "dhcpd.conf",
            """
            authoritative;
            ping-check false;
            ddns-update-style none;
            default-lease-time 3600;
            max-lease-time 3600;
            subnet 10.76.0.0 netmask %1$s {
              option routers %2$s;
              option domain-name-servers %2$s;
              option domain-name "%3$s";
              next-server %2$s;
              range %4$s %5$s;
            }
            """
                    .formatted(
                        Setting.NETMASK,
                        Link.SERVER,
                        Setting.ZONE,
                        Setting.poolStart(),
                        task.poolEnd())
                + task.eachPin("host p%1$d { hardware ethernet %2$s; fixed-address %3$s; }\n", ""));
    String leases = task.write("dhcpd.leases", "");
    return List.of(
        List.of(
            task.program("/usr/sbin/dhcpd"),
            "-4",
            "-f",
            "-q",
            "-cf",
            config,
            "-lf",
            leases,
            "-pf",
            task.path("dhcpd.pid"),
            "eth0"));
  }
}
