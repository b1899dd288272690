package dev.coldframe.transport.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coldframe.net.Ip4;
import dev.coldframe.testkit.DnsText;
import dev.coldframe.testkit.Sites;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Section;

class DnsServerTest {
  private static final List<Ip4> MANY =
      IntStream.range(0, 200).mapToObj(i -> Ip4.parse("10.0.0.0").plus(i + 1)).toList();

  private final DnsBench bench =
      new DnsBench(Sites.withRecords(Sites.site(), Map.of("many", MANY)));

  @AfterEach
  void stop() {
    bench.close();
  }

  @Test
  @Tag("N-10")
  void answersFromTheAddressThatWasAsked() {
    assertThat(DnsText.show(bench.ask(DnsText.question("geranium.rack.home.arpa", "A"))))
        .isEqualTo("NOERROR aa | A 192.168.0.20");
  }

  @Test
  @Tag("N-26")
  void saysNothingToSourcesOutsideTheServedNetworks() throws IOException {
    try (DatagramSocket stranger = bench.client("127.0.0.1")) {
      DnsBench.send(stranger, DnsText.question("geranium.rack.home.arpa", "A").toWire());
      await().until(() -> bench.counted("source outside the served networks") == 1);
      assertThat(bench.counted("answered from our zones")).isZero();
    }
  }

  @Test
  @Tag("N-14")
  void givesOverTcpWhatWasCut() throws IOException {
    Message question = DnsText.question("many.rack.home.arpa", "A");
    assertThat(DnsText.show(bench.ask(question))).isEqualTo("NOERROR aa tc");
    Message wide = DnsText.withEdns(DnsText.question("many.rack.home.arpa", "A"), 65_535, 0);
    assertThat(bench.ask(wide).getHeader().getFlag(Flags.TC)).isTrue();
    try (Socket socket = bench.connect()) {
      DnsBench.send(new DataOutputStream(socket.getOutputStream()), question.toWire());
      Message whole = DnsBench.receive(new DataInputStream(socket.getInputStream()));
      assertThat(whole.getSection(Section.ANSWER)).hasSize(200);
      assertThat(whole.getHeader().getFlag(Flags.TC)).isFalse();
    }
  }

  @Test
  @Tag("N-15")
  void answersSeveralQuestionsOfOneSegment() throws IOException {
    var segment = new ByteArrayOutputStream();
    for (String name : List.of("geranium", "dahlia", "iris")) {
      DnsBench.send(
          new DataOutputStream(segment), DnsText.question(name + ".rack.home.arpa", "A").toWire());
    }
    try (Socket socket = bench.connect()) {
      socket.getOutputStream().write(segment.toByteArray());
      var in = new DataInputStream(socket.getInputStream());
      for (int last = 20; last <= 22; last++) {
        assertThat(DnsText.show(DnsBench.receive(in)))
            .isEqualTo("NOERROR aa | A 192.168.0." + last);
      }
    }
  }

  @Test
  @Tag("N-15")
  void hangsUpOnEmptyAndHugeMessages() throws IOException {
    for (byte[] start : List.of(new byte[] {0, 0}, new byte[] {(byte) 0xff, (byte) 0xff, 1})) {
      try (Socket socket = bench.connect()) {
        socket.getOutputStream().write(start);
        assertThat(socket.getInputStream().read()).isEqualTo(-1);
      }
    }
  }

  @Test
  @Tag("N-15")
  void hangsUpOnClientsThatTrickle() throws IOException {
    try (Socket socket = bench.connect()) {
      socket.setSoTimeout(100);
      long began = System.nanoTime();
      int read = 0;
      while (read == 0 && System.nanoTime() - began < 20_000_000_000L) {
        read = trickle(socket);
      }
      assertThat(read).isEqualTo(-1);
    }
  }

  /// @return -1 when the server has hung up
  private static int trickle(Socket socket) {
    try {
      socket.getOutputStream().write(0);
      socket.getOutputStream().write(200);
      return socket.getInputStream().read();
    } catch (java.net.SocketTimeoutException _) {
      return 0;
    } catch (IOException _) {
      return -1;
    }
  }

  @Test
  @Tag("N-15")
  void boundsItsConnections() throws IOException {
    var open = new ArrayList<Socket>();
    try {
      for (int i = 0; i < DnsServer.MAX_CONNECTIONS; i++) {
        open.add(bench.connect());
      }
      DnsBench.send(
          new DataOutputStream(open.getLast().getOutputStream()),
          DnsText.question("iris.rack.home.arpa", "A").toWire());
      assertThat(DnsBench.receive(new DataInputStream(open.getLast().getInputStream())).getRcode())
          .isZero();
      try (Socket more = bench.connect()) {
        assertThat(more.getInputStream().read()).isEqualTo(-1);
      }
    } finally {
      for (Socket socket : open) {
        socket.close();
      }
    }
  }

  @Test
  @Tag("N-25")
  void limitsAFloodFromOneSource() throws IOException {
    byte[] question = DnsText.question("iris.rack.home.arpa", "A").toWire();
    try (DatagramSocket flood = bench.client(DnsBench.GERANIUM)) {
      for (int i = 0; i < 5_000; i++) {
        DnsBench.send(flood, question);
      }
      await().until(() -> bench.counted("over the rate limit") > 0);
    }
    try (DatagramSocket other = bench.client("127.168.0.21")) {
      DnsBench.send(other, question);
      assertThat(DnsText.show(DnsBench.receive(other))).isEqualTo("NOERROR aa | A 192.168.0.22");
    }
  }

  @Test
  @Tag("N-03")
  void survivesRandomBytes() throws IOException {
    Random random = new Random(3);
    try (DatagramSocket socket = bench.client("127.168.0.21")) {
      for (int i = 0; i < 2_000; i++) {
        byte[] bytes = new byte[random.nextInt(1_500)];
        random.nextBytes(bytes);
        DnsBench.send(socket, bytes);
      }
    }
    assertThat(bench.ask(DnsText.question("iris.rack.home.arpa", "A")).getRcode()).isZero();
    assertThat(bench.counted("failed while deciding")).isZero();
  }
}
