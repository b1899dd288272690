package dev.coldframe.doctor;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// What a `config.txt` says for one family of boards (raspberry-pi-boot.md, section 6.1), as far as
/// it names files. Lines under filters that are not about a family are left out: whether they hold
/// is not known here.
///
/// @param values by key, the last one of each
/// @param overlays in order
record BootConfig(Map<String, String> values, List<String> overlays) {
  private static final Pattern FAMILY = Pattern.compile("\\[pi([345])\\]");

  BootConfig {
    values = Map.copyOf(values);
    overlays = List.copyOf(overlays);
  }

  static BootConfig of(String text, int family) {
    var values = new HashMap<String, String>();
    var overlays = new ArrayList<String>();
    boolean holds = true;
    for (String line : text.lines().map(String::strip).toList()) {
      if (line.startsWith("[")) {
        String filter = line.toLowerCase(Locale.ROOT);
        var named = FAMILY.matcher(filter);
        holds =
            filter.equals("[all]")
                || (named.matches() && Integer.parseInt(named.group(1)) == family);
      } else if (holds && !line.startsWith("#") && line.indexOf('=') > 0) {
        String key = line.substring(0, line.indexOf('=')).strip().toLowerCase(Locale.ROOT);
        String value = line.substring(line.indexOf('=') + 1).strip();
        if (key.equals("dtoverlay") || key.equals("device_tree_overlay")) {
          overlay(value).ifPresent(overlays::add);
        } else {
          values.put(key, value);
        }
      }
    }
    return new BootConfig(values, overlays);
  }

  /// The overlay's name; parameters stand behind it.
  private static Optional<String> overlay(String value) {
    String name = value.split("[,:]", 2)[0].strip();
    return name.isEmpty() ? Optional.empty() : Optional.of(name);
  }

  Optional<String> value(String key) {
    return Optional.ofNullable(values.get(key));
  }

  /// What stands before the names of kernel, device tree and overlays.
  String prefix() {
    return value("os_prefix").orElse("");
  }
}
