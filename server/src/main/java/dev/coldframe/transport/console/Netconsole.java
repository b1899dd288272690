package dev.coldframe.transport.console;

import dev.coldframe.net.Bytes;
import dev.coldframe.transport.Link;
import dev.coldframe.wire.console.ConsoleLine;
import dev.coldframe.wire.console.NetconsoleLines;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Netconsole: what a node says is put together from its datagrams; what has no end for a while is
/// taken as a line. Everything runs on the loop.
final class Netconsole extends Datagrams {
  private static final long PATIENCE_MILLIS = 1_000;

  private final Map<String, NetconsoleLines> open = new HashMap<>();
  private final Map<String, Long> heard = new HashMap<>();
  private @Nullable ScheduledFuture<?> looks;

  Netconsole(ConsoleService service, Link link) {
    super(service, link);
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    looks =
        ctx.executor()
            .scheduleWithFixedDelay(
                () -> flush(System.nanoTime()),
                PATIENCE_MILLIS,
                PATIENCE_MILLIS,
                TimeUnit.MILLISECONDS);
    ctx.fireChannelActive();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (looks != null) {
      looks.cancel(false);
    }
    open.forEach((node, lines) -> record(node, lines.flush()));
    open.clear();
    ctx.fireChannelInactive();
  }

  @Override
  List<ConsoleLine> lines(String node, Bytes datagram) {
    heard.put(node, System.nanoTime());
    return open.computeIfAbsent(node, _ -> new NetconsoleLines()).take(datagram);
  }

  private void flush(long nanos) {
    for (Iterator<Map.Entry<String, Long>> all = heard.entrySet().iterator(); all.hasNext(); ) {
      Map.Entry<String, Long> one = all.next();
      if (nanos - one.getValue() >= TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS)) {
        all.remove();
        NetconsoleLines lines = open.remove(one.getKey());
        if (lines != null) {
          record(one.getKey(), lines.flush());
        }
      }
    }
  }
}
