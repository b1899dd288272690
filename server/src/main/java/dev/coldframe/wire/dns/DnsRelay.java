package dev.coldframe.wire.dns;

import dev.coldframe.net.Bytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Passes the answer of another server on: the same bytes with the client's id, flags and name, and
/// what is left of each TTL. The messages were written by us and have one question and no OPT
/// record.
public final class DnsRelay {
  private static final int RECORD_TAIL_BYTES = 10;
  private static final int OPT_BYTES = 11;
  private static final int TRUNCATED = 0x02;
  private static final int RECURSION_DESIRED = 0x01;
  private static final int CHECKING_DISABLED = 0x10;

  private DnsRelay() {}

  /// The message with other TTLs, in the order of its records.
  public static Bytes withTtls(byte[] message, List<Long> ttls) {
    byte[] out = message.clone();
    List<Integer> places = ttlPlaces(Bytes.copyOf(message));
    for (int i = 0; i < places.size(); i++) {
      putInt(out, places.get(i), ttls.get(i).intValue());
    }
    return Bytes.wrap(out);
  }

  /// The message for one client.
  ///
  /// @param ageSeconds how long it was kept
  /// @param maxBytes a longer one is cut to its question and gets the TC flag
  public static byte[] relay(Bytes message, DnsQuery query, int ageSeconds, int maxBytes) {
    int opt = query.edns().present() ? OPT_BYTES : 0;
    boolean fits = message.size() + opt <= maxBytes;
    int questionEnd = DnsCodec.HEADER_BYTES + query.name().size() + 4;
    int length = fits ? message.size() : questionEnd;
    byte[] out = new byte[length + opt];
    message.copyTo(0, length, out, 0);
    putShort(out, 0, query.id());
    out[2] &= (byte) ~RECURSION_DESIRED;
    out[2] |= (byte) (query.recursionDesired() ? RECURSION_DESIRED : 0);
    out[3] &= (byte) ~CHECKING_DISABLED;
    out[3] |= (byte) (query.checkingDisabled() ? CHECKING_DISABLED : 0);
    query.name().copyTo(out, DnsCodec.HEADER_BYTES);
    if (fits) {
      for (int place : ttlPlaces(message)) {
        putInt(out, place, Math.max(0, message.intAt(place) - ageSeconds));
      }
    } else {
      out[2] |= TRUNCATED;
      Arrays.fill(out, 6, DnsCodec.HEADER_BYTES, (byte) 0);
    }
    if (opt > 0) {
      putOpt(out, length, query.edns().dnssecOk());
    }
    return out;
  }

  private static void putOpt(byte[] out, int at, boolean dnssecOk) {
    out[11] = 1;
    putShort(out, at + 1, DnsType.OPT);
    putShort(out, at + 3, DnsQuery.LARGEST_UDP_BYTES);
    putShort(out, at + 7, dnssecOk ? 0x8000 : 0);
  }

  private static List<Integer> ttlPlaces(Bytes message) {
    var out = new ArrayList<Integer>();
    int at = DnsCodec.skipName(message, DnsCodec.HEADER_BYTES) + 4;
    while (at < message.size()) {
      int tail = DnsCodec.skipName(message, at);
      out.add(tail + 4);
      at = tail + RECORD_TAIL_BYTES + message.shortAt(tail + 8);
    }
    return out;
  }

  private static void putShort(byte[] out, int at, int value) {
    out[at] = (byte) (value >>> 8);
    out[at + 1] = (byte) value;
  }

  private static void putInt(byte[] out, int at, int value) {
    putShort(out, at, value >>> 16);
    putShort(out, at + 2, value);
  }
}
