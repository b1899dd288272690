package dev.coldframe.transport.console;

import dev.coldframe.decide.SerialTries;
import dev.coldframe.decide.SerialTries.Trouble;
import dev.coldframe.net.Bytes;
import dev.coldframe.node.EventType;
import dev.coldframe.node.Node;
import dev.coldframe.node.SerialConsole;
import dev.coldframe.node.World;
import dev.coldframe.transport.SourceLimit;
import dev.coldframe.wire.console.ConsoleLine;
import dev.coldframe.wire.console.TextLines;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads one serial port for as long as the config file names it, on a thread of its own: opens it,
/// waits for it where it is not there, and goes on when it comes back.
final class SerialReader {
  private static final String SERVICE = "serial";
  private static final Logger LOG = LoggerFactory.getLogger(SerialReader.class);

  /// How often a missing device is looked for; opening it is tried more seldom.
  private static final long LOOK_MILLIS = 250;

  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final int BUFFER_BYTES = 4_096;

  /// As for datagrams: a kernel that boots says a thousand lines within seconds.
  private static final int LINES_PER_STRETCH = 5_000;

  private static final long STRETCH_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final SerialConsole console;
  private final SerialPorts ports;
  private final ConsoleService service;
  private final SourceLimit limit = new SourceLimit(LINES_PER_STRETCH, STRETCH_NANOS);
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread;

  SerialReader(SerialConsole console, SerialPorts ports, ConsoleService service) {
    this.console = console;
    this.ports = ports;
    this.service = service;
    this.thread =
        Thread.ofPlatform().name("serial-" + console.node()).daemon().unstarted(this::run);
  }

  /// Begins.
  SerialReader start() {
    thread.start();
    return this;
  }

  /// Lets it end.
  void endSoon() {
    closing.countDown();
  }

  /// Waits until it has ended.
  void join() {
    try {
      thread.join(TimeUnit.SECONDS.toMillis(2));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isOver() {
    return closing.getCount() == 0;
  }

  private void pause() {
    try {
      var _ = closing.await(LOOK_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException _) {
      closing.countDown();
    }
  }

  private void run() {
    SerialTries tries = SerialTries.begin(System.nanoTime());
    boolean there = false;
    while (!isOver()) {
      boolean now = ports.exists(console.device());
      if (now && !there) {
        tries = tries.appeared(System.nanoTime());
      }
      there = now;
      if (!tries.due(System.nanoTime())) {
        pause();
        continue;
      }
      try {
        tries = turn(tries);
      } catch (RuntimeException e) {
        service.counters().count(SERVICE, "failed while reading");
        LOG.error("a serial console dropped by a fault of ours node={}", console.node(), e);
        tries = tries.failed(Trouble.FAILED, System.nanoTime());
      }
    }
  }

  private SerialTries turn(SerialTries tries) {
    return switch (ports.open(console.device(), console.speed())) {
      case SerialPorts.Opened.Refused(Trouble trouble) -> {
        refused(tries, trouble);
        yield tries.failed(trouble, System.nanoTime());
      }
      case SerialPorts.Opened.Ready(SerialPorts.Input input) -> {
        long since = System.nanoTime();
        tell(EventType.CONSOLE_CONNECTED, "speed", Integer.toString(console.speed()));
        SerialTries open = tries.opened(since);
        boolean gone;
        try (input) {
          gone = read(input);
        }
        if (!gone) {
          yield open;
        }
        refused(open, Trouble.UNPLUGGED);
        yield open.lost(since, System.nanoTime());
      }
    };
  }

  private void refused(SerialTries tries, Trouble trouble) {
    service.counters().count(SERVICE, trouble.text());
    if (tries.isNews(trouble)) {
      tell(EventType.CONSOLE_LOST, "reason", trouble.text());
    }
  }

  private void tell(EventType type, String key, String value) {
    if (service.world().get().node(console.node()).isPresent()) {
      service.scribe().tell(console.node(), type, "device", console.device(), key, value);
    }
  }

  /// Until the device is gone or nobody wants it any more.
  ///
  /// @return whether it is gone
  private boolean read(SerialPorts.Input input) {
    var lines = new TextLines(ConsoleLine.Origin.SERIAL);
    long heard = System.nanoTime();
    while (!isOver()) {
      int count = input.read(buffer);
      if (count < 0) {
        record(lines.flush());
        return true;
      }
      long now = System.nanoTime();
      if (count > 0) {
        heard = now;
        record(lines.take(Bytes.wrap(Arrays.copyOf(buffer, count))));
      } else if (now - heard >= PATIENCE_NANOS) {
        record(lines.flush());
      }
    }
    record(lines.flush());
    return false;
  }

  private void record(List<ConsoleLine> all) {
    if (all.isEmpty()) {
      return;
    }
    World world = service.world().get();
    Optional<Node> node = world.node(console.node());
    if (node.isEmpty()) {
      service.counters().count(SERVICE, "no node of that name");
      return;
    }
    boolean limited = world.site().limits().perSource();
    for (ConsoleLine line : all) {
      if (limited && limit.beyond(node.get().address(), System.nanoTime()) > 0) {
        service.counters().count(SERVICE, "over the limit of its source");
      } else {
        service.scribe().record(console.node(), List.of(line));
      }
    }
  }
}
