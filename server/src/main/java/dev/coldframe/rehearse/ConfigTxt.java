package dev.coldframe.rehearse;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// What a board takes from its config.txt: the settings that name files, under the filters that
/// hold for it (reference, section 6.1). The last setting of a name counts.
final class ConfigTxt {
  private static final int MAX_INCLUDES = 16;

  private final BoardSpec spec;
  private final Map<String, String> settings = new HashMap<>();
  private final List<String> overlays = new ArrayList<>();
  private final List<String> initramfs = new ArrayList<>();
  private final Map<String, Boolean> filters = new HashMap<>();
  private int includes;

  private ConfigTxt(BoardSpec spec) {
    this.spec = spec;
  }

  /// Where included files come from.
  @FunctionalInterface
  interface Source {
    /// A file's text; empty when it is refused.
    Optional<String> text(String name) throws IOException, InterruptedException, BootFailure;
  }

  /// Reads a config.txt.
  static ConfigTxt read(String text, BoardSpec spec, Source source)
      throws IOException, InterruptedException, BootFailure {
    var config = new ConfigTxt(spec);
    config.lines(text, source);
    return config;
  }

  private void lines(String text, Source source)
      throws IOException, InterruptedException, BootFailure {
    for (String raw : text.split("\\R", -1)) {
      String line = raw.strip();
      if (line.startsWith("[") && line.endsWith("]")) {
        filter(line.substring(1, line.length() - 1).toLowerCase(Locale.ROOT));
      } else if (!line.isEmpty() && !line.startsWith("#") && !filters.containsValue(false)) {
        line(line, source);
      }
    }
  }

  private void line(String line, Source source)
      throws IOException, InterruptedException, BootFailure {
    if (line.startsWith("include ")) {
      if (includes++ < MAX_INCLUDES) {
        Optional<String> included = source.text(line.substring(8).strip());
        if (included.isPresent()) {
          lines(included.get(), source);
        }
      }
      return;
    }
    if (line.startsWith("initramfs ")) {
      initramfs.addAll(List.of(line.substring(10).strip().split("\\s+", 2)[0].split(",", -1)));
      return;
    }
    int equals = line.indexOf('=');
    if (equals < 0) {
      return;
    }
    String name = line.substring(0, equals).strip();
    String value = line.substring(equals + 1).strip();
    if (name.equals("dtoverlay") || name.equals("device_tree_overlay")) {
      String overlay = value.split("[,:]", 2)[0].strip();
      if (!overlay.isEmpty()) {
        overlays.add(overlay);
      }
    } else if (name.equals("ramfsfile")) {
      initramfs.addAll(List.of(value.split(",", -1)));
    } else {
      settings.put(name, value);
    }
  }

  /// Filters of different kinds are joined by "and"; one of the same kind replaces the one before.
  private void filter(String filter) {
    if (filter.equals("all")) {
      filters.clear();
      return;
    }
    if (filter.startsWith("0x")) {
      String digits = filter.substring(2);
      filters.put(
          "serial",
          digits.matches("[0-9a-f]{1,8}")
              && Integer.parseUnsignedInt(digits, 16) == spec.serial().low());
    } else if (filter.matches("(pi|cm)\\d.*|board-type=.*")) {
      filters.put("model", isModel(filter));
    } else {
      filters.put(filter.split("[\\d=&<>:]", 2)[0], false);
    }
  }

  private boolean isModel(String filter) {
    return switch (spec.model()) {
      case PI_3B, PI_3B_EARLY, PI_3B_HOLDING ->
          filter.equals("pi3") || filter.equals("board-type=0x08");
      case PI_3B_PLUS ->
          filter.equals("pi3") || filter.equals("pi3+") || filter.equals("board-type=0x0d");
      case PI_4B, PI_4B_2020 -> filter.equals("pi4") || filter.equals("board-type=0x11");
      case PI_5 -> filter.equals("pi5") || filter.equals("board-type=0x17");
    };
  }

  String setting(String name, String otherwise) {
    return settings.getOrDefault(name, otherwise);
  }

  Optional<String> setting(String name) {
    return Optional.ofNullable(settings.get(name)).filter(v -> !v.isEmpty());
  }

  /// A switch that is off unless it is set to something else than 0.
  boolean on(String name) {
    return !settings.getOrDefault(name, "0").equals("0");
  }

  /// The names of `dtoverlay` lines, in order.
  List<String> overlays() {
    return overlays;
  }

  /// The files of `initramfs` lines, in order.
  List<String> initramfs() {
    return initramfs;
  }
}
