package dev.coldframe.cli;

import dev.coldframe.Rehearsal;
import dev.coldframe.rehearse.BootResult;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What a rehearsal found, as text and as JSON.
final class RehearsalReport {

  private RehearsalReport() {}

  static String text(List<Rehearsal.NodeBoot> boots, boolean seeds) {
    var out = new StringBuilder();
    boots.forEach(boot -> details(out, boot.result(), seeds));
    var table =
        new Table("NODE", "BOARD", "ADDRESS", "PHASE", "FILES", "BYTES", "SECONDS", "RESULT");
    for (Rehearsal.NodeBoot boot : boots) {
      BootResult r = boot.result();
      long bytes = r.files().stream().mapToLong(BootResult.LoadedFile::bytes).sum();
      table.row(
          r.node(),
          r.board(),
          r.address().map(Object::toString).orElse("-"),
          boot.phase(),
          Integer.toString(r.files().size()),
          String.format(Locale.ROOT, "%,d", bytes),
          seconds(r.took().toMillis()),
          boot.ok() ? r.ending().label() : "FAILED " + r.reason());
    }
    return out.append(table).toString();
  }

  private static String seconds(long millis) {
    return String.format(Locale.ROOT, "%.2f", millis / 1000.0);
  }

  private static void details(StringBuilder out, BootResult r, boolean seeds) {
    out.append("── ").append(r.node()).append(" (").append(r.board()).append(")\n");
    var options = new Table("OPTION", "VALUE");
    r.dhcpOptions().forEach(options::row);
    indented(out, options.toString());
    var files = new Table("FILE", "BYTES", "SHA-256", "VIA", "MS");
    for (BootResult.LoadedFile f : r.files()) {
      files.row(f.path(), Long.toString(f.bytes()), f.sha256(), f.via(), Long.toString(f.millis()));
    }
    indented(out, files.toString());
    if (!r.refused().isEmpty()) {
      var refused = new Table("REFUSED", "WITH");
      r.refused().forEach(f -> refused.row(f.path(), f.error()));
      indented(out, refused.toString());
    }
    var stages = new Table("STAGE", "MS");
    r.stages().forEach(s -> stages.row(s.name(), Long.toString(s.millis())));
    indented(out, stages.toString());
    r.remarks().forEach(remark -> out.append("  remark: ").append(remark).append('\n'));
    r.seed().forEach((name, text) -> seed(out, name, text, seeds));
    if (!seeds && !r.seed().isEmpty()) {
      out.append("  (--seed prints the seed files)\n");
    }
    out.append('\n');
  }

  private static void seed(StringBuilder out, String name, String text, boolean whole) {
    out.append("  seed ").append(name).append(", ").append(text.length()).append(" characters\n");
    if (whole) {
      text.lines().forEach(line -> out.append("  │ ").append(line).append('\n'));
    }
  }

  private static void indented(StringBuilder out, String table) {
    table.lines().forEach(line -> out.append("  ").append(line).append('\n'));
    out.append('\n');
  }

  static ObjectNode json(List<Rehearsal.NodeBoot> boots) {
    ObjectNode out = JsonMapper.shared().createObjectNode();
    out.put("ok", boots.stream().allMatch(Rehearsal.NodeBoot::ok));
    ArrayNode nodes = out.putArray("nodes");
    boots.forEach(boot -> json(nodes.addObject(), boot));
    return out;
  }

  private static void json(ObjectNode node, Rehearsal.NodeBoot boot) {
    BootResult r = boot.result();
    node.put("name", r.node());
    node.put("board", r.board());
    node.put("address", r.address().map(Object::toString).orElse(null));
    node.put("phase", boot.phase());
    node.put("ok", boot.ok());
    node.put("reason", r.reason());
    node.put("seconds", r.took().toMillis() / 1000.0);
    ObjectNode options = node.putObject("options");
    r.dhcpOptions().forEach(options::put);
    ArrayNode files = node.putArray("files");
    for (BootResult.LoadedFile f : r.files()) {
      files
          .addObject()
          .put("path", f.path())
          .put("bytes", f.bytes())
          .put("sha256", f.sha256())
          .put("via", f.via());
    }
    ArrayNode refused = node.putArray("refused");
    r.refused().forEach(f -> refused.addObject().put("path", f.path()).put("error", f.error()));
    ArrayNode stages = node.putArray("stages");
    r.stages().forEach(s -> stages.addObject().put("name", s.name()).put("ms", s.millis()));
    ObjectNode seed = node.putObject("seed");
    r.seed().forEach(seed::put);
  }
}
