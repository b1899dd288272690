package dev.coldframe.transport.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coldframe.testkit.DnsText;
import dev.coldframe.testkit.Sites;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;

/// The forwarder between real sockets; the upstream server is played by the test.
class ForwarderTest {
  private static final String NAME = "www.example.org";

  private final DatagramSocket upstream;
  private final DnsBench bench;

  ForwarderTest() throws IOException {
    upstream = new DatagramSocket(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.9"), 0));
    upstream.setSoTimeout((int) DnsBench.PATIENCE.toMillis());
    var address = (InetSocketAddress) upstream.getLocalSocketAddress();
    bench = new DnsBench(Sites.withUpstream(Sites.site(), "9.9.9.9"), _ -> address);
  }

  @AfterEach
  void stop() {
    bench.close();
    upstream.close();
  }

  private static Message question() {
    return DnsText.question(NAME, "A");
  }

  private DatagramPacket heard() throws IOException {
    var packet = new DatagramPacket(new byte[2_048], 2_048);
    upstream.receive(packet);
    return packet;
  }

  private static Message read(DatagramPacket packet) {
    return DnsText.read(Arrays.copyOf(packet.getData(), packet.getLength()));
  }

  /// An answer with one address.
  private static Message answer(Message question, String name, String address) {
    Message out = new Message(question.getHeader().getID());
    out.getHeader().setFlag(Flags.QR);
    out.addRecord(question.getQuestion(), Section.QUESTION);
    out.addRecord(
        new ARecord(DnsText.name(name), DClass.IN, 300, InetAddress.ofLiteral(address)),
        Section.ANSWER);
    return out;
  }

  private void reply(DatagramPacket to, Message message) throws IOException {
    byte[] bytes = message.toWire();
    upstream.send(new DatagramPacket(bytes, bytes.length, to.getSocketAddress()));
  }

  @Test
  void passesAnAnswerOnAndKeepsIt() throws IOException {
    try (DatagramSocket client = bench.client(DnsBench.GERANIUM)) {
      DnsBench.send(client, question().toWire());
      DatagramPacket asked = heard();
      assertThat(read(asked).getHeader().getFlag(Flags.RD)).isTrue();
      reply(asked, answer(read(asked), NAME, "93.184.216.34"));
      assertThat(DnsText.show(DnsBench.receive(client))).isEqualTo("NOERROR ra | A 93.184.216.34");
    }
    Message again = bench.ask(DnsText.question("WWW.Example.org", "A"));
    assertThat(DnsText.show(again)).isEqualTo("NOERROR ra | A 93.184.216.34");
    assertThat(again.getQuestion().getName()).hasToString("WWW.Example.org.");
    assertThat(bench.counted("asked upstream")).isEqualTo(1);
  }

  @Test
  @Tag("N-17")
  void asksOnceForManyClients() throws IOException {
    try (DatagramSocket client = bench.client(DnsBench.GERANIUM)) {
      for (int id = 0; id < 100; id++) {
        Message question = question();
        question.getHeader().setID(id);
        DnsBench.send(client, question.toWire());
      }
      DatagramPacket asked = heard();
      await().until(() -> bench.counted("asked for a foreign name") == 100);
      reply(asked, answer(read(asked), NAME, "93.184.216.34"));
      Set<Integer> ids = new HashSet<>();
      for (int i = 0; i < 100; i++) {
        ids.add(DnsBench.receive(client).getHeader().getID());
      }
      assertThat(ids).hasSize(100);
      assertThat(bench.counted("asked upstream")).isEqualTo(1);
    }
  }

  @Test
  @Tag("N-16")
  void dropsAnswersThatDoNotFitAndWaitsOn() throws IOException {
    try (DatagramSocket client = bench.client(DnsBench.GERANIUM)) {
      DnsBench.send(client, question().toWire());
      DatagramPacket asked = heard();
      Message good = answer(read(asked), NAME, "93.184.216.34");
      Message otherId = answer(read(asked), NAME, "6.6.6.6");
      otherId.getHeader().setID(good.getHeader().getID() ^ 1);
      reply(asked, otherId);
      reply(asked, answer(withQuestion(read(asked), "www.example.com"), NAME, "6.6.6.6"));
      reply(asked, answer(withQuestion(read(asked), "WWW.example.org"), NAME, "6.6.6.6"));
      try (var elsewhere = new DatagramSocket()) {
        byte[] forged = answer(read(asked), NAME, "6.6.6.6").toWire();
        elsewhere.send(new DatagramPacket(forged, forged.length, asked.getSocketAddress()));
      }
      reply(asked, good);
      assertThat(DnsText.show(DnsBench.receive(client))).isEqualTo("NOERROR ra | A 93.184.216.34");
      assertThat(bench.counted("upstream answer to another question")).isEqualTo(3);
    }
  }

  private static Message withQuestion(Message message, String name) {
    Message out = new Message(message.getHeader().getID());
    out.addRecord(DnsText.question(name, "A").getQuestion(), Section.QUESTION);
    return out;
  }

  @Test
  @Tag("N-16")
  void asksFromAnotherPortWithAnotherIdEachTime() throws IOException {
    Set<Integer> ports = new HashSet<>();
    Set<Integer> ids = new HashSet<>();
    try (DatagramSocket client = bench.client(DnsBench.GERANIUM)) {
      for (int i = 0; i < 20; i++) {
        DnsBench.send(client, DnsText.question("h" + i + ".example.org", "A").toWire());
        DatagramPacket asked = heard();
        ports.add(asked.getPort());
        ids.add(read(asked).getHeader().getID());
        reply(asked, answer(read(asked), "h" + i + ".example.org", "93.184.216.34"));
        DnsBench.receive(client);
      }
    }
    assertThat(ports).hasSizeGreaterThan(15);
    assertThat(ids).hasSizeGreaterThan(15);
  }

  @Test
  @Tag("N-22")
  void failsQuicklyWhenNobodyIsThereAndStillKnowsItsOwn() {
    upstream.close();
    long began = System.nanoTime();
    assertThat(DnsText.show(bench.ask(question()))).isEqualTo("SERVFAIL ra");
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(4));
    assertThat(DnsText.show(bench.ask(DnsText.question("iris.rack.home.arpa", "A"))))
        .isEqualTo("NOERROR aa ra | A 192.168.0.22");
  }

  @Test
  @Tag("N-22")
  void asksAgainWhenAServerFails() throws IOException {
    try (DatagramSocket client = bench.client(DnsBench.GERANIUM)) {
      DnsBench.send(client, question().toWire());
      DatagramPacket first = heard();
      Message failure = withQuestion(read(first), NAME);
      failure.getHeader().setFlag(Flags.QR);
      failure.getHeader().setRcode(Rcode.SERVFAIL);
      reply(first, failure);
      DatagramPacket second = heard();
      reply(second, answer(read(second), NAME, "93.184.216.34"));
      assertThat(DnsText.show(DnsBench.receive(client))).isEqualTo("NOERROR ra | A 93.184.216.34");
    }
  }

  @Test
  @Tag("N-14")
  void asksOverTcpForWhatWasCut() throws IOException {
    try (var tcp =
            new ServerSocket(upstream.getLocalPort(), 1, InetAddress.ofLiteral("127.0.0.9"));
        DatagramSocket client = bench.client(DnsBench.GERANIUM)) {
      DnsBench.send(client, question().toWire());
      DatagramPacket asked = heard();
      Message cut = withQuestion(read(asked), NAME);
      cut.getHeader().setFlag(Flags.QR);
      cut.getHeader().setFlag(Flags.TC);
      reply(asked, cut);
      try (Socket socket = tcp.accept()) {
        Message over = DnsBench.receive(new DataInputStream(socket.getInputStream()));
        DnsBench.send(
            new DataOutputStream(socket.getOutputStream()),
            answer(over, NAME, "93.184.216.34").toWire());
        assertThat(DnsText.show(DnsBench.receive(client)))
            .isEqualTo("NOERROR ra | A 93.184.216.34");
      }
    }
  }
}
