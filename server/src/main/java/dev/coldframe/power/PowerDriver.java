package dev.coldframe.power;

import dev.coldframe.node.PowerPort;
import dev.coldframe.node.Seat;
import java.util.List;

/// Speaks to one switch. Blocks; any thread.
public interface PowerDriver {
  /// All its ports; none where it cannot tell.
  List<PowerPort> ports() throws PowerException;

  /// Switches one port and sees that it was done.
  ///
  /// @throws PowerException when it was not, or nobody can tell
  void turn(String port, boolean on) throws PowerException;

  /// Who was heard at which port; none where it cannot tell.
  default List<Seat> seats() throws PowerException {
    return List.of();
  }
}
