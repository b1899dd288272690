package dev.coldframe.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// Each rule of the config file, from `rules.txt`: a text and exactly the lines it prints.
class ConfigRulesTest {
  private static final String HEADING = "=== ";
  private static final String AFTER_MINIMAL = "+ ";

  @TempDir Path temp;

  /// One entry of `rules.txt`.
  private record Rule(String name, String text, List<String> errors, List<String> warnings) {}

  @TestFactory
  Stream<DynamicTest> keepsEachRule() {
    ConfigFolder folder = ConfigFolder.in(temp);
    return rules().stream()
        .map(rule -> DynamicTest.dynamicTest(rule.name(), () -> check(rule, folder)));
  }

  @Test
  @Tag("S-35")
  void aPinOutsideTheServedSubnetsIsRefused() {
    String text =
        Samples.MINIMAL
            + "profiles: { pi: }\n"
            + "nodes: { a: { mac: dc:a6:32:00:00:01, address: 10.0.0.1, profile: pi } }\n";
    assertThat(ConfigFolder.in(temp).problems(text))
        .containsExactly(
            "coldframe.yaml:7: nodes.a.address: 10.0.0.1 lies in no served subnet; choose one in"
                + " 192.168.0.0/24");
  }

  private static void check(Rule rule, ConfigFolder folder) {
    assertThat(folder.problems(rule.text())).isEqualTo(rule.errors());
    if (rule.errors().isEmpty()) {
      assertThat(folder.warnings(rule.text())).isEqualTo(rule.warnings());
    }
  }

  private static List<Rule> rules() {
    var out = new ArrayList<Rule>();
    String[] blocks = Resources.text("rules.txt").split("(?m)^" + HEADING, -1);
    for (String block : List.of(blocks).subList(1, blocks.length)) {
      out.add(rule(block));
    }
    return out;
  }

  private static Rule rule(String block) {
    List<String> lines = block.strip().lines().toList();
    boolean added = lines.getFirst().startsWith(AFTER_MINIMAL);
    var text = new StringBuilder(added ? Samples.MINIMAL : "");
    var errors = new ArrayList<String>();
    var warnings = new ArrayList<String>();
    for (String line : lines.subList(1, lines.size())) {
      if (line.startsWith("> ")) {
        errors.add(line.substring(2));
      } else if (line.startsWith("! ")) {
        warnings.add(line.substring(2));
      } else {
        text.append(line).append('\n');
      }
    }
    String name = lines.getFirst().substring(added ? AFTER_MINIMAL.length() : 0);
    return new Rule(name, text.toString(), errors, warnings);
  }
}
