package dev.coldframe.power;

import dev.coldframe.node.PowerPort;
import dev.coldframe.node.PowerSupply;
import dev.coldframe.node.Seat;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Speaks to one switch. Blocks; any thread.
public interface PowerDriver {
  /// All its ports; none where it cannot tell.
  List<PowerPort> ports() throws PowerException;

  /// Switches one port and sees that it was done.
  ///
  /// @throws PowerException when it was not, or nobody can tell
  void turn(String port, boolean on) throws PowerException;

  /// What feeds its ports; none where it does not tell.
  default List<PowerSupply> supplies() throws PowerException {
    return List.of();
  }

  /// For how long it has run; empty where it does not tell.
  default Optional<Duration> uptime() throws PowerException {
    return Optional.empty();
  }

  /// Who was heard at which port; none where it cannot tell.
  default List<Seat> seats() throws PowerException {
    return List.of();
  }
}
