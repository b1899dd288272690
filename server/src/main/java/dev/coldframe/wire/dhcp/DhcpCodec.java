package dev.coldframe.wire.dhcp;

import dev.coldframe.net.Bytes;
import dev.coldframe.net.Ip4;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/// DHCPv4 messages to bytes and back (RFC 2131, section 2; options RFC 2132, section 2; long
/// options RFC 3396). All numbers are big-endian. Choices where an RFC leaves room:
///
/// - a missing end option is accepted and reported; bytes after it are ignored (padding is normal)
/// - repeated options are joined, except the message type, where two equal ones count once
/// - the overload option is honoured in the options field only
public final class DhcpCodec {
  /// The fixed part with the cookie.
  static final int HEADER_BYTES = 240;

  /// What some clients and relays need at least (RFC 1542, section 2.1).
  static final int MIN_REPLY_BYTES = 300;

  private static final int COOKIE = 0x63825363;
  private static final int CHADDR_AT = 28;
  private static final int SNAME_AT = 44;
  private static final int FILE_AT = 108;
  private static final int COOKIE_AT = 236;
  private static final int MAX_PART_BYTES = 255;

  private DhcpCodec() {}

  /// Reads a datagram. Never throws.
  public static Decode decode(Bytes datagram) {
    if (datagram.size() < HEADER_BYTES) {
      return new Decode.Malformed(Decode.Defect.TRUNCATED, datagram.size());
    }
    if (datagram.intAt(COOKIE_AT) != COOKIE) {
      return new Decode.Malformed(Decode.Defect.NO_COOKIE, COOKIE_AT);
    }
    if (datagram.unsigned(2) > 16) {
      return new Decode.Malformed(Decode.Defect.HARDWARE_LENGTH, 2);
    }
    var area = new OptionArea(datagram);
    return area.read()
        .<Decode>map(defect -> new Decode.Malformed(defect, area.at()))
        .orElseGet(() -> new Decode.Ok(message(datagram, area)));
  }

  private static DhcpMessage message(Bytes in, OptionArea area) {
    return new DhcpMessage(
        in.unsigned(0),
        in.unsigned(1),
        in.unsigned(3),
        in.intAt(4),
        in.shortAt(8),
        in.shortAt(10),
        new Ip4(in.intAt(12)),
        new Ip4(in.intAt(16)),
        new Ip4(in.intAt(20)),
        new Ip4(in.intAt(24)),
        in.slice(CHADDR_AT, CHADDR_AT + in.unsigned(2)),
        area.fileHoldsOptions() ? "" : name(in),
        area.type(),
        area.options(),
        area.ended());
  }

  private static String name(Bytes in) {
    int end = FILE_AT;
    while (end < COOKIE_AT && in.unsigned(end) != 0) {
      end++;
    }
    return end == FILE_AT ? "" : in.slice(FILE_AT, end).text(StandardCharsets.ISO_8859_1);
  }

  /// Writes a message. Options go out in their order; those that do not fit are left out, the last
  /// ones first, except what a client cannot do without. Relay information stands last (RFC 3046,
  /// section 2.2), is never split, and is left out whole where there is no room.
  ///
  /// @param maxBytes how long the message may be; at least 300
  public static Bytes encode(DhcpMessage message, int maxBytes) {
    var out = new byte[maxBytes];
    header(message, out);
    var writer = new OptionWriter(out, message.options());
    int end = writer.write(message.type());
    return Bytes.wrap(Arrays.copyOf(out, Math.max(end, MIN_REPLY_BYTES)));
  }

  private static void header(DhcpMessage message, byte[] out) {
    out[0] = (byte) message.op();
    out[1] = (byte) message.htype();
    out[2] = (byte) message.chaddr().size();
    out[3] = (byte) message.hops();
    putInt(out, 4, message.xid());
    out[8] = (byte) (message.secs() >>> 8);
    out[9] = (byte) message.secs();
    out[10] = (byte) (message.flags() >>> 8);
    out[11] = (byte) message.flags();
    putInt(out, 12, message.ciaddr().bits());
    putInt(out, 16, message.yiaddr().bits());
    putInt(out, 20, message.siaddr().bits());
    putInt(out, 24, message.giaddr().bits());
    message.chaddr().copyTo(out, CHADDR_AT);
    byte[] file = message.file().getBytes(StandardCharsets.ISO_8859_1);
    System.arraycopy(file, 0, out, FILE_AT, Math.min(file.length, COOKIE_AT - FILE_AT - 1));
    putInt(out, COOKIE_AT, COOKIE);
  }

  private static void putInt(byte[] out, int at, int value) {
    out[at] = (byte) (value >>> 24);
    out[at + 1] = (byte) (value >>> 16);
    out[at + 2] = (byte) (value >>> 8);
    out[at + 3] = (byte) value;
  }

  /// Puts options behind the cookie as far as there is room.
  private static final class OptionWriter {
    private final byte[] out;
    private final DhcpOptions options;
    private int at = HEADER_BYTES;

    /// Bytes that must stay free for the end option and for what may not be left out.
    private int reserved = 1;

    OptionWriter(byte[] out, DhcpOptions options) {
      this.out = out;
      this.options = options;
    }

    int write(MessageType type) {
      out[at++] = (byte) OptionCode.MESSAGE_TYPE;
      out[at++] = 1;
      out[at++] = (byte) type.code();
      for (int i = 0; i < options.size(); i++) {
        reserved += needed(options.codeAt(i)) ? wireBytes(i) : 0;
      }
      int relay = -1;
      for (int i = 0; i < options.size(); i++) {
        int code = options.codeAt(i);
        if (code == OptionCode.RELAY_INFORMATION) {
          relay = i;
          continue;
        }
        reserved -= needed(code) ? wireBytes(i) : 0;
        put(i);
      }
      if (relay >= 0 && options.lengthAt(relay) <= MAX_PART_BYTES) {
        reserved -= wireBytes(relay);
        put(relay);
      }
      out[at++] = (byte) OptionCode.END;
      return at;
    }

    private static boolean needed(int code) {
      return switch (code) {
        case OptionCode.SERVER_ID,
            OptionCode.LEASE_TIME,
            OptionCode.SUBNET_MASK,
            OptionCode.ROUTER,
            OptionCode.RELAY_INFORMATION ->
            true;
        default -> false;
      };
    }

    private int wireBytes(int index) {
      int length = options.lengthAt(index);
      int parts = Math.max(1, (length + MAX_PART_BYTES - 1) / MAX_PART_BYTES);
      return length + 2 * parts;
    }

    private void put(int index) {
      if (at + wireBytes(index) + Math.max(reserved, 1) > out.length) {
        return;
      }
      int length = options.lengthAt(index);
      int from = 0;
      do {
        int part = Math.min(length - from, MAX_PART_BYTES);
        out[at++] = (byte) options.codeAt(index);
        out[at++] = (byte) part;
        options.copyTo(index, out, at, from, part);
        at += part;
        from += part;
      } while (from < length);
    }
  }

  /// The options field and, where option 52 says so, `file` and `sname` after it.
  private static final class OptionArea {
    private final Bytes in;
    private final DhcpOptions.Builder options = new DhcpOptions.Builder();
    private int at = HEADER_BYTES;
    private int optionBytes;
    private int type = -1;
    private int overload;
    private boolean ended;

    OptionArea(Bytes in) {
      this.in = in;
    }

    Optional<Decode.Defect> read() {
      Optional<Decode.Defect> defect = field(HEADER_BYTES, in.size(), true);
      if (defect.isEmpty() && fileHoldsOptions()) {
        defect = field(FILE_AT, COOKIE_AT, false);
      }
      if (defect.isEmpty() && (overload & 2) != 0) {
        defect = field(SNAME_AT, FILE_AT, false);
      }
      if (defect.isEmpty() && MessageType.ofCode(type).isEmpty()) {
        defect = Optional.of(Decode.Defect.NO_TYPE);
      }
      return defect;
    }

    private Optional<Decode.Defect> field(int from, int to, boolean main) {
      at = from;
      while (at < to) {
        int code = in.unsigned(at);
        if (code == OptionCode.PAD) {
          at++;
          continue;
        }
        if (code == OptionCode.END) {
          ended |= main;
          return Optional.empty();
        }
        if (at + 2 > to || at + 2 + in.unsigned(at + 1) > to) {
          return Optional.of(Decode.Defect.OPTION_PAST_END);
        }
        int length = in.unsigned(at + 1);
        Optional<Decode.Defect> defect = option(code, at + 2, length, main);
        if (defect.isPresent()) {
          return defect;
        }
        at += 2 + length;
      }
      return Optional.empty();
    }

    private Optional<Decode.Defect> option(int code, int from, int length, boolean main) {
      int fixed =
          switch (code) {
            case OptionCode.MESSAGE_TYPE -> 1;
            case OptionCode.REQUESTED_ADDRESS, OptionCode.LEASE_TIME, OptionCode.SERVER_ID -> 4;
            default -> length;
          };
      if (fixed != length) {
        return Optional.of(
            code == OptionCode.MESSAGE_TYPE ? Decode.Defect.NO_TYPE : Decode.Defect.FIXED_LENGTH);
      }
      if (code == OptionCode.MESSAGE_TYPE) {
        int value = in.unsigned(from);
        if (type >= 0 && type != value) {
          return Optional.of(Decode.Defect.TWO_TYPES);
        }
        type = value;
        return Optional.empty();
      }
      if (code == OptionCode.OVERLOAD) {
        overload = main && length == 1 && in.unsigned(from) <= 3 ? in.unsigned(from) : overload;
        return Optional.empty();
      }
      optionBytes += length;
      if (optionBytes > DhcpOptions.MAX_BYTES) {
        return Optional.of(Decode.Defect.TOO_MUCH);
      }
      options.put(code, in, from, length);
      return Optional.empty();
    }

    boolean fileHoldsOptions() {
      return (overload & 1) != 0;
    }

    int at() {
      return at;
    }

    MessageType type() {
      return MessageType.ofCode(type).orElseThrow();
    }

    DhcpOptions options() {
      return options.build();
    }

    boolean ended() {
      return ended;
    }
  }
}
