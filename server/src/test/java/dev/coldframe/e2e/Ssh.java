package dev.coldframe.e2e;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// A user at the lab's client machine, with a key pair of its own, who remembers host keys.
final class Ssh {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final Lab lab;
  private final Path key;
  private final Path hosts;

  Ssh(Lab lab) {
    this.lab = lab;
    this.key = lab.folder().resolve("id_ed25519");
    this.hosts = lab.folder().resolve("known_hosts");
    Command.run(LIMIT, "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key.toString()).text();
  }

  String publicKey() {
    return Lab.read(lab.folder().resolve("id_ed25519.pub")).strip();
  }

  /// Runs a command on a node. A host key is accepted once; another one later is a failure.
  Command.Result run(String login, String command) {
    return run(login, command, Duration.ofSeconds(50));
  }

  /// Runs a command that may take longer.
  Command.Result run(String login, String command, Duration limit) {
    return Command.run(
        limit.plusSeconds(10),
        Command.inside(
            lab.clientNamespace(),
            "timeout",
            Long.toString(limit.toSeconds()),
            "ssh",
            "-i",
            key.toString(),
            "-o",
            "UserKnownHostsFile=" + hosts,
            "-o",
            "StrictHostKeyChecking=accept-new",
            "-o",
            "BatchMode=yes",
            "-o",
            "LogLevel=ERROR",
            "-o",
            "ConnectTimeout=10",
            login,
            command));
  }

  /// Waits until a node lets the user in.
  void await(String login, Duration limit) {
    long end = System.nanoTime() + limit.toNanos();
    Command.Result last;
    do {
      last = run(login, "true");
      if (last.exit() == 0) {
        return;
      }
      pause();
    } while (System.nanoTime() < end);
    throw new AssertionError(login + " not within " + limit + ": " + last.out());
  }

  private static void pause() {
    try {
      TimeUnit.SECONDS.sleep(1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /// The host key by which a node is known, as `known_hosts` has it.
  String hostKey(String address) {
    return Command.run(LIMIT, "ssh-keygen", "-F", address, "-f", hosts.toString()).text();
  }
}
