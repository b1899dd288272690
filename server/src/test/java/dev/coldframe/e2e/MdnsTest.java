package dev.coldframe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// mDNS between the appliance and real Avahi on two machines of one link.
@Tag("real")
class MdnsTest {
  private static final String NODE = "192.168.0.20";
  private static final String STRANGER = "192.168.0.77";
  private static final String STRANGER_MAC = "dc:a6:32:0a:0b:0c";
  private static final String CONFIG =
      """
      site: rack
      appliance: { address: 192.168.0.2 }
      networks: [{ interface: eth0, subnet: 192.168.0.0/24 }]
      profiles: { own: { boot: local } }
      nodes:
        geranium: { mac: dc:a6:32:01:36:c2, address: 192.168.0.20, profile: own }
      """;

  @TempDir Path folder;
  private Lab lab;
  private Process appliance;

  @BeforeEach
  void start() {
    lab = Lab.open(folder);
    lab.neighbour(STRANGER_MAC, NODE, STRANGER);
    appliance = lab.serve(CONFIG);
  }

  @AfterEach
  void stop() {
    lab.close();
  }

  private Avahi avahiOnNode(String hostName) {
    return Avahi.on(lab, lab::startOnClient, "br0", hostName);
  }

  private Avahi avahiOnStranger(String hostName) {
    return Avahi.on(lab, lab::startOnOther, "eth0", hostName);
  }

  /// What `coldframe nodes` says of a machine: its announced name and the clash.
  private String shown(String mac) {
    String[] words =
        lab.coldframe(
            "nodes",
            "--json",
            "-c",
            folder.resolve("coldframe.yaml").toString(),
            "--state",
            lab.state().toString());
    JsonNode nodes = JsonMapper.shared().readTree(lab.onServer(words).text()).get("nodes");
    for (JsonNode node : nodes) {
      if (node.get("mac").asString("").equals(mac)) {
        return node.get("announced").path("name").asString("nothing")
            + ", "
            + node.get("clash").asString("no clash");
      }
    }
    return "not listed";
  }

  private void awaitShown(String mac, String expected) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(40);
    String last = shown(mac);
    while (!last.equals(expected) && System.nanoTime() < end) {
      Lab.pause(200);
      last = shown(mac);
    }
    assertThat(last).isEqualTo(expected);
  }

  private void awaitResolved(Avahi avahi, String expected) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(40);
    String last = "";
    while (!last.contains(expected) && System.nanoTime() < end) {
      last = avahi.run("avahi-resolve", "-4", "-n", "coldframe.local").out();
    }
    assertThat(last).contains(expected);
  }

  @Test
  @Tag("M-05")
  void avahiFindsTheApplianceAndSeesItGo() {
    Avahi avahi = avahiOnNode("geranium");
    awaitResolved(avahi, "coldframe.local\t192.168.0.2\n");
    assertThat(avahi.run("avahi-browse", "-ptr", "_coldframe._tcp").text())
        .contains(
            "=;br0;IPv4;rack;_coldframe._tcp;local;coldframe.local;192.168.0.2;80;",
            "\"site=rack\"",
            "\"version=");

    Path browsed = folder.resolve("browsed.log");
    List<String> browse = avahi.beside("avahi-browse", "-p", "_coldframe._tcp");
    Process browser = lab.startOnClient(browsed, browse.toArray(String[]::new));
    Lab.await(browsed, "+;br0;IPv4;rack;_coldframe._tcp;local", browser);
    appliance.destroy();
    Lab.await(browsed, "-;br0;IPv4;rack;_coldframe._tcp;local", browser);
    assertThat(avahi.run("avahi-browse", "-pt", "_coldframe._tcp").text()).isEmpty();
  }

  @Test
  @Tag("M-06")
  @Tag("M-07")
  void digIsAnsweredAloneAndOnlyFromTheLink() {
    Avahi avahi = avahiOnNode("geranium");
    awaitResolved(avahi, "192.168.0.2");
    String[] dig = "dig -p 5353 @192.168.0.2 +tries=1 +time=3 coldframe.local A".split(" ");
    assertThat(lab.onClient(dig).text()).contains("coldframe.local.\t10\tIN\tA\t192.168.0.2");
    lab.onServer("ip", "route", "add", "10.9.9.0/24", "dev", "eth0").text();
    lab.onClient("ip", "addr", "add", "10.9.9.9/24", "dev", "br0").text();
    lab.onClient("busybox", "ping", "-c", "1", "-I", "10.9.9.9", "192.168.0.2").text();
    String[] offLink =
        "dig -b 10.9.9.9 -p 5353 @192.168.0.2 +tries=1 +time=3 coldframe.local A".split(" ");
    assertThat(lab.onClient(offLink).out()).contains("no servers could be reached");
  }

  @Test
  void thePortIsSharedWithAvahiOnTheSameMachine() {
    Avahi own = Avahi.on(lab, lab::startOnServer, "eth0", "shelf");
    Avahi node = avahiOnNode("geranium");
    awaitResolved(node, "192.168.0.2");
    assertThat(node.run("avahi-resolve", "-4", "-n", "shelf.local").text())
        .isEqualTo("shelf.local\t192.168.0.2\n");
    awaitResolved(own, "192.168.0.2");
    awaitShown("dc:a6:32:01:36:c2", "geranium.local, no clash");
  }

  @Test
  @Tag("M-18")
  void anInterfaceThatGoesDownAndAnAddressThatChangesAreAnnouncedAnew() {
    Avahi avahi = avahiOnNode("geranium");
    awaitResolved(avahi, "192.168.0.2");
    lab.onServer("ip", "addr", "del", "192.168.0.2/24", "dev", "eth0").text();
    lab.onServer("ip", "link", "set", "eth0", "down").text();
    lab.onServer("ip", "addr", "add", "192.168.0.3/24", "dev", "eth0").text();
    lab.onServer("ip", "link", "set", "eth0", "up").text();
    awaitResolved(avahi, "192.168.0.3");
    avahi.stop();
  }

  @Test
  @Tag("M-03")
  void theApplianceDefendsItsName() {
    Avahi node = avahiOnNode("geranium");
    awaitResolved(node, "192.168.0.2");
    Avahi stranger = avahiOnStranger("coldframe");
    stranger.await("Host name conflict, retrying with coldframe-2");
    awaitResolved(node, "192.168.0.2");
  }

  @Test
  void namesOfNodesAreShownWithTheirClashes() {
    awaitShown("dc:a6:32:01:36:c2", "nothing, no clash");
    Avahi stranger = avahiOnStranger("geranium");
    awaitShown("dc:a6:32:01:36:c2", "nothing, 192.168.0.77 announces geranium.local as well");
    awaitShown(STRANGER_MAC, "geranium.local, no clash");

    Avahi node = avahiOnNode("geranium");
    awaitShown(
        "dc:a6:32:01:36:c2",
        "geranium-2.local, it calls itself geranium-2.local: another machine has geranium.local");

    node.stop();
    stranger.stop();
    awaitShown("dc:a6:32:01:36:c2", "nothing, no clash");
    awaitShown(STRANGER_MAC, "nothing, no clash");

    node = avahiOnNode("geranium");
    awaitShown("dc:a6:32:01:36:c2", "geranium.local, no clash");
    stranger = avahiOnStranger("raspberrypi");
    awaitShown(STRANGER_MAC, "raspberrypi.local, no clash");
    node.run("avahi-set-host-name", "basil").text();
    awaitShown("dc:a6:32:01:36:c2", "basil.local, no clash");
    stranger.stop();
  }
}
