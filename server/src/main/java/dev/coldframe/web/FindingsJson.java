package dev.coldframe.web;

import dev.coldframe.boot.lint.LintFinding;
import dev.coldframe.node.World;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What is known to fail in the site and in what it serves. To look takes a while, so for as long
/// as nothing else changes that the server knows of, who asks soon after gets the same. Any thread;
/// blocks.
final class FindingsJson {
  /// How long a look holds: a file that was mended is noticed as soon.
  static final Duration FRESH = Duration.ofMinutes(1);

  private final Sources sources;

  /// Guarded by `this`.
  private @Nullable Look last;

  private record Look(World world, Instant at, List<LintFinding> findings) {}

  FindingsJson(Sources sources) {
    this.sources = sources;
  }

  ObjectNode json() {
    ObjectNode out = JsonMapper.shared().createObjectNode();
    ArrayNode rows = out.putArray("findings");
    for (LintFinding finding : look()) {
      rows.addObject()
          .put("id", finding.row().key())
          .put("severity", finding.row().severity().label())
          .put("subject", finding.who())
          .put("found", finding.sentence())
          .put("reason", finding.row().reason())
          .put("mend", finding.row().remedy())
          .put("source", finding.row().source());
    }
    return out;
  }

  private synchronized List<LintFinding> look() {
    World now = sources.worlds().get();
    Instant at = sources.clock().instant();
    Look before = last;
    boolean fresh =
        before != null
            && before.world() == now
            && before.at().plus(FRESH).isAfter(at)
            && !before.at().isAfter(at);
    if (before != null && fresh) {
      return before.findings();
    }
    var look = new Look(now, at, sources.findings().get());
    last = look;
    return look.findings();
  }
}
