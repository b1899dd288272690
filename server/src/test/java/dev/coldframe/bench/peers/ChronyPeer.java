package dev.coldframe.bench.peers;

import java.io.IOException;
import java.util.List;
import java.util.Set;

/// chronyd from its local clock; `-x`, so that it leaves the machine's clock alone.
final class ChronyPeer implements Peer {
  @Override
  public String name() {
    return "chrony";
  }

  @Override
  public Set<Service> services() {
    return Set.of(Service.NTP);
  }

  @Override
  public List<String> version() {
    return List.of("chronyd", "--version");
  }

  @Override
  public List<List<String>> prepare(Setting task) throws IOException {
    String config =
        task.write(
            "chrony.conf",
            """
            port 123
            bindaddress %s
            cmdport 0
            bindcmdaddress /
            allow %s
            local stratum 8
            pidfile %s
            """
                .formatted(Link.SERVER, Setting.SUBNET, task.path("chronyd.pid")));
    return List.of(
        List.of(
            task.program("/usr/sbin/chronyd"), "-x", "-d", "-L", "3", "-u", "root", "-f", config));
  }
}
