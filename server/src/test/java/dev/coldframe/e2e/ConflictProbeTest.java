package dev.coldframe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An address of the pool that somebody has taken by hand is not offered.
@Tag("real")
class ConflictProbeTest {
  private static final String CONFIG =
      """
      site: rack
      domain: rack.home.arpa
      appliance: { address: 192.168.0.2 }
      networks:
        - { interface: eth0, subnet: 192.168.0.0/24, pool: 192.168.0.200-192.168.0.239 }
      profiles: { k8s: { boot: install } }
      """;

  @TempDir Path folder;
  private Lab lab;

  @BeforeEach
  void start() {
    lab = Lab.open(folder);
    lab.serve(CONFIG);
  }

  @AfterEach
  void stop() {
    lab.close();
  }

  @Test
  @Tag("S-41")
  void theNextAddressIsOffered() {
    // A second machine on the same cable, with the first address of the pool.
    lab.newCard("02:00:00:00:00:01");
    lab.onClient(
            "ip", "link", "add", "squatter", "link", "eth0", "type", "macvlan", "mode", "bridge")
        .text();
    lab.onClient("ip", "addr", "add", "192.168.0.200/32", "dev", "squatter").text();
    lab.onClient("ip", "link", "set", "squatter", "up").text();
    String out =
        lab.onClient(
                "udhcpc", "-i", "eth0", "-f", "-n", "-q", "-t", "6", "-T", "2", "-s", "/bin/true")
            .text();
    assertThat(out).contains("lease of 192.168.0.201 obtained");
  }
}
