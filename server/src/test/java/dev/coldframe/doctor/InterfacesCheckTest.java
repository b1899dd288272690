package dev.coldframe.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.coldframe.net.Cidr;
import dev.coldframe.net.Ip4;
import dev.coldframe.node.Severity;
import java.util.List;
import org.junit.jupiter.api.Test;

class InterfacesCheckTest {
  private static final Ip4 OWN = Ip4.parse("192.168.0.2");
  private static final Cidr SUBNET = Cidr.parse("192.168.0.0/24");

  private static List<Finding> of(InterfacesCheck.Served served, boolean here) {
    return InterfacesCheck.judge(new InterfacesCheck.Seen(List.of(served), OWN, here)).findings();
  }

  private static InterfacesCheck.Served eth0(
      boolean exists, boolean up, boolean carrier, Ip4... addresses) {
    return new InterfacesCheck.Served(
        "eth0", SUBNET, true, exists, up, carrier, List.of(addresses));
  }

  @Test
  void oneThatIsUpWithItsAddressIsWell() {
    assertThat(of(eth0(true, true, true, OWN), true)).isEmpty();
  }

  @Test
  void oneThatIsNotThereStopsServing() {
    assertThat(of(eth0(false, false, false), false))
        .singleElement()
        .satisfies(finding -> {
          assertThat(finding.id()).isEqualTo("interface-missing");
          assertThat(finding.stopsServing()).isTrue();
        });
  }

  @Test
  void oneThatIsDownIsToBeSetUp() {
    assertThat(of(eth0(true, false, false, OWN), true))
        .singleElement()
        .satisfies(finding -> {
          assertThat(finding.id()).isEqualTo("interface-down");
          assertThat(finding.mend()).isEqualTo("ip link set eth0 up");
        });
  }

  @Test
  void oneWithoutAnAddressOfItsNetworkIsToBeGivenOne() {
    assertThat(of(eth0(true, true, true, Ip4.parse("10.0.0.1")), false))
        .singleElement()
        .satisfies(finding -> {
          assertThat(finding.id()).isEqualTo("address-missing");
          assertThat(finding.mend()).contains("ip address add 192.168.0.2/24 dev eth0");
        });
  }

  @Test
  void anObservedNetworkNeedsNoAddress() {
    var observed = new InterfacesCheck.Served("eth0", SUBNET, false, true, true, true, List.of());
    assertThat(of(observed, true)).isEmpty();
  }

  @Test
  void aCableWithoutAnEndIsAWarning() {
    assertThat(of(eth0(true, true, false, OWN), true))
        .extracting(Finding::id, Finding::severity)
        .containsExactly(tuple("no-cable", Severity.WARNING));
  }

  @Test
  void nodesMustNotBeToldAnAddressThatIsNotHere() {
    assertThat(of(eth0(true, true, true, Ip4.parse("192.168.0.9")), false))
        .extracting(Finding::id)
        .containsExactly("appliance-elsewhere");
  }
}
