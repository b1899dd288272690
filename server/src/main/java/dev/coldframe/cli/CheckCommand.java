package dev.coldframe.cli;

import dev.coldframe.Firmware;
import dev.coldframe.Linting;
import dev.coldframe.Preview;
import dev.coldframe.config.ConfigLoader;
import dev.coldframe.config.LoadOptions;
import dev.coldframe.config.Loaded;
import dev.coldframe.config.Problem;
import dev.coldframe.doctor.Finding;
import dev.coldframe.node.Severity;
import dev.coldframe.node.Site;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `coldframe check`: everything that is wrong with the config file, at once; then with the
/// templates that it names; then what is known to fail in what would be served.
@Command(
    name = "check",
    description = {
      "Checks the config file and reports every mistake at once, with its remedy.",
      "Then tells what is known to fail in what it would serve, with reason and source."
    })
final class CheckCommand implements Callable<Integer> {
  private static final int LINE_CHARS = 100;
  private static final String MARGIN = "    ";

  @ParentCommand private ColdframeCommand root;
  @Spec private CommandSpec spec;

  /// What came of it.
  ///
  /// @param errors what stands in the way in the file
  /// @param defects what does so in the templates, a line each
  /// @param warnings what is doubtful in the file
  /// @param findings what is known to fail
  private record Outcome(
      List<Problem> errors, List<String> defects, List<Problem> warnings, List<Finding> findings) {
    boolean good() {
      return errors.isEmpty() && defects.isEmpty();
    }
  }

  @Override
  public Integer call() throws IOException {
    return switch (ConfigLoader.load(root.config(), new LoadOptions(root.state(), true))) {
      case Loaded.Invalid(List<Problem> problems) ->
          told(new Outcome(problems, List.of(), List.of(), List.of()));
      case Loaded.Ok(Site site, List<Problem> warnings) -> {
        List<String> defects = new Preview(site, root.state(), root.state()).defects();
        List<Finding> findings = defects.isEmpty() ? look(site) : List.of();
        int code = told(new Outcome(List.of(), defects, with(warnings, site), findings));
        if (!root.json()) {
          good(site);
        }
        yield code;
      }
    };
  }

  /// The warnings about the file, and what its EEPROM policies want and the state folder lacks.
  private List<Problem> with(List<Problem> warnings, Site site) {
    var out = new ArrayList<>(warnings);
    String file = root.config().toString();
    new Firmware(root.state()).lacks(site).forEach(lack -> out.add(new Problem(file, 0, "", lack)));
    return out;
  }

  /// What this machine does not let be looked at is no mistake in the file.
  private List<Finding> look(Site site) {
    try {
      return Linting.of(site, root.state()).findings();
    } catch (IOException e) {
      PrintWriter err = spec.commandLine().getErr();
      err.println("warning: " + Objects.requireNonNullElse(e.getMessage(), e.toString()));
      return List.of();
    }
  }

  private int told(Outcome outcome) {
    if (root.json()) {
      spec.commandLine().getOut().println(json(outcome));
    } else {
      PrintWriter err = spec.commandLine().getErr();
      outcome.warnings().forEach(warning -> err.println("warning: " + warning));
      outcome.findings().forEach(finding -> print(finding, err));
      if (!outcome.good()) {
        var lines = Stream.concat(outcome.errors().stream(), outcome.defects().stream());
        throw new Refusal(
            ExitCode.USAGE, lines.map(Object::toString).collect(Collectors.joining("\n")));
      }
    }
    return outcome.good() ? ExitCode.DONE : ExitCode.USAGE;
  }

  private void print(Finding finding, PrintWriter err) {
    String mark = finding.severity() == Severity.NOTE ? "note: " : "warning: ";
    err.println(mark + root.config() + ": " + Table.clean(finding.found()));
    FindingText.wrapped(finding.reason(), LINE_CHARS - MARGIN.length())
        .forEach(line -> err.println(MARGIN + line));
    FindingText.mend(finding, LINE_CHARS - MARGIN.length())
        .forEach(line -> err.println(MARGIN + line));
  }

  private void good(Site site) {
    spec.commandLine()
        .getOut()
        .printf(
            "%s is good: %d network(s), %d profile(s), %d node(s)%n",
            root.config(), site.networks().size(), site.profiles().size(), site.nodes().size());
  }

  private ObjectNode json(Outcome outcome) {
    ObjectNode out = JsonMapper.shared().createObjectNode();
    out.put("ok", outcome.good());
    out.put("file", root.config().toString());
    ArrayNode errors = out.putArray("errors");
    problems(outcome.errors(), errors);
    for (String defect : outcome.defects()) {
      errors.addObject().put("line", 0).put("path", "").put("message", defect);
    }
    problems(outcome.warnings(), out.putArray("warnings"));
    ArrayNode findings = out.putArray("findings");
    outcome.findings().forEach(finding -> findings.add(FindingText.json(finding)));
    return out;
  }

  private static void problems(List<Problem> problems, ArrayNode out) {
    for (Problem problem : problems) {
      out.addObject()
          .put("line", problem.line())
          .put("path", problem.path())
          .put("message", problem.message());
    }
  }
}
