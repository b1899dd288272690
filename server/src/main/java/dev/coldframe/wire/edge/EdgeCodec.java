package dev.coldframe.wire.edge;

import dev.coldframe.net.Bytes;
import dev.coldframe.net.Cidr;
import dev.coldframe.net.Ip4;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Messages of the link to bytes and back. Each goes behind its length, four bytes:
///
/// ```
/// length (4) | kind (1) | fields
/// ```
///
/// All numbers are big-endian; a text is its length in two bytes and UTF-8. Bytes behind the last
/// field are a defect.
public final class EdgeCodec {
  /// The bytes of a file that are sent at once; DHCP does not wait long behind them.
  public static final int MAX_PIECE_BYTES = 32_768;

  /// The longest message without its length.
  public static final int MAX_BYTES = MAX_PIECE_BYTES + 64;

  /// The longest text: a path has at most 255 characters.
  static final int MAX_TEXT_BYTES = 1_024;

  /// The longest list.
  static final int MAX_ITEMS = 64;

  /// DHCP messages are shorter than a frame.
  static final int MAX_DHCP_BYTES = 2_048;

  private static final int HELLO = 1;
  private static final int WELCOME = 2;
  private static final int DHCP = 3;
  private static final int ASK = 4;
  private static final int FOUND = 5;
  private static final int MISSING = 6;
  private static final int FAILED = 7;
  private static final int FETCH = 8;
  private static final int PIECE = 9;
  private static final int TOLD = 10;
  private static final int CONNECT = 11;
  private static final int PING = 12;
  private static final int PONG = 13;

  private EdgeCodec() {}

  /// Writes a message, with its length before it.
  ///
  /// @throws IllegalArgumentException when it is too long
  public static Bytes encode(EdgeMessage message) {
    var out = new Writer();
    switch (message) {
      case EdgeMessage.Hello(int version, List<Ip4> addresses) -> {
        out.kind(HELLO).number(version, 2).number(addresses.size(), 1);
        addresses.forEach(address -> out.number(address.bits(), 4));
      }
      case EdgeMessage.Welcome(String name, List<Cidr> subnets) -> {
        out.kind(WELCOME).text(name).number(subnets.size(), 1);
        subnets.forEach(s -> out.number(s.network().bits(), 4).number(s.prefixLength(), 1));
      }
      case EdgeMessage.Dhcp(Bytes bytes) -> out.kind(DHCP).bytes(bytes);
      case EdgeMessage.Ask(int id, Ip4 client, String path) ->
          out.kind(ASK).number(id, 4).number(client.bits(), 4).text(path);
      case EdgeMessage.Found(int id, long size, String etag, String origin) ->
          out.kind(FOUND).number(id, 4).number(size, 8).text(etag).text(origin);
      case EdgeMessage.Missing(int id) -> out.kind(MISSING).number(id, 4);
      case EdgeMessage.Failed(int id) -> out.kind(FAILED).number(id, 4);
      case EdgeMessage.Fetch fetch ->
          out.kind(FETCH)
              .number(fetch.id(), 4)
              .number(fetch.client().bits(), 4)
              .text(fetch.path())
              .text(fetch.etag())
              .number(fetch.offset(), 8)
              .number(fetch.length(), 4);
      case EdgeMessage.Piece(int id, Bytes bytes) -> out.kind(PIECE).number(id, 4).bytes(bytes);
      case EdgeMessage.Told told ->
          out.kind(TOLD)
              .number(told.how().code, 1)
              .number(told.client().bits(), 4)
              .text(told.path())
              .number(told.bytes(), 8)
              .text(told.detail());
      case EdgeMessage.Connect(Ip4 client, int clientPort, Ip4 local, int localPort) ->
          out.kind(CONNECT)
              .number(client.bits(), 4)
              .number(clientPort, 2)
              .number(local.bits(), 4)
              .number(localPort, 2);
      case EdgeMessage.Ping() -> out.kind(PING);
      case EdgeMessage.Pong() -> out.kind(PONG);
    }
    return out.framed();
  }

  /// Reads a message, without the length before it. Never throws.
  public static EdgeDecode decode(Bytes bytes) {
    if (bytes.size() > MAX_BYTES) {
      return new EdgeDecode.Malformed("message of the link too long");
    }
    var in = new Reader(bytes);
    try {
      EdgeMessage message = read(in);
      return in.rest().isEmpty()
          ? new EdgeDecode.Ok(message)
          : new EdgeDecode.Malformed("message of the link with more behind it");
    } catch (Defect defect) {
      return new EdgeDecode.Malformed(defect.text);
    }
  }

  private static EdgeMessage read(Reader in) throws Defect {
    return switch ((int) in.number(1)) {
      case HELLO -> {
        int version = (int) in.number(2);
        // What comes behind a version that is not ours is not ours to read.
        yield new EdgeMessage.Hello(
            version, version == EdgeMessage.VERSION ? in.addresses() : in.skip());
      }
      case WELCOME -> new EdgeMessage.Welcome(in.text(), in.subnets());
      case DHCP -> new EdgeMessage.Dhcp(in.bytes(MAX_DHCP_BYTES));
      case ASK -> new EdgeMessage.Ask(in.id(), in.address(), in.text());
      case FOUND -> new EdgeMessage.Found(in.id(), in.size(), in.text(), in.text());
      case MISSING -> new EdgeMessage.Missing(in.id());
      case FAILED -> new EdgeMessage.Failed(in.id());
      case FETCH ->
          new EdgeMessage.Fetch(
              in.id(), in.address(), in.text(), in.text(), in.size(), in.pieceLength());
      case PIECE -> new EdgeMessage.Piece(in.id(), in.bytes(MAX_PIECE_BYTES));
      case TOLD -> new EdgeMessage.Told(in.how(), in.address(), in.text(), in.size(), in.text());
      case CONNECT ->
          new EdgeMessage.Connect(
              in.address(), (int) in.number(2), in.address(), (int) in.number(2));
      case PING -> new EdgeMessage.Ping();
      case PONG -> new EdgeMessage.Pong();
      default -> throw new Defect("message of the link of an unknown kind");
    };
  }

  /// Hostile input buys no stack trace.
  private static final class Defect extends Exception {
    private static final long serialVersionUID = 1;
    private final String text;

    Defect(String text) {
      super(text, null, false, false);
      this.text = text;
    }
  }

  private static final class Reader {
    private final Bytes in;
    private int at;

    Reader(Bytes in) {
      this.in = in;
    }

    Bytes rest() {
      return in.slice(at, in.size());
    }

    private void need(int bytes) throws Defect {
      if (bytes > in.size() - at) {
        throw new Defect("message of the link cut short");
      }
    }

    long number(int bytes) throws Defect {
      need(bytes);
      long out = 0;
      for (int i = 0; i < bytes; i++) {
        out = out << 8 | in.unsigned(at++);
      }
      return out;
    }

    int id() throws Defect {
      return (int) number(4);
    }

    Ip4 address() throws Defect {
      return new Ip4((int) number(4));
    }

    long size() throws Defect {
      long out = number(8);
      if (out < 0) {
        throw new Defect("message of the link with a negative size");
      }
      return out;
    }

    int pieceLength() throws Defect {
      long out = number(4);
      if (out < 1 || out > MAX_PIECE_BYTES) {
        throw new Defect("message of the link that asks for too much");
      }
      return (int) out;
    }

    String text() throws Defect {
      int length = (int) number(2);
      if (length > MAX_TEXT_BYTES) {
        throw new Defect("message of the link with a text too long");
      }
      need(length);
      at += length;
      return in.slice(at - length, at).text(StandardCharsets.UTF_8);
    }

    Bytes bytes(int max) throws Defect {
      Bytes out = rest();
      if (out.size() > max) {
        throw new Defect("message of the link too long");
      }
      at = in.size();
      return out;
    }

    EdgeMessage.How how() throws Defect {
      int code = (int) number(1);
      for (EdgeMessage.How how : EdgeMessage.How.values()) {
        if (how.code == code) {
          return how;
        }
      }
      throw new Defect("message of the link of an unknown kind");
    }

    List<Ip4> addresses() throws Defect {
      int count = count();
      var out = new ArrayList<Ip4>(count);
      for (int i = 0; i < count; i++) {
        out.add(address());
      }
      return out;
    }

    List<Cidr> subnets() throws Defect {
      int count = count();
      var out = new ArrayList<Cidr>(count);
      for (int i = 0; i < count; i++) {
        Ip4 network = address();
        int prefix = (int) number(1);
        if (prefix > 32 || !Cidr.containing(network, prefix).network().equals(network)) {
          throw new Defect("message of the link with a subnet that is none");
        }
        out.add(new Cidr(network, prefix));
      }
      return out;
    }

    private int count() throws Defect {
      int count = (int) number(1);
      if (count > MAX_ITEMS) {
        throw new Defect("message of the link with a list too long");
      }
      return count;
    }

    List<Ip4> skip() {
      at = in.size();
      return List.of();
    }
  }

  private static final class Writer {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Writer kind(int kind) {
      number(0, 4);
      return number(kind, 1);
    }

    Writer number(long value, int bytes) {
      for (int i = bytes - 1; i >= 0; i--) {
        out.write((int) (value >>> (8 * i)));
      }
      return this;
    }

    Writer text(String text) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      if (bytes.length > MAX_TEXT_BYTES) {
        throw new IllegalArgumentException("a text of " + bytes.length + " bytes is too long");
      }
      number(bytes.length, 2);
      out.writeBytes(bytes);
      return this;
    }

    Writer bytes(Bytes bytes) {
      out.writeBytes(bytes.toArray());
      return this;
    }

    Bytes framed() {
      byte[] all = out.toByteArray();
      int length = all.length - 4;
      if (length > MAX_BYTES) {
        throw new IllegalArgumentException("a message of " + length + " bytes is too long");
      }
      for (int i = 0; i < 4; i++) {
        all[i] = (byte) (length >>> (24 - 8 * i));
      }
      return Bytes.wrap(all);
    }
  }
}
