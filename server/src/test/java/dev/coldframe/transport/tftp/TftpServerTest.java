package dev.coldframe.transport.tftp;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.coldframe.node.EventType;
import dev.coldframe.node.Site;
import dev.coldframe.testkit.Records;
import dev.coldframe.testkit.TftpBench;
import dev.coldframe.testkit.TftpPeer;
import dev.coldframe.wire.tftp.TftpMessage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
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

  @Test
  @Tag("T-22")
  void blockNumbersWrapToZero() {
    byte[] file = random(8 * 70_000);
    bench.library.with("initramfs8", file);
    try (TftpPeer peer = bench.peer(TftpBench.GERANIUM)) {
      assertThat(peer.fetch("initramfs8", "blksize", "8", "windowsize", "64")).isEqualTo(file);
    }
  }

  @Test
  @Tag("T-09")
  @Tag("T-12")
  void theLargestBlocksAndWindowsGiveTheSameBytes() {
    byte[] file = random(2_000_000);
    bench.library.with("boot.img", file);
    try (TftpPeer peer = bench.peer(TftpBench.GERANIUM)) {
      assertThat(peer.fetch("boot.img", "blksize", "65464")).isEqualTo(file);
      assertThat(peer.fetch("boot.img", "blksize", "9000", "windowsize", "8")).isEqualTo(file);
      assertThat(peer.fetch("boot.img", "windowsize", "64")).isEqualTo(file);
    }
  }

  @Test
  @Tag("B-09")
  @Tag("B-11")
  void aPrefixIsTriedAsItIsThenLeftOut() {
    bench.library.with("config.txt", random(10)).with("a2ef5644/cmdline.txt", random(20));
    try (TftpPeer peer = bench.peer(TftpBench.GERANIUM)) {
      assertThat(peer.fetch("a2ef5644/config.txt")).hasSize(10);
      assertThat(peer.fetch("a2ef5644/cmdline.txt")).hasSize(20);
    }
  }

  @Test
  void aFileThatTheDiskMustBeAskedForIsServedToo() {
    byte[] file = random(3_000);
    bench.library.with("kernel8.img", file).forgetful();
    try (TftpPeer peer = bench.peer(TftpBench.GERANIUM)) {
      assertThat(peer.fetch("kernel8.img", "blksize", "1468")).isEqualTo(file);
      peer.ask("absent");
      assertThat(peer.receive()).isEqualTo(new TftpMessage.Failure(1, "File not found"));
    }
  }

  @Test
  void aMissingFileIsAnErrorAtOnceFromATransferPort() {
    try (TftpPeer peer = bench.peer(TftpBench.GERANIUM)) {
      peer.ask("kernel7.img", "tsize", "0");
      assertThat(peer.receive()).isEqualTo(new TftpMessage.Failure(1, "File not found"));
      assertThat(peer.server().getPort()).isNotEqualTo(bench.service().getPort());
    }
    assertThat(bench.journal)
        .singleElement()
        .satisfies(e -> assertThat(e.type()).isEqualTo(EventType.FILE_REFUSED))
        .satisfies(e -> assertThat(e.fields()).containsEntry("reason", "no such file"));
  }

  @Test
  void aFileThatCannotBeReadIsNotCalledMissing() {
    bench.library.broken("config.txt");
    try (TftpPeer peer = bench.peer(TftpBench.GERANIUM)) {
      peer.ask("config.txt");
      assertThat(peer.receive()).isEqualTo(new TftpMessage.Failure(0, "File cannot be read"));
    }
  }

  @Test
  @Tag("T-02")
  void aTextIsConvertedAlsoAcrossABlock() throws IOException {
    bench.library.with("boot.ipxe", ("x".repeat(511) + "\nsecond\n").getBytes(US_ASCII));
    try (TftpPeer peer = bench.peer(TftpBench.GERANIUM)) {
      peer.send(new TftpMessage.Rrq("boot.ipxe", "netascii", List.of()));
      assertThat(peer.receiveBlock().payload().text(US_ASCII)).endsWith("x\r");
      peer.ack(1);
      assertThat(peer.receiveBlock().payload().text(US_ASCII)).isEqualTo("\nsecond\r\n");
      peer.ack(2);
    }
  }

  @Test
  @Tag("B-05")
  @Tag("T-15")
  void aProbeIsJournalledAsOneAndNothingFollows() {
    bench.library.with("start4.elf", random(2_000));
    try (TftpPeer peer = bench.peer(TftpBench.GERANIUM)) {
      peer.ask("start4.elf", "tsize", "0", "blksize", "1024");
      assertThat(peer.receive())
          .isEqualTo(new TftpMessage.Oack(TftpPeer.optionsOf("tsize", "2000", "blksize", "1024")));
      peer.send(new TftpMessage.Failure(0, "Early terminate"));
      await().until(() -> bench.library.opened() == 0);
      assertThat(peer.receive(Duration.ofMillis(1_200))).isEmpty();
    }
    assertThat(bench.journal)
        .singleElement()
        .satisfies(e -> assertThat(e.type()).isEqualTo(EventType.FILE_PROBED));
  }

  @Test
  @Tag("T-26")
  void theAnswerComesFromTheAddressThatWasAsked() {
    bench.library.with("config.txt", random(100));
    for (String address : List.of("192.168.0.2", "192.168.0.3")) {
      try (TftpPeer peer = new TftpPeer(TftpBench.GERANIUM, bench.service(address))) {
        peer.fetch("config.txt");
        assertThat(peer.server().getAddress()).isEqualTo(bench.service(address).getAddress());
      }
    }
  }

  @Test
  @Tag("T-25")
  void aHundredClientsAreServedFromOnePort() throws Exception {
    bench.close();
    bench = new TftpBench(folder, TftpServerTest::singlePort);
    byte[] file = random(200_000);
    bench.library.with("kernel8.img", file);
    try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Boolean>> all =
          IntStream.range(0, 100)
              .mapToObj(
                  i -> clients.submit(() -> fetchFromServicePort("127.168.0.2" + i % 3, file)))
              .toList();
      for (Future<Boolean> one : all) {
        assertThat(one.get()).isTrue();
      }
    }
  }

  @Test
  void whatWasAcknowledgedWhileTheServerWasBusyIsNotSentAgain() {
    bench.library.with("kernel8.img", random(1_200));
    try (TftpPeer peer = bench.peer(TftpBench.GERANIUM)) {
      // With a window it is no Pi that chokes on a duplicate: blocks are sent again after 20 ms.
      peer.ask("kernel8.img", "windowsize", "1");
      assertThat(peer.receive()).isInstanceOf(TftpMessage.Oack.class);
      peer.ack(0);
      assertThat(peer.receiveBlock().block()).isEqualTo(1);
      peer.ack(1);
      assertThat(peer.receiveBlock().block()).isEqualTo(2);
      bench.busy(() -> {
        // More than the server reads at once, as of a rack.
        for (int i = 0; i < 200; i++) {
          peer.ack(1);
        }
        peer.ack(2);
        LockSupport.parkNanos(Duration.ofMillis(200).toNanos());
      });
      assertThat(peer.receiveBlock().block()).isEqualTo(3);
      peer.ack(3);
      assertThat(peer.receive(Duration.ofMillis(100))).isEmpty();
    }
  }

  private boolean fetchFromServicePort(String address, byte[] file) {
    try (TftpPeer peer = bench.peer(address)) {
      return Arrays.equals(peer.fetch("kernel8.img", "blksize", "1468"), file)
          && peer.server().equals(bench.service());
    }
  }

  static Site singlePort(Site s) {
    return Records.with(s, "tftp", new Site.Tftp(true));
  }

  @Test
  void aPortThatIsTakenFailsWithItsCause() {
    var plane = bench.plane();
    assertThatThrownBy(() ->
            new TftpServer(bench.group(), List.of(TftpBench.link()), bench.takenPort(), plane))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("TFTP cannot listen on lo")
        .hasRootCauseInstanceOf(IOException.class);
  }
}
