package dev.coldframe.bench.peers;

import java.net.InetAddress;
import java.nio.ByteBuffer;

/// What a client asks through a relay (RFC 2131 section 4.4, RFC 1542 section 4.1). Its number and
/// its turn are in the transaction id.
enum DhcpQuestion {
  DISCOVER(1),
  REQUEST(3),
  /// A REQUEST with the client's address and no server's: renewing, here through the relay, as a
  /// rebinding one is.
  RENEW(3);

  /// The largest.
  static final int BYTES = 300;

  /// Turns that a transaction id tells apart.
  static final int TURNS = 0xfff;

  private static final int CLIENTS = 20;
  private static final int YIADDR = 16;
  private static final int OPTIONS = 240;
  private static final int END = 255;
  private static final int RELAY = bits(Link.LOAD);
  private static final int SERVER = bits(Link.SERVER);
  private static final byte[] WANTED = {55, 5, 1, 3, 6, 15, 51};

  private final byte type;

  DhcpQuestion(int type) {
    this.type = (byte) type;
  }

  private static int bits(String address) {
    return ByteBuffer.wrap(InetAddress.ofLiteral(address).getAddress()).getInt();
  }

  /// Writes it.
  ///
  /// @param out has room for [#BYTES]
  /// @param client its number
  /// @param address what it was offered or has; nothing for a DISCOVER
  void write(ByteBuffer out, int client, int turn, int address) {
    out.put(new byte[BYTES]).flip();
    out.put(new byte[] {1, 1, 6, 1}).putInt((turn & TURNS) << CLIENTS | client);
    out.position(12).putInt(this == RENEW ? address : 0);
    out.position(24).putInt(RELAY);
    long mac = Setting.macBits(client);
    out.putShort((short) (mac >>> 32)).putInt((int) mac);
    out.position(236).putInt(0x63825363).put(new byte[] {53, 1, type}).put(WANTED);
    if (this == REQUEST) {
      out.put(new byte[] {54, 4}).putInt(SERVER).put(new byte[] {50, 4}).putInt(address);
    }
    out.put((byte) END).position(BYTES);
  }

  /// Whose answer it is; below 0 when it is none.
  static int client(ByteBuffer answer) {
    return answer.remaining() < OPTIONS ? -1 : answer.getInt(4) & (1 << CLIENTS) - 1;
  }

  static int turn(ByteBuffer answer) {
    return answer.getInt(4) >>> CLIENTS;
  }

  /// The address that it gives.
  static int address(ByteBuffer answer) {
    return answer.getInt(YIADDR);
  }

  /// Its option 53; 0 when there is none.
  static int type(ByteBuffer answer) {
    int at = OPTIONS;
    while (at + 2 < answer.limit() && (answer.get(at) & END) != END) {
      if (answer.get(at) == 53) {
        return answer.get(at + 2);
      }
      at += answer.get(at) == 0 ? 1 : 2 + (answer.get(at + 1) & 255);
    }
    return 0;
  }
}
