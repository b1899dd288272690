package dev.coldframe.node;

import dev.coldframe.net.Ip4;
import java.util.List;
import java.util.Optional;

/// What the config file says of a name in the domain beside the addresses of nodes.
///
/// @param addresses its addresses
/// @param alias the name that it stands for, a full one without a trailing dot; such a name has no
///   other data (RFC 1034, section 3.6.2)
/// @param services where a service is found
/// @param texts one TXT record each
public record ExtraName(
    List<Ip4> addresses, Optional<String> alias, List<Service> services, List<String> texts) {
  public ExtraName {
    addresses = List.copyOf(addresses);
    services = List.copyOf(services);
    texts = List.copyOf(texts);
  }

  /// A name with addresses alone.
  public static ExtraName of(List<Ip4> addresses) {
    return new ExtraName(addresses, Optional.empty(), List.of(), List.of());
  }

  /// Another name for a host.
  ///
  /// @param target a full name without a trailing dot
  public static ExtraName aliasOf(String target) {
    return new ExtraName(List.of(), Optional.of(target), List.of(), List.of());
  }

  /// Whether the name belongs to a host: nobody else can be called so.
  public boolean namesHost() {
    return !addresses.isEmpty() || alias.isPresent();
  }

  /// One host that offers a service (RFC 2782).
  ///
  /// @param target a full name without a trailing dot
  /// @param port where it listens, 1 to 65535
  /// @param priority lower ones are tried first, 0 to 65535
  /// @param weight its share among those of one priority, 0 to 65535
  public record Service(String target, int port, int priority, int weight) {}
}
