package dev.coldframe.doctor;

import java.util.Optional;

/// What reaches beyond files: sockets and the kernel. Whoever wires the rooms gives them.
public interface Instruments {
  /// Has a port as the appliance would, for a moment.
  ///
  /// @return what the system says against it; empty when it can be had
  Optional<String> refusal(PortsCheck.Port port);
}
