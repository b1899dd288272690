package dev.coldframe.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/// The manual page: what the commands say of themselves, in roff with the macros of man(7). One
/// page has all of them.
final class ManPage {
  private static final List<List<String>> FILES =
      List.of(
          List.of(
              "./coldframe.yaml, /etc/coldframe/coldframe.yaml", "The config file, in that order."),
          List.of(
              "./state, /var/lib/coldframe",
              "The state folder; the second one where the config file is that in /etc."),
          List.of("coldframe.sock in it", "Where a running server hears commands."),
          List.of("admin.token, read.token in it", "What programs show to the API over TCP."));

  private final StringBuilder out = new StringBuilder();

  private ManPage() {}

  /// The page of a program.
  static String of(CommandSpec root) {
    var page = new ManPage();
    page.head(root);
    page.section("OPTIONS");
    root.options().forEach(page::option);
    page.section("COMMANDS");
    page.commands(root);
    page.section("EXIT STATUS");
    root.usageMessage().exitCodeList().forEach(page::item);
    page.section("FILES");
    FILES.forEach(file -> page.item(file.getFirst(), file.getLast()));
    return page.out.toString();
  }

  private void head(CommandSpec root) {
    String version = String.join(" ", root.version());
    macro("TH", root.name().toUpperCase(java.util.Locale.ROOT), "1", "", version, "");
    section("NAME");
    // The dash between name and purpose is the one that whatis(1) looks for.
    out.append(escaped(root.name() + " ")).append("\\- ");
    text(String.join(" ", root.usageMessage().description()));
    section("SYNOPSIS");
    text(root.name() + " [OPTION ...] COMMAND [ARGUMENT ...]");
  }

  private void commands(CommandSpec parent) {
    for (Map.Entry<String, CommandLine> entry : parent.subcommands().entrySet()) {
      CommandSpec command = entry.getValue().getCommandSpec();
      if (!command.subcommands().isEmpty()) {
        commands(command);
        continue;
      }
      macro("SS", synopsis(command));
      boolean first = true;
      for (String sentence : command.usageMessage().description()) {
        if (!first) {
          macro("PP");
        }
        text(sentence);
        first = false;
      }
      command.positionalParameters().forEach(this::parameter);
      own(command).forEach(this::option);
    }
  }

  /// Options that are not those of all commands.
  private static List<OptionSpec> own(CommandSpec command) {
    return command.options().stream()
        .filter(option -> !option.inherited() && !option.usageHelp() && !option.versionHelp())
        .toList();
  }

  private static String synopsis(CommandSpec command) {
    var words = new ArrayList<String>();
    words.add(command.qualifiedName());
    for (OptionSpec option : own(command)) {
      words.add(bracketed(option.longestName() + value(option), option));
    }
    for (PositionalParamSpec parameter : command.positionalParameters()) {
      words.add(bracketed(parameter.paramLabel(), parameter));
    }
    return String.join(" ", words);
  }

  private static String bracketed(String word, ArgSpec argument) {
    return argument.required() ? word : "[" + word + "]";
  }

  private static String value(OptionSpec option) {
    return option.arity().max() > 0 ? " " + option.paramLabel() : "";
  }

  private void option(OptionSpec option) {
    item(String.join(", ", option.names()) + value(option), String.join(" ", option.description()));
  }

  private void parameter(PositionalParamSpec parameter) {
    item(parameter.paramLabel(), String.join(" ", parameter.description()));
  }

  private void section(String title) {
    macro("SH", title);
  }

  private void item(String term, String meaning) {
    macro("TP");
    out.append("\\fB").append(escaped(term)).append("\\fR\n");
    text(meaning);
  }

  private void macro(String name, String... arguments) {
    String all =
        List.of(arguments).stream()
            .map(argument -> " \"" + escaped(argument).replace("\"", "\\(dq") + '"')
            .collect(Collectors.joining());
    out.append('.').append(name).append(all).append('\n');
  }

  private void text(String line) {
    out.append(escaped(line)).append('\n');
  }

  /// As it is, whatever stands in it: roff has a meaning for backslashes, for hyphens, and for dots
  /// and apostrophes at the beginning of a line.
  private static String escaped(String text) {
    String plain =
        text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace("^", "\\(ha");
    String tilde = plain.replace("~", "\\(ti").replace("`", "\\(ga");
    return tilde.startsWith(".") ? "\\&" + tilde : tilde;
  }
}
