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

  /// A state folder with two nodes of the file; the program of the shell is this one.
  private String withNodes() throws Exception {
    Path config =
        Files.writeString(
            folder.resolve("coldframe.yaml"),
            """
            appliance: { address: 192.168.0.2 }
            networks: [{ interface: eth0, subnet: 192.168.0.0/24 }]
            profiles: { files: { boot: files } }
            nodes:
              geranium: { mac: dc:a6:32:01:36:c2, address: 192.168.0.20, profile: files }
              dahlia: { mac: dc:a6:32:01:36:c3, address: 192.168.0.21, profile: files }
            """);
    Files.createDirectories(folder.resolve("tftp-root"));
    Files.createDirectories(folder.resolve("templates"));
    program(
        ProcessHandle.current().info().command().orElse("java")
            + " -cp '"
            + System.getProperty("java.class.path")
            + "' dev.coldframe.Main \"$@\"");
    return " -c " + config + " --state " + folder.resolve("state");
  }

  private void program(String line) throws Exception {
    Path program = Files.writeString(folder.resolve("coldframe"), "#!/bin/sh\nexec " + line + "\n");
    assertThat(program.toFile().setExecutable(true)).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          node              | dahlia geranium
          node ger          | geranium
          arm --for 30m     | dahlia geranium
          arm --for 30m d   | dahlia
          recover g         | geranium
          forget --yes g    | geranium
          render d          | dahlia
          explain g         | geranium
          logs d            | dahlia
          watch d           | dahlia
          render dahlia     |
          adopt             |
          image remove      |
          """)
  void bashCompletesNames(String line, String expected) throws Exception {
    String options = withNodes();
    boolean begun = !line.matches(".*(node|30m|dahlia|adopt|remove)");
    String typed = folder.resolve("coldframe") + options + " " + line + (begun ? "" : " ");
    List<String> words = expected == null ? List.of() : List.of(expected.split(" ", -1));
    assertThat(offered(typed)).isEqualTo(words);
  }

  @Test
  void boardsAndImagesAreNamedToo() throws Exception {
    program("echo \"$@\" | tr ' ' '-'");
    String here = folder.resolve("coldframe").toString();
    assertThat(offered(here + " adopt ")).containsExactly("completion---names-boards");
    assertThat(offered(here + " image remove ")).containsExactly("completion---names-images");
    assertThat(offered(here + " logs --state /x "))
        .containsExactly("completion---names-nodes---state-/x");
  }

  @Test
  void whatIsBrokenOffersNothing() throws Exception {
    Path broken = Files.writeString(folder.resolve("broken.yaml"), "nodes: 7\n");
    Commands.Ran ran =
        Commands.run(
            "completion", "--names", "nodes", "-c", broken.toString(), "--state", "/nowhere");
    assertThat(ran).isEqualTo(new Commands.Ran(ExitCode.DONE, "", ""));
    program("exit 3");
    assertThat(offered(folder.resolve("coldframe") + " node ")).isEmpty();
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
