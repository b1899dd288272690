package dev.coldframe.node;

import dev.coldframe.net.Bytes;
import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import java.time.Instant;
import java.util.Optional;

/// An address given to one client.
///
/// @param address the address
/// @param mac the holder's hardware address
/// @param clientId the holder's option 61, if it sent one
/// @param node the holder's node name, empty for a board that is no node
/// @param expires when it ends
/// @param state whether it is in use
public record Lease(
    Ip4 address,
    MacAddress mac,
    Optional<Bytes> clientId,
    Optional<String> node,
    Instant expires,
    State state) {
  /// Whether a lease is in use.
  public enum State {
    /// Offered and not taken yet; held for its client for a short time, never stored.
    OFFERED,
    ACTIVE,
    RELEASED,
    /// The client found another machine on it (DHCPDECLINE); given to nobody until it expires.
    DECLINED,
    /// A newer coldframe that shares the state has written what this one cannot read; it is given
    /// to nobody here.
    UNKNOWN
  }

  /// Whether the address is in use at that time.
  public boolean activeAt(Instant now) {
    return state == State.ACTIVE && now.isBefore(expires);
  }
}
