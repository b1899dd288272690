package dev.coldframe.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.testkit.Commands;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Model.CommandSpec;

/// The manual page as text; that man(1) takes it without a warning, a real-client test shows.
class ManPageTest {
  private static final Pattern REQUEST = Pattern.compile("\\.[A-Z]{2}( \"[^\"]*\")*");

  @Test
  void hasEveryCommandWithItsOptions() {
    String page = Commands.run("man").out();
    assertThat(page)
        .startsWith(".TH \"COLDFRAME\" \"1\"")
        .contains(".SS \"coldframe serve [\\-\\-port\\-offset N]\"\n")
        .contains(".SS \"coldframe image add ")
        .contains(".SS \"coldframe man\"\n")
        .contains("\\fB\\-n, \\-\\-lines N\\fR\nHow many journal lines (default: 40).\n")
        .contains("\\fB2\\fR\nwrong usage or config\n");
  }

  @Test
  void noLineIsARequestByAccident() {
    assertThat(Commands.run("man").out().lines())
        .allMatch(line ->
            !line.isEmpty()
                && !line.startsWith("'")
                && (!line.startsWith(".") || REQUEST.matcher(line).matches()));
  }

  @Test
  void textOfAnyKindStaysText() {
    CommandSpec odd = CommandSpec.create().name("odd");
    odd.usageMessage().description(".SH \"not a heading\"", "'x \\fB^ `~`");
    CommandSpec root = CommandSpec.create().name("root").addSubcommand("odd", odd);
    assertThat(ManPage.of(root).lines().toList())
        .containsSequence(
            List.of("\\&.SH \"not a heading\"", ".PP", "\\(aqx \\efB\\(ha \\(ga\\(ti\\(ga"));
  }
}
