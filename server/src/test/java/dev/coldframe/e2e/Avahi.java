package dev.coldframe.e2e;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;

/// An avahi-daemon with a message bus and a `/run` of its own, as a machine has them.
final class Avahi {
  private static final Duration QUICK = Duration.ofSeconds(60);

  private final Process process;
  private final Path log;

  private Avahi(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /// Starts one and waits until it has its name.
  ///
  /// @param start starts words on a machine, with a log
  /// @param device the machine's interface
  static Avahi on(
      Lab lab, BiFunction<Path, String[], Process> start, String device, String hostName) {
    String unique = device + "-" + hostName + "-" + System.nanoTime();
    Path config =
        lab.write(
            unique + ".conf",
            """
            [server]
            host-name=NAME
            use-ipv6=no
            allow-interfaces=DEVICE
            [publish]
            publish-workstation=yes
            publish-hinfo=no
            [rlimits]
            """
                .replace("NAME", hostName)
                .replace("DEVICE", device));
    Path script =
        lab.script(
            unique + ".sh",
            """
            #!/bin/sh
            mount -t tmpfs tmpfs /run || exit 1
            mkdir -p /run/dbus /run/avahi-daemon
            dbus-daemon --system --nofork --nopidfile &
            while [ ! -S /run/dbus/system_bus_socket ]; do sleep 0.1; done
            exec avahi-daemon -f "$1" --no-drop-root --no-rlimits --no-chroot
            """);
    Path log = lab.folder().resolve(unique + ".log");
    String[] words = {"unshare", "-m", script.toString(), config.toString()};
    var started = new Avahi(start.apply(log, words), log);
    Lab.await(log, "Server startup complete. Host name is", started.process);
    return started;
  }

  /// Waits for a line in its log.
  void await(String text) {
    Lab.await(log, text, process);
  }

  /// Runs one of its tools beside it.
  Command.Result run(String... words) {
    return Command.run(QUICK, beside(words));
  }

  /// The words that run something beside it.
  List<String> beside(String... words) {
    var all = new ArrayList<>(List.of("nsenter", "-t", Long.toString(process.pid()), "-m", "-n"));
    all.addAll(List.of(words));
    return all;
  }

  /// Ends it as a shutdown does: it says goodbye.
  void stop() {
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        throw new AssertionError("avahi-daemon does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}
