package dev.coldframe.wire.mdns;

import dev.coldframe.net.Bytes;
import java.io.IOException;
import java.util.List;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Header;
import org.xbill.DNS.Message;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;

/// Bytes to messages and back.
public final class MdnsCodec {
  /// RFC 6762, section 17: no message is longer, headers of IP and UDP included.
  public static final int MAX_MESSAGE_BYTES = 9_000;

  /// The top bit of a record's class: it replaces what was known (RFC 6762, section 10.2).
  public static final int CACHE_FLUSH = 0x8000;

  /// The top bit of a question's class (RFC 6762, section 5.4).
  private static final int UNICAST_RESPONSE = 0x8000;

  private static final int HEADER_BYTES = 12;
  private static final int RESPONSE = 0x8000;
  private static final int OPCODE = 0x7800;
  private static final int TRUNCATED = 0x0200;
  private static final int RCODE = 0x000f;

  private MdnsCodec() {}

  /// Reads a message.
  public static MdnsDecode decode(Bytes bytes) {
    if (bytes.size() < HEADER_BYTES) {
      return new MdnsDecode.Ignored("shorter than a header");
    }
    int flags = bytes.shortAt(2);
    if ((flags & OPCODE) != 0) {
      return new MdnsDecode.Ignored("another opcode than query");
    }
    if ((flags & RCODE) != 0) {
      return new MdnsDecode.Ignored("an error code");
    }
    try {
      return new MdnsDecode.Ok(message(new Message(bytes.toArray()), flags));
    } catch (IOException | IllegalArgumentException _) {
      // Some record types check their data when they are made.
      return new MdnsDecode.Ignored("malformed");
    }
  }

  private static MdnsMessage message(Message read, int flags) {
    return new MdnsMessage(
        read.getHeader().getID(),
        (flags & RESPONSE) != 0,
        (flags & TRUNCATED) != 0,
        read.getSection(Section.QUESTION).stream().map(MdnsCodec::question).toList(),
        read.getSection(Section.ANSWER),
        read.getSection(Section.AUTHORITY),
        read.getSection(Section.ADDITIONAL));
  }

  private static MdnsQuestion question(Record read) {
    int dnsClass = read.getDClass();
    return new MdnsQuestion(
        read.getName(),
        read.getType(),
        dnsClass & ~UNICAST_RESPONSE,
        (dnsClass & UNICAST_RESPONSE) != 0);
  }

  /// Writes a message.
  public static Bytes encode(MdnsMessage message) {
    var header = new Header(message.id());
    if (message.response()) {
      header.setFlag(Flags.QR);
      header.setFlag(Flags.AA);
    }
    if (message.truncated()) {
      header.setFlag(Flags.TC);
    }
    var out = new Message();
    out.setHeader(header);
    for (MdnsQuestion question : message.questions()) {
      int dnsClass = question.dnsClass() | (question.unicast() ? UNICAST_RESPONSE : 0);
      out.addRecord(Record.newRecord(question.name(), question.type(), dnsClass), Section.QUESTION);
    }
    put(out, message.answers(), Section.ANSWER);
    put(out, message.authority(), Section.AUTHORITY);
    put(out, message.additional(), Section.ADDITIONAL);
    return Bytes.wrap(out.toWire());
  }

  private static void put(Message out, List<Record> records, int section) {
    records.forEach(record -> out.addRecord(record, section));
  }
}
