package dev.coldframe.rehearse;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.coldframe.net.Bytes;
import dev.coldframe.net.Cidr;
import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;

/// A boot server of a few lines on loopback, which does what a test tells it to do wrong.
final class FakeServer implements AutoCloseable {
  static final Ip4 ADDRESS = Ip4.parse("192.168.0.2");
  static final Cidr SUBNET = Cidr.parse("192.168.0.0/16");

  /// The superset of reference, section 2.5.
  static final String THREE_BLANKS =
      "060103" + "0a0400505845" + "0917000014" + "526173706265727279205069" + "20426f6f74202020ff";

  /// As dnsmasq sends it: no blanks.
  static final String NO_BLANKS =
      "060103" + "0a0400505845" + "0914000011" + "526173706265727279205069" + "20426f6f74ff";

  // What it does wrong; set before the boards start.
  String option43 = THREE_BLANKS;
  String option66 = "192.168.0.2";
  boolean silent;
  boolean proxyOnly;
  boolean repeatsOffers;
  boolean silentToRequests;
  boolean offersToOthersToo;
  boolean ignoresOptions;
  boolean wandering;
  String extraInOack = "";
  int sizeError;
  int blockBytes;
  String duplicates = "";
  String vanishing = "";
  int readyStatus = 204;

  final Map<String, byte[]> files = new ConcurrentHashMap<>();
  final List<String> asked = Collections.synchronizedList(new ArrayList<>());
  final List<Bytes> requests = Collections.synchronizedList(new ArrayList<>());
  final List<Integer> ports = Collections.synchronizedList(new ArrayList<>());
  final List<Bytes> heard = Collections.synchronizedList(new ArrayList<>());
  final List<String> http = Collections.synchronizedList(new ArrayList<>());
  final int portOffset;

  private final Map<MacAddress, Ip4> addresses = new HashMap<>();
  private final DatagramSocket dhcp;
  private final DatagramSocket tftp;
  private final HttpServer web;

  private FakeServer(int portOffset) throws IOException {
    this.portOffset = portOffset;
    dhcp = new DatagramSocket(new InetSocketAddress(inet(ADDRESS), 67 + portOffset));
    tftp = new DatagramSocket(new InetSocketAddress(inet(ADDRESS), 69 + portOffset));
    web = HttpServer.create(new InetSocketAddress(inet(ADDRESS), 80 + portOffset), 100);
    web.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    web.createContext("/", this::answer);
    web.start();
    Thread.ofVirtual().start(() -> serve(dhcp, this::dhcp));
    Thread.ofVirtual()
        .start(() -> serve(tftp, p -> Thread.ofVirtual().start(() -> transfer(copy(p)))));
  }

  static FakeServer start() throws IOException {
    while (true) {
      try {
        return new FakeServer(ThreadLocalRandom.current().nextInt(8000, 30000));
      } catch (BindException _) {
        // Another port, then.
      }
    }
  }

  LoopbackCable cable() throws IOException {
    return new LoopbackCable(ADDRESS, portOffset, List.of(SUBNET));
  }

  FakeServer with(String... names) {
    for (String name : names) {
      files.put(name, ("content of " + name).getBytes(StandardCharsets.UTF_8));
    }
    return this;
  }

  @Override
  public void close() {
    dhcp.close();
    tftp.close();
    web.stop(0);
  }

  private static InetAddress inet(Ip4 address) throws IOException {
    return InetAddress.getByName(address.toString().replaceFirst("^\\d+", "127"));
  }

  private static DatagramPacket copy(DatagramPacket p) {
    return new DatagramPacket(
        Arrays.copyOf(p.getData(), p.getLength()), p.getLength(), p.getSocketAddress());
  }

  private interface Packets {
    void take(DatagramPacket packet) throws IOException;
  }

  private static void serve(DatagramSocket socket, Packets packets) {
    while (!socket.isClosed()) {
      var packet = new DatagramPacket(new byte[2048], 2048);
      try {
        socket.receive(packet);
        packets.take(packet);
      } catch (IOException _) {
        // Closed.
      }
    }
  }

  // DHCP ─────────────────────────────────────────────────────────────────────────────────────────

  private void dhcp(DatagramPacket packet) throws IOException {
    Bytes request = Bytes.wrap(Arrays.copyOf(packet.getData(), packet.getLength()));
    heard.add(request);
    MacAddress mac = MacAddress.of(request.slice(28, 34));
    boolean discover = request.unsigned(242) == 1;
    if (silent || (silentToRequests && !discover)) {
      return;
    }
    Ip4 known =
        addresses.computeIfAbsent(mac, _ -> new Ip4(ADDRESS.bits() + 18 + addresses.size()));
    Ip4 given = wandering && request.intAt(8) != 0 ? known.plus(100) : known;
    if (offersToOthersToo) {
      send(request, new MacAddress(mac.bits() ^ 1), given.plus(50), discover ? 2 : 5);
    }
    send(request, mac, given, discover ? 2 : 5);
    if (repeatsOffers) {
      send(request, mac, given, discover ? 2 : 5);
    }
  }

  private void send(Bytes request, MacAddress to, Ip4 given, int type) throws IOException {
    byte[] bytes = reply(request, to, proxyOnly ? Ip4.ANY : given, type).toArray();
    dhcp.send(new DatagramPacket(bytes, bytes.length, inet(given), 68 + portOffset));
  }

  Bytes reply(Bytes request, MacAddress to, Ip4 given, int type) {
    var out = new ByteArrayOutputStream();
    out.writeBytes(Bytes.parseHex("02010600").toArray());
    out.writeBytes(request.slice(4, 8).toArray());
    out.writeBytes(new byte[8]);
    out.writeBytes(octets(given));
    out.writeBytes(octets(ADDRESS));
    out.writeBytes(new byte[4]);
    out.writeBytes(to.bytes().toArray());
    out.writeBytes(new byte[202]);
    out.writeBytes(Bytes.parseHex("63825363" + "3501" + "%02x".formatted(type)).toArray());
    option(out, 54, octets(ADDRESS));
    option(out, 51, Bytes.parseHex("00000e10").toArray());
    option(out, 1, Bytes.parseHex("ffff0000").toArray());
    if (request.hex().contains("3d0701")) {
      option(out, 42, octets(ADDRESS));
    }
    option(out, 66, option66.getBytes(StandardCharsets.US_ASCII));
    option(out, 43, Bytes.parseHex(option43).toArray());
    out.write(255);
    return Bytes.wrap(out.toByteArray());
  }

  private static void option(ByteArrayOutputStream out, int code, byte[] value) {
    if (value.length > 0) {
      out.write(code);
      out.write(value.length);
      out.writeBytes(value);
    }
  }

  private static byte[] octets(Ip4 address) {
    int bits = address.bits();
    return Bytes.of(bits >>> 24, bits >>> 16 & 255, bits >>> 8 & 255, bits & 255).toArray();
  }

  // TFTP ─────────────────────────────────────────────────────────────────────────────────────────

  private void transfer(DatagramPacket request) {
    String[] parts =
        new String(request.getData(), 2, request.getLength() - 2, StandardCharsets.US_ASCII)
            .split("\0", -1);
    asked.add(parts[0]);
    requests.add(Bytes.wrap(Arrays.copyOf(request.getData(), request.getLength())));
    ports.add(request.getPort());
    byte[] file = files.get(parts[0]);
    try (var socket = new DatagramSocket(new InetSocketAddress(inet(ADDRESS), 0))) {
      socket.connect(request.getSocketAddress());
      socket.setSoTimeout(5000);
      if (file == null) {
        send(socket, "00050001" + "46696c65206e6f7420666f756e6400");
      } else if (!parts[0].equals(vanishing)) {
        send(socket, parts, file);
      }
    } catch (IOException _) {
      // The board went away.
    }
  }

  private void send(DatagramSocket socket, String[] asking, byte[] file) throws IOException {
    int block = 512;
    var oack = new StringBuilder();
    for (int i = 2; i + 1 < asking.length; i += 2) {
      if (asking[i].equals("tsize")) {
        oack.append("tsize\0").append(file.length + sizeError).append('\0');
      } else if (asking[i].equals("blksize")) {
        block = blockBytes > 0 ? blockBytes : Integer.parseInt(asking[i + 1]);
        oack.append("blksize\0").append(block).append('\0');
      }
    }
    oack.append(extraInOack);
    if (oack.length() > 0 && !ignoresOptions) {
      send(socket, "0006" + Bytes.of(oack.toString(), StandardCharsets.US_ASCII).hex());
      if (!acknowledged(socket)) {
        return;
      }
    }
    boolean twice = asking[0].endsWith(duplicates) && !duplicates.isEmpty();
    for (int n = 1; ; n++) {
      int from = (n - 1) * block;
      int to = Math.min(file.length, from + block);
      String data =
          "0003%04x".formatted(n & 0xffff) + Bytes.wrap(Arrays.copyOfRange(file, from, to)).hex();
      send(socket, data);
      if (twice) {
        send(socket, data);
      }
      if (!acknowledged(socket) || to - from < block) {
        return;
      }
    }
  }

  private static void send(DatagramSocket socket, String hex) throws IOException {
    byte[] bytes = Bytes.parseHex(hex).toArray();
    socket.send(new DatagramPacket(bytes, bytes.length));
  }

  private static boolean acknowledged(DatagramSocket socket) throws IOException {
    var packet = new DatagramPacket(new byte[600], 600);
    try {
      socket.receive(packet);
    } catch (SocketTimeoutException _) {
      return false;
    }
    return packet.getData()[1] == 4;
  }

  // HTTP ─────────────────────────────────────────────────────────────────────────────────────────

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    http.add(exchange.getRequestMethod() + " " + path + " " + body);
    String report = "http://192.168.0.2:" + (80 + portOffset) + "/-/report/abc";
    String answer =
        switch (path) {
          case "/-/hello" ->
              "{\"token\":\"abc\",\"nonce\":\""
                  + body.replaceFirst(".*\"nonce\":\"([0-9a-f]+)\".*", "$1")
                  + "\",\"seed\":\"/-/seed/abc/\",\"report\":\"/-/report/abc\"}";
          case "/-/seed/abc/meta-data" -> "instance-id: geranium-1\n";
          case "/-/seed/abc/user-data" -> "#cloud-config\n# url='" + report + "'\n";
          case "/-/seed/abc/vendor-data", "/-/seed/abc/network-config" -> "";
          default -> "nothing";
        };
    int status = !path.startsWith("/-/report/") ? 200 : body.contains("ready") ? readyStatus : 204;
    byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
    boolean none = status == 204;
    exchange.getResponseHeaders().set("Content-Length", "" + bytes.length);
    exchange.sendResponseHeaders(status, none ? -1 : bytes.length);
    if (!none) {
      exchange.getResponseBody().write(bytes);
    }
    exchange.close();
  }
}
