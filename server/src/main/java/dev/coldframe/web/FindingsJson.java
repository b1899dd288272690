package dev.coldframe.web;

import dev.coldframe.boot.lint.LintFinding;
import dev.coldframe.node.Site;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What is known to fail in the site and in what it serves. To look takes a while, so who asks soon
/// after gets the same. Any thread; blocks.
final class FindingsJson {
  /// How long a look holds while the site is the same: what was mended is noticed as soon.
  static final Duration FRESH = Duration.ofMinutes(1);

  private final Sources sources;

  private final Lock looking = new ReentrantLock();

  private volatile @Nullable Look last;

  private record Look(Site site, Instant at, List<LintFinding> findings) {
    /// The same reading of the config file, not one that says the same: who reads it again has
    /// mended something, be it a file beside it.
    @SuppressWarnings("ReferenceEquality")
    boolean isOf(Site other) {
      return site == other;
    }
  }

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

  /// Who comes while another looks gets what was found before, if no config was read since.
  private List<LintFinding> look() {
    Look before = last;
    boolean same = before != null && before.isOf(site());
    if (before != null && same && (isFresh(before) || !looking.tryLock())) {
      return before.findings();
    }
    if (!same) {
      looking.lock();
    }
    try {
      Site site = site();
      Look meanwhile = last;
      if (meanwhile != null && meanwhile.isOf(site) && isFresh(meanwhile)) {
        return meanwhile.findings();
      }
      var look = new Look(site, sources.clock().instant(), sources.findings().get());
      last = look;
      return look.findings();
    } finally {
      looking.unlock();
    }
  }

  private Site site() {
    return sources.worlds().get().site();
  }

  private boolean isFresh(Look look) {
    Instant now = sources.clock().instant();
    return look.at().plus(FRESH).isAfter(now) && !look.at().isAfter(now);
  }
}
