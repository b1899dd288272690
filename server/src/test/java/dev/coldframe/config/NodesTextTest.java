package dev.coldframe.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import dev.coldframe.net.Serial;
import dev.coldframe.node.Identity;
import dev.coldframe.node.Node;
import dev.coldframe.node.Profile;
import dev.coldframe.node.Site;
import dev.coldframe.node.World;
import dev.coldframe.testkit.Sites;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Adopted nodes on their way into the config file.
class NodesTextTest {
  private static final String SITE =
      Samples.MINIMAL
          + """
          profiles: { k8s: { boot: local }, "1": { boot: local } }
          nodes:
            geranium: { serial: 10000000a2ef5644, address: 192.168.0.20, profile: k8s }
          """;

  private static final MacAddress SECOND_CARD = MacAddress.parse("dc:a6:32:00:00:0a");

  @TempDir Path temp;
  private ConfigFolder folder;

  @BeforeEach
  void makeFolders() {
    folder = ConfigFolder.in(temp);
  }

  private static Node adopted(
      String name, String mac, List<Serial> serials, String address, Profile profile) {
    var identity = new Identity(serials, List.of(MacAddress.parse(mac)), List.of(), List.of());
    return new Node(name, identity, Ip4.parse(address), profile, Node.Origin.ADOPTED);
  }

  private static Profile profile(Site site, String name) {
    return Objects.requireNonNull(site.profiles().get(name));
  }

  private static World world(Site site) {
    List<Node> adopted =
        List.of(
            adopted(
                "lily",
                "dc:a6:32:00:00:09",
                List.of(Serial.parse("91cdf03d")),
                "192.168.0.21",
                profile(site, "k8s")),
            adopted("null", "dc:a6:32:00:00:0b", List.of(), "192.168.0.22", profile(site, "1")),
            adopted("7", "dc:a6:32:00:00:0c", List.of(), "192.168.0.23", profile(site, "k8s")));
    return World.of(
        site,
        World.Knowledge.of(Sites.quirks())
            .withAdopted(adopted)
            .withLearned(Map.of(SECOND_CARD, "lily")));
  }

  @Test
  void oneLineForEachInTheFormOfTheFile() {
    assertThat(NodesText.of(world(folder.site(SITE))))
        .isEqualTo(
            """
              lily: { serial: 91cdf03d, mac: [dc:a6:32:00:00:09, dc:a6:32:00:00:0a], address: 192.168.0.21, profile: k8s }
              "null": { mac: dc:a6:32:00:00:0b, address: 192.168.0.22, profile: "1" }
              "7": { mac: dc:a6:32:00:00:0c, address: 192.168.0.23, profile: k8s }
            """);
  }

  @Test
  void inTheFileTheyAreTheSameNodesAndNothingClashes() {
    World before = world(folder.site(SITE));
    Site pasted = folder.site(SITE + NodesText.of(before));
    World after = World.of(pasted, before.knowledge());
    assertThat(after.nodes()).hasSameSizeAs(before.nodes());
    assertThat(after.shadowed()).isEmpty();
    for (Node node : before.nodes()) {
      Node now = after.node(node.name()).orElseThrow();
      assertThat(now.origin()).isEqualTo(Node.Origin.FILE);
      assertThat(now.address()).isEqualTo(node.address());
      assertThat(now.profile()).isEqualTo(node.profile());
      assertThat(now.identity().serials()).isEqualTo(node.identity().serials());
      assertThat(after.macsOf(now)).isEqualTo(before.macsOf(node));
    }
    assertThat(NodesText.of(after)).isEqualTo("  # no node is adopted\n");
  }

  @Test
  void anotherBoardOfTheSameNameInTheFileIsAClashAsBefore() {
    String other = "  lily: { mac: dc:a6:32:00:00:0d, address: 192.168.0.21, profile: k8s }\n";
    World after = World.of(folder.site(SITE + other), world(folder.site(SITE)).knowledge());
    assertThat(after.shadowed()).extracting(Node::name).containsExactly("lily");
  }
}
