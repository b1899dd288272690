package dev.coldframe.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes down what nodes say, on a thread of its own; what does not fit into its queue is counted
/// and lost. Nothing waits for the disk: after a power cut the end of a log may be missing.
public final class ConsoleRecorder implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ConsoleRecorder.class);

  /// At 1 KiB each this is 8 MiB, and several seconds of a rack that boots.
  private static final int QUEUE_LIMIT = 8_192;

  private static final int BATCH = 1_024;
  private static final long PAUSE_MILLIS = 200;

  private final ConsoleLogs logs;
  private final BlockingQueue<Waiting> queue = new ArrayBlockingQueue<>(QUEUE_LIMIT);
  private final AtomicLong dropped = new AtomicLong();

  /// The last line's id of each node that said something; the writing thread's.
  private final Map<String, Long> ids = new HashMap<>();

  private final Thread thread;
  private volatile boolean closing;

  private record Waiting(
      String node, Instant at, String origin, OptionalInt severity, String program, String text) {}

  /// @param logs of the state folder whose lock the caller holds
  public ConsoleRecorder(ConsoleLogs logs) {
    this.logs = logs;
    this.thread = Thread.ofPlatform().name("consoles").daemon(true).start(this::run);
  }

  /// Takes a line down. Any thread; does not block.
  ///
  /// @param node the name of a node
  /// @return whether there was room for it
  public boolean record(
      String node, Instant at, String origin, OptionalInt severity, String program, String text) {
    boolean taken = !closing && queue.offer(new Waiting(node, at, origin, severity, program, text));
    if (!taken) {
      dropped.incrementAndGet();
    }
    return taken;
  }

  /// How many lines never reached the disk.
  public long dropped() {
    return dropped.get();
  }

  private void run() {
    var batch = new ArrayList<Waiting>();
    while (!closing || !queue.isEmpty()) {
      try {
        Waiting first = queue.poll(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        if (first != null) {
          batch.add(first);
          queue.drainTo(batch, BATCH);
          write(batch);
        }
      } catch (IOException | RuntimeException e) {
        dropped.addAndGet(batch.size());
        LOG.error("consoles cannot be written", e);
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        return;
      }
      batch.clear();
    }
  }

  private void write(List<Waiting> batch) throws IOException {
    var byNode = new LinkedHashMap<String, StringBuilder>();
    for (Waiting line : batch) {
      long id = lastId(line.node()) + 1;
      ids.put(line.node(), id);
      var entry =
          new ConsoleEntry(
              id, line.at(), line.origin(), line.severity(), line.program(), line.text());
      byNode
          .computeIfAbsent(line.node(), _ -> new StringBuilder())
          .append(entry.json())
          .append('\n');
    }
    PrivateFile.folder(logs.folder());
    for (Map.Entry<String, StringBuilder> node : byNode.entrySet()) {
      append(node.getKey(), node.getValue().toString().getBytes(StandardCharsets.UTF_8));
      logs.grown(node.getKey());
    }
  }

  private long lastId(String node) {
    Long known = ids.get(node);
    if (known != null) {
      return known;
    }
    List<ConsoleEntry> last = logs.lines(node, 0, 1);
    return last.isEmpty() ? 0 : last.getFirst().id();
  }

  private void append(String node, byte[] lines) throws IOException {
    Path file = logs.file(node);
    try (FileChannel channel =
        FileChannel.open(
            file,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.READ),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      channel.position(channel.size());
      ByteBuffer rest = ByteBuffer.wrap(endsHalf(channel) ? withLineEnd(lines) : lines);
      while (rest.hasRemaining()) {
        channel.write(rest);
      }
      if (channel.size() < ConsoleLogs.MAX_FILE_BYTES) {
        return;
      }
    }
    Files.move(file, logs.old(node), StandardCopyOption.ATOMIC_MOVE);
  }

  /// A power cut may have left half a line.
  private static boolean endsHalf(FileChannel channel) throws IOException {
    ByteBuffer last = ByteBuffer.allocate(1);
    return channel.size() > 0 && channel.read(last, channel.size() - 1) == 1 && last.get(0) != '\n';
  }

  private static byte[] withLineEnd(byte[] lines) {
    byte[] out = new byte[lines.length + 1];
    out[0] = '\n';
    System.arraycopy(lines, 0, out, 1, lines.length);
    return out;
  }

  /// Writes what is waiting and closes.
  @Override
  public void close() {
    closing = true;
    try {
      thread.join(TimeUnit.SECONDS.toMillis(10));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    if (dropped() > 0) {
      LOG.warn("console lines never reached the disk count={}", dropped());
    }
  }
}
