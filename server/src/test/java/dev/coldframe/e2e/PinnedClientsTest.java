package dev.coldframe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Three DHCP clients as they are installed everywhere: each is told the same things about a pinned
/// node.
@Tag("real")
class PinnedClientsTest {
  private static final String CONFIG =
      """
      site: rack
      domain: rack.home.arpa
      appliance: { address: 192.168.0.2 }
      admin: { listen: 127.0.0.1:0 }
      networks:
        - interface: eth0
          subnet: 192.168.0.0/24
          mode: authoritative
          router: 192.168.0.1
          dns: [appliance, 192.168.0.1]
          ntp: [192.168.0.5, appliance]
          search: [rack.home.arpa, home.arpa]
          routes: [{ to: 10.20.0.0/16, via: 192.168.0.254 }]
          mtu: 1400
          pool: 192.168.0.200-192.168.0.239
      profiles:
        k8s: { boot: install, user: { name: mayth, password-hash: "$6$abc$defdefdef" } }
      nodes:
        geranium: { mac: dc:a6:32:01:36:c2, address: 192.168.0.20, profile: k8s }
      lease-time: 1h
      """;

  @TempDir Path folder;
  private Lab lab;

  @BeforeEach
  void start() {
    lab = Lab.open(folder);
    lab.serve(CONFIG);
    lab.newCard("dc:a6:32:01:36:c2");
  }

  @AfterEach
  void stop() {
    lab.close();
  }

  private static Map<String, String> variables(Path file) {
    var out = new LinkedHashMap<String, String>();
    Lab.read(file)
        .lines()
        .filter(line -> line.contains("="))
        .forEach(line ->
            out.put(line.substring(0, line.indexOf('=')), line.substring(line.indexOf('=') + 1)));
    return out;
  }

  @Test
  @Tag("S-01")
  void udhcpcGetsEverythingThatIsPinned() {
    Path env = folder.resolve("udhcpc.env");
    Path script =
        lab.script("udhcpc.sh", "#!/bin/sh\n[ \"$1\" = bound ] && env > " + env + "\nexit 0\n");
    lab.onClient(
            "udhcpc",
            "-i",
            "eth0",
            "-f",
            "-n",
            "-q",
            "-t",
            "5",
            "-T",
            "1",
            "-s",
            script.toString(),
            "-O",
            "ntpsrv",
            "-O",
            "search",
            "-O",
            "staticroutes",
            "-O",
            "mtu",
            "-O",
            "domain")
        .text();
    assertThat(variables(env))
        .containsEntry("ip", "192.168.0.20")
        .containsEntry("subnet", "255.255.255.0")
        .containsEntry("router", "192.168.0.1")
        .containsEntry("dns", "192.168.0.2 192.168.0.1")
        .containsEntry("ntpsrv", "192.168.0.5 192.168.0.2")
        .containsEntry("domain", "rack.home.arpa")
        .containsEntry("search", "rack.home.arpa home.arpa")
        .containsEntry("staticroutes", "10.20.0.0/16 192.168.0.254 0.0.0.0/0 192.168.0.1")
        .containsEntry("mtu", "1400")
        .containsEntry("hostname", "geranium")
        .containsEntry("lease", "3600")
        .containsEntry("serverid", "192.168.0.2");
  }

  @Test
  @Tag("S-01")
  void dhclientGetsEverythingThatIsPinned() {
    Path env = folder.resolve("dhclient.env");
    Path script =
        lab.script(
            "dhclient.sh",
            "#!/bin/sh\ncase $reason in BOUND|REBOOT) env > " + env + " ;; esac\nexit 0\n");
    Path conf =
        lab.write(
            "dhclient.conf",
            """
            option rfc3442-classless-static-routes code 121 = array of unsigned integer 8;
            request subnet-mask, broadcast-address, routers, domain-name, domain-name-servers,
              domain-search, host-name, ntp-servers, interface-mtu, rfc3442-classless-static-routes;
            timeout 10;
            """);
    lab.onClient(
            "dhclient",
            "-4",
            "-1",
            "-sf",
            script.toString(),
            "-cf",
            conf.toString(),
            "-lf",
            folder.resolve("dhclient.leases").toString(),
            "-pf",
            folder.resolve("dhclient.pid").toString(),
            "eth0")
        .text();
    lab.onClient("sh", "-c", "kill $(cat " + folder.resolve("dhclient.pid") + ")").text();
    assertThat(variables(env))
        .containsEntry("new_ip_address", "192.168.0.20")
        .containsEntry("new_subnet_mask", "255.255.255.0")
        .containsEntry("new_broadcast_address", "192.168.0.255")
        .containsEntry("new_routers", "192.168.0.1")
        .containsEntry("new_domain_name_servers", "192.168.0.2 192.168.0.1")
        .containsEntry("new_ntp_servers", "192.168.0.5 192.168.0.2")
        .containsEntry("new_domain_name", "rack.home.arpa")
        .containsEntry("new_domain_search", "rack.home.arpa. home.arpa.")
        .containsEntry(
            "new_rfc3442_classless_static_routes", "16 10 20 192 168 0 254 0 192 168 0 1")
        .containsEntry("new_interface_mtu", "1400")
        .containsEntry("new_host_name", "geranium");
  }

  @Test
  @Tag("S-01")
  void dhcpcdGetsEverythingThatIsPinned() {
    Path env = folder.resolve("dhcpcd.env");
    Path script =
        lab.script(
            "dhcpcd.sh",
            "#!/bin/sh\ncase $reason in BOUND|REBOOT) env > " + env + " ;; esac\nexit 0\n");
    Path conf =
        lab.write(
            "dhcpcd.conf",
            """
            duid
            noarp
            option domain_name_servers, domain_name, domain_search, host_name, ntp_servers, interface_mtu
            option classless_static_routes
            """);
    lab.onClient(
            "dhcpcd",
            "-4",
            "-1",
            "-B",
            "-t",
            "10",
            "-f",
            conf.toString(),
            "-c",
            script.toString(),
            "eth0")
        .text();
    assertThat(variables(env))
        .containsEntry("new_ip_address", "192.168.0.20")
        .containsEntry("new_subnet_cidr", "24")
        .containsEntry("new_routers", "192.168.0.1")
        .containsEntry("new_domain_name_servers", "192.168.0.2 192.168.0.1")
        .containsEntry("new_ntp_servers", "192.168.0.5 192.168.0.2")
        .containsEntry("new_domain_name", "rack.home.arpa")
        .containsEntry("new_domain_search", "rack.home.arpa home.arpa")
        .containsEntry(
            "new_classless_static_routes", "10.20.0.0/16 192.168.0.254 0.0.0.0/0 192.168.0.1")
        .containsEntry("new_interface_mtu", "1400")
        .containsEntry("new_host_name", "geranium");
  }
}
