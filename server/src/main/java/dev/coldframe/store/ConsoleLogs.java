package dev.coldframe.store;

import dev.coldframe.node.HostName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// What nodes said on their consoles, read from a state folder with or without a running server:
/// `consoles/NODE.log`, and `NODE.log.old` with what was before it. Any thread, any process.
public final class ConsoleLogs {
  /// When a file is this large, it takes the place of the old one: a node has twice that at most.
  static final int MAX_FILE_BYTES = 1 << 20;

  /// More than a line takes of which every character is escaped.
  private static final int MAX_LINE_BYTES = 1 << 14;

  private static final String SUFFIX = ".log";
  private static final String OLD = ".old";

  private final Path folder;
  private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();

  /// @param state the state folder; it need not exist
  public ConsoleLogs(Path state) {
    this.folder = state.resolve("consoles");
  }

  /// Tells whenever a node's log has grown by what a recorder of this instance wrote. It must not
  /// block.
  ///
  /// @param grown gets the node's name
  public void listen(Consumer<String> grown) {
    listeners.add(grown);
  }

  void grown(String node) {
    listeners.forEach(listener -> listener.accept(node));
  }

  Path folder() {
    return folder;
  }

  Path file(String node) {
    return folder.resolve(node + SUFFIX);
  }

  Path old(String node) {
    return folder.resolve(node + SUFFIX + OLD);
  }

  /// The nodes that said anything, by name.
  public List<String> nodes() {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> String.valueOf(file.getFileName()))
          .filter(name -> name.endsWith(SUFFIX))
          .map(name -> name.substring(0, name.length() - SUFFIX.length()))
          .sorted()
          .toList();
    } catch (NoSuchFileException _) {
      return List.of();
    } catch (IOException e) {
      throw new StoreException("the consoles in " + folder + " cannot be listed", e);
    }
  }

  /// The newest lines of a node, oldest first.
  ///
  /// @param after only lines with a greater id; 0: all
  /// @param limit at most this many
  public List<ConsoleEntry> lines(String node, long after, int limit) {
    List<ConsoleEntry> all = behind(node, after, limit);
    return all.subList(Math.max(0, all.size() - limit), all.size());
  }

  /// The next lines of a node behind an id, oldest first. What was written over meanwhile is left
  /// out, which the ids show.
  ///
  /// @param limit at most this many
  public List<ConsoleEntry> following(String node, long after, int limit) {
    List<ConsoleEntry> all = behind(node, after, Integer.MAX_VALUE);
    return all.subList(0, Math.min(limit, all.size()));
  }

  /// All that is kept behind an id, or at least so many of the newest.
  private List<ConsoleEntry> behind(String node, long after, int least) {
    if (!HostName.isLabel(node)) {
      return List.of();
    }
    var found = new ArrayList<ConsoleEntry>();
    try {
      // Who follows asks often.
      if (after > 0 && newest(file(node)) <= after && Files.exists(file(node))) {
        return List.of();
      }
      read(file(node), after, found);
      boolean earlier = found.isEmpty() || found.getFirst().id() > after + 1;
      if (found.size() < least && earlier) {
        var both = new ArrayList<ConsoleEntry>();
        read(old(node), after, both);
        both.addAll(found);
        found = both;
      }
    } catch (IOException | UncheckedIOException e) {
      throw new StoreException("the console of " + node + " cannot be read", e);
    }
    // Between the two readings the one file may have become the other.
    return found.stream().distinct().toList();
  }

  /// The id of a file's last whole line; 0 where it has none.
  private static long newest(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long from = Math.max(0, channel.size() - MAX_LINE_BYTES);
      ByteBuffer end = ByteBuffer.allocate(MAX_LINE_BYTES);
      channel.read(end, from);
      String text = new String(end.array(), 0, end.position(), StandardCharsets.UTF_8);
      return text.lines()
          .flatMap(line -> ConsoleEntry.parse(line).stream())
          .mapToLong(ConsoleEntry::id)
          .max()
          .orElse(0);
    } catch (NoSuchFileException _) {
      return 0;
    }
  }

  private static void read(Path file, long after, List<ConsoleEntry> out) throws IOException {
    try {
      String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
      text.lines()
          .flatMap(line -> ConsoleEntry.parse(line).stream())
          .filter(entry -> entry.id() > after)
          .forEach(out::add);
    } catch (NoSuchFileException _) {
      return;
    }
  }
}
