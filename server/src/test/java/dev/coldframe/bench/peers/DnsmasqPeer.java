package dev.coldframe.bench.peers;

import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// dnsmasq (dnsmasq(8)): DHCP, TFTP, DNS.
final class DnsmasqPeer implements Peer {
  @Override
  public String name() {
    return "dnsmasq";
  }

  @Override
  public Set<Service> services() {
    return EnumSet.of(
        Service.DHCP, Service.POOL, Service.BOOT, Service.TFTP, Service.TFTP_PI, Service.DNS);
  }

  @Override
  public List<String> version() {
    return List.of("dnsmasq", "--version");
  }

  @Override
  public List<List<String>> prepare(Setting task) throws IOException {
    var out =
        new StringBuilder(
            """
            user=root
            group=root
            pid-file=%s
            no-resolv
            no-hosts
            bind-interfaces
            listen-address=%s
            """
                .formatted(task.path("dnsmasq.pid"), Link.SERVER));
    switch (task.service()) {
      case DHCP, POOL -> out.append("port=0\n").append(dhcp(task));
      case BOOT ->
          out.append("port=0\n")
              .append(dhcp(task))
              .append("pxe-service=0,\"Raspberry Pi Boot\"\n")
              .append(tftp(task));
      case TFTP, TFTP_PI -> out.append("port=0\n").append(tftp(task));
      case DNS -> {
        String hosts = task.write("names", Setting.eachName("%2$s %1$s." + Setting.ZONE + "\n"));
        out.append("addn-hosts=").append(hosts);
        out.append("\nlocal=/" + Setting.ZONE + "/\ncache-size=10000\n");
      }
      case HTTP, INSTALL, NTP ->
          throw new IllegalArgumentException("not of dnsmasq: " + task.service());
    }
    String config = task.write("dnsmasq.conf", out.toString());
    return List.of(
        List.of(
            task.program("/usr/sbin/dnsmasq"),
            "-k",
            "--log-facility=/dev/null",
            "--conf-file=" + config));
  }

  private static String dhcp(Setting task) throws IOException {
    String hosts = task.write("hosts", task.eachPin("%2$s,%3$s\n", ""));
    return """
    dhcp-range=%s,%s,%s,1h
    dhcp-lease-max=200000
    dhcp-authoritative
    no-ping
    quiet-dhcp
    dhcp-option=3,%s
    dhcp-option=6,%s
    domain=%s
    dhcp-leasefile=%s
    dhcp-hostsfile=%s
    """
        .formatted(
            Setting.poolStart(),
            task.poolEnd(),
            Setting.NETMASK,
            Link.SERVER,
            Link.SERVER,
            Setting.ZONE,
            task.path("leases"),
            hosts);
  }

  private static String tftp(Setting task) {
    return "enable-tftp\ntftp-root=" + task.files() + "\ntftp-max=4000\nquiet-tftp\n";
  }
}
