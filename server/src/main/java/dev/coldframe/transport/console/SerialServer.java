package dev.coldframe.transport.console;

import dev.coldframe.node.SerialConsole;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Reads the serial ports that the config file names. Looks at it every second, so a reload opens
/// and closes ports without a restart.
public final class SerialServer implements AutoCloseable {
  private static final long LOOK_MILLIS = 1_000;

  private final ConsoleService service;
  private final SerialPorts ports;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread;

  /// Owned by the thread.
  private final Map<SerialConsole, SerialReader> readers = new HashMap<>();

  /// Begins.
  ///
  /// @param state the state folder, in which the library's native part is put
  public SerialServer(Path state, ConsoleService service) {
    this(HardwarePorts.in(state), service);
  }

  SerialServer(SerialPorts ports, ConsoleService service) {
    this.ports = ports;
    this.service = service;
    this.thread = Thread.ofPlatform().name("serial").daemon().start(this::run);
  }

  private void run() {
    try {
      do {
        look(new HashSet<>(service.world().get().site().consoles()));
      } while (!closing.await(LOOK_MILLIS, TimeUnit.MILLISECONDS));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    look(Set.of());
  }

  private void look(Set<SerialConsole> wanted) {
    Map<SerialConsole, SerialReader> ended = new HashMap<>(readers);
    ended.keySet().removeAll(wanted);
    ended.values().forEach(SerialReader::endSoon);
    // A port that another node has from now on must be free.
    ended.values().forEach(SerialReader::join);
    readers.keySet().removeAll(ended.keySet());
    for (SerialConsole console : wanted) {
      readers.computeIfAbsent(console, c -> new SerialReader(c, ports, service).start());
    }
  }

  /// Closes all ports.
  @Override
  public void close() {
    closing.countDown();
    try {
      thread.join(TimeUnit.SECONDS.toMillis(5));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
