package dev.coldframe.cli;

import dev.coldframe.rehearse.StormResult;
import java.time.Duration;
import java.util.Locale;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What came of a storm, as text and as JSON.
final class StormReport {
  private StormReport() {}

  static String text(StormResult r) {
    var table = new Table("STORM", "");
    table.row("boards", number(r.boards()));
    table.row("ended well", number(r.well()));
    table.row("failed", number(r.boards() - r.well()));
    r.reasons().forEach((reason, boards) -> table.row("  " + number(boards), reason));
    table.row("power-on to last byte", seconds(r.elapsed()));
    table.row("fastest board", seconds(r.fastest()));
    table.row("median board", seconds(r.median()));
    table.row("slowest board", seconds(r.slowest()));
    table.row("requests repeated", number(r.repeated()));
    table.row("bytes", number(r.bytes()));
    table.row("MB/s", String.format(Locale.ROOT, "%.1f", r.megabytesPerSecond()));
    return table.toString();
  }

  private static String number(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  private static String seconds(Duration took) {
    return String.format(Locale.ROOT, "%.2f s", took.toMillis() / 1000.0);
  }

  static ObjectNode json(StormResult r) {
    ObjectNode out = JsonMapper.shared().createObjectNode();
    out.put("ok", r.ok());
    out.put("boards", r.boards());
    out.put("well", r.well());
    out.put("failed", r.boards() - r.well());
    ObjectNode reasons = out.putObject("reasons");
    r.reasons().forEach(reasons::put);
    out.put("seconds", r.elapsed().toNanos() / 1e9);
    out.put("fastestSeconds", r.fastest().toNanos() / 1e9);
    out.put("medianSeconds", r.median().toNanos() / 1e9);
    out.put("slowestSeconds", r.slowest().toNanos() / 1e9);
    out.put("repeated", r.repeated());
    out.put("bytes", r.bytes());
    out.put("megabytesPerSecond", r.megabytesPerSecond());
    return out;
  }
}
