package dev.coldframe.transport.tftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coldframe.node.EventType;
import dev.coldframe.testkit.TftpBench;
import dev.coldframe.testkit.TftpPeer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.apache.commons.net.tftp.TFTP;
import org.apache.commons.net.tftp.TFTPClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TftpServerTest {
  @TempDir Path folder;
  private TftpBench bench;

  @BeforeEach
  void start() {
    bench = new TftpBench(folder, UnaryOperator.identity());
  }

  @AfterEach
  void stop() {
    bench.close();
    assertThat(bench.library.opened()).as("contents left open").isZero();
  }

  private static byte[] random(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return bytes;
  }

  @ParameterizedTest
  @Tag("T-01")
  @ValueSource(ints = {0, 1, 511, 512, 513, 5_120, 100_000})
  void aPlainClientGetsExactlyTheBytes(int size) throws IOException {
    byte[] file = random(size);
    bench.library.with("start4.elf", file);
    TFTPClient client = new TFTPClient();
    client.open(0, InetAddress.ofLiteral(TftpBench.GERANIUM));
    var out = new ByteArrayOutputStream();
    client.receiveFile(
        "start4.elf",
        TFTP.BINARY_MODE,
        out,
        bench.service().getAddress(),
        bench.service().getPort());
    client.close();
    assertThat(out.toByteArray()).isEqualTo(file);
    await()
        .untilAsserted(() ->
            assertThat(bench.journal)
                .filteredOn(e -> e.type() == EventType.FILE_SERVED)
                .singleElement()
                .satisfies(e -> {
                  assertThat(e.subject()).isEqualTo("geranium");
                  assertThat(e.fields())
                      .containsEntry("path", "start4.elf")
                      .containsEntry("bytes", Integer.toString(size))
                      .containsEntry("via", "tftp")
                      .containsEntry("origin", "test");
                }));
  }

  @Test
  void optionsAndWindowsGiveTheSameBytes() {
    byte[] file = random(300_000);
    bench.library.with("kernel8.img", file);
    try (TftpPeer peer = bench.peer(TftpBench.GERANIUM)) {
      assertThat(peer.fetch("kernel8.img", "tsize", "0", "blksize", "1468")).isEqualTo(file);
      assertThat(peer.fetch("kernel8.img", "blksize", "1468", "windowsize", "16")).isEqualTo(file);
    }
  }
}
