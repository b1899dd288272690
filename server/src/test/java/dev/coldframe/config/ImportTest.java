package dev.coldframe.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.net.Bytes;
import dev.coldframe.net.Cidr;
import dev.coldframe.net.Ip4;
import dev.coldframe.node.Network;
import dev.coldframe.node.Node;
import dev.coldframe.node.Profile;
import dev.coldframe.node.Site;
import dev.coldframe.node.World;
import dev.coldframe.testkit.Sites;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Other servers' files.
class ImportTest {
  private static Network full() {
    Network n = Sites.network();
    return new Network(
        n.interfaceName(),
        n.subnet(),
        n.mode(),
        n.router(),
        List.of(new Network.ServerRef.Address(Ip4.parse("192.168.0.5"))),
        n.ntp(),
        List.of("rack.home.arpa", "home.arpa"),
        List.of(new Network.Route(Cidr.parse("10.0.0.0/8"), Ip4.parse("192.168.0.254"))),
        OptionalInt.of(1_400),
        Map.of(
            150, Bytes.parseHex("c0a80002"),
            23, Bytes.parseHex("40"),
            19, Bytes.parseHex("01"),
            224, Bytes.parseHex("0102ff")),
        n.pool(),
        n.conflictProbe(),
        List.of(),
        Duration.ZERO);
  }

  /// Two networks; nodes that are known by one and by two hardware addresses.
  private static World world() {
    Profile local = Sites.profile("imported", Profile.Boot.LOCAL);
    Node dahlia = Sites.node("dahlia", null, "dc:a6:32:01:36:c2", "192.168.0.21", local);
    Node lily = Sites.node("lily", null, "dc:a6:32:01:36:c4", "10.1.0.21", local);
    World world =
        Sites.world(
            Sites.site(
                List.of(full(), Sites.at(Sites.network(), "10.1.0.0/24")), List.of(dahlia, lily)));
    return world.with(
        world
            .knowledge()
            .withLearned(Map.of(dev.coldframe.net.MacAddress.parse("dc:a6:32:01:36:ff"), "lily")));
  }

  private static Site site(Imported imported) {
    assertThat(imported).isInstanceOf(Imported.Ok.class);
    String text = ((Imported.Ok) imported).text();
    Loaded loaded =
        ConfigLoader.parse("c", Path.of("/"), text, new LoadOptions(Path.of("/s"), true));
    return ((Loaded.Ok) loaded).site();
  }

  private static List<String> left(Imported imported) {
    return ((Imported.Ok) imported).left().stream().map(Problem::toString).toList();
  }

  private static List<String> wrong(Imported imported) {
    return ((Imported.Invalid) imported).problems().stream().map(Problem::toString).toList();
  }

  private static void assertRoundTrip(
      Function<World, String> export, BiFunction<String, String, Imported> importing) {
    World before = world();
    Site after = site(importing.apply("f", export.apply(before)));
    assertThat(after.domain()).isEqualTo(before.site().domain());
    assertThat(after.leaseTime()).isEqualTo(before.site().leaseTime());
    assertThat(after.networks()).hasSize(2);
    Network expected = full();
    Network first = after.networks().getFirst();
    assertThat(first).usingRecursiveComparison().isEqualTo(expected);
    assertThat(after.networks().getLast().pool())
        .isEqualTo(before.site().networks().getLast().pool());
    assertThat(after.nodes().keySet()).containsExactly("dahlia", "lily");
    before
        .nodes()
        .forEach(node -> {
          Node same = Objects.requireNonNull(after.nodes().get(node.name()));
          assertThat(same.address()).isEqualTo(node.address());
          assertThat(same.identity().macs()).isEqualTo(before.macsOf(node));
        });
  }

  @Test
  void whatWasExportedForDnsmasqComesBackTheSame() {
    assertRoundTrip(DnsmasqText::of, DnsmasqImport::read);
  }

  @Test
  void whatWasExportedForKeaComesBackTheSame() {
    assertRoundTrip(KeaText::of, KeaImport::read);
  }

  private static final String DNSMASQ =
      """
      # the lab
      interface=eth1
      listen-address=192.168.7.1
      domain=lab.home.arpa
      server=9.9.9.9
      dhcp-range=set:lab,192.168.7.100,192.168.7.199,255.255.255.0,12h
      dhcp-range=192.168.7.210,192.168.7.220,255.255.255.0,12h
      dhcp-range=2001:db8::10,2001:db8::99,64
      dhcp-option=option:router,192.168.7.254 # the gateway
      dhcp-option=tag:lab,6,0.0.0.0,9.9.9.9
      dhcp-option=tag:other,42,9.9.9.9
      dhcp-option=67,"pxelinux.0"
      dhcp-host=02:00:00:00:00:01,printer,192.168.7.20,infinite
      dhcp-host=02:00:00:00:00:02,192.168.7.21
      dhcp-host=02:00:00:00:00:03,laptop
      dhcp-host=02:00:00:00:00:04,far,10.9.9.9
      dhcp-host=02:00:00:00:00:05,clone,192.168.7.20
      address=/wiki.lab.home.arpa/192.168.7.30
      address=/ads.example/0.0.0.0
      host-record=nas,nas.lab.home.arpa,192.168.7.31,3600
      enable-tftp
      """;

  @Test
  void aDnsmasqFileBecomesASiteAndWhatItLeavesOutIsNamed() {
    Imported imported = DnsmasqImport.read("dnsmasq.conf", DNSMASQ);
    Site site = site(imported);
    assertThat(site.appliance()).isEqualTo(Ip4.parse("192.168.7.1"));
    assertThat(site.domain()).isEqualTo("lab.home.arpa");
    assertThat(site.leaseTime()).isEqualTo(Duration.ofHours(12));
    assertThat(site.upstreamDns()).containsExactly(Ip4.parse("9.9.9.9"));
    Network network = site.networks().getFirst();
    assertThat(network.interfaceName()).isEqualTo("eth1");
    assertThat(network.router()).contains(Ip4.parse("192.168.7.254"));
    assertThat(network.dns())
        .containsExactly(
            new Network.ServerRef.Appliance(), new Network.ServerRef.Address(Ip4.parse("9.9.9.9")));
    assertThat(network.pool()).hasToString("Optional[192.168.7.100-192.168.7.199]");
    assertThat(site.nodes().keySet()).containsExactly("printer", "host-192-168-7-21");
    assertThat(site.nodes().values())
        .extracting(node -> node.profile().boot())
        .containsOnly(Profile.Boot.LOCAL);
    assertThat(site.records().keySet()).containsExactlyInAnyOrder("wiki", "nas");
    assertThat(left(imported))
        .extracting(line -> line.replaceFirst("dnsmasq.conf:([0-9]+):.*", "$1"))
        .containsExactly("7", "8", "11", "12", "13", "14", "15", "16", "17", "19", "21");
  }

  private static final String KEA =
      """
      { // the lab
        "Dhcp4": {
          "interfaces-config": { "interfaces": [ "eth1/192.168.7.1" ] },
          "valid-lifetime": 3600, # an hour
          "lease-database": { "type": "memfile" },
          "option-data": [ { "name": "domain-name-servers", "data": "9.9.9.9, 9.9.9.10" } ],
          /* one network */
          "subnet4": [ {
            "id": 1, "subnet": "192.168.7.0/24",
            "pools": [ { "pool": "192.168.7.128/26" }, { "pool": "192.168.7.10 - 192.168.7.19" } ],
            "option-data": [
              { "name": "routers", "data": "192.168.7.254" },
              { "name": "boot-file-name", "data": "pxelinux.0" } ],
            "reservations": [
              { "hw-address": "02:00:00:00:00:01", "ip-address": "192.168.7.20", "hostname": "printer",
                "client-classes": [ "x" ] },
              { "client-id": "01:02", "ip-address": "192.168.7.21" } ]
          } ]
        }
      }
      """;

  @Test
  void aKeaFileBecomesASiteAndWhatItLeavesOutIsNamed() {
    Imported imported = KeaImport.read("kea.conf", KEA);
    Site site = site(imported);
    assertThat(site.appliance()).isEqualTo(Ip4.parse("192.168.7.1"));
    assertThat(site.leaseTime()).isEqualTo(Duration.ofHours(1));
    Network network = site.networks().getFirst();
    assertThat(network.interfaceName()).isEqualTo("eth1");
    assertThat(network.router()).contains(Ip4.parse("192.168.7.254"));
    assertThat(network.dns()).hasSize(2);
    assertThat(network.pool()).hasToString("Optional[192.168.7.128-192.168.7.191]");
    assertThat(site.nodes().keySet()).containsExactly("printer");
    assertThat(left(imported))
        .extracting(line -> line.replaceFirst("kea.conf:([0-9]+):.*", "$1"))
        .containsExactly("5", "10", "13", "16", "17");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "dhcp-range=192.168.7.999,192.168.7.10|f:1: dhcp-range",
        "dhcp-range=192.168.7.20,192.168.7.10,255.255.255.0|f:1: dhcp-range: ends",
        "dhcp-range=192.168.7.2,192.168.7.10,255.0.255.0|f:1: dhcp-range: 255.0.255.0",
        "domain=..|f:1: domain",
        "port=0|f: names no IPv4 network",
      })
  void aWrongLineOfADnsmasqFileIsNamed(String text, String expected) {
    assertThat(wrong(DnsmasqImport.read("f", text))).anyMatch(line -> line.startsWith(expected));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{ \"Dhcp4\": |f:1: this is not valid JSON",
        "[]|f:1: has no Dhcp4",
        "{\"Dhcp4\": {\"subnet4\": [{\"subnet\": \"x\"}]}}|f:1: Dhcp4.subnet4[0].subnet",
      })
  void aWrongLineOfAKeaFileIsNamed(String text, String expected) {
    assertThat(wrong(KeaImport.read("f", text))).anyMatch(line -> line.startsWith(expected));
  }

  private static Imported kea(String interfaceName, String data) {
    return KeaImport.read(
        "kea.conf",
        """
        { "Dhcp4": { "interfaces-config": { "interfaces": [ "%1$s" ] },
          "subnet4": [ { "subnet": "192.168.7.0/24", "interface": "%1$s",
            "option-data": [ { "code": 224, "data": "%2$s" } ] } ] } }
        """
            .formatted(interfaceName, data));
  }

  /// YAML of its own in a name or a text must not become keys of the config file.
  @Test
  void textsOfAKeaFileStayTexts() {
    Imported imported = kea("eth1\\nguests: all", "a\\\"c: [d] #\\\\ e");
    Site site = site(imported);
    assertThat(left(imported)).filteredOn(l -> l.contains("no interface of Linux")).hasSize(2);
    assertThat(site.guests()).isEmpty();
    Network network = site.networks().getFirst();
    assertThat(network.interfaceName()).isEqualTo("eth0");
    assertThat(network.options().get(224))
        .isEqualTo(Bytes.wrap("a\"c: [d] #\\ e".getBytes(StandardCharsets.UTF_8)));
    assertThat(wrong(kea("eth1", "a\\n\\tguests: all")))
        .singleElement()
        .asString()
        .endsWith("would become wrong: must be one line without control characters");
  }
}
