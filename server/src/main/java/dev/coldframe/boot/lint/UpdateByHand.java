package dev.coldframe.boot.lint;

import dev.coldframe.disk.EepromImage;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/// An update of the boot EEPROM that a boot tree offers (raspberry-pi-boot.md, section 5.3).
///
/// @param nodes to whom
/// @param folder empty, or the folder of a board's own with its slash
/// @param sig what `pieeprom.sig` says; empty where there is none
/// @param upd what `pieeprom.upd` is; empty where there is none
/// @param brought when the EEPROM image was built that the operator brought for such a board
///   (`firmware add`), in seconds since 1970
public record UpdateByHand(
    List<String> nodes, String folder, Optional<Sig> sig, Optional<Upd> upd, OptionalLong brought) {
  public UpdateByHand {
    nodes = List.copyOf(nodes);
  }

  /// What `pieeprom.sig` says (section 4.2).
  ///
  /// @param sha256 64 hex digits in lower case; anything else that its first line holds
  /// @param ts seconds since 1970; empty where it has none
  /// @param soc `2711` or `2712`; empty where it does not say
  public record Sig(String sha256, OptionalLong ts, Optional<String> soc) {
    /// Reads one.
    public static Sig of(String text) {
      List<String> lines = text.lines().map(String::strip).toList();
      return new Sig(
          lines.isEmpty() ? "" : lines.getFirst().toLowerCase(Locale.ROOT),
          value(lines, "ts").filter(t -> t.matches("\\d{1,15}")).stream()
              .mapToLong(Long::parseLong)
              .findFirst(),
          value(lines, "target-soc"));
    }

    private static Optional<String> value(List<String> lines, String key) {
      return lines.stream()
          .filter(line -> line.startsWith(key + ":"))
          .map(line -> line.substring(key.length() + 1).strip())
          .findFirst();
    }
  }

  /// What `pieeprom.upd` is.
  ///
  /// @param sha256 64 hex digits in lower case
  /// @param board whose EEPROM it fits; empty where no board has that size
  /// @param built when it was built, in seconds since 1970, as far as it says
  public record Upd(String sha256, Optional<EepromImage.Board> board, OptionalLong built) {}

  /// The path of one of its files.
  String path(String name) {
    return folder + name;
  }
}
