package dev.coldframe.node;

import java.util.Map;
import java.util.Optional;

/// What a profile wants in the boot EEPROM of its nodes.
///
/// @param versions which image of the firmware store, by chip, `2026-08-04`; where none is named,
///   the newest
/// @param settings what is set in its `bootconf.txt`; all else is as the image has it
public record EepromPolicy(Map<Soc, String> versions, Map<String, String> settings) {
  public EepromPolicy {
    versions = Map.copyOf(versions);
    settings = Ordered.copy(settings);
  }

  /// The version that is named for a chip.
  public Optional<String> version(Soc soc) {
    return Optional.ofNullable(versions.get(soc));
  }
}
