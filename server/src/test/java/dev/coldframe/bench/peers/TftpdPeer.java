package dev.coldframe.bench.peers;

import java.util.List;
import java.util.Set;

/// tftpd-hpa (tftpd(8)), one process for each transfer.
final class TftpdPeer implements Peer {
  @Override
  public String name() {
    return "tftpd-hpa";
  }

  @Override
  public Set<Service> services() {
    return Set.of(Service.TFTP, Service.TFTP_PI);
  }

  @Override
  public boolean forks() {
    return true;
  }

  @Override
  public List<String> version() {
    return List.of("in.tftpd", "-V");
  }

  @Override
  public List<List<String>> prepare(Setting task) {
    return List.of(
        List.of(
            "/usr/sbin/in.tftpd",
            "-L",
            "-s",
            "-u",
            "nobody",
            "-a",
            Link.SERVER + ":69",
            task.files().toString()));
  }
}
