package dev.coldframe.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.net.Bytes;
import dev.coldframe.wire.dhcp.Decode;
import dev.coldframe.wire.dhcp.DhcpCodec;
import dev.coldframe.wire.dhcp.DhcpMessage;
import dev.coldframe.wire.dhcp.MessageType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Each benchmark does what it says, once and without a clock: one that measures a refusal would
/// look fast.
class BenchmarksTest {
  private static DhcpMessage read(Bytes packet) {
    return ((Decode.Ok) DhcpCodec.decode(packet)).message();
  }

  @Test
  void codecs() {
    var bench = new CodecBenchmark();
    assertThat(bench.dhcpDecode().type()).isEqualTo(MessageType.DISCOVER);
    assertThat(read(bench.dhcpEncode()).type()).isEqualTo(MessageType.ACK);
    assertThat(bench.tftpDecode().name()).isEqualTo("00000000/start4.elf");
    assertThat(bench.tftpDecode().options()).hasSize(2);
    assertThat(bench.sntpAnswer().position()).isEqualTo(48);
  }

  /// Nodes known by their hardware address and by their serial take turns.
  @ParameterizedTest
  @ValueSource(ints = {1, 10})
  void decisions(int nodes) {
    var bench = new DecisionBenchmark();
    bench.nodes = nodes;
    bench.fill();
    for (int i = 0; i < 3 * nodes; i++) {
      DhcpMessage offer = read(bench.dhcpOffer());
      assertThat(offer.type()).isEqualTo(MessageType.OFFER);
      assertThat(offer.yiaddr().toString()).startsWith("10.1.0.");
      assertThat(read(bench.dhcpAck()).type()).isEqualTo(MessageType.ACK);
      assertThat(bench.tftpPlan().paths()).hasSize(2).last().isEqualTo("start4.elf");
      assertThat(bench.httpPlan().paths()).last().isEqualTo("kernel8.img");
      assertThat(bench.dnsAnswer()).isGreaterThan(40);
    }
  }

  @Test
  void files() throws IOException {
    var bench = new LibraryBenchmark();
    bench.nodes = 3;
    bench.fill();
    try {
      for (int i = 0; i < 10; i++) {
        assertThat(bench.file()).isEqualTo(4_096);
        assertThat(bench.probe()).isFalse();
        assertThat(bench.rendered()).isPositive();
      }
    } finally {
      bench.empty();
    }
  }

  @Test
  void pages() throws IOException {
    var bench = new PageBenchmark();
    bench.nodes = 20;
    bench.fill();
    try {
      assertThat(new String(bench.nodesPage(), StandardCharsets.UTF_8))
          .contains("node-00000", "node-00009", "4 GB", "\"next\":\"10\"")
          .doesNotContain("node-00010");
      assertThat(new String(bench.nodesPage(), StandardCharsets.UTF_8))
          .contains("node-00010", "node-00019", "\"next\":null");
    } finally {
      bench.empty();
    }
  }
}
