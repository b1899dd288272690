package dev.coldframe.e2e;

import java.nio.file.Path;
import java.time.Duration;

/// An NFS server at the lab's client machine, which speaks version 3 over TCP: nfs-ganesha, for it
/// needs nothing of this machine's kernel. It serves one folder, in which each node has its root.
final class NfsServer {
  private static final Duration LIMIT = Duration.ofMinutes(5);
  private static final String CONFIG =
      """
      NFS_CORE_PARAM { Protocols = 3; Enable_NLM = false; Enable_RQUOTA = false; MNT_Port = 20048; }
      EXPORT {
        Export_Id = 1; Path = ROOTS; Pseudo = /roots; Access_Type = RW; Squash = No_root_squash;
        Protocols = 3; Transports = TCP; SecType = sys; FSAL { Name = VFS; }
      }
      """;

  private final Lab lab;
  private final Path roots;

  private NfsServer(Lab lab, Path roots) {
    this.lab = lab;
    this.roots = roots;
  }

  /// Starts it; it ends with the lab.
  static NfsServer in(Lab lab) {
    Path roots = lab.folder().resolve("roots");
    Command.run(LIMIT, "mkdir", "-p", roots.toString()).text();
    var made = new NfsServer(lab, roots);
    Path config = lab.write("ganesha.conf", CONFIG.replace("ROOTS", roots.toString()));
    Path said = lab.folder().resolve("nfs.log");
    lab.startOnClient(lab.folder().resolve("rpcbind.log"), "rpcbind", "-f");
    made.awaitAnswer("rpcinfo -p 127.0.0.1");
    lab.startOnClient(
        lab.folder().resolve("ganesha.out"),
        "ganesha.nfsd",
        "-F",
        "-L",
        said.toString(),
        "-f",
        config.toString(),
        "-p",
        lab.folder().resolve("ganesha.pid").toString(),
        "-N",
        "NIV_EVENT");
    made.awaitAnswer("rpcinfo -t 127.0.0.1 nfs 3 && rpcinfo -t 127.0.0.1 mountd 3");
    return made;
  }

  private void awaitAnswer(String question) {
    long end = System.nanoTime() + Duration.ofMinutes(1).toNanos();
    while (lab.onClient("sh", "-c", question).exit() != 0) {
      if (System.nanoTime() > end) {
        throw new AssertionError("no NFS server:\n" + Lab.read(lab.folder().resolve("nfs.log")));
      }
      Lab.pause(500);
    }
  }

  /// The folder, as nodes and this machine name it.
  Path roots() {
    return roots;
  }

  /// Puts the root of an image there for a node, with what has to be different where the root is
  /// not on a disk (first-boot.md, section 7.9), and with a user as somebody had made it by hand.
  /// The node's name is nowhere in it.
  Path root(String node, String publicKey) {
    String script =
        """
        mkdir "$2"
        debugfs -R "rdump / $2" "$1?offset=$3" 2> /dev/null
        cd "$2"
        test -x usr/lib/systemd/systemd
        chmod 4755 usr/bin/sudo # debugfs sets the mode before the owner, which takes this away
        echo proc /proc proc defaults 0 0 > etc/fstab
        printf '[keyfile]\\nunmanaged-devices=interface-name:eth0\\n' > etc/NetworkManager/conf.d/50-root.conf
        mkdir -p var/lib/cloud/seed/nocloud
        echo 'instance-id: by-hand' > var/lib/cloud/seed/nocloud/meta-data
        printf '#cloud-config\\nusers: [{ name: grower, shell: /bin/bash, sudo: "ALL=(ALL) NOPASSWD:ALL", \
        ssh_authorized_keys: ["%s"] }]\\n' "$4" > var/lib/cloud/seed/nocloud/user-data
        """;
    Path root = roots.resolve(node);
    Command.run(
            LIMIT,
            "bash",
            "-euc",
            script,
            "-",
            LabImage.RAW.toString(),
            root.toString(),
            Long.toString(LabImage.ROOT_OFFSET),
            publicKey)
        .text();
    return root;
  }
}
