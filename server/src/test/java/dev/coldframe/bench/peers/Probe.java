package dev.coldframe.bench.peers;

import java.io.IOException;
import java.io.InputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/// Asks a server every five milliseconds until it answers once, and prints when that was, on the
/// clock that all Java programs of one machine share.
public final class Probe {
  private static final int EVERY_MILLIS = 5;
  private static final int DHCP_MIN_BYTES = 300;

  private Probe() {}

  /// The words that run it.
  static List<String> words(Service service) {
    return java("Probe", service.protocol());
  }

  /// The words that run a program of this package.
  static List<String> java(String name, String... arguments) {
    var words =
        new ArrayList<>(
            List.of(
                System.getProperty("java.home") + "/bin/java",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Probe.class.getPackageName() + "." + name));
    words.addAll(List.of(arguments));
    return words;
  }

  /// `Probe PROTOCOL`.
  public static void main(String[] args) throws Exception {
    String protocol = args[0];
    // Classes are loaded before the clock is read.
    byte[] question = question(protocol);
    System.out.println("asking");
    long answered = protocol.equals("http") ? overTcp() : overUdp(protocol, question);
    System.out.println("answered " + answered);
  }

  private static long overUdp(String protocol, byte[] question) throws IOException {
    InetAddress server = InetAddress.ofLiteral(Link.SERVER);
    int own = protocol.equals("dhcp") ? 67 : 0;
    try (var socket =
        new DatagramSocket(new InetSocketAddress(InetAddress.ofLiteral(Link.LOAD), own))) {
      socket.setSoTimeout(EVERY_MILLIS);
      var answer = new DatagramPacket(new byte[2048], 2048);
      while (true) {
        try {
          socket.send(new DatagramPacket(question, question.length, server, port(protocol)));
          socket.receive(answer);
          return System.nanoTime();
        } catch (SocketTimeoutException | SocketException _) {
          // Not yet.
        }
      }
    }
  }

  private static long overTcp() throws InterruptedException {
    byte[] get =
        ("GET /4k.bin HTTP/1.1\r\nHost: " + Link.SERVER + "\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII);
    while (true) {
      try (var socket = new Socket(InetAddress.ofLiteral(Link.SERVER), 80)) {
        socket.getOutputStream().write(get);
        InputStream in = socket.getInputStream();
        String head = new String(in.readNBytes(12), StandardCharsets.US_ASCII);
        if (head.endsWith("200")) {
          return System.nanoTime();
        }
        Thread.sleep(EVERY_MILLIS);
      } catch (IOException _) {
        Thread.sleep(EVERY_MILLIS);
      }
    }
  }

  private static int port(String protocol) {
    return switch (protocol) {
      case "dhcp" -> 67;
      case "tftp" -> 69;
      case "dns" -> 53;
      default -> 123;
    };
  }

  private static byte[] question(String protocol) {
    return switch (protocol) {
      case "dhcp" -> discover();
      case "tftp" -> ("\0\1" + "4k.bin" + "\0octet\0").getBytes(StandardCharsets.US_ASCII);
      case "dns" -> dnsQuery();
      case "ntp" -> ntpRequest();
      default -> new byte[0];
    };
  }

  /// Of the first client, from a relay.
  private static byte[] discover() {
    var out = ByteBuffer.allocate(DHCP_MIN_BYTES);
    out.put(new byte[] {1, 1, 6, 1}).putInt(0x636f6c64);
    out.position(24).put(InetAddress.ofLiteral(Link.LOAD).getAddress());
    out.put(HexFormat.ofDelimiter(":").parseHex(Setting.mac(0)));
    out.position(236).putInt(0x63825363).put(new byte[] {53, 1, 1, 55, 3, 1, 3, 6, (byte) 255});
    return out.array();
  }

  private static byte[] dnsQuery() {
    var out = ByteBuffer.allocate(12 + 4 + 12 + 4);
    out.putShort((short) 7).putShort((short) 0x0100).putShort((short) 1).position(12);
    for (String label : List.of(Setting.name(0), "bench", "test")) {
      out.put((byte) label.length()).put(label.getBytes(StandardCharsets.US_ASCII));
    }
    out.put((byte) 0).putShort((short) 1).putShort((short) 1);
    return Arrays.copyOf(out.array(), out.position());
  }

  /// Version 4, mode 3, sent at some time.
  static byte[] ntpRequest() {
    var out = ByteBuffer.allocate(48);
    out.put((byte) 0x23).position(40).putLong(0x0123_4567_89ab_cdefL);
    return out.array();
  }
}
