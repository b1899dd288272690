package dev.coldframe.transport.tftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coldframe.net.Bytes;
import dev.coldframe.node.EventType;
import dev.coldframe.testkit.TftpBench;
import dev.coldframe.testkit.TftpPeer;
import dev.coldframe.wire.tftp.TftpMessage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What lossy networks, strange clients and attackers do.
class TftpHostilityTest {
  private static final Duration SHORT = Duration.ofMillis(150);

  @TempDir Path folder;
  private TftpBench bench;

  @BeforeEach
  void start() {
    bench = new TftpBench(folder, UnaryOperator.identity());
    bench.library.with("config.txt", "x".repeat(1_300).getBytes(StandardCharsets.US_ASCII));
  }

  @AfterEach
  void stop() {
    bench.close();
    assertThat(bench.library.opened()).as("contents left open").isZero();
  }

  @ParameterizedTest
  @Tag("T-06")
  @ValueSource(
      strings = {
        "../../etc/passwd",
        "..\\..\\boot.ini",
        "C:\\boot.ini",
        "%2e%2e/etc/passwd",
        "a\nb",
        "\u00c0\u00ae/x"
      })
  void aNameThatIsNoPathReachesNoFile(String name) {
    try (TftpPeer peer = bench.peer(TftpBench.GERANIUM)) {
      peer.ask(name);
      assertThat(peer.receive()).isEqualTo(new TftpMessage.Failure(1, "File not found"));
    }
    assertThat(bench.library.asked()).isEmpty();
    assertThat(bench.journal)
        .singleElement()
        .satisfies(e -> assertThat(e.fields().get("path")).matches("[ -~]*"));
  }

  @Test
  @Tag("T-04")
  void aWriteRequestIsRefused() {
    try (TftpPeer peer = bench.peer(TftpBench.GERANIUM)) {
      peer.send(new TftpMessage.Wrq("config.txt", "octet", List.of()));
      assertThat(peer.receive()).isEqualTo(new TftpMessage.Failure(2, "Nothing is written here"));
    }
  }

  @Test
  @Tag("T-05")
  void aRequestOf600BytesIsAnsweredOnce() {
    try (TftpPeer peer = bench.peer(TftpBench.GERANIUM)) {
      peer.ask("x".repeat(590));
      assertThat(peer.receive()).isEqualTo(new TftpMessage.Failure(4, "Malformed request"));
      assertThat(peer.receive(SHORT)).isEmpty();
    }
  }

  @Test
  void noiseHasNoAnswerAndDoesNoHarm() {
    Random random = new Random(69);
    try (TftpPeer peer = bench.peer(TftpBench.GERANIUM)) {
      for (int i = 0; i < 2_000; i++) {
        byte[] packet = new byte[random.nextInt(100)];
        random.nextBytes(packet);
        if (packet.length > 0) {
          packet[0] = (byte) (1 + random.nextInt(255));
        }
        peer.send(Bytes.wrap(packet), bench.service());
      }
      assertThat(peer.fetch("config.txt")).hasSize(1_300);
    }
  }

  @Test
  void callersThatAreNoNodeAreRefusedAndOutsidersHearNothing() {
    try (TftpPeer stranger = bench.peer(TftpBench.STRANGER);
        TftpPeer outside = bench.peer("127.99.0.1")) {
      stranger.ask("config.txt");
      assertThat(stranger.receive()).isEqualTo(new TftpMessage.Failure(1, "File not found"));
      outside.ask("config.txt");
      assertThat(outside.receive(SHORT)).isEmpty();
    }
    assertThat(bench.counted("source outside the served networks")).isEqualTo(1);
    assertThat(bench.journal).isEmpty();
  }

  @Test
  @Tag("T-14")
  void aRepeatedRequestStartsNoSecondTransfer() {
    try (TftpPeer peer = bench.peer(TftpBench.GERANIUM)) {
      peer.ask("config.txt", "tsize", "0");
      peer.ask("config.txt", "tsize", "0");
      TftpMessage first = peer.receive();
      assertThat(peer.receive()).isEqualTo(first);
      assertThat(bench.library.opened()).isEqualTo(1);
      peer.send(new TftpMessage.Failure(0, ""));
    }
  }

  @Test
  @Tag("T-16")
  void everyAcknowledgementTwiceBringsEveryBlockOnce() {
    var blocks = new ArrayList<Integer>();
    try (TftpPeer peer = bench.peer(TftpBench.GERANIUM)) {
      peer.ask("config.txt", "blksize", "128");
      assertThat(peer.receive()).isInstanceOf(TftpMessage.Oack.class);
      peer.ack(0);
      peer.ack(0);
      for (int i = 1; i <= 11; i++) {
        int block = peer.receiveBlock().block();
        blocks.add(block);
        peer.ack(block);
        peer.ack(block);
      }
      assertThat(peer.receive(SHORT)).isEmpty();
    }
    assertThat(blocks).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
  }

  @Test
  @Tag("T-19")
  void aStrangerInATransferIsToldAndTheTransferGoesOn() {
    try (TftpPeer peer = bench.peer(TftpBench.GERANIUM);
        TftpPeer other = bench.peer(TftpBench.GERANIUM)) {
      peer.ask("config.txt");
      assertThat(peer.receiveBlock().block()).isEqualTo(1);
      other.send(Bytes.parseHex("00040001"), peer.server());
      assertThat(other.receive()).isEqualTo(new TftpMessage.Failure(5, "Unknown transfer"));
      assertThat(peer.receive(SHORT)).isEmpty();
      peer.ack(1);
      assertThat(peer.receiveBlock().block()).isEqualTo(2);
      peer.ack(2);
      assertThat(peer.receiveBlock().block()).isEqualTo(3);
      peer.ack(3);
    }
  }

  @Test
  @Tag("T-19")
  void onlySoManyStrangersASecondAreTold() {
    try (TftpPeer peer = bench.peer(TftpBench.GERANIUM);
        TftpPeer other = bench.peer(TftpBench.GERANIUM)) {
      peer.ask("config.txt");
      peer.receive();
      for (int i = 0; i < 500; i++) {
        other.send(Bytes.parseHex("00040001"), peer.server());
      }
      int told = 0;
      while (other.receive(SHORT).isPresent()) {
        told++;
      }
      assertThat(told).isBetween(1, 2 * Strays.ERRORS_PER_SECOND);
      peer.send(new TftpMessage.Failure(0, ""));
    }
  }

  @Test
  @Tag("T-20")
  void anErrorInTheMiddleEndsTheTransferAndIsJournalled() {
    try (TftpPeer peer = bench.peer(TftpBench.GERANIUM)) {
      peer.ask("config.txt");
      peer.receive();
      peer.ack(1);
      peer.receive();
      peer.send(new TftpMessage.Failure(3, "Disk full"));
      peer.send(new TftpMessage.Failure(3, "Disk full"));
      assertThat(peer.receive(SHORT)).isEmpty();
    }
    await().until(() -> !bench.journal.isEmpty());
    assertThat(bench.journal)
        .singleElement()
        .satisfies(e -> assertThat(e.type()).isEqualTo(EventType.FILE_BROKEN))
        .satisfies(e -> assertThat(e.fields()).containsEntry("bytes", "512"));
  }

  @Test
  void anotherRequestFromTheSamePortReplacesTheFirst() {
    bench.library.with("cmdline.txt", new byte[10]);
    try (TftpPeer peer = bench.peer(TftpBench.GERANIUM)) {
      peer.ask("config.txt");
      peer.receive();
      assertThat(peer.fetch("cmdline.txt")).hasSize(10);
      peer.ask("config.txt", "blksize", "512");
      peer.receive();
      peer.ask("absent");
      assertThat(peer.receive()).isEqualTo(new TftpMessage.Failure(1, "File not found"));
      assertThat(bench.library.opened()).isZero();
    }
  }

  @Test
  @Tag("T-18")
  void aLostAcknowledgementIsMadeUpForByTheTimer() {
    try (TftpPeer peer = bench.peer(TftpBench.GERANIUM)) {
      peer.ask("config.txt", "windowsize", "2");
      peer.receive();
      peer.ack(0);
      assertThat(peer.receiveBlock().block()).isEqualTo(1);
      assertThat(peer.receiveBlock().block()).isEqualTo(2);
      assertThat(peer.receiveBlock().block()).as("sent again").isEqualTo(1);
      assertThat(peer.receiveBlock().block()).isEqualTo(2);
      peer.ack(2);
      assertThat(peer.receiveBlock().block()).isEqualTo(3);
      peer.ack(3);
    }
  }

  @Test
  void aClientMayKeepItsPortForTheNextFile() {
    try (TftpPeer peer = bench.peer(TftpBench.GERANIUM)) {
      for (int i = 0; i < 200; i++) {
        assertThat(peer.fetch("config.txt", "blksize", "1024")).hasSize(1_300);
      }
    }
    await().until(() -> bench.library.opened() == 0);
    assertThat(bench.journal)
        .hasSize(200)
        .allSatisfy(e -> assertThat(e.type()).isEqualTo(EventType.FILE_SERVED));
  }

  @ParameterizedTest
  @Tag("T-18")
  @Tag("T-21")
  @ValueSource(ints = {1, 4, 16, 44})
  void lossInBothDirectionsCostsTimeAndNoBytes(int window) {
    byte[] file = new byte[200_001];
    new Random(window).nextBytes(file);
    bench.library.with("kernel8.img", file);
    try (TftpPeer peer = bench.peer(TftpBench.GERANIUM)) {
      peer.lose(0.03, window);
      assertThat(
              peer.fetch("kernel8.img", "blksize", "1468", "windowsize", Integer.toString(window)))
          .isEqualTo(file);
    }
  }

  @Test
  @Tag("T-28")
  void halfOpenTransfersOfOneSourceAreBoundedAndOthersServed() {
    try (TftpPeer iris = bench.peer("127.168.0.22")) {
      var flood = new ArrayList<TftpPeer>();
      for (int i = 0; i < 1_000; i++) {
        TftpPeer one = bench.peer(TftpBench.GERANIUM);
        flood.add(one);
        one.ask("config.txt");
      }
      assertThat(iris.fetch("config.txt")).hasSize(1_300);
      await().until(() -> bench.counted("too many transfers") > 0);
      assertThat(bench.library.opened()).isLessThanOrEqualTo(TransferTable.MAX_PER_SOURCE);
      flood.forEach(TftpPeer::close);
    }
  }

  @Test
  void aScanOfNamesIsAnsweredUpToALimitAndNodesAreAnsweredStill() {
    try (TftpPeer scanner = bench.peer(TftpBench.STRANGER);
        TftpPeer geranium = bench.peer(TftpBench.GERANIUM)) {
      // As many as it takes: how fast this machine sends them is not asked.
      for (int i = 0; bench.counted("too many names that are refused") == 0 && i < 100_000; i++) {
        scanner.ask("file" + i);
      }
      assertThat(bench.counted("too many names that are refused")).isPositive();
      assertThat(scanner.receive()).isInstanceOf(TftpMessage.Failure.class);
      for (int i = 0; i < 2 * TransferPort.REFUSALS_PER_SECOND; i++) {
        geranium.ask("file" + i);
        assertThat(geranium.receive()).isEqualTo(new TftpMessage.Failure(1, "File not found"));
      }
      assertThat(geranium.fetch("config.txt")).hasSize(1_300);
    }
  }
}
