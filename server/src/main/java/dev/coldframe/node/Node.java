package dev.coldframe.node;

import dev.coldframe.net.Ip4;

/// A machine with a name: reservation = address = name.
///
/// @param name host name, a DNS label
/// @param identity by what it is recognised
/// @param address its pinned address
/// @param profile how it boots
/// @param origin where this entry comes from
public record Node(String name, Identity identity, Ip4 address, Profile profile, Origin origin) {
  /// The same node, booting otherwise.
  public Node booting(Profile.Boot boot) {
    return new Node(name, identity, address, profile.booting(boot), origin);
  }

  /// Where a node's entry comes from.
  public enum Origin {
    /// The config file.
    FILE,
    /// Adopted by the operator; kept in the state folder.
    ADOPTED,
    /// Adopted by the site's rule; kept in the state folder. Its secrets wait for the operator,
    /// unless the rule trusts the segment.
    RULE,
    /// Of a newer appliance that shares the state: a kind that is not known here. It keeps its
    /// address, and its secrets are never released here.
    UNKNOWN
  }
}
