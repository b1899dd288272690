package dev.coldframe.wire.dns;

import dev.coldframe.net.Bytes;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Reads questions (RFC 1035, section 4.1).
///
/// ```
///   id | flags | questions | answers | authority | additional      16 bits each, high byte first
///   question:  name, type, class
///   record:    name, type, class, TTL (32 bits), length, data
/// ```
///
/// Time is linear in the message: no pointer is followed.
public final class DnsCodec {
  static final int HEADER_BYTES = 12;
  static final int QR = 0x8000;
  static final int OPCODE = 0x7800;

  private static final int QUESTION_TAIL_BYTES = 4;
  private static final int RECORD_TAIL_BYTES = 10;
  private static final int POINTER = 0xc0;
  private static final int DNSSEC_OK = 0x8000;

  private final Bytes message;
  private int at = HEADER_BYTES;

  private DnsCodec(Bytes message) {
    this.message = message;
  }

  /// Reads a message.
  public static DnsDecode decode(Bytes message) {
    if (message.size() < HEADER_BYTES) {
      return new DnsDecode.Noise("shorter than a header");
    }
    int flags = message.shortAt(2);
    if ((flags & QR) != 0) {
      return new DnsDecode.Noise("a response, not a query");
    }
    if ((flags & OPCODE) != 0) {
      return malformed(message, Rcode.NOTIMP, "another opcode than query");
    }
    if (message.shortAt(4) != 1) {
      return malformed(message, Rcode.FORMERR, "not one question");
    }
    return new DnsCodec(message).query();
  }

  private static DnsDecode malformed(Bytes message, int rcode, String defect) {
    DnsQuery header = DnsQuery.unreadable(message.shortAt(0), message.shortAt(2));
    return new DnsDecode.Malformed(header, rcode, defect);
  }

  private DnsDecode query() {
    int nameEnd = plainNameEnd();
    if (nameEnd < 0 || nameEnd + QUESTION_TAIL_BYTES > message.size()) {
      return malformed(message, Rcode.FORMERR, "a broken question");
    }
    at = nameEnd + QUESTION_TAIL_BYTES;
    Edns edns = Edns.NONE;
    if (at < message.size() || message.shortAt(10) != 0) {
      Optional<Edns> read = edns();
      if (read.isEmpty()) {
        return malformed(message, Rcode.FORMERR, "broken records after the question");
      }
      edns = read.get();
    }
    byte[] name = new byte[nameEnd - HEADER_BYTES];
    message.copyTo(HEADER_BYTES, name.length, name, 0);
    byte[] folded = name.clone();
    DnsNames.fold(folded, 0, folded.length);
    return new DnsDecode.Ok(
        new DnsQuery(
            message.shortAt(0),
            message.shortAt(2),
            Bytes.wrap(name),
            Bytes.wrap(folded),
            message.shortAt(nameEnd),
            message.shortAt(nameEnd + 2),
            edns));
  }

  /// The end of an uncompressed name after the header, or -1.
  private int plainNameEnd() {
    int end = HEADER_BYTES;
    int limit = Math.min(message.size(), HEADER_BYTES + DnsNames.MAX_NAME_BYTES);
    while (end < limit) {
      int length = message.unsigned(end);
      if (length == 0) {
        return end + 1;
      }
      if (length > DnsNames.MAX_LABEL_BYTES) {
        return -1;
      }
      end += 1 + length;
    }
    return -1;
  }

  /// Passes over all records and picks the OPT record out; empty when something is broken, or there
  /// are two.
  private Optional<Edns> edns() {
    Edns found = Edns.NONE;
    int records = message.shortAt(6) + message.shortAt(8) + message.shortAt(10);
    for (int i = 0; i < records; i++) {
      int tail = skipName();
      if (tail < 0 || tail + RECORD_TAIL_BYTES > message.size()) {
        return Optional.empty();
      }
      int end = tail + RECORD_TAIL_BYTES + message.shortAt(tail + 8);
      if (end > message.size()) {
        return Optional.empty();
      }
      if (message.shortAt(tail) == DnsType.OPT) {
        Edns opt = opt(tail, end);
        if (opt == null || found.present() || tail - at != 1) {
          return Optional.empty();
        }
        found = opt;
      }
      at = end;
    }
    return at == message.size() ? Optional.of(found) : Optional.empty();
  }

  /// Null when its options run over its end.
  private @Nullable Edns opt(int tail, int end) {
    int option = tail + RECORD_TAIL_BYTES;
    while (option < end) {
      option += option + 4 > end ? end : 4 + message.shortAt(option + 2);
    }
    boolean dnssecOk = (message.shortAt(tail + 6) & DNSSEC_OK) != 0;
    return option == end
        ? new Edns(true, message.unsigned(tail + 5), message.shortAt(tail + 2), dnssecOk)
        : null;
  }

  /// The end of the name at the present position, or -1. A pointer ends a name.
  private int skipName() {
    return skipName(message, at);
  }

  /// The end of the name at a position, or -1.
  static int skipName(Bytes message, int from) {
    int end = from;
    while (end < message.size() && end - from < DnsNames.MAX_NAME_BYTES) {
      int length = message.unsigned(end);
      if (length == 0) {
        return end + 1;
      }
      if (length >= POINTER) {
        boolean backwards = end + 1 < message.size() && (message.shortAt(end) & 0x3fff) < from;
        return backwards ? end + 2 : -1;
      }
      if (length > DnsNames.MAX_LABEL_BYTES) {
        return -1;
      }
      end += 1 + length;
    }
    return -1;
  }
}
