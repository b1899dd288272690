package dev.coldframe.doctor;

import static dev.coldframe.testkit.Sites.T0;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.node.Severity;
import dev.coldframe.node.Site;
import dev.coldframe.testkit.Sites;
import java.util.List;
import org.junit.jupiter.api.Test;

class PortsCheckTest {
  private static final PortsCheck.Port TFTP = new PortsCheck.Port("tftp", "eth0", 69, false, false);
  private static final PortsCheck.Port HTTP = new PortsCheck.Port("http", "eth0", 80, true, false);

  private static List<Finding> of(String refusal, PortHolders.Holder... holders) {
    var tried = new PortsCheck.Tried(TFTP, refusal, List.of(holders));
    return PortsCheck.judge(new PortsCheck.Seen(false, List.of(tried))).findings();
  }

  @Test
  void aFreePortIsWell() {
    assertThat(of("")).isEmpty();
  }

  @Test
  void whoHasItIsNamed() {
    assertThat(
            of(
                "bind(..) failed with error(-98): Address already in use",
                new PortHolders.Holder(812, "in.tftpd")))
        .singleElement()
        .satisfies(finding -> {
          assertThat(finding.id()).isEqualTo("port-taken");
          assertThat(finding.stopsServing()).isTrue();
          assertThat(finding.found()).contains("69/udp", "eth0", "in.tftpd (process 812)");
          assertThat(finding.mend()).contains("systemctl disable --now in.tftpd", "leave tftp out");
        });
  }

  @Test
  void withoutRootNobodyIsNamed() {
    assertThat(of("Address already in use").getFirst().found()).contains("run doctor as root");
  }

  @Test
  void aTakenPortOfThePageKeepsNoMachineFromBooting() {
    var port = new PortsCheck.Port("admin", "127.0.0.1", 8080, true, false);
    var tried = new PortsCheck.Tried(port, "Address already in use", List.of());
    assertThat(PortsCheck.judge(new PortsCheck.Seen(false, List.of(tried))).findings())
        .singleElement()
        .satisfies(finding -> {
          assertThat(finding.id()).isEqualTo("page-port-taken");
          assertThat(finding.severity()).isEqualTo(Severity.WARNING);
          assertThat(finding.stopsServing()).isFalse();
          assertThat(finding.found()).contains("127.0.0.1:8080");
        });
  }

  @Test
  void everyServiceOfTheSiteIsTried() {
    assertThat(Sites.site().services()).containsExactlyInAnyOrder(Site.Service.values());
    assertThat(PortsCheck.wanted(Patients.of(Sites.site(), T0)))
        .extracting(PortsCheck.Port::toString)
        .containsExactlyInAnyOrder(
            "67/udp",
            "69/udp",
            "80/tcp",
            "53/udp",
            "53/tcp",
            "123/udp",
            "5353/udp",
            "6666/udp",
            "514/udp");
  }

  @Test
  void aMissingRightIsNotATakenPort() {
    assertThat(of("bind(..) failed with error(-13): Permission denied")).isEmpty();
  }

  @Test
  void socketsAreFoundInTheKernelsTables() {
    List<String> udp =
        List.of(
            "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid ...",
            "  123: 00000000:0045 00000000:0000 07 00000000:00000000 00:00000000 00000000     0"
                + "        0 4711 2 0000000000000000 0",
            "  124: 00000000:0043 00000000:0000 07 00000000:00000000 00:00000000 00000000     0"
                + "        0 4712 2 0000000000000000 0");
    assertThat(PortHolders.inodes(udp, TFTP)).containsExactly("socket:[4711]");
    List<String> tcp =
        List.of(
            "  sl  local_address rem_address   st ...",
            "   0: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0"
                + "        0 4713 1 0000000000000000 100 0 0 10 0",
            "   1: 0200A8C0:0050 1400A8C0:C001 01 00000000:00000000 00:00000000 00000000     0"
                + "        0 4714 1 0000000000000000 100 0 0 10 0");
    assertThat(PortHolders.inodes(tcp, HTTP)).containsExactly("socket:[4713]");
    assertThat(PortHolders.inodes(List.of(), HTTP)).isEmpty();
  }
}
