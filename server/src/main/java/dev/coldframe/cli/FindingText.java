package dev.coldframe.cli;

import dev.coldframe.doctor.Finding;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What was found, as `check` and `doctor` tell it. Texts may hold words from the network.
final class FindingText {
  private FindingText() {}

  /// What is wrong, and why that fails.
  static String found(Finding finding) {
    return (finding.found() + " " + finding.reason()).strip();
  }

  /// What to do about it and where that is known from, behind an arrow.
  static List<String> mend(Finding finding, int chars) {
    String source = finding.source().isEmpty() ? "" : " (" + finding.source() + ")";
    var out = new ArrayList<String>();
    for (String line : wrapped(finding.mend() + source, chars - 2)) {
      out.add((out.isEmpty() ? "→ " : "  ") + line);
    }
    return out;
  }

  /// Breaks between words; a longer word stays whole.
  static List<String> wrapped(String text, int chars) {
    var lines = new ArrayList<String>();
    var line = new StringBuilder();
    for (String word : Table.clean(text).strip().split(" +", -1)) {
      if (!line.isEmpty() && line.length() + 1 + word.length() > chars) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.isEmpty() ? "" : " ").append(word);
    }
    lines.add(line.toString());
    return lines;
  }

  /// All of it.
  static ObjectNode json(Finding finding) {
    return JsonMapper.shared()
        .createObjectNode()
        .put("id", finding.id())
        .put("severity", finding.severity().label())
        .put("subject", finding.subject())
        .put("found", finding.found())
        .put("reason", finding.reason())
        .put("mend", finding.mend())
        .put("source", finding.source());
  }
}
