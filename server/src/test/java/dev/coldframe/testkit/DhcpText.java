package dev.coldframe.testkit;

import dev.coldframe.wire.dhcp.DhcpMessage;
import java.util.Locale;

/// A DHCP message as people read it, one field a line.
public final class DhcpText {
  private DhcpText() {}

  /// Every field that is not zero, every option.
  public static String of(DhcpMessage m) {
    var out = new StringBuilder();
    line(out, "type", m.type().name());
    line(out, "op", m.op());
    line(out, "xid", String.format(Locale.ROOT, "%08x", m.xid()));
    line(out, "secs", m.secs());
    line(out, "hops", m.hops());
    line(out, "flags", String.format(Locale.ROOT, "%04x", m.flags()));
    line(out, "ciaddr", m.ciaddr());
    line(out, "yiaddr", m.yiaddr());
    line(out, "siaddr", m.siaddr());
    line(out, "giaddr", m.giaddr());
    line(out, "chaddr", m.chaddr().hex());
    line(out, "file", m.file());
    for (int i = 0; i < m.options().size(); i++) {
      line(out, "option " + m.options().codeAt(i), m.options().valueAt(i).hex());
    }
    line(out, "ended", m.ended());
    return out.toString();
  }

  private static void line(StringBuilder out, String name, Object value) {
    out.append(name).append(": ").append(value).append('\n');
  }
}
