package dev.coldframe.decide;

import dev.coldframe.net.Bytes;
import dev.coldframe.wire.dhcp.DhcpOptions;
import dev.coldframe.wire.dhcp.OptionCode;
import java.util.Optional;

/// The sub-options of option 82 (RFC 3046, section 2.0).
final class RelayInformation {
  /// RFC 8357, section 4.
  private static final int SOURCE_PORT = 19;

  private RelayInformation() {}

  /// Whether the relay wants its answer on the port it sent from.
  static boolean sourcePort(DhcpOptions options) {
    return options.has(OptionCode.RELAY_INFORMATION) && find(options, SOURCE_PORT).isPresent();
  }

  /// A sub-option's value; empty when it is absent or the option is malformed before it.
  static Optional<Bytes> find(DhcpOptions options, int wanted) {
    Bytes all = options.get(OptionCode.RELAY_INFORMATION).orElse(Bytes.EMPTY);
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
