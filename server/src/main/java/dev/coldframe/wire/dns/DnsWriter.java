package dev.coldframe.wire.dns;

import dev.coldframe.net.Bytes;
import java.util.Arrays;
import java.util.List;

/// Writes answers into a buffer that it keeps. Owned by one thread.
public final class DnsWriter {
  /// The longest message behind a 16-bit length.
  public static final int MAX_TCP_BYTES = 65_535;

  private static final int AUTHORITATIVE = 0x0400;
  private static final int TRUNCATED = 0x0200;
  private static final int RECURSION_AVAILABLE = 0x0080;

  /// Opcode, RD and CD are repeated (RFC 1035, section 4.1.1; RFC 4035, section 3.2.2).
  private static final int REPEATED = DnsCodec.OPCODE | 0x0110;

  private static final int FIRST_BUFFER_BYTES = 2_048;
  private static final int OPT_BYTES = 11;
  private static final int POINTER = 0xc000;

  private byte[] out = new byte[FIRST_BUFFER_BYTES];
  private int at;

  /// The buffer; what was written last begins at 0. Valid until the next answer is written.
  public byte[] buffer() {
    return out;
  }

  /// Writes an answer. What is longer than it may be loses its records and gets the TC flag: no set
  /// is ever cut in two (RFC 2181, section 9).
  ///
  /// @return its length
  public int write(DnsReply reply, int maxBytes) {
    int length = whole(reply, reply.truncated());
    return length <= maxBytes ? length : whole(withoutRecords(reply), true);
  }

  private static DnsReply withoutRecords(DnsReply reply) {
    return new DnsReply(
        reply.query(),
        reply.rcode(),
        reply.authoritative(),
        reply.recursionAvailable(),
        true,
        List.of(),
        List.of());
  }

  private int whole(DnsReply reply, boolean truncated) {
    DnsQuery query = reply.query();
    boolean question = !query.name().isEmpty();
    at = 0;
    putShort(query.id());
    putShort(
        DnsCodec.QR
            | (query.flags() & REPEATED)
            | (reply.authoritative() ? AUTHORITATIVE : 0)
            | (truncated ? TRUNCATED : 0)
            | (reply.recursionAvailable() ? RECURSION_AVAILABLE : 0)
            | (reply.rcode() & 15));
    putShort(question ? 1 : 0);
    putShort(reply.answers().size());
    putShort(reply.authority().size());
    putShort(query.edns().present() ? 1 : 0);
    if (question) {
      put(query.name());
      putShort(query.type());
      putShort(query.dnsClass());
    }
    putAll(reply.answers(), query);
    putAll(reply.authority(), query);
    putOpt(query, reply.rcode());
    return at;
  }

  private void putAll(List<DnsRecord> records, DnsQuery query) {
    for (int i = 0; i < records.size(); i++) {
      DnsRecord written = records.get(i);
      putOwner(written.owner(), query);
      putShort(written.type());
      putShort(DnsType.CLASS_IN);
      putInt(written.ttlSeconds());
      putShort(written.data().size());
      put(written.data());
    }
  }

  /// Points into the question where the owner stands there.
  private void putOwner(Bytes owner, DnsQuery query) {
    int index = DnsNames.indexOf(query.folded(), owner);
    if (index >= 0 && owner.size() > 1) {
      putShort(POINTER + DnsCodec.HEADER_BYTES + index);
    } else {
      put(owner);
    }
  }

  private void putOpt(DnsQuery query, int rcode) {
    if (query.edns().present()) {
      ensure(OPT_BYTES);
      out[at++] = 0;
      putShort(DnsType.OPT);
      putShort(DnsQuery.LARGEST_UDP_BYTES);
      putInt((rcode >>> 4) << 24 | (query.edns().dnssecOk() ? 0x8000 : 0));
      putShort(0);
    }
  }

  private void put(Bytes bytes) {
    ensure(bytes.size());
    bytes.copyTo(out, at);
    at += bytes.size();
  }

  private void putShort(int value) {
    ensure(2);
    out[at++] = (byte) (value >>> 8);
    out[at++] = (byte) value;
  }

  private void putInt(int value) {
    putShort(value >>> 16);
    putShort(value);
  }

  private void ensure(int more) {
    if (at + more > out.length) {
      out = Arrays.copyOf(out, Math.max(out.length * 2, at + more));
    }
  }
}
