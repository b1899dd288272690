package dev.coldframe.bench.peers;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A peer at work: its processes, and how long it took until it answered.
final class Server implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Pattern ANSWERED = Pattern.compile("answered (\\d+)");

  private final List<Running> processes = new ArrayList<>();
  private final Peer peer;
  private Duration started = Duration.ZERO;

  private Server(Peer peer) {
    this.peer = peer;
  }

  /// Starts a peer and returns when it has answered once.
  ///
  /// @throws IOException when it ends, or does not answer; what it said is in the message
  static Server start(Peer peer, Setting task, Link link) throws IOException, InterruptedException {
    List<List<String>> programs = peer.prepare(task);
    Path log = task.folder().resolve("server.log");
    var server = new Server(peer);
    try (var probe = Running.start(link.atLoad(Probe.words(task.service())), log(task))) {
      await(probe, server, log, "asking");
      long exec = System.nanoTime();
      for (List<String> words : programs) {
        server.processes.add(Running.start(link.atServer(words), log));
      }
      Matcher answered = await(probe, server, log, "answered");
      server.started = Duration.ofNanos(Long.parseLong(answered.group(1)) - exec);
      return server;
    } catch (IOException | InterruptedException | RuntimeException e) {
      server.close();
      throw e;
    }
  }

  private static Path log(Setting task) {
    return task.folder().resolve("probe.log");
  }

  private static Matcher await(Running probe, Server server, Path log, String word)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      String said = probe.said();
      Matcher answered = ANSWERED.matcher(said);
      if (answered.find() || (word.equals("asking") && said.contains(word))) {
        return answered;
      }
      boolean dead = server.processes.stream().anyMatch(p -> !p.isAlive());
      if (dead || !probe.isAlive() || System.nanoTime() > end) {
        String why = dead ? "it ended" : "it did not answer";
        String tail = server.processes.isEmpty() ? said : server.processes.getFirst().said();
        throw new IOException(
            why + ", " + log + ": " + tail.substring(Math.max(0, tail.length() - 600)));
      }
      Thread.sleep(2);
    }
  }

  Peer peer() {
    return peer;
  }

  /// From exec to the first answer.
  Duration started() {
    return started;
  }

  Duration cpu() throws IOException {
    Duration sum = Duration.ZERO;
    for (Running p : processes) {
      sum = sum.plus(p.cpu());
    }
    return sum;
  }

  /// What must be done often while it works, or the CPU time of its children is lost.
  void look() throws IOException {
    if (peer.forks()) {
      for (Running p : processes) {
        p.look();
      }
    }
  }

  double rssMib() throws IOException {
    long sum = 0;
    for (Running p : processes) {
      sum += p.rssBytes();
    }
    return sum / (double) (1 << 20);
  }

  @Override
  public void close() {
    processes.reversed().forEach(Running::close);
    processes.clear();
  }
}
