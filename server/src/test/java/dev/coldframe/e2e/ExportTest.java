package dev.coldframe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.config.DnsmasqText;
import dev.coldframe.config.KeaText;
import dev.coldframe.net.Bytes;
import dev.coldframe.net.Cidr;
import dev.coldframe.net.Ip4;
import dev.coldframe.node.Network;
import dev.coldframe.node.World;
import dev.coldframe.testkit.Sites;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is exported is read by the programs that it is for.
@Tag("real")
class ExportTest {
  private static final Duration QUICK = Duration.ofSeconds(60);

  @TempDir Path folder;

  private static World world() {
    Network n = Sites.network();
    Network full =
        new Network(
            "lo",
            n.subnet(),
            n.mode(),
            n.router(),
            n.dns(),
            n.ntp(),
            List.of("rack.home.arpa", "home.arpa"),
            List.of(new Network.Route(Cidr.parse("10.0.0.0/8"), Ip4.parse("192.168.0.254"))),
            OptionalInt.of(1_400),
            Map.of(150, Bytes.parseHex("c0a80002"), 23, Bytes.parseHex("40")),
            n.pool(),
            n.conflictProbe(),
            List.of(),
            Duration.ZERO);
    Network empty =
        new Network(
            "lo",
            Cidr.parse("10.1.0.0/24"),
            n.mode(),
            java.util.Optional.empty(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            OptionalInt.empty(),
            Map.of(),
            java.util.Optional.empty(),
            true,
            List.of(Ip4.parse("10.1.0.1")),
            Duration.ZERO);
    return Sites.world(Sites.site(List.of(full, empty), Sites.rack(Sites.install())));
  }

  private Path file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  @Test
  void dnsmasqTakesItsFile() throws IOException {
    String text = DnsmasqText.of(world());
    assertThat(text)
        .contains("dhcp-host=dc:a6:32:01:36:c2,192.168.0.21,dahlia\n")
        .contains("# geranium at 192.168.0.20: no hardware address is known\n");
    Path file = file("dnsmasq.conf", text);
    assertThat(Command.run(QUICK, "dnsmasq", "--test", "-C", file.toString()).text())
        .contains("syntax check OK");
  }

  @Test
  void keaTakesItsFile() throws IOException {
    Path file = file("kea.json", KeaText.of(world()));
    assertThat(Command.run(QUICK, "kea-dhcp4", "-t", file.toString()).text())
        .doesNotContain("ERROR");
  }
}
