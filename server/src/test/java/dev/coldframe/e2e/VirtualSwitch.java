package dev.coldframe.e2e;

import dev.coldframe.testkit.PlusSwitch;

/// The program that a namespace runs to be a NETGEAR Plus switch with four PoE ports, all off, each
/// with something plugged in: `VirtualSwitch TCPPORT`. Says `on 3` and `off 3` as it is switched,
/// and runs until it is ended.
public final class VirtualSwitch {
  private static final int PORTS = 4;
  private static final int LOOK_MILLIS = 20;

  private VirtualSwitch() {}

  /// Runs.
  public static void main(String[] args) throws InterruptedException {
    boolean[] known = new boolean[PORTS];
    try (var plus = new PlusSwitch(Integer.parseInt(args[0]), known)) {
      for (int port = 1; port <= PORTS; port++) {
        plus.load(port);
      }
      System.out.println("switched on");
      while (true) {
        for (int port = 1; port <= PORTS; port++) {
          boolean on = plus.on(port);
          if (on != known[port - 1]) {
            known[port - 1] = on;
            System.out.println((on ? "on " : "off ") + port);
          }
        }
        Thread.sleep(LOOK_MILLIS);
      }
    }
  }
}
