package dev.coldframe.boot.lint;

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
/// @param initramfs what `initramfs` lines name, in order; no other key is written without `=`
record BootConfig(Map<String, String> values, List<String> overlays, List<String> initramfs) {
  private static final Pattern FAMILY = Pattern.compile("\\[pi([345])\\]");
  private static final Pattern INITRAMFS = Pattern.compile("(?i)initramfs\\s+(\\S+).*");
  private static final Pattern KERNEL = Pattern.compile("kernel(.*)\\.img");

  BootConfig {
    values = Map.copyOf(values);
    overlays = List.copyOf(overlays);
    initramfs = List.copyOf(initramfs);
  }

  static BootConfig of(String text, int family) {
    var values = new HashMap<String, String>();
    var overlays = new ArrayList<String>();
    var initramfs = new ArrayList<String>();
    boolean holds = true;
    for (String line : text.lines().map(String::strip).toList()) {
      if (line.startsWith("[")) {
        String filter = line.toLowerCase(Locale.ROOT);
        var named = FAMILY.matcher(filter);
        holds =
            filter.equals("[all]")
                || (named.matches() && Integer.parseInt(named.group(1)) == family);
      } else if (holds && INITRAMFS.matcher(line).matches()) {
        initramfs(line).forEach(initramfs::add);
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
    String prefix = values.getOrDefault("os_prefix", "");
    return new BootConfig(values, overlays, initramfs.stream().map(name -> prefix + name).toList());
  }

  private static List<String> initramfs(String line) {
    var named = INITRAMFS.matcher(line);
    return named.matches() ? List.of(named.group(1).split(",", -1)) : List.of();
  }

  /// The initramfs that is looked for by the kernel's name, where that is wanted (section 3.7).
  Optional<String> matching(String kernel) {
    String name = kernel.substring(prefix().length());
    var suffix = KERNEL.matcher(name);
    boolean wanted = value("auto_initramfs").filter("1"::equals).isPresent();
    return wanted && suffix.matches()
        ? Optional.of(prefix() + "initramfs" + suffix.group(1))
        : Optional.empty();
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
