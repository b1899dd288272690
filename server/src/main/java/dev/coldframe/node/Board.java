package dev.coldframe.node;

import java.util.Arrays;
import java.util.Optional;

/// A Raspberry Pi model with wired network boot (raspberry-pi-boot.md, section 1.1).
public enum Board {
  PI_2B("Pi 2B", 3),
  PI_3B("Pi 3B", 3),
  PI_3B_PLUS("Pi 3B+", 3),
  CM3("CM3", 3),
  PI_4B("Pi 4B", 4),
  PI_400("Pi 400", 4),
  CM4("CM4", 4),
  PI_5("Pi 5", 5),
  PI_500("Pi 500", 5),
  CM5("CM5", 5);

  private final String label;
  private final int family;

  Board(String label, int family) {
    this.label = label;
    this.family = family;
  }

  /// The board that people call so.
  public static Optional<Board> ofLabel(String label) {
    return Arrays.stream(values()).filter(b -> b.label.equals(label)).findFirst();
  }

  /// The name people use.
  public String label() {
    return label;
  }

  /// 3 for all up to the Pi 3, 4 for the Pi 4 family, 5 for the Pi 5 family: which boot files it
  /// asks for.
  public int family() {
    return family;
  }
}
