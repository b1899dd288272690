package dev.coldframe.wire.console;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/// One line that a machine said.
///
/// @param origin by what it came
/// @param severity 0 (emergency) to 7 (debug), as in syslog; empty where the sender told none
/// @param program who said it; empty where the sender told none
/// @param text without line end; any other character may stand in it
public record ConsoleLine(Origin origin, OptionalInt severity, String program, String text) {
  /// By what a line came.
  public enum Origin {
    /// Text without a frame, as a Pi's boot loader and the plain form of Linux netconsole send it.
    TEXT,
    /// Linux netconsole with extended headers.
    KERNEL,
    /// Syslog.
    SYSLOG,
    /// A serial port of this server.
    SERIAL;

    /// As commands and JSON write it.
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }

    /// Reads a label; empty for one of a newer version.
    public static Optional<Origin> ofLabel(String label) {
      return Arrays.stream(values()).filter(origin -> origin.label().equals(label)).findFirst();
    }
  }

  /// A line of which only the text is known.
  static ConsoleLine plain(String text) {
    return new ConsoleLine(Origin.TEXT, OptionalInt.empty(), "", text);
  }
}
