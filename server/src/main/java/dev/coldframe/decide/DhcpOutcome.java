package dev.coldframe.decide;

import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import dev.coldframe.net.SwitchPort;
import dev.coldframe.node.Lease;
import dev.coldframe.node.Node;
import dev.coldframe.wire.dhcp.DhcpMessage;
import java.util.Optional;

/// What is done about a DHCP message.
public sealed interface DhcpOutcome {
  /// Nothing is sent; the reason is counted.
  record Ignore(String reason) implements DhcpOutcome {}

  /// A reply.
  ///
  /// @param message what is sent
  /// @param maxBytes how long it may be
  /// @param to where it goes
  /// @param node whose it is, if it is a node's
  /// @param binding what it does to the lease book
  record Reply(
      DhcpMessage message, int maxBytes, Destination to, Optional<Node> node, Binding binding)
      implements DhcpOutcome {}

  /// Nothing is sent, but the lease book changes.
  ///
  /// @param lease the new entry
  /// @param node whose it is, if it is a node's
  /// @param durable whether it is stored
  record Note(Lease lease, Optional<Node> node, boolean durable) implements DhcpOutcome {}

  /// Nothing is sent yet: another server is given time to answer. The client is remembered as
  /// asking.
  record Wait() implements DhcpOutcome {}

  /// The client took another server's offer: ours, if there was one, is free again.
  ///
  /// @param partner whether that is an appliance that shares its state with this one
  record OfferDeclined(MacAddress mac, boolean partner) implements DhcpOutcome {}

  /// The link is asked first whether somebody uses the address; then the same message is decided
  /// again.
  ///
  /// @param held the entry that keeps the address for the client meanwhile
  record Probe(Lease held) implements DhcpOutcome {}

  /// The board becomes a node first; then the same message is decided again.
  record Adopt(Node node) implements DhcpOutcome {}

  /// The board becomes the one that a node has first, because it is in the node's switch port; then
  /// the same message is decided again.
  ///
  /// @param before the board that the node had until now
  record TakeSlot(Node node, SwitchPort port, Optional<MacAddress> before) implements DhcpOutcome {}

  /// What a reply does to the lease book.
  sealed interface Binding {
    /// Nothing.
    record None() implements Binding {}

    /// The address is held for the client.
    record Offer(Lease lease) implements Binding {}

    /// The address is the client's, and that is on disk before the reply leaves.
    record StoreFirst(Lease lease) implements Binding {}

    /// A pin, which needs no write to be sure: it is stored for listings, when there is time.
    record StoreLater(Lease lease) implements Binding {}
  }

  /// Where a reply goes (RFC 2131, section 4.1).
  sealed interface Destination {
    /// A relay.
    ///
    /// @param port where it listens; 0: the DHCP server port
    record Relay(Ip4 address, int port) implements Destination {}

    /// A client that has an address and uses it.
    record Address(Ip4 address) implements Destination {}

    /// A client that cannot answer ARP yet: to its hardware address, without asking.
    record Hardware(MacAddress mac, Ip4 address) implements Destination {}

    /// A program that has an address and waits on a port of its own.
    record Socket(Ip4 address, int port) implements Destination {}

    /// Everybody on the link.
    record Broadcast() implements Destination {}
  }
}
