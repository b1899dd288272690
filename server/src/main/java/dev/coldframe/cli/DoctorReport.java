package dev.coldframe.cli;

import dev.coldframe.doctor.Examined;
import dev.coldframe.doctor.Finding;
import dev.coldframe.doctor.Patient;
import dev.coldframe.node.Severity;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Help.Ansi;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What the doctor found, as text and as JSON. Texts may hold words from the network.
final class DoctorReport {
  private static final int LINE_CHARS = 100;
  private static final String MARGIN = " ".repeat(24);

  private final PrintWriter out;

  DoctorReport(PrintWriter out) {
    this.out = out;
  }

  void head(String site, Optional<Patient.Running> running) {
    out.printf(
        "Examining %s; %s.%n%n",
        site,
        running
            .map(server -> ("its server " + server.version()).strip() + " runs")
            .orElse("no server runs with this state folder"));
    out.flush();
  }

  /// One check: a line when all is well, else what was found and how to mend it.
  void show(Examined examined) {
    if (examined.findings().isEmpty()) {
      line("ok", examined.check(), examined.well());
    }
    for (Finding finding : examined.findings()) {
      line(finding.severity().label(), examined.check(), FindingText.found(finding));
      FindingText.mend(finding, LINE_CHARS - MARGIN.length())
          .forEach(line -> out.println(MARGIN + line));
    }
    out.flush();
  }

  private void line(String mark, String check, String text) {
    List<String> lines = FindingText.wrapped(text, LINE_CHARS - MARGIN.length());
    out.printf(Locale.ROOT, "%s %-14s %s%n", coloured(mark), check, lines.getFirst());
    lines.subList(1, lines.size()).forEach(line -> out.println(MARGIN + line));
  }

  /// The word that stands first in a line, as wide as the widest; coloured on a terminal.
  private static String coloured(String mark) {
    String style =
        switch (mark) {
          case "error" -> "bold,red";
          case "warning" -> "bold,yellow";
          case "note" -> "cyan";
          default -> "green";
        };
    return Ansi.AUTO.string("@|" + style + " " + String.format(Locale.ROOT, "%-8s", mark) + "|@");
  }

  /// The last line.
  ///
  /// @return the exit code
  int end(List<Examined> all) {
    int code = code(all);
    long errors = count(all, Severity.ERROR);
    long warnings = count(all, Severity.WARNING);
    String sum =
        errors + warnings == 0
            ? "Nothing needs mending."
            : counted(errors, "error") + ", " + counted(warnings, "warning") + ".";
    out.printf("%n%s%s%n", sum, code == ExitCode.ENVIRONMENT ? " 'serve' cannot start." : "");
    out.flush();
    return code;
  }

  private static String counted(long count, String what) {
    return count + " " + what + (count == 1 ? "" : "s");
  }

  /// All of it.
  ///
  /// @return the exit code
  int json(Optional<Patient.Running> running, List<Examined> all) {
    int code = code(all);
    ObjectNode json = JsonMapper.shared().createObjectNode();
    json.put("ok", code == ExitCode.DONE);
    json.put("serving", running.isPresent());
    ArrayNode checks = json.putArray("checks");
    ArrayNode findings = json.putArray("findings");
    for (Examined examined : all) {
      boolean well = examined.findings().isEmpty();
      ObjectNode check = checks.addObject().put("check", examined.check()).put("ok", well);
      if (well) {
        check.put("well", examined.well());
      }
      for (Finding finding : examined.findings()) {
        findings.add(
            FindingText.json(finding)
                .put("check", examined.check())
                .put("stops-serving", finding.stopsServing()));
      }
    }
    out.println(json);
    out.flush();
    return code;
  }

  private static long count(List<Examined> all, Severity severity) {
    return all.stream()
        .flatMap(examined -> examined.findings().stream())
        .filter(finding -> finding.severity() == severity)
        .count();
  }

  private static int code(List<Examined> all) {
    boolean stops =
        all.stream()
            .flatMap(examined -> examined.findings().stream())
            .anyMatch(Finding::stopsServing);
    if (stops) {
      return ExitCode.ENVIRONMENT;
    }
    return count(all, Severity.ERROR) + count(all, Severity.WARNING) > 0
        ? ExitCode.REFUSED
        : ExitCode.DONE;
  }
}
