package dev.coldframe.decide;

import dev.coldframe.net.MacAddress;
import dev.coldframe.net.Serial;
import dev.coldframe.node.Board;
import dev.coldframe.node.BootState;
import dev.coldframe.node.Node;
import dev.coldframe.node.World;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// What Raspberry Pi a node is, as far as that is known: as it said itself, else as its address
/// block or its serial hints (raspberry-pi-boot.md, section 1.3).
///
/// @param model as its DHCP requests told
/// @param family 3 (and below), 4 or 5: which boot files it asks for
public record KnownBoard(Optional<Board> model, Optional<Integer> family) {
  /// Nothing is known.
  public static final KnownBoard UNKNOWN = new KnownBoard(Optional.empty(), Optional.empty());

  private static final long HIGH_PI_4 = 0x10000000L;

  /// Of a node.
  ///
  /// @param stands where it stands; empty when nothing was heard of it
  public static KnownBoard of(Node node, Optional<BootState> stands, World world) {
    return of(stands, world.macsOf(node), node.identity().serials(), world);
  }

  /// Of a node whose hardware addresses are known already, for who asks for every node of a large
  /// site.
  ///
  /// @param macs as [World#macsOf] gives them
  public static KnownBoard of(
      Node node, Optional<BootState> stands, Collection<MacAddress> macs, World world) {
    return of(stands, macs, node.identity().serials(), world);
  }

  /// Of a board that is no node.
  ///
  /// @param subject its hardware address; of anything else nothing is known
  static KnownBoard ofStranger(String subject, Optional<BootState> stands, World world) {
    List<MacAddress> macs = MacAddress.tryParse(subject).stream().toList();
    return of(stands, macs, List.of(), world);
  }

  private static KnownBoard of(
      Optional<BootState> stands,
      Collection<MacAddress> macs,
      Collection<Serial> serials,
      World world) {
    String label = stands.map(s -> s.facts().getOrDefault("board", "")).orElse("");
    Optional<Board> model =
        List.of(Board.values()).stream().filter(b -> b.label().equals(label)).findFirst();
    Optional<Integer> family =
        model
            .map(Board::family)
            .or(() ->
                macs.stream()
                    .map(MacAddress::oui)
                    .map(world.quirks().piBlocks()::get)
                    .filter(Objects::nonNull)
                    .findFirst())
            .or(() -> serials.stream().filter(Serial::full).map(KnownBoard::familyOf).findFirst());
    return new KnownBoard(model, family);
  }

  private static int familyOf(Serial serial) {
    long high = serial.bits() >>> 32;
    return high == 0 ? 3 : high == HIGH_PI_4 ? 4 : 5;
  }
}
