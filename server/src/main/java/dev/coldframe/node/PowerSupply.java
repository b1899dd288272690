package dev.coldframe.node;

import java.util.Optional;

/// What feeds a group of a switch's ports (RFC 3621, pethMainPseTable).
///
/// @param group the group of its ports: 1, or a switch's place in a stack
/// @param watts what it can give to all of them together
/// @param used what it gives now, where the switch measures that
public record PowerSupply(int group, double watts, Optional<Double> used) {
  /// Whether a port hangs on it.
  ///
  /// @param port its name; group 1 goes without saying
  public boolean feeds(String port) {
    int slash = port.indexOf('/');
    return (slash < 0 ? "1" : port.substring(0, slash)).equals(Integer.toString(group));
  }
}
