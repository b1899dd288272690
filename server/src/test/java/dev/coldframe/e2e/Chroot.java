package dev.coldframe.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// A root file system to play first boot in: this machine's own as an overlay, which nothing
/// written in there reaches. Programs run in namespaces of their own, without a network but a
/// loopback that is 192.168.0.20 and 192.168.0.2.
///
/// systemd does not run in there: `systemctl`, `systemd-run` and `timedatectl` only note that they
/// were called, the last says that the clock is synchronised.
///
/// @param folder holds what was written
record Chroot(Path folder) {
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private static final String ENTER =
      """
      set -e
      cd "$1"
      mount --make-rprivate /
      ip link set lo up
      ip addr add 192.168.0.20/24 dev lo
      ip addr add 192.168.0.2/32 dev lo
      hostname unnamed
      mount -t overlay overlay -o lowerdir=/,upperdir=upper,workdir=work root
      mount -t proc proc root/proc
      mount -t tmpfs tmpfs root/run
      mount -t tmpfs tmpfs root/tmp
      mount --bind /dev root/dev
      exec chroot root /usr/bin/env -i HOME=/root LC_ALL=C.UTF-8 \
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin bash -c "$2"
      """;

  static Chroot in(Path folder) throws IOException {
    for (String name : List.of("upper", "work", "root")) {
      Files.createDirectories(folder.resolve(name));
    }
    var chroot = new Chroot(folder);
    for (String name : List.of("systemctl", "systemd-run", "timedatectl")) {
      chroot.write(
          "usr/local/bin/" + name,
          0755,
          """
          #!/bin/sh
          echo "%s $*" >> /var/log/called
          [ "%s $1 $2" != 'timedatectl show -p' ] || echo yes
          """
              .formatted(name, name));
    }
    return chroot;
  }

  Command.Result run(String script) {
    return Command.run(
        LIMIT,
        "unshare",
        "--net",
        "--mount",
        "--uts",
        "--ipc",
        "--pid",
        "--fork",
        "--kill-child",
        "bash",
        "-c",
        ENTER,
        "--",
        folder.toString(),
        script);
  }

  void write(String path, int mode, String text) throws IOException {
    Path file = folder.resolve("upper").resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    mode(path, mode);
  }

  void mode(String path, int mode) {
    Command.run(
            LIMIT,
            "chmod",
            Integer.toOctalString(mode),
            folder.resolve("upper").resolve(path).toString())
        .text();
  }

  void link(String path, String target) throws IOException {
    Path link = folder.resolve("upper").resolve(path);
    Files.createDirectories(link.getParent());
    Files.createSymbolicLink(link, Path.of(target));
  }

  /// A file as those in there see it.
  String read(String path) {
    return run("cat " + path).text();
  }
}
