package dev.coldframe.bench.peers;

import java.io.IOException;
import java.util.List;
import java.util.Set;

/// Knot DNS with one worker for UDP.
final class KnotPeer implements Peer {
  @Override
  public String name() {
    return "knot";
  }

  @Override
  public Set<Service> services() {
    return Set.of(Service.DNS);
  }

  @Override
  public List<String> version() {
    return List.of("knotd", "-V");
  }

  @Override
  public List<List<String>> prepare(Setting task) throws IOException {
    task.write(
        "bench.zone",
        """
        $ORIGIN %1$s.
        $TTL 3600
        @ IN SOA ns root 1 3600 900 86400 300
        @ IN NS ns
        ns IN A %2$s
        """
                .formatted(Setting.ZONE, Link.SERVER)
            + Setting.eachName("%1$s IN A %2$s\n"));
    String config =
        task.write(
            "knot.conf",
            """
            server:
              rundir: "%1$s"
              listen: %2$s@53
              udp-workers: 1
              tcp-workers: 1
              background-workers: 1
            database:
              storage: "%1$s"
            log:
              - target: stderr
                any: error
            zone:
              - domain: %3$s
                storage: "%1$s"
                file: bench.zone
            """
                .formatted(task.folder(), Link.SERVER, Setting.ZONE));
    return List.of(List.of(task.program("/usr/sbin/knotd"), "-c", config));
  }
}
