package dev.coldframe.node;

import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import dev.coldframe.net.SwitchPort;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What boards did of late: at which switch port each was heard, since when it asks for an address,
/// how many strangers ask at one port and through one relay, which pins were declined. Owned by the
/// thread that decides about DHCP.
public final class Recent {
  /// A board that is unplugged, carried to another port and started there takes longer.
  private static final Duration MOMENT = Duration.ofMinutes(1);

  /// One request that two relays pass on arrives twice within this.
  private static final Duration SAME_REQUEST = Duration.ofSeconds(2);

  /// The board heard of longest ago is forgotten first.
  static final int MAX_BOARDS = 4_096;

  /// Who has not asked for longer than this begins anew.
  private static final Duration QUIET = Duration.ofMinutes(1);

  /// How long strangers at one port are counted: as long as an offer is held.
  private static final Duration STRETCH = Duration.ofSeconds(30);

  /// The stretch in which a relay's messages are counted.
  public static final Duration RELAY_STRETCH = Duration.ofSeconds(10);

  private final Map<MacAddress, Seen> seen = bounded();
  private final Map<MacAddress, Asking> asking = bounded();
  private final Map<SwitchPort, Crowd> crowds = bounded();
  private final Map<Ip4, Passed> relays = bounded();
  private final Map<Ip4, Instant> declined = bounded();

  private static <K, V> Map<K, V> bounded() {
    return new LinkedHashMap<>(16, 0.75f, true) {
      private static final long serialVersionUID = 1L;

      @Override
      protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
        return size() > MAX_BOARDS;
      }
    };
  }

  /// @param began when it asked first
  /// @param last when it asked last
  private record Asking(Instant began, Instant last) {}

  /// Strangers at one port.
  private static final class Crowd {
    private final Instant began;
    private final Set<MacAddress> strangers = new HashSet<>();

    Crowd(Instant began) {
      this.began = began;
    }
  }

  /// What one relay passed on for strangers.
  private static final class Passed {
    private final Instant began;
    private int messages;

    Passed(Instant began) {
      this.began = began;
    }
  }

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

  /// Notes that a board asks for an address.
  public void asks(MacAddress mac, Instant now) {
    asking.put(mac, new Asking(now.minus(asking(mac, now)), now));
  }

  /// For how long a board has been asking for an address; zero when it begins now.
  public Duration asking(MacAddress mac, Instant now) {
    Asking before = asking.get(mac);
    return before != null && now.isBefore(before.last().plus(QUIET))
        ? Duration.between(before.began(), now)
        : Duration.ZERO;
  }

  /// Notes that a stranger is offered an address at a port.
  public void offered(SwitchPort port, MacAddress mac, Instant now) {
    Crowd crowd = crowds.get(port);
    if (crowd == null || !now.isBefore(crowd.began.plus(STRETCH))) {
      crowd = new Crowd(now);
      crowds.put(port, crowd);
    }
    crowd.strangers.add(mac);
  }

  /// Whether that many strangers were offered an address at a port within half a minute.
  public boolean isCrowded(SwitchPort port, int limit, Instant now) {
    Crowd crowd = crowds.get(port);
    return crowd != null
        && now.isBefore(crowd.began.plus(STRETCH))
        && crowd.strangers.size() >= limit;
  }

  /// Notes a message of a stranger that a relay passed on.
  public void passedOn(Ip4 relay, Instant now) {
    Passed passed = relays.get(relay);
    if (passed == null || !now.isBefore(passed.began.plus(RELAY_STRETCH))) {
      passed = new Passed(now);
      relays.put(relay, passed);
    }
    passed.messages++;
  }

  /// Whether a relay passed on that many messages of strangers within [#RELAY_STRETCH].
  public boolean isBusy(Ip4 relay, int limit, Instant now) {
    Passed passed = relays.get(relay);
    return passed != null
        && now.isBefore(passed.began.plus(RELAY_STRETCH))
        && passed.messages >= limit;
  }

  /// Notes that a node's pinned address was declined, and that this was heeded.
  public void declined(Ip4 pin, Instant now) {
    declined.put(pin, now);
  }

  /// Whether a pin was declined within that time.
  public boolean wasDeclined(Ip4 pin, Duration within, Instant now) {
    Instant last = declined.get(pin);
    return last != null && now.isBefore(last.plus(within));
  }
}
