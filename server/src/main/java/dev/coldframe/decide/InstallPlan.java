package dev.coldframe.decide;

import dev.coldframe.disk.InstallMark;
import dev.coldframe.disk.Sha256;
import dev.coldframe.disk.WritePlan;
import dev.coldframe.net.Bytes;
import dev.coldframe.node.Permit;
import java.util.Base64;
import java.util.List;

/// The lines of a plan, in the order in which an installer carries them out (architecture, section
/// 5): old boot records away, mark, data, read back, the new root's own files, boot record.
///
/// The mark comes second here: else a power cut between the two would leave an old system's boot
/// record beside our mark, and the disk would pass for a finished install.
///
/// ```
/// disk <device> <1 when an install goes on>    zero <offset> <length>
/// mark <offset> <base64>                       chunk <number> <offset> <length> <sha256>
/// say <words>                                  empty <offset> <length> <sha256>
/// forget                                       verify <number> <offset> <length> <sha256>
/// root <offset>                                head <sha256>          end
/// ```
public final class InstallPlan {
  private static final int SHOWN_STEPS = 20;

  private InstallPlan() {}

  /// Writes a plan down.
  ///
  /// @param permit the disk
  /// @param diskBytes its size
  /// @param mark the sector that says whose the disk is
  /// @param verify whether all is read back
  public static String text(
      WritePlan plan, Permit permit, long diskBytes, Bytes mark, boolean verify) {
    var out = new StringBuilder();
    line(out, "disk", permit.device(), permit.goesOn() ? 1 : 0);
    line(out, "zero", 0, WritePlan.HEAD_BYTES);
    line(out, "zero", diskBytes - WritePlan.TAIL_BYTES, WritePlan.TAIL_BYTES);
    line(out, "mark", InstallMark.AREA.first(), Base64.getEncoder().encodeToString(mark.toArray()));
    data(out, plan);
    if (verify) {
      verify(out, plan);
    }
    plan.root().ifPresent(root -> line(out, "root", root.first()));
    line(out, "head", Sha256.of(plan.head().toArray(), plan.head().size()).hex());
    line(out, "end");
    return out.toString();
  }

  private static void data(StringBuilder out, WritePlan plan) {
    List<WritePlan.Chunk> chunks = plan.chunks();
    int shown = 0;
    for (int i = 0; i < chunks.size(); i++) {
      WritePlan.Chunk chunk = chunks.get(i);
      if (chunk.empty()) {
        line(out, "empty", chunk.at(), chunk.length(), chunk.sha256().hex());
      } else {
        line(out, "chunk", i, chunk.at(), chunk.length(), chunk.sha256().hex());
      }
      int steps = (i + 1) * SHOWN_STEPS / chunks.size();
      if (steps > shown) {
        shown = steps;
        line(out, "say", 100 / SHOWN_STEPS * steps + " % written");
      }
    }
  }

  private static void verify(StringBuilder out, WritePlan plan) {
    line(out, "say", "reading everything back");
    line(out, "forget");
    for (int i = 0; i < plan.chunks().size(); i++) {
      WritePlan.Chunk chunk = plan.chunks().get(i);
      line(out, "verify", i, chunk.at(), chunk.length(), chunk.sha256().hex());
    }
  }

  private static void line(StringBuilder out, Object... words) {
    for (int i = 0; i < words.length; i++) {
      out.append(i == 0 ? "" : " ").append(words[i]);
    }
    out.append('\n');
  }
}
