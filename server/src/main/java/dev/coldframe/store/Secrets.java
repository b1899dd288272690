package dev.coldframe.store;

import java.util.List;

/// What makes a node the same machine after its disk was written anew.
///
/// @param machineId `/etc/machine-id`: 32 lower-case hex digits, a random UUID (RFC 9562, version
///   4; machine-id(5) asks for one)
/// @param hostKeys its SSH host keys, one of each type
public record Secrets(String machineId, List<HostKey> hostKeys) {
  public Secrets {
    hostKeys = List.copyOf(hostKeys);
  }

  /// Says nothing of itself.
  @Override
  public String toString() {
    return "Secrets";
  }
}
