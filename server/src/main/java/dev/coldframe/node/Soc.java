package dev.coldframe.node;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/// The chips of the Raspberry Pis that have a boot EEPROM; an image for one is useless on the other
/// (raspberry-pi-boot.md, section 5.3).
public enum Soc {
  BCM2711("pi4", 4),
  BCM2712("pi5", 5);

  private final String label;
  private final int family;

  Soc(String label, int family) {
    this.label = label;
    this.family = family;
  }

  /// `pi4` or `pi5`, as the config file and `firmware list` write it.
  public String label() {
    return label;
  }

  /// `2711` or `2712`, as `target-soc:` writes it.
  public String number() {
    return name().substring("BCM".length());
  }

  /// The chip of a family of boards; a Pi up to 3 has no such EEPROM.
  public static Optional<Soc> ofFamily(int family) {
    return Arrays.stream(values()).filter(s -> s.family == family).findFirst();
  }

  /// Reads a label.
  public static Optional<Soc> ofLabel(String label) {
    return Arrays.stream(values()).filter(s -> s.label.equals(label)).findFirst();
  }

  /// The chip of the board that a node showed itself to have.
  ///
  /// @param facts of its state
  public static Optional<Soc> of(Map<String, String> facts) {
    return Board.ofLabel(facts.getOrDefault("board", "")).flatMap(b -> ofFamily(b.family()));
  }
}
