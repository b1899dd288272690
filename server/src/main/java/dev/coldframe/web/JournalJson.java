package dev.coldframe.web;

import dev.coldframe.node.BootHistory;
import dev.coldframe.node.BootHistory.Boot;
import dev.coldframe.node.BootHistory.Span;
import dev.coldframe.node.BootHistory.Step;
import dev.coldframe.node.HealthSample;
import dev.coldframe.store.JournalReader;
import dev.coldframe.store.JournalReader.Entry;
import dev.coldframe.store.JournalReader.Filter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The journal as the API shows it: events, boots, measurements. Blocks.
final class JournalJson {
  private static final int USUAL_EVENTS = 100;
  private static final int MAX_EVENTS = 1_000;
  private static final int USUAL_BOOTS = 5;
  private static final int MAX_BOOTS = 50;
  private static final int MAX_SAMPLES = 2_000;

  /// More than a node's journal ever holds.
  private static final int WHOLE_JOURNAL = 4_000;

  private static final Duration USUAL_HEALTH = Duration.ofDays(1);
  private static final double MILLIS = 1_000;

  private final JournalReader journal;

  JournalJson(JournalReader journal) {
    this.journal = journal;
  }

  /// A page of events, newest first.
  ObjectNode events(Query query, Optional<String> subject) {
    int limit = query.limit(USUAL_EVENTS, MAX_EVENTS);
    var filter = new Filter(subject, query.kinds());
    List<Entry> found = journal.newest(filter, query.cursor().orElse(Long.MAX_VALUE), limit);
    ObjectNode out = JsonMapper.shared().createObjectNode();
    ArrayNode rows = out.putArray("events");
    found.forEach(entry -> rows.add(of(entry)));
    out.put("next", found.size() == limit ? Long.toString(found.getLast().id()) : null);
    return out;
  }

  /// An event as the command line prints it too.
  static ObjectNode of(Entry entry) {
    ObjectNode out = JsonMapper.shared().createObjectNode();
    out.put("id", entry.id());
    out.put("at", entry.event().at().toString());
    out.put("subject", entry.event().subject());
    out.put("type", entry.event().type().label());
    ObjectNode fields = out.putObject("fields");
    entry.event().fields().forEach(fields::put);
    return out;
  }

  /// A node's latest boots, the newest first.
  ObjectNode boots(Query query, String node) {
    int limit = query.limit(USUAL_BOOTS, MAX_BOOTS);
    var filter = new Filter(Optional.of(node), List.of());
    var history = new BootHistory();
    journal
        .newest(filter, Long.MAX_VALUE, WHOLE_JOURNAL)
        .reversed()
        .forEach(entry -> history.add(entry.id(), entry.event()));
    List<Boot> boots = history.boots();
    ObjectNode out = JsonMapper.shared().createObjectNode();
    ArrayNode rows = out.putArray("boots");
    boots.stream().limit(limit).forEach(boot -> rows.add(of(boot, boots)));
    return out;
  }

  private static ObjectNode of(Boot boot, List<Boot> all) {
    ObjectNode out = JsonMapper.shared().createObjectNode();
    out.put("id", boot.id());
    out.put("began", boot.began().toString());
    out.put("ended", text(boot.ended()));
    out.put("phase", boot.phase().label());
    ArrayNode stages = out.putArray("stages");
    boot.stages()
        .forEach((step, span) -> {
          ObjectNode stage = stages.addObject();
          stage.put("name", step.label());
          stage.put("began", span.began().toString());
          stage.put("ended", text(span.ended()));
          OptionalDouble expected = usual(step, boot, all);
          if (expected.isPresent()) {
            stage.put("expected", expected.getAsDouble());
          } else {
            stage.putNull("expected");
          }
        });
    ArrayNode files = out.putArray("files");
    for (BootHistory.File file : boot.files()) {
      ObjectNode row = files.addObject();
      row.put("path", file.path());
      row.put("bytes", file.bytes());
      row.put("began", file.began().toString());
      row.put("ended", file.ended().toString());
      row.put("refused", file.refused().isEmpty() ? null : file.refused());
    }
    return out;
  }

  private static @Nullable String text(Optional<Instant> at) {
    return at.map(Instant::toString).orElse(null);
  }

  /// The median of what a step took in the node's other boots, in seconds.
  private static OptionalDouble usual(Step step, Boot boot, List<Boot> all) {
    double[] took =
        all.stream()
            .filter(other -> other.id() != boot.id())
            .flatMap(other -> Optional.ofNullable(other.stages().get(step)).stream())
            .filter(span -> span.ended().isPresent())
            .mapToDouble(JournalJson::seconds)
            .sorted()
            .toArray();
    return took.length == 0 ? OptionalDouble.empty() : OptionalDouble.of(took[took.length / 2]);
  }

  private static double seconds(Span span) {
    return Duration.between(span.began(), span.ended().orElse(span.began())).toMillis() / MILLIS;
  }

  /// What a node measured; of more than a plot can show, the newest.
  ObjectNode health(Query query, String node, Instant now) {
    Instant since = query.time("since").orElse(now.minus(USUAL_HEALTH));
    ObjectNode out = JsonMapper.shared().createObjectNode();
    ArrayNode rows = out.putArray("samples");
    for (HealthSample sample : journal.health(node, since, MAX_SAMPLES)) {
      ObjectNode row = rows.addObject();
      row.put("at", sample.at().toString());
      row.put("temperature", sample.celsius().orElse(null));
      row.put("throttled", sample.throttled().isEmpty() ? null : sample.throttled());
      row.put("offset", sample.offsetSeconds().orElse(null));
    }
    return out;
  }
}
