package dev.coldframe.disk;

import java.util.Locale;
import java.util.stream.Collectors;

/// The settings in a boot EEPROM, `bootconf.txt` (raspberry-pi-boot.md, section 5.1).
public final class BootConf {
  /// The file's name in the EEPROM.
  public static final String FILE = "bootconf.txt";

  private BootConf() {}

  /// The same with one setting for every board; other lines with that key are dropped, whatever
  /// filter they stand under.
  public static String with(String text, String key, String value) {
    String kept =
        text.lines()
            .filter(line -> !keyOf(line).equals(key.toUpperCase(Locale.ROOT)))
            .collect(Collectors.joining("\n"));
    String base = kept.isBlank() ? "" : kept.stripTrailing() + "\n";
    boolean all = base.isEmpty() || lastFilter(base).equals("[all]");
    return base + (all && !base.isEmpty() ? "" : "[all]\n") + key + "=" + value + "\n";
  }

  private static String keyOf(String line) {
    int sign = line.indexOf('=');
    return sign < 0 ? "" : line.substring(0, sign).strip().toUpperCase(Locale.ROOT);
  }

  private static String lastFilter(String text) {
    return text.lines()
        .map(String::strip)
        .filter(line -> line.startsWith("["))
        .reduce("[all]", (_, line) -> line.toLowerCase(Locale.ROOT));
  }
}
