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
/// disk <device> <1 when an install goes on> <bytes>    zero <offset> <length>
/// mark <offset> <base64>                               chunk <number> <offset> <length> <sha256>
/// say <words>                                          run <number> <how many> <offset> <length>
/// read                                                 empty <offset> <length>
/// root <offset>                                        verify <number> <offset> <length> <sha256 or empty>
/// head <sha256>                                        end
/// ```
///
/// A chunk is held against its hash before it is written; a run, of chunks as the image has them,
/// is written as it comes, because `read` holds each chunk of the disk against what its `verify`
/// line says. So there are runs only where all is read back and nothing is there yet that need not
/// be sent again.
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
    line(out, "disk", permit.device(), permit.goesOn() ? 1 : 0, diskBytes);
    line(out, "zero", 0, WritePlan.HEAD_BYTES);
    line(out, "zero", diskBytes - WritePlan.TAIL_BYTES, WritePlan.TAIL_BYTES);
    line(out, "mark", InstallMark.AREA.first(), Base64.getEncoder().encodeToString(mark.toArray()));
    data(out, plan, verify && !permit.goesOn() ? WritePlan.MAX_RUN : 0);
    if (verify) {
      verify(out, plan);
    }
    plan.root().ifPresent(root -> line(out, "root", root.first()));
    line(out, "head", Sha256.of(plan.head().toArray(), plan.head().size()).hex());
    line(out, "end");
    return out.toString();
  }

  private static void data(StringBuilder out, WritePlan plan, int mostAtOnce) {
    List<WritePlan.Chunk> chunks = plan.chunks();
    int shown = 0;
    int next = 0;
    while (next < chunks.size()) {
      WritePlan.Chunk chunk = chunks.get(next);
      int run = plan.run(next, mostAtOnce);
      int empties = plan.empties(next, WritePlan.MAX_RUN);
      if (run > 0) {
        line(out, "run", next, run, chunk.at(), plan.range(next, run).length());
        next += run;
      } else if (empties > 0) {
        line(out, "empty", chunk.at(), plan.range(next, empties).length());
        next += empties;
      } else {
        line(out, "chunk", next, chunk.at(), chunk.length(), chunk.sha256().hex());
        next++;
      }
      int steps = next * SHOWN_STEPS / chunks.size();
      if (steps > shown) {
        shown = steps;
        line(out, "say", 100 / SHOWN_STEPS * steps + " % written");
      }
    }
  }

  private static void verify(StringBuilder out, WritePlan plan) {
    line(out, "say", "reading everything back");
    int next = 0;
    while (next < plan.chunks().size()) {
      WritePlan.Chunk chunk = plan.chunks().get(next);
      int empties = plan.empties(next, WritePlan.MAX_RUN);
      if (empties > 0) {
        line(out, "verify", next, chunk.at(), plan.range(next, empties).length(), "empty");
        next += empties;
      } else {
        line(out, "verify", next, chunk.at(), chunk.length(), chunk.sha256().hex());
        next++;
      }
    }
    line(out, "read");
  }

  private static void line(StringBuilder out, Object... words) {
    for (int i = 0; i < words.length; i++) {
      out.append(i == 0 ? "" : " ").append(words[i]);
    }
    out.append('\n');
  }
}
