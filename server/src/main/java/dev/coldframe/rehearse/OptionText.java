package dev.coldframe.rehearse;

import dev.coldframe.net.Bytes;
import dev.coldframe.net.Ip4;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;

/// DHCP options for people: names and values as text. What cannot be read is shown in hex.
final class OptionText {
  private static final Map<Integer, String> NAMES =
      Map.ofEntries(
          Map.entry(1, "subnet-mask"),
          Map.entry(3, "router"),
          Map.entry(6, "dns"),
          Map.entry(12, "host-name"),
          Map.entry(15, "domain"),
          Map.entry(26, "mtu"),
          Map.entry(28, "broadcast"),
          Map.entry(42, "ntp"),
          Map.entry(51, "lease-time"),
          Map.entry(54, "server"),
          Map.entry(58, "renewal-time"),
          Map.entry(59, "rebinding-time"),
          Map.entry(66, "tftp-server"),
          Map.entry(119, "search"),
          Map.entry(121, "routes"));

  /// A domain name has fewer labels and pointers than this.
  private static final int MAX_STEPS = 128;

  private OptionText() {}

  /// The options that people ask about, by number.
  static SequencedMap<String, String> decode(Map<Integer, Bytes> options) {
    var out = new LinkedHashMap<String, String>();
    new TreeMap<>(options)
        .forEach((code, value) -> {
          String name = NAMES.get(code);
          if (name != null) {
            out.put(name, value(code, value).orElseGet(() -> "0x" + value.hex()));
          }
        });
    return out;
  }

  private static Optional<String> value(int code, Bytes value) {
    return switch (code) {
      case 12, 15, 66 -> text(value);
      case 26 -> value.size() == 2 ? Optional.of(value.shortAt(0) + "") : Optional.empty();
      case 51, 58, 59 -> seconds(value);
      case 119 -> search(value);
      case 121 -> routes(value);
      default -> addresses(value);
    };
  }

  private static Optional<String> text(Bytes value) {
    String text = value.text(StandardCharsets.US_ASCII);
    return text.chars().allMatch(c -> c >= ' ' && c <= '~') ? Optional.of(text) : Optional.empty();
  }

  private static Optional<String> seconds(Bytes value) {
    if (value.size() != 4) {
      return Optional.empty();
    }
    long seconds = Integer.toUnsignedLong(value.intAt(0));
    return Optional.of(seconds == 0xffffffffL ? "infinite" : seconds + " s");
  }

  private static Optional<String> addresses(Bytes value) {
    if (value.isEmpty() || value.size() % 4 != 0) {
      return Optional.empty();
    }
    var out = new ArrayList<String>();
    for (int at = 0; at < value.size(); at += 4) {
      out.add(new Ip4(value.intAt(at)).toString());
    }
    return Optional.of(String.join(", ", out));
  }

  /// RFC 3397: names with pointers into the option itself, backwards only.
  private static Optional<String> search(Bytes value) {
    var names = new ArrayList<String>();
    int at = 0;
    while (at < value.size()) {
      var labels = new ArrayList<String>();
      int next = name(value, at, labels);
      if (next < 0) {
        return Optional.empty();
      }
      names.add(String.join(".", labels));
      at = next;
    }
    return Optional.of(String.join(", ", names));
  }

  /// Returns the offset after the name, -1 when it is malformed.
  private static int name(Bytes value, int from, List<String> labels) {
    int at = from;
    int after = -1;
    for (int step = 0; step < MAX_STEPS && at < value.size(); step++) {
      int length = value.unsigned(at);
      if (length == 0) {
        return after < 0 ? at + 1 : after;
      }
      if (length >= 0xc0) {
        int to = at + 1 < value.size() ? value.shortAt(at) & 0x3fff : at;
        if (to >= at) {
          return -1;
        }
        after = after < 0 ? at + 2 : after;
        at = to;
      } else if (at + 1 + length <= value.size()) {
        labels.add(value.slice(at + 1, at + 1 + length).text(StandardCharsets.US_ASCII));
        at += 1 + length;
      } else {
        return -1;
      }
    }
    return -1;
  }

  /// RFC 3442: prefix length, its significant bytes, router.
  private static Optional<String> routes(Bytes value) {
    var out = new ArrayList<String>();
    int at = 0;
    while (at < value.size()) {
      int prefix = value.unsigned(at);
      int significant = (prefix + 7) / 8;
      if (prefix > 32 || at + 1 + significant + 4 > value.size()) {
        return Optional.empty();
      }
      byte[] network = new byte[4];
      value.copyTo(at + 1, significant, network, 0);
      at += 1 + significant;
      out.add(
          new Ip4(Bytes.wrap(network).intAt(0))
              + "/"
              + prefix
              + " via "
              + new Ip4(value.intAt(at)));
      at += 4;
    }
    return Optional.of(String.join(", ", out));
  }
}
