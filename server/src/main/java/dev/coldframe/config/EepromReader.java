package dev.coldframe.config;

import dev.coldframe.node.EepromPolicy;
import dev.coldframe.node.Profile.Boot;
import dev.coldframe.node.Soc;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// Reads `eeprom:` of a profile: what is wanted in the boot EEPROM of its Pi 4s and 5s
/// (raspberry-pi-boot.md, section 5.1).
///
/// ```
///   eeprom: { version: 2026-08-04, settings: { BOOT_ORDER: "0xf21" } }
///   eeprom: { version: { pi4: 2026-08-04, pi5: 2026-08-12 } }
/// ```
final class EepromReader {
  private static final Pattern KEY = Pattern.compile("[A-Z][A-Z0-9_]{0,39}");
  private static final Pattern VALUE =
      Pattern.compile("[\\x21-\\x7e](?:[\\x20-\\x7e]{0,78}[\\x21-\\x7e])?");

  /// Read from the right: nothing that stops (e) or begins anew (f) before the network (2).
  private static final Pattern ORDER =
      Pattern.compile("0x(?=[0-9a-fA-F]{1,8}$)[0-9a-fA-F]*2[0-9a-dA-D]*");

  private static final String ONE_FOR_ALL =
      "would give all boards of the profile one address; leave it out";

  /// What could not be undone over the network, or is no board's alone.
  private static final Map<String, String> REFUSED =
      Map.of(
          "SIGNED_BOOT",
          "needs keys that only a board's owner can put there; set it by hand",
          "FREEZE_VERSION",
          "would end all updates over the network; leave it out",
          "ENABLE_SELF_UPDATE",
          "would end all updates over the network; leave it out",
          "CLIENT_IP",
          ONE_FOR_ALL,
          "MAC_ADDRESS",
          ONE_FOR_ALL,
          "MAC_ADDRESS_OTP",
          ONE_FOR_ALL);

  private static final Read<String> VERSION = Reads.TEXT.keeping(EepromReader::versionProblem);

  private final Problems problems;

  EepromReader(Problems problems) {
    this.problems = problems;
  }

  /// @param boot how the profile boots
  EepromPolicy read(Value value, Boot boot) {
    Fields in = Fields.of(value, Section.EEPROM, problems);
    if (boot == Boot.LOCAL) {
      problems.error(
          in.place(),
          "profiles with boot: local serve no files, so their boards get no update; leave it out or"
              + " change boot");
    }
    return new EepromPolicy(
        in.get("version").map(this::versions).orElse(Map.of()),
        in.get("settings", this::settings, Map.of()));
  }

  private Map<Soc, String> versions(Value value) {
    var out = new EnumMap<Soc, String>(Soc.class);
    if (value instanceof Value.Mapping) {
      Fields in = Fields.of(value, Section.EEPROM_VERSION, problems);
      for (Soc soc : Soc.values()) {
        in.get(soc.label(), VERSION).ifPresent(version -> out.put(soc, version));
      }
    } else {
      VERSION
          .from(value, problems)
          .ifPresent(version -> {
            for (Soc soc : Soc.values()) {
              out.put(soc, version);
            }
          });
    }
    return out;
  }

  private Optional<Map<String, String>> settings(Value value, Problems to) {
    return Reads.MAPPING
        .from(value, to)
        .map(entries -> {
          var out = new LinkedHashMap<String, String>();
          entries.forEach((key, text) -> {
            keyProblem(key).ifPresent(problem -> to.error(text.place(), problem));
            Reads.TEXT
                .keeping(t -> valueProblem(key, t))
                .from(text, to)
                .ifPresent(t -> out.put(key, t));
          });
          return out;
        });
  }

  private static Optional<String> versionProblem(String text) {
    try {
      if (text.length() == "2026-08-04".length()) {
        LocalDate.parse(text);
        return Optional.empty();
      }
    } catch (DateTimeParseException _) {
      // Said below.
    }
    return Optional.of(
        Reads.quote(text)
            + " is no version; write its date, such as 2026-08-04, as 'coldframe firmware list' shows"
            + " it");
  }

  private static Optional<String> keyProblem(String key) {
    if (REFUSED.containsKey(key)) {
      return Optional.of(REFUSED.get(key));
    }
    return KEY.matcher(key).matches()
        ? Optional.empty()
        : Optional.of(Reads.quote(key) + " is no setting; write its key, such as BOOT_ORDER");
  }

  private static Optional<String> valueProblem(String key, String value) {
    if (!VALUE.matcher(value).matches()) {
      return Optional.of(
          Reads.quote(value) + " is no plain value: up to 80 characters of ASCII in one line");
    }
    if (key.equals("BOOT_ORDER") && !ORDER.matcher(value).matches()) {
      return Optional.of(
          Reads.quote(value)
              + " is no boot order that comes to the network (2): it is read from the right, and"
              + " nothing after e or f is tried; write one such as 0xf21");
    }
    if (key.equals("TFTP_PREFIX_STR") && !value.endsWith("/")) {
      return Optional.of("must end with a slash, or names are glued to it; write " + value + "/");
    }
    return Optional.empty();
  }
}
