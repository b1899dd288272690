package dev.coldframe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The daemons of usual Linux systems: systemd's resolver, time and network daemons,
/// NetworkManager, ntpdate, chrony.
@Tag("real")
class SystemClientsTest {
  private static final String CONFIG =
      """
      site: rack
      domain: rack.home.arpa
      appliance: { address: 192.168.0.2 }
      admin: { listen: 127.0.0.1:0 }
      networks:
        - interface: eth0
          subnet: 192.168.0.0/24
          router: 192.168.0.1
          dns: [appliance, 192.168.0.1]
          ntp: [192.168.0.5, appliance]
          search: [rack.home.arpa, home.arpa]
          routes: [{ to: 10.20.0.0/16, via: 192.168.0.254 }]
          mtu: 1400
          pool: 192.168.0.200-192.168.0.239
      profiles:
        k8s: { boot: local }
      nodes:
        geranium: { mac: dc:a6:32:01:36:c2, address: 192.168.0.20, profile: k8s, aliases: wiki }
      records:
        _etcd._tcp: { srv: [{ target: geranium, port: 2380 }] }
        geranium: { txt: top shelf }
      services: [dhcp, dns, ntp]
      time: local
      lease-time: 1h
      limits: { per-source: off }
      """;

  private static final String RESOLVED =
      """
      printf '[Resolve]\\nDNS=192.168.0.2\\nDomains=~.\\nDNSSEC=no\\nLLMNR=no\\nMulticastDNS=no\\n' > /etc/systemd/resolved.conf
      install -d -o systemd-resolve -g systemd-resolve /run/systemd/resolve
      /lib/systemd/systemd-resolved > /tmp/resolved.log 2>&1 &
      until_true busctl status org.freedesktop.resolve1
      """;

  @TempDir Path folder;
  private Lab lab;
  private Process server;

  @BeforeEach
  void start() {
    lab = Lab.open(folder);
    server = lab.serve(CONFIG);
    lab.newCard("dc:a6:32:01:36:c2");
  }

  @AfterEach
  void stop() {
    lab.close();
  }

  private String run(String script) {
    return ClientRoot.in(folder.resolve("client"), lab).run(script).text();
  }

  private String dig(String words) {
    return lab.onClient(("dig @192.168.0.2 +tries=1 +time=5 " + words).split(" ")).text();
  }

  @Test
  @Tag("N-11")
  @Tag("N-12")
  void resolvedFindsNamesAliasesAndServices() {
    lab.clientAddress("192.168.0.20");
    String out =
        run(
            RESOLVED
                + """
                resolvectl query geranium.rack.home.arpa
                resolvectl query wiki.rack.home.arpa
                resolvectl query 192.168.0.20
                resolvectl --type=SRV query _etcd._tcp.rack.home.arpa
                resolvectl --type=TXT query geranium.rack.home.arpa
                resolvectl query tulip.rack.home.arpa || true
                """);
    assertThat(out)
        .contains("geranium.rack.home.arpa: 192.168.0.20")
        .containsPattern("wiki.rack.home.arpa: 192.168.0.20 .*\\n +\\(geranium.rack.home.arpa\\)")
        .contains("192.168.0.20: geranium.rack.home.arpa")
        .contains("_etcd._tcp.rack.home.arpa IN SRV 0 0 2380 geranium.rack.home.arpa")
        .contains("geranium.rack.home.arpa IN TXT \"top shelf\"")
        .contains("'tulip.rack.home.arpa' not found");
  }

  @Test
  @Tag("N-24")
  void aNodeThatIsRenamedInTheFileResolvesAtOnce() {
    lab.clientAddress("192.168.0.20");
    assertThat(dig("+noall +answer geranium.rack.home.arpa"))
        .containsPattern("^geranium.rack.home.arpa.\\s+60\\s+IN\\s+A\\s+192.168.0.20");
    long before = serial();
    lab.write("coldframe.yaml", CONFIG.replace("geranium:", "lily:").replace("geranium", "lily"));
    lab.onServer("kill", "-HUP", Long.toString(server.pid())).text();
    Lab.await(folder.resolve("serve.log"), "coldframe reloaded", server);
    assertThat(dig("+short lily.rack.home.arpa")).isEqualTo("192.168.0.20\n");
    assertThat(dig("+short -x 192.168.0.20")).isEqualTo("lily.rack.home.arpa.\n");
    assertThat(dig("+short wiki.rack.home.arpa")).isEqualTo("lily.rack.home.arpa.\n192.168.0.20\n");
    // Whoever asked before keeps the old name for the 60 s that the answer allowed; nobody else.
    assertThat(dig("geranium.rack.home.arpa")).contains("status: NXDOMAIN");
    assertThat(serial()).isGreaterThan(before);
    assertThat(run(RESOLVED + "resolvectl query lily.rack.home.arpa"))
        .contains("lily.rack.home.arpa: 192.168.0.20");
  }

  private long serial() {
    return Long.parseLong(dig("+short SOA rack.home.arpa").split(" ", -1)[2]);
  }

  @Test
  @Tag("C-01")
  void timesyncdTakesTheTime() {
    lab.clientAddress("192.168.0.20");
    // Not as root: then it would insist on the right to set this machine's clock.
    String out =
        run(
            """
            printf '[Time]\\nNTP=192.168.0.2\\n' > /etc/systemd/timesyncd.conf
            install -d -o systemd-timesync -g systemd-timesync /run/systemd/timesync /var/lib/systemd/timesync
            SYSTEMD_LOG_LEVEL=debug setpriv --reuid systemd-timesync --regid systemd-timesync --clear-groups \
              --inh-caps=-all --bounding-set=-all /lib/systemd/systemd-timesyncd > /tmp/timesyncd.log 2>&1 &
            until_true grep 'stratum' /tmp/timesyncd.log || true
            cat /tmp/timesyncd.log
            """);
    assertThat(out)
        .contains("NTP response:")
        .containsPattern("leap *: 0")
        .containsPattern("stratum *: 10")
        .containsPattern("offset *: [+-]0\\.")
        .contains("Contacted time server 192.168.0.2:123");
  }

  /// What a node's health report says of its clock, read with the very functions of that report
  /// from the daemon that follows us.
  @Test
  @Tag("C-01")
  void aNodesReportTellsHowFarItsClockWasOff() {
    lab.clientAddress("192.168.0.20");
    String functions = Lab.read(Path.of("../templates/root/usr/local/lib/coldframe/node.sh.tmpl"));
    // timedatectl asks only where systemd runs.
    String out =
        run(
            """
            mkdir -p /usr/local/lib/coldframe /run/systemd/system
            printf 'server=192.168.0.2 sshd=off\\n' > /usr/local/lib/coldframe/settings.sh
            cat > /tmp/node.sh << 'FUNCTIONS'
            """
                + functions
                + """
                FUNCTIONS
                . /tmp/node.sh
                printf '[Time]\\nNTP=192.168.0.2\\n' > /etc/systemd/timesyncd.conf
                install -d -o systemd-timesync -g systemd-timesync /run/systemd/timesync /var/lib/systemd/timesync
                test -z "$(offset)$(ntp)" || echo too early
                setpriv --reuid systemd-timesync --regid systemd-timesync --clear-groups --inh-caps=-all \\
                  --bounding-set=-all /lib/systemd/systemd-timesyncd > /tmp/timesyncd.log 2>&1 &
                measured() { test -n "$(offset)"; }
                until_true measured || cat /tmp/timesyncd.log
                timedatectl timesync-status
                echo "offset=$(offset) ntp=$(ntp)"
                """);
    assertThat(out).doesNotContain("too early").containsPattern("Offset: [+-]?[0-9.]+(us|ms|s)");
    var told = Pattern.compile("offset=(-?[0-9]+\\.[0-9]{6}) ntp=192\\.168\\.0\\.2\n").matcher(out);
    assertThat(told.find()).as(out).isTrue();
    assertThat(Double.parseDouble(told.group(1))).isBetween(-0.5, 0.5);
  }

  @Test
  @Tag("C-01")
  void ntpdateMeasuresUs() {
    lab.clientAddress("192.168.0.20");
    assertThat(run("ntpdate -q 192.168.0.2")).contains("192.168.0.2 s10 no-leap");
  }

  /// Both clocks are this machine's, so every offset is the server's or the network's fault.
  @Test
  @Tag("C-01")
  @Tag("C-06")
  void chronyMeasuresNoOffset() {
    lab.clientAddress("192.168.0.20");
    Path log = folder.resolve("measurements.log");
    Path conf =
        lab.write(
            "chrony.conf",
            """
            server 192.168.0.2 iburst minpoll -3 maxpoll -3
            pidfile %1$s/chronyd.pid
            driftfile %1$s/drift
            logdir %1$s
            log rawmeasurements
            bindcmdaddress /
            cmdport 0
            user root
            """
                .formatted(folder));
    lab.startOnClient(folder.resolve("chronyd.log"), "chronyd", "-d", "-x", "-f", conf.toString());
    List<Double> offsets = List.of();
    for (int look = 0; look < 600 && offsets.size() < 100; look++) {
      Lab.pause();
      offsets = offsets(Lab.read(log));
    }
    assertThat(offsets).hasSizeGreaterThanOrEqualTo(100);
    double median = offsets.stream().map(Math::abs).sorted().toList().get(offsets.size() / 2);
    assertThat(median).as("seconds").isLessThan(0.001);
  }

  private static List<Double> offsets(String log) {
    // Date, time, address, leap, stratum, three groups of tests, poll, polls, score, offset.
    Pattern line =
        Pattern.compile("(?m)^[0-9-]+ [0-9:]+ 192\\.168\\.0\\.2 +N +10 +(?:\\S+ +){6}(\\S+)");
    return line.matcher(log).results().map(m -> Double.valueOf(m.group(1))).toList();
  }

  @Test
  @Tag("S-01")
  void networkdGetsEverythingThatIsPinned() {
    String out =
        run(
            """
            printf '[Match]\\nName=eth0\\n[Network]\\nDHCP=ipv4\\nLinkLocalAddressing=no\\nIPv6AcceptRA=no\\n[DHCPv4]\\nUseMTU=yes\\nUseDomains=yes\\n' > /etc/systemd/network/10.network
            install -d -o systemd-network -g systemd-network /run/systemd/netif/{,links,leases,lldp}
            /lib/systemd/systemd-networkd > /tmp/networkd.log 2>&1 &
            until_true compgen -G '/run/systemd/netif/leases/*' || cat /tmp/networkd.log
            cat /run/systemd/netif/leases/*
            """);
    assertThat(out)
        .contains("\nADDRESS=192.168.0.20\n")
        .contains("NETMASK=255.255.255.0\n")
        .contains("ROUTER=192.168.0.1\n")
        .contains("SERVER_ADDRESS=192.168.0.2\n")
        .contains("MTU=1400\n")
        .contains("LIFETIME=3600\n")
        .contains("DNS=192.168.0.2 192.168.0.1\n")
        .contains("NTP=192.168.0.5 192.168.0.2\n")
        .contains("DOMAINNAME=rack.home.arpa\n")
        .contains("DOMAIN_SEARCH_LIST=rack.home.arpa home.arpa\n")
        .contains("HOSTNAME=geranium\n")
        .contains("CLASSLESS_ROUTES=10.20.0.0/16,192.168.0.254 0.0.0.0/0,192.168.0.1\n");
  }

  @Test
  @Tag("S-01")
  void networkManagerGetsEverythingThatIsPinned() {
    String out =
        run(
            """
            mkdir -p /var/lib/NetworkManager /etc/NetworkManager/system-connections
            printf '[main]\\nplugins=keyfile\\ndhcp=internal\\nno-auto-default=*\\n' > /etc/NetworkManager/NetworkManager.conf
            wired=/etc/NetworkManager/system-connections/wired.nmconnection
            printf '[connection]\\nid=wired\\ntype=ethernet\\ninterface-name=eth0\\n[ipv4]\\nmethod=auto\\n[ipv6]\\nmethod=disabled\\n' > $wired
            chmod 600 $wired
            NetworkManager -n > /tmp/manager.log 2>&1 &
            connected() { nmcli -t -g GENERAL.STATE device show eth0 | grep -q '^100'; }
            until_true connected || cat /tmp/manager.log
            nmcli -t -f GENERAL.MTU,IP4,DHCP4 device show eth0
            """);
    assertThat(out)
        .contains("GENERAL.MTU:1400\n")
        .contains("IP4.ADDRESS[1]:192.168.0.20/24\n")
        .contains("IP4.GATEWAY:192.168.0.1\n")
        .contains("dst = 10.20.0.0/16, nh = 192.168.0.254")
        .contains("domain_name_servers = 192.168.0.2 192.168.0.1\n")
        .contains("domain_search = rack.home.arpa home.arpa\n")
        .contains("host_name = geranium\n")
        .contains("dhcp_lease_time = 3600\n")
        .contains("interface_mtu = 1400\n")
        .contains("ntp_servers = 192.168.0.5 192.168.0.2\n")
        .contains(
            "rfc3442_classless_static_routes = 10.20.0.0/16 192.168.0.254 0.0.0.0/0 192.168.0.1\n");
  }
}
