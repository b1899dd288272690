package dev.coldframe.bench;

import dev.coldframe.config.QuirkTable;
import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import dev.coldframe.node.Network;
import dev.coldframe.node.Node;
import dev.coldframe.node.Profile;
import dev.coldframe.node.Site;
import dev.coldframe.node.World;
import dev.coldframe.testkit.Records;
import dev.coldframe.testkit.Sites;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;

/// A rack of any size, whose nodes take turns. One half is in the inventory by hardware address,
/// the other by serial, with a hardware address that was learned.
final class Rack {
  /// The server's address.
  static final Ip4 SERVER = Ip4.parse("10.0.0.2");

  /// Digits of a node's number in its name.
  static final int DIGITS = 5;

  private static final Ip4 FIRST_PIN = Ip4.parse("10.1.0.0");
  private static final long FIRST_MAC = MacAddress.parse("dc:a6:32:00:00:00").bits();

  /// A prime, so that neighbours in the inventory do not follow each other on the wire.
  private static final int STRIDE = 7_919;

  final World world;
  private final List<Node> nodes;
  private int turn;
  private long turns;

  Rack(int size) {
    this(size, site -> site);
  }

  /// @param changes what is different about the site
  Rack(int size, java.util.function.UnaryOperator<Site> changes) {
    var all = new ArrayList<Node>(size);
    var learned = new HashMap<MacAddress, String>();
    Profile profile = Sites.install();
    for (int i = 0; i < size; i++) {
      String name = name(i);
      boolean byMac = i % 2 == 0;
      String serial = byMac ? null : "10000000" + "%08x".formatted(i);
      String mac = byMac ? mac(i).toString() : null;
      all.add(Sites.node(name, serial, mac, address(i).toString(), profile));
      if (!byMac) {
        learned.put(mac(i), name);
      }
    }
    Network network = Sites.at(Sites.network(), "10.0.0.0/8");
    Site site =
        Records.with(
            Sites.unlimited(Sites.site(List.of(network), all)),
            "appliance",
            SERVER,
            "time",
            Site.TimeSource.LOCAL);
    nodes = List.copyOf(all);
    world =
        World.of(changes.apply(site), World.Knowledge.of(QuirkTable.read()).withLearned(learned));
  }

  /// Whose turn it is: the number of a node.
  int next() {
    turns++;
    turn = (turn + STRIDE) % nodes.size();
    return turn;
  }

  /// How often every node had its turn.
  long rounds() {
    return turns / nodes.size();
  }

  Node node(int number) {
    return nodes.get(number);
  }

  static String name(int number) {
    return "node-" + "%05d".formatted(number);
  }

  static Ip4 address(int number) {
    return FIRST_PIN.plus(number);
  }

  static MacAddress mac(int number) {
    return new MacAddress(FIRST_MAC + number);
  }
}
