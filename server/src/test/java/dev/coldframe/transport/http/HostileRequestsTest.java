package dev.coldframe.transport.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coldframe.testkit.Images;
import dev.coldframe.testkit.TftpBench;
import dev.coldframe.transport.content.Content;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostileRequestsTest {
  private static final Duration LOOKS = Duration.ofMillis(300);
  private static final Duration LONG = Duration.ofMinutes(5);
  private static final String HEAD = "GET /config.txt HTTP/1.1\r\nHost: x\r\n";
  private static final String POST = "POST /-/hello HTTP/1.1\r\nHost: x\r\n";

  /// More than the sockets of both sides hold.
  private static final int LARGE = 16 << 20;

  @TempDir Path folder;
  private HttpBench bench;
  private ByteBuffer content = ByteBuffer.allocateDirect(0);

  @BeforeEach
  void serve() {
    content = ByteBuffer.allocateDirect(400).put(Images.bytes(1, 400)).flip();
    bench = new HttpBench(folder, () -> new Content.Memory(content, "tag", "test"), LOOKS);
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  private String status(String request) throws IOException {
    String answer = new String(bench.exchange(request), StandardCharsets.ISO_8859_1);
    int line = answer.indexOf("\r\n");
    return line < 0 ? answer : answer.substring(0, line);
  }

  @ParameterizedTest
  @Tag("H-04")
  @ValueSource(
      strings = {
        POST + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        POST + "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
        POST + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        POST + "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
        POST + "Content-Length: 3, 4\r\n\r\nabcd",
        POST + "Content-Length: +3\r\n\r\nabc",
        POST + "Content-Length: -3\r\n\r\nabc",
        POST + "Transfer-Encoding: chunked\r\n\r\nxyz\r\nabc\r\n0\r\n\r\n",
        POST + "Transfer-Encoding: chunked\r\n\r\n-1\r\nabc\r\n0\r\n\r\n",
        POST + "Transfer-Encoding: chunked\r\n\r\n3\r\nabcdef\r\n0\r\n\r\n",
        HEAD + "X-Long: a\r\n b\r\n\r\n",
        HEAD + "X-Long: a\r\n\tb: c\r\n\r\n",
        "GET /config.txt HTTP/1.1\r\n Host: x\r\n\r\n",
        "GET /config.txt HTTP/1.1\nHost: x\n\n",
        HEAD + "X: a\nY: b\r\n\r\n",
        HEAD + "X : a\r\n\r\n",
        HEAD + "X\r\n\r\n",
        HEAD + ": a\r\n\r\n",
        HEAD + "X: a\u0000b\r\n\r\n",
        "GET\r\n\r\n",
        "\u0016\u0003\u0001\u0002\u0000\r\n\r\n",
      })
  void whatCanBeReadInTwoWaysIsMalformedAndEndsTheConnection(String request) throws IOException {
    // What follows would be answered too if the server went on reading.
    String answers = new String(bench.exchange(request + HEAD + "\r\n"), StandardCharsets.US_ASCII);
    assertThat(answers).startsWith("HTTP/1.1 400 ").containsOnlyOnce("HTTP/1.1");
    assertThat(bench.counters.snapshot()).containsKey("http: malformed request");
  }

  @Test
  @Tag("H-04")
  void aFoldedLineIsSeenWhereverTheBytesAreCut() throws IOException {
    String request = HEAD + "X-Long: a\r\n b\r\n\r\n";
    for (int cut = 1; cut < request.length(); cut++) {
      try (Socket socket = bench.connect(0)) {
        socket.setTcpNoDelay(true);
        socket
            .getOutputStream()
            .write(request.substring(0, cut).getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().write(request.substring(cut).getBytes(StandardCharsets.US_ASCII));
        String answer =
            new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        assertThat(answer).as("cut at %s", cut).startsWith("HTTP/1.1 400 ");
      }
    }
  }

  @Test
  @Tag("H-04")
  void aBodyMayHaveLinesThatBeginWithABlank() throws IOException {
    String body = "{\n  \"a\":\r\n \t1 }";
    String request = POST + "Content-Length: " + body.length() + "\r\n\r\n" + body;
    byte[] answers = bench.exchange(request + HEAD + "Connection: close\r\n\r\n");
    assertThat(new String(answers, StandardCharsets.ISO_8859_1)).contains("HTTP/1.1 200 ");
    assertThat(bench.counters.snapshot()).doesNotContainKey("http: malformed request");
  }

  @Test
  @Tag("H-06")
  void whatIsTooLongIsRefused() throws IOException {
    assertThat(status("GET /" + "a".repeat(1 << 20) + " HTTP/1.1\r\nHost: x\r\n\r\n"))
        .startsWith("HTTP/1.1 414 ");
    assertThat(status(HEAD + "X: " + "a".repeat(65_536) + "\r\n\r\n")).startsWith("HTTP/1.1 431 ");
    assertThat(status(HEAD + "X: a\r\n".repeat(10_000) + "\r\n")).startsWith("HTTP/1.1 431 ");
    assertThat(status(POST + "Content-Length: 100000\r\n\r\n" + "a".repeat(100_000)))
        .startsWith("HTTP/1.1 413 ");
  }

  @ParameterizedTest
  @Tag("H-05")
  @ValueSource(strings = {"", "GET /config.txt HT", HEAD, POST + "Content-Length: 60000\r\n\r\n"})
  void whoSendsByteByByteIsLetGo(String begun) throws IOException {
    try (Socket socket = bench.connect(0)) {
      socket.getOutputStream().write(begun.getBytes(StandardCharsets.US_ASCII));
      await()
          .until(() -> {
            try {
              socket.getOutputStream().write('a');
              return false;
            } catch (SocketException _) {
              return true;
            }
          });
    }
    assertThat(bench.counters.snapshot()).containsKey("http: connection at a standstill");
  }

  @Test
  @Tag("H-05")
  void whoHardlyReadsIsLetGo() throws IOException {
    content = ByteBuffer.allocateDirect(LARGE);
    try (Socket socket = bench.connect(4_096)) {
      socket.getOutputStream().write((HEAD + "\r\n").getBytes(StandardCharsets.US_ASCII));
      await()
          .until(() -> {
            assertThat(socket.getInputStream().read()).isNotNegative();
            return bench.counters.snapshot().containsKey("http: connection at a standstill");
          });
    }
  }

  @Test
  @Tag("H-05")
  void whoReadsSteadilyIsServedHoweverLongItTakes() throws IOException {
    content = ByteBuffer.allocateDirect(LARGE);
    try (Socket socket = bench.connect(65_536)) {
      socket
          .getOutputStream()
          .write((HEAD + "Connection: close\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
      long start = System.nanoTime();
      long read = 0;
      var buffer = new byte[65_536];
      while (true) {
        int n = socket.getInputStream().read(buffer);
        if (n < 0) {
          break;
        }
        read += n;
        // As a slow card would: for several looks.
        if (read < LARGE / 2 && System.nanoTime() - start < 5 * LOOKS.toNanos()) {
          LockSupport.parkNanos(1_000_000);
        }
      }
      assertThat(read).isGreaterThan(LARGE);
    }
  }

  @Test
  @Tag("H-05")
  void whoOpensConnectionsWithoutEndGetsHisShareAndANodeIsServed() throws IOException {
    var idle = new ArrayList<Socket>();
    var config = new Content.Memory(content, "tag", "test");
    bench.close();
    bench = new HttpBench(folder, () -> config, LONG);
    try {
      String full = "http: too many connections of one source";
      while (!bench.counters.snapshot().containsKey(full) && idle.size() < 1_000) {
        idle.add(bench.connect(TftpBench.STRANGER, 0));
      }
      assertThat(idle).hasSizeGreaterThan(Visitors.MAX_PER_SOURCE);
      assertThat(idle.getLast().getInputStream().read()).as("closed at once").isEqualTo(-1);
      byte[] answer = bench.exchange(HEAD + "Connection: close\r\n\r\n");
      assertThat(new String(answer, StandardCharsets.ISO_8859_1)).startsWith("HTTP/1.1 200 OK");
    } finally {
      for (Socket socket : idle) {
        socket.close();
      }
    }
  }
}
