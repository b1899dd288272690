package dev.coldframe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// DNS and NTP as real clients see them.
@Tag("real")
class NamesAndTimeTest {
  private static final String CONFIG =
      """
      site: rack
      domain: rack.home.arpa
      appliance: { address: 192.168.0.2 }
      admin: { listen: 127.0.0.1:0 }
      networks:
        - interface: eth0
          subnet: 192.168.0.0/24
          dns: [appliance]
          ntp: [appliance]
          pool: 192.168.0.200-192.168.0.239
      profiles:
        k8s: { boot: local }
      nodes:
        geranium: { mac: dc:a6:32:01:36:c2, address: 192.168.0.20, profile: k8s }
      records: { many: [MANY] }
      services: [dns, ntp]
      time: local
      """;

  @TempDir static Path folder;
  private static Lab lab;

  @BeforeAll
  static void start() {
    lab = Lab.open(folder);
    var many = new StringBuilder("10.1.0.1");
    for (int i = 2; i <= 100; i++) {
      many.append(", 10.1.0.").append(i);
    }
    lab.serve(CONFIG.replace("MANY", many));
    lab.clientAddress("192.168.0.20");
  }

  @AfterAll
  static void stop() {
    lab.close();
  }

  private static String dig(String words) {
    String[] all = ("dig @192.168.0.2 +tries=1 +time=5 " + words).split(" ");
    return lab.onClient(all).text();
  }

  @Test
  @Tag("N-12")
  @Tag("N-24")
  void digFindsANodeThatNeverBootedInBothDirections() {
    assertThat(dig("+short geranium.rack.home.arpa")).isEqualTo("192.168.0.20\n");
    assertThat(dig("+short -x 192.168.0.20")).isEqualTo("geranium.rack.home.arpa.\n");
    assertThat(dig("+short +tcp GERANIUM.rack.home.arpa")).isEqualTo("192.168.0.20\n");
    assertThat(dig("tulip.rack.home.arpa")).contains("status: NXDOMAIN", "SOA\tcoldframe.rack");
    assertThat(dig("+short ip-192-168-0-200.dhcp.rack.home.arpa")).isEqualTo("192.168.0.200\n");
  }

  @Test
  @Tag("N-13")
  @Tag("N-14")
  void digGetsLargeAnswersAtEverySize() {
    for (String size : new String[] {"+noedns", "+bufsize=512", "+bufsize=1232", "+bufsize=4096"}) {
      String out = dig(size + " many.rack.home.arpa");
      assertThat(out).contains("status: NOERROR", "ANSWER: 100", "Truncated, retrying in TCP mode");
    }
    assertThat(dig("+edns=1 +noednsneg geranium.rack.home.arpa")).contains("status: BADVERS");
    assertThat(dig("+bufsize=1232 geranium.rack.home.arpa")).contains("EDNS: version: 0");
  }

  @Test
  @Tag("N-05")
  @Tag("N-06")
  @Tag("N-07")
  void digLearnsNothingElse() {
    assertThat(dig("CH TXT version.bind")).contains("status: REFUSED");
    assertThat(dig("ANY +notcp geranium.rack.home.arpa")).contains("ANSWER: 1,", "192.168.0.20");
    assertThat(lab.onClient("dig", "@192.168.0.2", "AXFR", "rack.home.arpa").out())
        .contains("Transfer failed");
    assertThat(dig("www.example.org")).contains("status: REFUSED");
  }

  @Test
  void busyboxFindsANode() {
    assertThat(lab.onClient("busybox", "nslookup", "geranium.rack.home.arpa", "192.168.0.2").text())
        .contains("192.168.0.20");
  }

  @Test
  @Tag("C-01")
  void chronySetsItsClockByUs() {
    String out = lab.onClient("chronyd", "-Q", "-t", "15", "server 192.168.0.2 iburst").text();
    Matcher offset = Pattern.compile("wrong by (-?[0-9.]+) seconds").matcher(out);
    assertThat(offset.find()).as(out).isTrue();
    assertThat(Math.abs(Double.parseDouble(offset.group(1)))).isLessThan(0.05);
  }

  @Test
  @Tag("C-01")
  void ntpdigMeasuresUs() {
    String out = lab.onClient("ntpdig", "-t", "5", "192.168.0.2").text();
    assertThat(out).contains("192.168.0.2", "s10");
  }
}
