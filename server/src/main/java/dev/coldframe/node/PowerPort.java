package dev.coldframe.node;

import java.util.Optional;

/// A port that can be switched, as its switch tells it.
///
/// @param port its name there, `7`, in a stack `2/7`
/// @param on whether it may give power
/// @param condition what it does with that
/// @param watts what it gives, where the switch measures it
public record PowerPort(String port, boolean on, Condition condition, Optional<Double> watts) {
  /// What a port does (RFC 3621, pethPsePortDetectionStatus).
  public enum Condition {
    DISABLED,
    SEARCHING,
    DELIVERING,
    FAULT,
    TEST,
    /// The switch did not say, or said something that is not known.
    UNKNOWN;

    /// As commands and JSON write it.
    public String label() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }
}
