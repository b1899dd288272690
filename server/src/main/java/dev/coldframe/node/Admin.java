package dev.coldframe.node;

import dev.coldframe.net.Ip4;
import java.util.Optional;
import java.util.Set;

/// Where and how the operator plane is reached.
///
/// @param listen its address and port
/// @param tls the certificate of its own that the operator gives it; empty: it makes one where it
///   needs one
/// @param webhook who is told what happens
public record Admin(Endpoint listen, Optional<Tls> tls, Optional<Webhook> webhook) {
  /// A TCP endpoint to listen on.
  ///
  /// @param address the local address
  /// @param port 0 to 65535; 0 lets the system choose
  public record Endpoint(Ip4 address, int port) {}

  /// A certificate given by the operator.
  ///
  /// @param certificate absolute path of the PEM file with the chain, the server's own first
  /// @param key absolute path of the PEM file with its private key
  public record Tls(String certificate, String key) {}

  /// Another server that is told of events.
  ///
  /// @param url an `http` or `https` URL; may hold a secret
  /// @param kinds which events; none: all
  public record Webhook(String url, Set<EventType> kinds) {
    public Webhook {
      kinds = Set.copyOf(kinds);
    }

    /// Whether an event of that type is told.
    public boolean wants(EventType type) {
      return kinds.isEmpty() || kinds.contains(type);
    }

    /// Without the URL.
    @Override
    public String toString() {
      return "Webhook" + kinds;
    }
  }

  /// Whether TLS is spoken: always beyond loopback, and where a certificate was given.
  public boolean secure() {
    return tls.isPresent() || !listen.address().isLoopback();
  }
}
