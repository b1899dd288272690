package dev.coldframe.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// A Debian machine of the lab that nobody has touched: what `scripts/clean-root` made, with its
/// own systemd as the first process, in namespaces and a control group of its own. What is written
/// in there is kept in memory and gone with it.
final class DebianBox implements AutoCloseable {
  private static final Path CLEAN = Path.of("../.build/clean-root").toAbsolutePath().normalize();
  private static final Duration LIMIT = Duration.ofMinutes(3);

  /// `$1` the clean root, `$2` a folder for what is written, `$3` a control group to live in. The
  /// root is left for good only in the last line, so that nothing of it is open outside.
  private static final String BOOT =
      """
      set -e
      mkdir -p "$2" "$3/in"
      echo $$ > "$3/in/cgroup.procs"
      exec unshare --cgroup --mount --pid --uts --ipc --fork --kill-child bash -c '
        set -e
        cd /
        mount --make-rprivate /
        mount -t tmpfs tmpfs "$2"
        mkdir "$2"/upper "$2"/work "$2"/root
        mount -t overlay overlay -o "lowerdir=$1,upperdir=$2/upper,workdir=$2/work" "$2/root"
        root=$2/root
        mount -t proc proc "$root/proc"
        mount -t sysfs -o ro sysfs "$root/sys"
        mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
        for folder in run tmp dev; do mount -t tmpfs tmpfs "$root/$folder"; done
        for device in null zero full random urandom tty; do
          touch "$root/dev/$device"
          mount --bind "/dev/$device" "$root/dev/$device"
        done
        mkdir "$root/dev/pts" "$root/dev/shm"
        mount -t devpts devpts "$root/dev/pts"
        mount -t tmpfs tmpfs "$root/dev/shm"
        ln -s /proc/self/fd "$root/dev/fd"
        echo started
        exec chroot "$root" /usr/bin/env -i container=lab PATH=/usr/sbin:/usr/bin:/sbin:/bin \\
          /lib/systemd/systemd --log-target=journal systemd.unified_cgroup_hierarchy=1
      ' -- "$1" "$2"
      """;

  private final Path group;
  private final Process process;

  private DebianBox(Path group, Process process) {
    this.group = group;
    this.process = process;
  }

  /// Switches it on, with the network of the lab's server machine, and waits until all its services
  /// run.
  static DebianBox boot(Lab lab) throws IOException {
    if (!Files.exists(CLEAN.resolve(".complete"))) {
      throw new AssertionError("scripts/clean-root was not run");
    }
    Path group = groups().resolve("coldframe-" + ProcessHandle.current().pid());
    Path log = lab.folder().resolve("box.log");
    Process process =
        new ProcessBuilder(
                "nsenter",
                "--net=/run/netns/" + lab.serverNamespace(),
                "bash",
                "-c",
                BOOT,
                "--",
                CLEAN.toString(),
                lab.folder().resolve("memory").toString(),
                group.toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    var box = new DebianBox(group, process);
    try {
      Lab.await(log, "started", process);
      box.awaitRunning();
    } catch (AssertionError e) {
      box.close();
      throw e;
    }
    return box;
  }

  /// Where this machine has the second generation of control groups.
  private static Path groups() {
    Path beside = Path.of("/sys/fs/cgroup/unified");
    return Files.isDirectory(beside) ? beside : Path.of("/sys/fs/cgroup");
  }

  private void awaitRunning() {
    for (int i = 0; i < 100; i++) {
      Command.Result state = run("systemctl", "is-system-running", "--wait");
      if (state.out().strip().equals("running")) {
        return;
      }
      Lab.pause(200);
    }
    throw new AssertionError(run("systemctl", "--failed", "--no-pager").out());
  }

  /// The box's first process, as this machine numbers it: what `unshare` forked. Its number need
  /// not be the lowest of the box, since this machine's numbers start again at the end.
  private long init() {
    return process
        .children()
        .findFirst()
        .orElseThrow(() -> new AssertionError("the box is off"))
        .pid();
  }

  /// Runs a program in the box.
  Command.Result run(String... words) {
    var all =
        new ArrayList<>(
            List.of(
                "nsenter",
                "-t",
                Long.toString(init()),
                "-m",
                "-p",
                "-u",
                "-i",
                "-C",
                "-n",
                "-r",
                "env",
                "-i",
                "-C",
                "/",
                "HOME=/root",
                "LC_ALL=C.UTF-8",
                "PATH=/usr/sbin:/usr/bin:/sbin:/bin"));
    all.addAll(List.of(words));
    return Command.run(LIMIT, all);
  }

  /// Runs a line of shell that has to succeed.
  String sh(String line) {
    return run("sh", "-c", line).text().strip();
  }

  /// Puts a file of this machine into the box.
  void copy(Path file, String target) {
    Command.run(LIMIT, "cp", "-rT", file.toString(), "/proc/" + init() + "/root" + target).text();
  }

  void write(String target, String text) throws IOException {
    Files.writeString(Path.of("/proc/" + init() + "/root" + target), text);
  }

  /// Pulls the plug.
  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    try {
      process.waitFor();
      // The kernel needs a moment to let go of the groups.
      for (int i = 0; i < 50 && Files.exists(group); i++) {
        removeGroups();
        Lab.pause(100);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void removeGroups() {
    try (var tree = Files.walk(group)) {
      for (Path folder :
          tree.filter(Files::isDirectory).sorted(Comparator.reverseOrder()).toList()) {
        Command.run(LIMIT, "rmdir", folder.toString());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
