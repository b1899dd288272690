package dev.coldframe.decide;

import dev.coldframe.net.Bytes;
import dev.coldframe.net.Ip4;
import dev.coldframe.net.SwitchPort;
import dev.coldframe.wire.dhcp.DhcpMessage;
import dev.coldframe.wire.dhcp.DhcpOptions;
import dev.coldframe.wire.dhcp.OptionCode;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// The sub-options of option 82 (RFC 3046, section 2.0). What does not end where the option ends is
/// malformed as a whole: nothing in it is believed, and it is echoed all the same (row R-07).
public final class RelayInformation {
  private static final int CIRCUIT_ID = 1;
  private static final int REMOTE_ID = 2;

  /// RFC 3527, section 3.
  private static final int LINK_SELECTION = 5;

  /// RFC 5107, section 4.
  private static final int SERVER_ID_OVERRIDE = 11;

  /// RFC 8357, section 4.
  private static final int SOURCE_PORT = 19;

  private RelayInformation() {}

  /// Whether a relay put something in that cannot be read: a sub-option runs past the end, or a
  /// circuit has no name.
  public static boolean isMalformed(DhcpMessage message) {
    Optional<Bytes> all = message.options().get(OptionCode.RELAY_INFORMATION);
    return message.relayed()
        && all.isPresent()
        && (!isWhole(all.get()) || find(all.get(), CIRCUIT_ID).filter(Bytes::isEmpty).isPresent());
  }

  /// The switch port that a message came from; empty when the relay names none. A direct client's
  /// own words are not asked (row R-05).
  static Optional<SwitchPort> port(DhcpMessage message) {
    if (!message.relayed() || isMalformed(message)) {
      return Optional.empty();
    }
    Optional<Bytes> circuit = find(message.options(), CIRCUIT_ID);
    if (circuit.isEmpty()) {
      return Optional.empty();
    }
    Bytes agent =
        find(message.options(), REMOTE_ID)
            .filter(id -> !id.isEmpty())
            .orElseGet(() -> Bytes.of(message.giaddr().toString(), StandardCharsets.US_ASCII));
    return Optional.of(new SwitchPort(agent, circuit.get()));
  }

  /// The link that the client is on, where the relay's own address does not tell (row R-08).
  static Optional<Ip4> link(DhcpOptions options) {
    return address(options, LINK_SELECTION);
  }

  /// The address that clients shall call the server by (row R-09).
  static Optional<Ip4> serverId(DhcpOptions options) {
    return address(options, SERVER_ID_OVERRIDE);
  }

  /// Whether the relay wants its answer on the port it sent from.
  static boolean sourcePort(DhcpOptions options) {
    return find(options, SOURCE_PORT).isPresent();
  }

  private static Optional<Ip4> address(DhcpOptions options, int wanted) {
    return find(options, wanted)
        .filter(value -> value.size() == 4)
        .map(value -> new Ip4(value.intAt(0)))
        .filter(Ip4::isAssignable);
  }

  private static Optional<Bytes> find(DhcpOptions options, int wanted) {
    return options
        .get(OptionCode.RELAY_INFORMATION)
        .filter(RelayInformation::isWhole)
        .flatMap(all -> find(all, wanted));
  }

  private static boolean isWhole(Bytes all) {
    int at = 0;
    while (at + 2 <= all.size()) {
      at += 2 + all.unsigned(at + 1);
    }
    return at == all.size();
  }

  private static Optional<Bytes> find(Bytes all, int wanted) {
    int at = 0;
    while (at + 2 <= all.size()) {
      int end = at + 2 + all.unsigned(at + 1);
      if (end > all.size()) {
        return Optional.empty();
      }
      if (all.unsigned(at) == wanted) {
        return Optional.of(all.slice(at + 2, end));
      }
      at = end;
    }
    return Optional.empty();
  }
}
