package dev.coldframe.rehearse;

import dev.coldframe.net.Bytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// Asks for boot files by name, under a prefix once it is known, with a new port for each. Owned by
/// one thread.
final class Loader {
  private static final int FIRST_PORT = 49152;
  private static final int PORTS = 65536 - FIRST_PORT;

  private final Bench bench;
  private Lease lease;
  private TftpClient client;
  private String prefix = "";
  private int asked;

  Loader(Bench bench, Lease lease, TftpClient client) {
    this.bench = bench;
    this.lease = lease;
    this.client = client;
  }

  Bench bench() {
    return bench;
  }

  /// The next stage takes over.
  void hand(Lease next, TftpClient to) {
    lease = next;
    client = to;
  }

  Lease lease() {
    return lease;
  }

  /// Names from now on stand below this, `a2ef5644/` or nothing.
  void prefix(String directory) {
    prefix = directory;
  }

  /// Whether a file is there: asks, breaks off after the first answer.
  boolean probe(String name) throws IOException, InterruptedException, BootFailure {
    return run(name, true) instanceof Transfer.Answer.Probed;
  }

  /// Loads a file; empty when it is refused.
  Optional<Transfer.Answer.Loaded> load(String name)
      throws IOException, InterruptedException, BootFailure {
    return run(name, false) instanceof Transfer.Answer.Loaded loaded
        ? Optional.of(loaded)
        : Optional.empty();
  }

  /// Probes, then loads: what the reference writes as ×2.
  Optional<Transfer.Answer.Loaded> probeAndLoad(String name)
      throws IOException, InterruptedException, BootFailure {
    return probe(name) ? load(name) : Optional.empty();
  }

  /// Loads a small text; empty when it is refused.
  Optional<String> text(String name) throws IOException, InterruptedException, BootFailure {
    return load(name).map(Loader::textOf);
  }

  static String textOf(Transfer.Answer.Loaded loaded) {
    return loaded.content().orElse(Bytes.EMPTY).text(StandardCharsets.UTF_8);
  }

  /// The failure for a file of the minimum set (reference, section 3.7).
  BootFailure missing(String name) {
    return new BootFailure(
        name + " is missing: a " + bench.spec().model().label() + " does not start without it");
  }

  private Transfer.Answer run(String name, boolean probe)
      throws IOException, InterruptedException, BootFailure {
    String path = prefix + name;
    int port = FIRST_PORT + asked++ % PORTS;
    var question = new Transfer.Question(client, path, probe);
    Transfer.Answer answer = Transfer.run(question, bench, lease, port);
    switch (answer) {
      case Transfer.Answer.Loaded(var file, _) -> bench.diary().loaded(file);
      case Transfer.Answer.Probed(var seen) -> bench.diary().probed(seen);
      case Transfer.Answer.Refused(String error) -> bench.diary().refused(path, error);
    }
    return answer;
  }
}
