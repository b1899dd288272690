package dev.coldframe.cli;

import java.util.Map;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/// The script by which a shell completes: picocli's own, which knows commands and options, and the
/// names of nodes, boards and images where a command takes one first.
final class CompletionScript {
  /// What the first parameter of a command is, by its label.
  private static final Map<String, String> KINDS =
      Map.of("NODE", "nodes", "MAC|NODE", "nodes", "BOARD", "boards", "IMAGE", "images");

  private static final String EMPTY = "local positionals=\"\"\n";

  /// `arg_opts` is the caller's: the options of its command that take a value.
  private static final String NAMES =
      """

      # Prints names for the first parameter of a command, as the state folder has them; nothing where that fails.
      function _coldframe_names() { # nodes, boards or images; the command's last word
        local i=1 word found=0
        local -a passed
        passed=()
        while [ "$i" -lt "$COMP_CWORD" ]; do
          word=${COMP_WORDS[i]}
          if [[ "$word" == -* ]]; then
            if [[ "$arg_opts -c --config --state" == *"$word"* ]]; then
              i=$((i + 1))
              [ "${COMP_WORDS[i]}" != "=" ] || i=$((i + 1))
              case $word in
                -c|--config|--state) [ "$i" -ge "$COMP_CWORD" ] || passed+=("$word" "${COMP_WORDS[i]}") ;;
              esac
            fi
          elif [ "$found" = 1 ]; then
            return 0
          elif [ "$word" = "$2" ]; then
            found=1
          fi
          i=$((i + 1))
        done
        "${COMP_WORDS[0]}" completion --names "$1" "${passed[@]}" 2> /dev/null
      }
      """;

  private CompletionScript() {}

  /// For a program with all its commands.
  static String of(CommandLine program) {
    CommandSpec root = program.getCommandSpec();
    var out = new StringBuilder(AutoComplete.bash(root.name(), program));
    named(out, root, "_picocli_" + root.name());
    return out.append(NAMES).toString();
  }

  private static void named(StringBuilder out, CommandSpec command, String function) {
    command
        .subcommands()
        .forEach((name, sub) -> named(out, sub.getCommandSpec(), function + "_" + name));
    command.positionalParameters().stream()
        .filter(parameter -> parameter.index().min() == 0)
        .map(parameter -> KINDS.get(parameter.paramLabel()))
        .filter(kind -> kind != null)
        .findFirst()
        .ifPresent(kind -> name(out, function, kind, command.name()));
  }

  /// Puts the question for names into the function of one command.
  private static void name(StringBuilder out, String function, String kind, String command) {
    int body = out.indexOf("function " + function + "() {");
    int at = body < 0 ? -1 : out.indexOf(EMPTY, body);
    if (at < 0) {
      throw new IllegalStateException("picocli writes its script in another way: " + function);
    }
    String asked = "local positionals=\"$(_coldframe_names " + kind + " " + command + ")\"\n";
    out.replace(at, at + EMPTY.length(), asked);
  }
}
