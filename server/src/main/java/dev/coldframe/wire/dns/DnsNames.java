package dev.coldframe.wire.dns;

import dev.coldframe.net.Bytes;
import java.nio.charset.StandardCharsets;

/// Names on the wire: labels behind their lengths, ended by an empty one (RFC 1035, section 3.1).
public final class DnsNames {
  /// RFC 1035, section 2.3.4.
  public static final int MAX_NAME_BYTES = 255;

  static final int MAX_LABEL_BYTES = 63;

  /// The root.
  public static final Bytes ROOT = Bytes.of(0);

  private DnsNames() {}

  /// The wire form of dotted text, in lower case. Dots cannot be part of a label here.
  ///
  /// @throws IllegalArgumentException when a label or the name is too long or a label is empty
  public static Bytes of(String dotted) {
    byte[] out = new byte[dotted.length() + 2];
    int at = 0;
    for (String label : dotted.split("\\.", -1)) {
      byte[] bytes = label.getBytes(StandardCharsets.ISO_8859_1);
      if (bytes.length == 0 || bytes.length > MAX_LABEL_BYTES) {
        throw new IllegalArgumentException("not a name: " + dotted);
      }
      out[at++] = (byte) bytes.length;
      System.arraycopy(bytes, 0, out, at, bytes.length);
      at += bytes.length;
    }
    if (out.length > MAX_NAME_BYTES) {
      throw new IllegalArgumentException("longer than 255 bytes: " + dotted);
    }
    fold(out, 0, out.length);
    return Bytes.wrap(out);
  }

  /// One label before a name.
  public static Bytes under(String label, Bytes name) {
    byte[] out = new byte[1 + label.length() + name.size()];
    out[0] = (byte) label.length();
    byte[] bytes = label.getBytes(StandardCharsets.ISO_8859_1);
    System.arraycopy(bytes, 0, out, 1, bytes.length);
    name.copyTo(out, 1 + bytes.length);
    return Bytes.wrap(out);
  }

  /// Makes ASCII letters lower case, in place. A length is at most 63 and therefore never taken for
  /// a letter.
  static void fold(byte[] name, int from, int to) {
    for (int i = from; i < to; i++) {
      byte b = name[i];
      if (b >= 'A' && b <= 'Z') {
        name[i] = (byte) (b | 0x20);
      }
    }
  }

  /// Where one name begins at the end of another, at a label's edge.
  ///
  /// @param name in lower case
  /// @param suffix in lower case
  /// @return the index in `name`; 0 when both are equal, -1 when it does not end so
  public static int indexOf(Bytes name, Bytes suffix) {
    int start = name.size() - suffix.size();
    if (start < 0 || !name.endsWith(suffix)) {
      return -1;
    }
    int at = 0;
    while (at < start) {
      at += 1 + name.unsigned(at);
    }
    return at == start ? start : -1;
  }

  /// The text of the label at an index.
  public static String label(Bytes name, int at) {
    int from = at + 1;
    return name.text(from, from + name.unsigned(at), StandardCharsets.ISO_8859_1);
  }
}
