package dev.coldframe.transport;

import dev.coldframe.decide.Caller;
import dev.coldframe.decide.UsualMisses;
import dev.coldframe.node.EventType;
import dev.coldframe.node.JournalEvent;
import java.util.HexFormat;

/// Writes down which boot files a node got over one protocol. Callers that are no node have no
/// journal; what happens to them is counted only. Any thread.
///
/// @param plane where the journal is
/// @param via the protocol, `tftp` or `http`
public record BootJournal(BootPlane plane, String via) implements FileJournal {
  /// Paths are shown up to here.
  static final int MAX_SHOWN_CHARS = 255;

  /// The file was sent whole.
  @Override
  public void served(Caller caller, String path, long bytes, String origin) {
    plane.counters().count(via, "file served");
    record(caller, EventType.FILE_SERVED, path, "bytes", Long.toString(bytes), "origin", origin);
  }

  /// The client looked at the size and stopped there.
  @Override
  public void probed(Caller caller, String path) {
    plane.counters().count(via, "file probed");
    record(caller, EventType.FILE_PROBED, path);
  }

  /// The file does not exist or is not the caller's. What is asked for in every boot and normally
  /// absent is counted only.
  ///
  /// @param reason a fixed text
  @Override
  public void refused(Caller caller, String path, String reason) {
    plane.counters().count(via, reason);
    if (UsualMisses.contains(path)) {
      return;
    }
    record(caller, EventType.FILE_REFUSED, path, "reason", reason);
  }

  /// A transfer broke off.
  ///
  /// @param bytes how many had arrived
  /// @param reason a fixed text
  @Override
  public void broken(Caller caller, String path, long bytes, String reason) {
    plane.counters().count(via, reason);
    record(caller, EventType.FILE_BROKEN, path, "bytes", Long.toString(bytes), "reason", reason);
  }

  private void record(Caller caller, EventType type, String path, String... more) {
    if (!(caller instanceof Caller.OfNode(var node, _))) {
      return;
    }
    String[] pairs = new String[4 + more.length];
    pairs[0] = "path";
    pairs[1] = shown(path);
    pairs[2] = "via";
    pairs[3] = via;
    System.arraycopy(more, 0, pairs, 4, more.length);
    plane.chronicle().record(JournalEvent.of(plane.clock().instant(), node.name(), type, pairs));
  }

  /// The path as people may see it: printable ASCII, other characters as `\x0a`.
  static String shown(String path) {
    var out = new StringBuilder();
    for (int i = 0; i < path.length() && out.length() < MAX_SHOWN_CHARS; i++) {
      char c = path.charAt(i);
      if (c >= ' ' && c <= '~' && c != '\\') {
        out.append(c);
      } else {
        out.append("\\x").append(HexFormat.of().toHexDigits(c, 2));
      }
    }
    return out.length() <= MAX_SHOWN_CHARS ? out.toString() : out.substring(0, MAX_SHOWN_CHARS);
  }
}
