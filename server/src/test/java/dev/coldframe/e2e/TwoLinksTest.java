package dev.coldframe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// One appliance on two interfaces: each network gets its own addresses, and this server's address
/// on that network.
@Tag("real")
class TwoLinksTest {
  private static final String CONFIG =
      """
      site: rack
      appliance: { address: 192.168.0.2 }
      networks:
        - { interface: eth0, subnet: 192.168.0.0/24, router: 192.168.0.1, dns: [appliance] }
        - { interface: eth1, subnet: 192.168.1.0/24, router: 192.168.1.1, dns: [appliance] }
      profiles: { k8s: { boot: install } }
      nodes:
        geranium: { mac: dc:a6:32:01:36:c2, address: 192.168.0.20, profile: k8s }
        dahlia: { mac: dc:a6:32:01:36:c3, address: 192.168.1.20, profile: k8s }
      """;

  @TempDir Path folder;
  private Lab lab;
  private Path script;

  @BeforeEach
  void start() throws IOException {
    lab = Lab.open(folder);
    Files.createDirectories(folder.resolve("tftp-root"));
    lab.secondCable("dc:a6:32:01:36:c3");
    lab.serve(CONFIG);
    lab.newCard("dc:a6:32:01:36:c2");
    script =
        lab.script(
            "udhcpc.sh",
            """
            #!/bin/sh
            [ "$1" = bound ] && echo "ip=$ip router=$router dns=$dns server=$serverid"
            exit 0
            """);
  }

  @AfterEach
  void stop() {
    lab.close();
  }

  private String[] udhcpc() {
    return new String[] {
      "udhcpc", "-i", "eth0", "-f", "-n", "-q", "-t", "5", "-T", "1", "-s", script.toString()
    };
  }

  @Test
  @Tag("T-26")
  void eachNetworkIsServedByItsOwnAddress() {
    assertThat(lab.onClient(udhcpc()).text())
        .contains("ip=192.168.0.20 router=192.168.0.1 dns=192.168.0.2 server=192.168.0.2");
    assertThat(lab.onOther(udhcpc()).text())
        .contains("ip=192.168.1.20 router=192.168.1.1 dns=192.168.1.2 server=192.168.1.2");
    lab.onOther("ip", "addr", "add", "192.168.1.20/24", "dev", "eth0").text();
    assertThat(lab.onOther("curl", "-s", "-f", "tftp://192.168.1.2/config.txt").text())
        .startsWith("# dahlia");
    assertThat(lab.onOther("curl", "-s", "-f", "http://192.168.1.2/config.txt").text())
        .startsWith("# dahlia");
  }
}
