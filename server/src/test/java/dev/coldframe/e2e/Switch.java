package dev.coldframe.e2e;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Makes the lab's client machine a switch, into which virtual machines are plugged; the client
/// itself has an address on it. Gone with the lab.
final class Switch {
  private static final Duration QUICK = Duration.ofSeconds(60);

  private final Lab lab;

  private Switch(Lab lab) {
    this.lab = lab;
  }

  /// @param address of the client machine, in the lab's subnet
  static Switch in(Lab lab, String address) {
    var made = new Switch(lab);
    made.ip("link", "add", "br0", "type", "bridge");
    made.ip("link", "set", "eth0", "master", "br0");
    made.ip("addr", "add", address + "/24", "dev", "br0");
    made.ip("link", "set", "br0", "up");
    return made;
  }

  /// Makes a port.
  void port(String tap) {
    ip("tuntap", "add", tap, "mode", "tap");
    ip("link", "set", tap, "master", "br0");
    ip("link", "set", tap, "up");
  }

  /// Plugs the lab's machine `…-d` in, whose `eth0` has that hardware address.
  void plug(String mac) {
    Command.run(QUICK, "ip", "netns", "add", lab.otherNamespace()).text();
    ip("link", "add", "other", "type", "veth", "peer", "eth0", "netns", lab.otherNamespace());
    ip("link", "set", "other", "master", "br0");
    ip("link", "set", "other", "up");
    lab.onOther("ip", "link", "set", "eth0", "address", mac).text();
    lab.onOther("ip", "link", "set", "eth0", "up").text();
  }

  /// Takes it away again.
  void unplug() {
    ip("link", "del", "other");
    Command.run(QUICK, "ip", "netns", "del", lab.otherNamespace()).text();
  }

  /// The words that run a program where the ports are.
  List<String> inside(List<String> words) {
    return Command.inside(lab.clientNamespace(), words.toArray(String[]::new));
  }

  private void ip(String... words) {
    var all = new ArrayList<>(List.of("ip", "-n", lab.clientNamespace()));
    all.addAll(List.of(words));
    Command.run(QUICK, all).text();
  }
}
