package dev.coldframe.transport.dns;

import dev.coldframe.decide.UpstreamAnswer;
import dev.coldframe.net.Bytes;
import dev.coldframe.wire.dns.DnsQuestion;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// Answers of other servers for as long as they may be kept. What was not asked for longest goes
/// first when there is no room. Owned by one thread.
final class AnswerCache {
  static final int MAX_ANSWERS = 8_192;
  static final int MAX_BYTES = 8 << 20;

  private final Map<DnsQuestion, Kept> answers = new LinkedHashMap<>(16, 0.75f, true);
  private int bytes;

  private record Kept(Bytes message, long sinceNanos, int lifetimeSeconds) {}

  /// An answer, and how old it is.
  record Hit(Bytes message, int ageSeconds) {}

  /// The answer to a question, if one is kept.
  ///
  /// @param nowNanos from a clock that never jumps
  Optional<Hit> get(DnsQuestion question, long nowNanos) {
    Kept kept = answers.get(question);
    if (kept == null) {
      return Optional.empty();
    }
    long age = TimeUnit.NANOSECONDS.toSeconds(nowNanos - kept.sinceNanos());
    if (age >= kept.lifetimeSeconds()) {
      remove(question);
      return Optional.empty();
    }
    return Optional.of(new Hit(kept.message(), (int) age));
  }

  /// Keeps an answer for its lifetime.
  void put(DnsQuestion question, UpstreamAnswer.Accepted answer, long nowNanos) {
    remove(question);
    if (answer.lifetimeSeconds() == 0) {
      return;
    }
    answers.put(question, new Kept(answer.message(), nowNanos, answer.lifetimeSeconds()));
    bytes += answer.message().size();
    Iterator<Map.Entry<DnsQuestion, Kept>> oldest = answers.entrySet().iterator();
    while (answers.size() > MAX_ANSWERS || bytes > MAX_BYTES) {
      bytes -= oldest.next().getValue().message().size();
      oldest.remove();
    }
  }

  private void remove(DnsQuestion question) {
    Kept kept = answers.remove(question);
    if (kept != null) {
      bytes -= kept.message().size();
    }
  }

  /// How many answers are kept.
  int size() {
    return answers.size();
  }
}
