package dev.coldframe.config;

import dev.coldframe.net.ClientUuid;
import dev.coldframe.net.MacAddress;
import dev.coldframe.net.Serial;
import dev.coldframe.net.SwitchPort;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Sees to it that every identifier belongs to one node. Each claim takes constant time.
final class Identities {
  private final Problems problems;
  private final Map<Object, String> owners = new HashMap<>();
  private final Map<Integer, String> halves = new HashMap<>();
  private final Map<Integer, String> lowHalvesOfFull = new HashMap<>();

  Identities(Problems problems) {
    this.problems = problems;
  }

  void claim(String node, Place place, MacAddress mac) {
    report(node, place, mac, owners.putIfAbsent(mac, node));
  }

  void claim(String node, Place place, ClientUuid uuid) {
    report(node, place, uuid, owners.putIfAbsent(uuid, node));
  }

  void claim(String node, Place place, SwitchPort port) {
    report(node, place, port, owners.putIfAbsent(port, node));
  }

  /// A half serial clashes with each full one that ends in it: the loader shows only that half.
  void claim(String node, Place place, Serial serial) {
    int low = serial.low();
    String half = halves.get(low);
    if (serial.full()) {
      String same = owners.putIfAbsent(serial, node);
      lowHalvesOfFull.putIfAbsent(low, node);
      report(node, place, serial, same != null ? same : half);
    } else {
      halves.putIfAbsent(low, node);
      report(node, place, serial, half != null ? half : lowHalvesOfFull.get(low));
    }
  }

  private void report(String node, Place place, Object identifier, @Nullable String owner) {
    if (owner == null) {
      return;
    }
    problems.error(
        place,
        owner.equals(node)
            ? identifier + " is listed twice for this node; keep one"
            : identifier + " already belongs to " + owner + "; a board can be one node only");
  }
}
