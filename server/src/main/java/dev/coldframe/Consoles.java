package dev.coldframe;

import dev.coldframe.node.World;
import dev.coldframe.store.Chronicle;
import dev.coldframe.store.ConsoleLogs;
import dev.coldframe.store.ConsoleRecorder;
import dev.coldframe.transport.Counters;
import dev.coldframe.transport.Link;
import dev.coldframe.transport.console.ConsoleServer;
import dev.coldframe.transport.console.ConsoleService;
import dev.coldframe.transport.console.Scribe;
import dev.coldframe.transport.console.SerialServer;
import io.netty.channel.EventLoop;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.function.Supplier;

/// What hears consoles: by UDP, and through serial ports.
final class Consoles implements AutoCloseable {
  private final ConsoleRecorder recorder;
  private final ConsoleServer udp;
  private final SerialServer serial;

  /// Binds and begins. Not to be called from the loop.
  ///
  /// @param state the state folder; the caller holds its lock
  /// @param logs where lines are kept
  Consoles(
      Path state,
      ConsoleLogs logs,
      EventLoop loop,
      List<Link> links,
      Supplier<World> world,
      Chronicle chronicle,
      Counters counters) {
    recorder = new ConsoleRecorder(logs);
    var scribe = new Scribe(recorder, chronicle, counters, Clock.systemUTC());
    var service = new ConsoleService(world, scribe, counters);
    try {
      udp =
          new ConsoleServer(
              loop, links, ConsoleServer.NETCONSOLE_PORT, ConsoleServer.SYSLOG_PORT, service);
    } catch (RuntimeException e) {
      recorder.close();
      throw e;
    }
    serial = new SerialServer(state, service);
  }

  @Override
  public void close() {
    serial.close();
    udp.close();
    recorder.close();
  }
}
