package dev.coldframe.node;

import dev.coldframe.net.MacAddress;
import dev.coldframe.net.SwitchPort;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// At which switch port each board was heard of late. Owned by the thread that decides about DHCP.
public final class PortBook {
  /// A board that is unplugged, carried to another port and started there takes longer.
  private static final Duration MOMENT = Duration.ofMinutes(1);

  /// One request that two relays pass on arrives twice within this.
  private static final Duration SAME_REQUEST = Duration.ofSeconds(2);

  /// The board heard of longest ago is forgotten first.
  static final int MAX_BOARDS = 4_096;

  private final Map<MacAddress, Seen> seen =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<MacAddress, Seen> eldest) {
          return size() > MAX_BOARDS;
        }
      };

  /// @param port where it is
  /// @param at when it was heard there last
  /// @param xid the transaction that it was heard with
  /// @param before where it was before that
  /// @param left when it was heard there last
  private record Seen(
      SwitchPort port, Instant at, int xid, Optional<SwitchPort> before, Instant left) {}

  /// Another port at which the board was moments ago: it was moved, or there are two of it (row
  ///
  public Optional<SwitchPort> elsewhere(MacAddress mac, SwitchPort port, int xid, Instant now) {
    Seen last = seen.get(mac);
    if (last == null) {
      return Optional.empty();
    }
    if (last.port().equals(port)) {
      return last.before().filter(_ -> now.isBefore(last.left().plus(MOMENT)));
    }
    boolean lately = now.isBefore(last.at().plus(MOMENT)) && !isSameRequest(last, xid, now);
    return lately ? Optional.of(last.port()) : Optional.empty();
  }

  /// Two relays passed one request on (row R-17).
  private static boolean isSameRequest(Seen last, int xid, Instant now) {
    return last.xid() == xid && now.isBefore(last.at().plus(SAME_REQUEST));
  }

  /// Notes where a board is.
  ///
  /// @return the port at which it was moments ago, when it is new at this one
  public Optional<SwitchPort> note(MacAddress mac, SwitchPort port, int xid, Instant now) {
    Seen last = seen.get(mac);
    if (last == null) {
      seen.put(mac, new Seen(port, now, xid, Optional.empty(), Instant.EPOCH));
      return Optional.empty();
    }
    if (last.port().equals(port)) {
      seen.put(mac, new Seen(port, now, xid, last.before(), last.left()));
      return Optional.empty();
    }
    if (isSameRequest(last, xid, now)) {
      return Optional.empty();
    }
    Optional<SwitchPort> from = elsewhere(mac, port, xid, now);
    seen.put(mac, new Seen(port, now, xid, Optional.of(last.port()), last.at()));
    return from;
  }
}
