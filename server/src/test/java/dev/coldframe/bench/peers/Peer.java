package dev.coldframe.bench.peers;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A server that can be measured: what it can do, how it is configured, how it is started. Each
/// one's settings are what its manual says for such a task: no log, no ping checks, limits above
/// what is asked of it.
interface Peer {
  String name();

  Set<Service> services();

  /// The words that print its version.
  List<String> version();

  /// Whether it makes a process for each piece of work and does not wait for its end.
  default boolean forks() {
    return false;
  }

  /// Writes its config.
  ///
  /// @return the words of each of its processes, which stay in the foreground
  List<List<String>> prepare(Setting task) throws IOException;

  /// All of them, in the order of the tables.
  static List<Peer> all() {
    return List.of(
        ColdframePeer.launched(),
        ColdframePeer.plain(),
        new DnsmasqPeer(),
        new KeaPeer(),
        new IscPeer(),
        new TftpdPeer(),
        new NginxPeer(),
        new KnotPeer(),
        new ChronyPeer());
  }

  /// Looks one up.
  static Optional<Peer> named(String name) {
    return all().stream().filter(p -> p.name().equals(name)).findFirst();
  }
}
