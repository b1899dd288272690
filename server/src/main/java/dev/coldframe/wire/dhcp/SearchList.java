package dev.coldframe.wire.dhcp;

import dev.coldframe.net.Bytes;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The DNS search list, option 119 (RFC 3397): domain names in DNS wire form, each suffix that was
/// written before replaced by a pointer back to it.
public final class SearchList {
  private static final int POINTER = 0xc000;
  private static final int MAX_POINTER = 0x3fff;

  private SearchList() {}

  /// Encodes the names, in order.
  ///
  /// @param domains without trailing dots; each label has 1 to 63 bytes
  public static Bytes encode(List<String> domains) {
    var out = new ByteArrayOutputStream();
    Map<String, Integer> written = new HashMap<>();
    for (String domain : domains) {
      name(domain, out, written);
    }
    return Bytes.wrap(out.toByteArray());
  }

  private static void name(String domain, ByteArrayOutputStream out, Map<String, Integer> written) {
    String rest = domain;
    while (!rest.isEmpty()) {
      Integer before = written.get(rest);
      if (before != null) {
        out.write((POINTER | before) >>> 8);
        out.write(before);
        return;
      }
      if (out.size() <= MAX_POINTER) {
        written.put(rest, out.size());
      }
      int dot = rest.indexOf('.');
      byte[] label = (dot < 0 ? rest : rest.substring(0, dot)).getBytes(StandardCharsets.US_ASCII);
      out.write(label.length);
      out.write(label, 0, label.length);
      rest = dot < 0 ? "" : rest.substring(dot + 1);
    }
    out.write(0);
  }
}
