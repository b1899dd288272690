package dev.coldframe.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/// A root file system in which daemons run on a machine of the lab that must not touch this one:
/// this machine's root as an overlay in memory, with what `scripts/client-root` unpacked above it,
/// a message bus of its own and a `/run` of its own. `/sys` is read-only, else networkd and
/// NetworkManager wait for udev.
///
/// @param folder an empty one
/// @param namespace the machine of the lab
record ClientRoot(Path folder, String namespace) {
  private static final Path UNPACKED = Path.of("../.build/clients").toAbsolutePath().normalize();
  private static final Duration LIMIT = Duration.ofMinutes(1);

  private static final String ENTER =
      """
      set -e
      cd "$1"
      mount --make-rprivate /
      mount -t tmpfs tmpfs memory
      mkdir memory/upper memory/work
      cp -a "$2/." memory/upper/
      mount -t overlay overlay -o lowerdir=/,upperdir=memory/upper,workdir=memory/work root
      mount -t proc proc root/proc
      mount -t sysfs -o ro sysfs root/sys
      mount -t tmpfs tmpfs root/run
      mount -t tmpfs tmpfs root/tmp
      mount --bind /dev root/dev
      id=900
      for name in messagebus systemd-network systemd-resolve systemd-timesync; do
        id=$((id + 1))
        grep -q "^$name:" root/etc/group || echo "$name:x:$id:" >> root/etc/group
        grep -q "^$name:" root/etc/passwd || echo "$name:x:$id:$id::/:/usr/sbin/nologin" >> root/etc/passwd
      done
      mkdir -p root/run/dbus root/run/systemd root/run/udev/data
      rm -f root/etc/resolv.conf root/etc/systemd/network/*
      exec chroot root /usr/bin/env -i HOME=/root LC_ALL=C.UTF-8 SYSTEMD_LOG_TARGET=console \
        PATH=/usr/sbin:/usr/bin:/sbin:/bin bash -c "
          until_true() { for i in \\$(seq 200); do \\"\\$@\\" > /dev/null 2>&1 && return; sleep 0.1; done; return 1; }
          dbus-daemon --system --fork
          $3"
      """;

  /// Without what was unpacked the test is skipped; in CI that is a failure.
  static ClientRoot in(Path folder, Lab lab) {
    if (!Files.exists(UNPACKED.resolve(".complete"))) {
      if ("true".equals(System.getenv("CI"))) {
        throw new AssertionError("scripts/client-root was not run");
      }
      Assumptions.abort("needs scripts/client-root");
    }
    try {
      for (String name : List.of("memory", "root")) {
        Files.createDirectories(folder.resolve(name));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new ClientRoot(folder, lab.clientNamespace());
  }

  /// Runs a script in there; whatever it leaves running ends with it. `until_true` calls a command
  /// again and again, 20 s at most.
  Command.Result run(String script) {
    return Command.run(
        LIMIT,
        Command.inside(
            namespace,
            "unshare",
            "--mount",
            "--pid",
            "--uts",
            "--ipc",
            "--fork",
            "--kill-child",
            "bash",
            "-c",
            ENTER,
            "--",
            folder.toString(),
            UNPACKED.toString(),
            script));
  }
}
