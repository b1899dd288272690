package dev.coldframe.wire.tftp;

import dev.coldframe.net.Bytes;
import dev.coldframe.wire.tftp.TftpMessage.Option;
import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Bytes to messages and back, all numbers in network order (RFC 1350, section 5):
///
/// ```
///  RRQ/WRQ  | 01/02 | name | 0 | mode | 0 | option | 0 | value | 0 | …
///  DATA     | 03 | block | up to blksize bytes |
///  ACK      | 04 | block |
///  ERROR    | 05 | code  | text | 0 |
///  OACK     | 06 | option | 0 | value | 0 | …
/// ```
///
/// A request may not exceed 512 bytes (RFC 2347). Choices of ours: a tail of options that is not
/// whole is left out, the rest of the request stands; bytes after an ACK are not looked at; an
/// ERROR without its text or terminator is still an ERROR.
public final class TftpCodec {
  /// The longest request (RFC 2347, section "Packet Formats").
  public static final int MAX_REQUEST_BYTES = 512;

  /// More options than any client sends; further ones are left out.
  public static final int MAX_OPTIONS = 16;

  /// Opcode and block number in front of each block.
  public static final int DATA_HEAD_BYTES = 4;

  private static final int RRQ = 1;
  private static final int WRQ = 2;
  private static final int DATA = 3;
  private static final int ACK = 4;
  private static final int ERROR = 5;
  private static final int OACK = 6;

  private static final Charset TEXT = StandardCharsets.ISO_8859_1;

  private TftpCodec() {}

  /// The block that an ACK acknowledges, without making an object.
  ///
  /// @param firstFourBytes of the packet, in network order
  /// @return 0 to 65535, or -1 for any other packet
  public static int acknowledged(int firstFourBytes) {
    return firstFourBytes >>> 16 == ACK ? firstFourBytes & 0xffff : -1;
  }

  /// The four bytes in front of a block, in network order.
  ///
  /// @param block its number from 1; after 65535 the wire goes on with 0
  public static int dataHead(long block) {
    return DATA << 16 | (int) (block & 0xffff);
  }

  /// Reads a packet; never throws.
  public static TftpMessage decode(Bytes packet) {
    if (packet.size() < 2) {
      return new TftpMessage.Malformed("shorter than an opcode", false);
    }
    return switch (packet.shortAt(0)) {
      case RRQ, WRQ -> request(packet);
      case DATA ->
          packet.size() < DATA_HEAD_BYTES
              ? new TftpMessage.Malformed("data without a block number", false)
              : new TftpMessage.Data(packet.shortAt(2), packet.slice(4, packet.size()));
      case ACK ->
          packet.size() < 4
              ? new TftpMessage.Malformed("ack without a block number", false)
              : new TftpMessage.Ack(packet.shortAt(2));
      case ERROR -> error(packet);
      case OACK -> new TftpMessage.Oack(options(packet, 2));
      default -> new TftpMessage.Malformed("unknown opcode", false);
    };
  }

  private static TftpMessage request(Bytes packet) {
    if (packet.size() > MAX_REQUEST_BYTES) {
      return new TftpMessage.Malformed("request longer than 512 bytes", true);
    }
    int nameEnd = terminator(packet, 2);
    if (nameEnd < 0) {
      return new TftpMessage.Malformed("name without terminator", true);
    }
    if (nameEnd == 2) {
      return new TftpMessage.Malformed("empty name", true);
    }
    int modeEnd = terminator(packet, nameEnd + 1);
    if (modeEnd < 0) {
      return new TftpMessage.Malformed("mode without terminator", true);
    }
    String name = text(packet, 2, nameEnd);
    String mode = text(packet, nameEnd + 1, modeEnd);
    List<Option> options = options(packet, modeEnd + 1);
    return packet.shortAt(0) == RRQ
        ? new TftpMessage.Rrq(name, mode, options)
        : new TftpMessage.Wrq(name, mode, options);
  }

  private static List<Option> options(Bytes packet, int from) {
    var out = new ArrayList<Option>();
    int at = from;
    while (out.size() < MAX_OPTIONS) {
      int nameEnd = terminator(packet, at);
      int valueEnd = nameEnd < 0 ? -1 : terminator(packet, nameEnd + 1);
      if (valueEnd < 0 || nameEnd == at) {
        break;
      }
      out.add(new Option(text(packet, at, nameEnd), text(packet, nameEnd + 1, valueEnd)));
      at = valueEnd + 1;
    }
    return out;
  }

  private static TftpMessage error(Bytes packet) {
    if (packet.size() < 4) {
      return new TftpMessage.Malformed("error without a code", false);
    }
    int end = terminator(packet, 4);
    return new TftpMessage.Failure(
        packet.shortAt(2), text(packet, 4, end < 0 ? packet.size() : end));
  }

  /// Where the next zero byte is, -1 when there is none.
  private static int terminator(Bytes packet, int from) {
    for (int i = from; i < packet.size(); i++) {
      if (packet.unsigned(i) == 0) {
        return i;
      }
    }
    return -1;
  }

  private static String text(Bytes packet, int from, int to) {
    return packet.slice(from, to).text(TEXT);
  }

  /// Writes a packet.
  ///
  /// @throws IllegalArgumentException for a malformed one
  public static Bytes encode(TftpMessage message) {
    var out = new ByteArrayOutputStream(64);
    switch (message) {
      case TftpMessage.Rrq(String name, String mode, List<Option> options) -> {
        putShort(out, RRQ);
        putText(out, name);
        putText(out, mode);
        putOptions(out, options);
      }
      case TftpMessage.Wrq(String name, String mode, List<Option> options) -> {
        putShort(out, WRQ);
        putText(out, name);
        putText(out, mode);
        putOptions(out, options);
      }
      case TftpMessage.Data(int block, Bytes payload) -> {
        putShort(out, DATA);
        putShort(out, block);
        out.writeBytes(payload.toArray());
      }
      case TftpMessage.Ack(int block) -> {
        putShort(out, ACK);
        putShort(out, block);
      }
      case TftpMessage.Failure(int code, String text) -> {
        putShort(out, ERROR);
        putShort(out, code);
        putText(out, text);
      }
      case TftpMessage.Oack(List<Option> options) -> {
        putShort(out, OACK);
        putOptions(out, options);
      }
      case TftpMessage.Malformed(String defect, boolean _) ->
          throw new IllegalArgumentException(defect);
    }
    return Bytes.wrap(out.toByteArray());
  }

  private static void putShort(ByteArrayOutputStream out, int value) {
    out.write(value >>> 8);
    out.write(value);
  }

  private static void putText(ByteArrayOutputStream out, String text) {
    out.writeBytes(text.getBytes(TEXT));
    out.write(0);
  }

  private static void putOptions(ByteArrayOutputStream out, List<Option> options) {
    for (Option option : options) {
      putText(out, option.name());
      putText(out, option.value());
    }
  }
}
