package dev.coldframe.decide.mdns;

import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import java.util.List;
import java.util.Optional;

/// A machine that says names of its own on a link.
///
/// @param address where it said so from
/// @param mac the hardware address that its `_workstation._tcp` service shows, if it has one
/// @param names what it calls its address, without `.local`, in printable ASCII; the one it has had
///   for longest first
public record HeardMachine(Ip4 address, Optional<MacAddress> mac, List<String> names) {
  public HeardMachine {
    names = List.copyOf(names);
  }
}
