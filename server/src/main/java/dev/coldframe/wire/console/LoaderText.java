package dev.coldframe.wire.console;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// What the lines of a Pi's EEPROM loader mean that say how a boot goes (raspberry-pi-boot.md,
/// section 5.6). Its line for each file is not among them: the journal has that from the transfer.
public final class LoaderText {
  private record Known(Pattern pattern, String meaning) {}

  private static final List<Known> KNOWN =
      List.of(
          known("Boot mode: \\S+ \\([0-9a-f]{2}\\).*", "tries a boot mode"),
          known("(NET_BOOT|NETWORK): .*wait for link.*", "waits for the cable"),
          known("LINK STATUS: speed: .*|Link ready.*", "the cable is connected"),
          known("RX: [0-9]+ .*UDP RECV: 0\\b.*", "heard no useful answer"),
          known("NET [0-9.]+ [0-9.]+ gw .*", "has its address"),
          known("(TFTP: )?BAD OACK.*", "refuses the server's answer to its TFTP options"),
          known("(TFTP: )?Duplicate block.*", "got a block twice"),
          known(".*File is too large.*", "a file is too large for it"),
          known("TFTP [0-9]+: .*", "a TFTP request was refused"),
          known(
              "Firmware \\(start\\*\\.elf\\) not found.*",
              "found no firmware for the GPU: prefix or root lacks start*.elf"));

  /// Loaders since 2024 begin each line with the seconds since power came, ` 4.79 Boot mode: …`.
  private static final Pattern SECONDS = Pattern.compile("^[0-9]{1,6}\\.[0-9]{2} ");

  private LoaderText() {}

  private static Known known(String pattern, String meaning) {
    return new Known(Pattern.compile(pattern), meaning);
  }

  /// What a line means; empty where it says nothing about how the boot goes. Only text without a
  /// frame, by netconsole or a serial port, is a loader's.
  public static Optional<String> meaning(ConsoleLine line) {
    switch (line.origin()) {
      case KERNEL, SYSLOG -> {
        return Optional.empty();
      }
      case TEXT, SERIAL -> {}
    }
    String text = SECONDS.matcher(line.text().strip()).replaceFirst("");
    return KNOWN.stream()
        .filter(known -> known.pattern().matcher(text).matches())
        .map(Known::meaning)
        .findFirst();
  }
}
