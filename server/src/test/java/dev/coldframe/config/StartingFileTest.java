package dev.coldframe.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.net.Ip4;
import dev.coldframe.node.Network;
import dev.coldframe.node.Site;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StartingFileTest {
  @TempDir Path temp;
  private ConfigFolder folder;

  @BeforeEach
  void makeFolders() {
    folder = ConfigFolder.in(temp);
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          192.168.0.2,  24, 192.168.0.1,   192.168.0.200-192.168.0.239
          192.168.0.2,  24, '',            192.168.0.200-192.168.0.239
          192.168.0.210,24, 192.168.0.254, 192.168.0.160-192.168.0.199
          192.168.0.200,24, 192.168.0.199, 192.168.0.120-192.168.0.159
          10.1.2.3,     8,  10.0.0.1,      10.255.255.200-10.255.255.239
          10.0.0.2,     26, 10.0.0.1,      10.0.0.8-10.0.0.47
          10.0.0.2,     27, 10.0.0.1,      ''
          10.0.0.2,     30, 10.0.0.1,      ''
          10.0.0.2,     24, 172.16.0.1,    10.0.0.200-10.0.0.239
          """)
  void servesAnInterfaceWithAPoolThatFits(
      String address, int prefixLength, String gateway, String pool) {
    var local =
        new LocalInterface("enp3s0", Ip4.parse(address), prefixLength, Ip4.tryParse(gateway));
    Site site = folder.site(StartingFile.write(List.of(local), false));
    Network network = site.networks().getFirst();
    assertThat(site.appliance()).isEqualTo(local.address());
    assertThat(network.interfaceName()).isEqualTo("enp3s0");
    assertThat(network.subnet()).isEqualTo(local.subnet());
    assertThat(network.router()).isEqualTo(Ip4.tryParse(gateway).filter(local.subnet()::isHost));
    assertThat(network.pool().map(Object::toString).orElse("")).isEqualTo(pool);
  }

  @Test
  void passesOverInterfacesThatCannotBeServedAndNamesTheOthers() {
    String text =
        StartingFile.write(
            List.of(
                local("lo", "127.0.0.1", 8),
                local("tun0", "10.8.0.1", 32),
                local("eth0", "192.168.7.2", 24),
                local("eth1", "10.0.0.2", 16)),
            false);
    assertThat(folder.site(text).networks().getFirst().interfaceName()).isEqualTo("eth0");
    assertThat(text).contains("# also here: interface eth1, subnet 10.0.0.0/16\n");
    assertThat(text).doesNotContain("tun0", "127.0.0.1", "${");
  }

  @ParameterizedTest
  @CsvSource({"false, AUTHORITATIVE", "true, OBSERVE"})
  void saysHowMuchIsAnswered(boolean observe, Network.Mode mode) {
    String text = StartingFile.write(List.of(local("eth0", "192.168.7.2", 24)), observe);
    assertThat(folder.site(text).networks().getFirst().mode()).isEqualTo(mode);
  }

  @Test
  void writesAnExampleWhereNoInterfaceCanBeServed() {
    assertThat(
            folder.site(StartingFile.write(List.of(), false)).networks().getFirst().interfaceName())
        .isEqualTo("eth0");
  }

  private static LocalInterface local(String name, String address, int prefixLength) {
    return new LocalInterface(name, Ip4.parse(address), prefixLength, Optional.empty());
  }
}
