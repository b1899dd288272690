package dev.coldframe.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.testkit.Commands;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What bash makes of the script that completes commands.
class CompletionTest {
  /// Calls what `complete` registered, as readline does, and prints what it offers.
  private static final String PRESS_TAB =
      """
      set -eu
      source "$1"; shift
      COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}
      [[ $(complete -p coldframe) =~ -F\\ ([a-z_]+) ]]
      COMPREPLY=()
      set +eu
      "${BASH_REMATCH[1]}" coldframe "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}" 2> /dev/null
      printf '%s\\n' "${COMPREPLY[@]}"
      """;

  @TempDir Path folder;

  private List<String> offered(String line) throws Exception {
    Path script = folder.resolve("script");
    Files.writeString(script, Commands.run("completion").out());
    Path tab = Files.writeString(folder.resolve("tab"), PRESS_TAB);
    var words = new java.util.ArrayList<>(List.of("bash", "--norc", tab.toString()));
    words.add(script.toString());
    words.addAll(List.of(line.split(" ", -1)));
    Process bash = new ProcessBuilder(words).redirectErrorStream(true).start();
    String out = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(bash.waitFor()).as(out).isZero();
    return out.lines().filter(text -> !text.isEmpty()).sorted().toList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          coldframe no              | node nodes
          coldframe image           | image
          coldframe image re        | remove
          coldframe export          | export
          coldframe export d        | dnsmasq
          coldframe completion z    | zsh
          coldframe nodes --js      | --json
          coldframe arm --dis       | --disk
          coldframe xyzzy           |
          """)
  void bashCompletes(String line, String expected) throws Exception {
    List<String> words = expected == null ? List.of() : List.of(expected.split(" ", -1));
    assertThat(offered(line)).isEqualTo(words);
  }

  @Test
  void everyCommandIsOffered() throws Exception {
    assertThat(offered("coldframe "))
        .contains("serve", "check", "adopt", "watch", "export", "completion", "man")
        .doesNotContain("-h");
  }

  @ParameterizedTest
  @ValueSource(strings = {"bash", "zsh", "BASH"})
  void eachShellHasIt(String shell) {
    Commands.Ran ran = Commands.run("completion", shell);
    assertThat(ran.exit()).isZero();
    assertThat(ran.out()).contains("compinit", "complete -F");
  }

  @Test
  void anotherShellIsRefused() {
    assertThat(Commands.run("completion", "fish").exit()).isEqualTo(ExitCode.USAGE);
  }
}
