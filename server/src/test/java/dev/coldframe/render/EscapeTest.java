package dev.coldframe.render;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import tools.jackson.databind.json.JsonMapper;

/// A hostile value arrives as it is, or not at all.
@Tag("H-15")
class EscapeTest {
  private static final List<String> HOSTILE =
      List.of(
          "",
          " ",
          "plain",
          "it's",
          "'",
          "''",
          "\"",
          "\\",
          "\\\\n",
          "a\\",
          "$(reboot)",
          "`reboot`",
          "${HOME}",
          "$6$rounds=5000$salt$hash/./",
          "{{ node.name }}",
          "{% if %}",
          "{# gone #}",
          "# comment",
          "a #b",
          "%s%n%",
          "&anchor *alias !tag",
          "- item",
          "key: value",
          "? x",
          "| block",
          "> fold",
          "null",
          "~",
          "true",
          "no",
          "0755",
          "1e3",
          "---",
          "--- x",
          "...",
          "@at",
          "[a, b]",
          "{a: b}",
          "a,b",
          "\n",
          "\n\n",
          "a\nb",
          "a\n b\n  c\n",
          " a\n\n\tb",
          "a\r\nb\r",
          "---\n...\n",
          "tab\tend",
          "trailing \n x",
          "\u0007\u001b[31m",
          "\u007f\u0085\u00a0",
          "\u2028\u2029\ufeff",
          "\u00fcml\u00e4ut \u65e5\u672c\u8a9e \ud83c\udf31",
          "</script><img src=x onerror=alert(1)>",
          "; reboot",
          "a && b || c",
          "-rf",
          "EOF\nEOF",
          "\0");

  private static final String ALPHABET =
      "ab '\"\\$`(){}[]<>|&;#%!?*~^@:,.-_=+/\n\r\t\u0001\u0085\u00e9\u2028\u65e5";

  private static List<String> values() {
    var out = new ArrayList<>(HOSTILE);
    var random = new SplittableRandom(20261125);
    for (int i = 0; i < 500; i++) {
      var text = new StringBuilder();
      int length = random.nextInt(1, 40);
      for (int j = 0; j < length; j++) {
        int at = random.nextInt(ALPHABET.length() + 1);
        text.append(at == ALPHABET.length() ? "\ud83c\udf31" : ALPHABET.substring(at, at + 1));
      }
      out.add(text.toString());
    }
    return out;
  }

  private static String filter(String name, Object value) throws TemplateException {
    return Templates.of(Map.of("x", "{{ value | " + name + " }}"))
        .render("x", Map.of("value", value));
  }

  @Test
  void aBootLoadersScriptTakesWordsAsTheyAre() throws TemplateException {
    assertThat(filter("grub", "quiet ds=nocloud;s=x $y"))
        .isEqualTo("'quiet' 'ds=nocloud;s=x' '$y'");
    assertThatThrownBy(() -> filter("grub", "it's")).hasMessageContaining("of GRUB cannot");
    assertThat(filter("ipxe", "quiet ds=nocloud;s=x a&&b")).isEqualTo("quiet ds=nocloud;s=x a&&b");
    for (String bad : List.of("${x}", "a && b", "a || b", "a\nb")) {
      assertThatThrownBy(() -> filter("ipxe", bad)).hasMessageContaining("of iPXE cannot");
    }
  }

  @Test
  void yamlReadsTheSameTextInEveryPosition() throws TemplateException {
    var templates =
        Templates.of(
            Map.of(
                "x",
                """
                top: {{ value | yaml }}
                list:
                  - inner: {{ value | yaml }}
                    flow: [{{ value | yaml }}, { k: {{ value | yaml }} }]
                    whole: {{ all | yaml }}
                after: 1
                """));
    for (String value : values()) {
      Map<String, Object> model =
          Map.of("value", value, "all", List.of(value, Map.of(value, 7), true));
      String text = templates.render("x", model);
      Object parsed = new Load(LoadSettings.builder().build()).loadFromString(text);
      assertThat(parsed)
          .as(text)
          .isEqualTo(
              Map.of(
                  "top",
                  value,
                  "list",
                  List.of(
                      Map.of(
                          "inner",
                          value,
                          "flow",
                          List.of(value, Map.of("k", value)),
                          "whole",
                          List.of(value, Map.of(value, 7), true))),
                  "after",
                  1));
    }
  }

  @Test
  void jsonReadsTheSameText() throws TemplateException {
    for (String value : values()) {
      Object all = List.of(value, Map.of(value, 7), true);
      assertThat(JsonMapper.shared().readValue(filter("json", all), Object.class)).isEqualTo(all);
    }
  }

  @Test
  void aShellReadsTheSameWord(@TempDir Path folder) throws Exception {
    List<String> values = values().stream().filter(v -> v.indexOf('\0') < 0).toList();
    var script = new StringBuilder("LC_ALL=C\n");
    for (String value : values) {
      script.append("printf '%s\\0' ").append(filter("sh", value)).append('\n');
    }
    Path file = Files.writeString(folder.resolve("script"), script);
    Process sh =
        new ProcessBuilder("sh", file.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String out = new String(sh.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(sh.waitFor()).isZero();
    assertThat(List.of(out.split("\0", -1)).subList(0, values.size())).isEqualTo(values);
    assertThatThrownBy(() -> filter("sh", "a\0b")).hasMessageContaining("NUL");
  }

  @Test
  void anIniValueIsReadTheSameOrRefused() {
    for (String value : values()) {
      String text;
      try {
        text = "[Time]\nNTP=" + filter("ini", value) + "\nNext=1\n";
      } catch (TemplateException _) {
        continue;
      }
      assertThat(text.lines()).as(value).hasSize(3);
      assertThat(text.lines().toList().get(1).split("=", 2)[1].strip()).isEqualTo(value);
    }
    assertThatThrownBy(() -> filter("ini", "a\n[Service]")).hasMessageContaining("control");
  }

  @Test
  void aWordIsReadTheSameOrRefused() {
    int written = 0;
    for (String value : values()) {
      String text;
      try {
        text = "first " + filter("cmdline", value) + " last";
      } catch (TemplateException _) {
        continue;
      }
      written++;
      assertThat(text.split("\\s+")).containsExactly("first", value, "last");
      assertThat(text).doesNotContain("\"", "'");
    }
    assertThat(written).isGreaterThan(10);
    for (String bad : List.of("a b", "a\tb", "a\nb", "\"a\"", "it's", "", "\u00e9")) {
      assertThatThrownBy(() -> filter("cmdline", bad)).hasMessageContaining("a word cannot");
    }
  }

  @Test
  void aLineOfConfigTxtStaysOneLineOrIsRefused() throws TemplateException {
    for (String value : values()) {
      try {
        assertThat(filter("configtxt", value))
            .isEqualTo(value)
            .hasLineCount(value.isEmpty() ? 0 : 1);
      } catch (TemplateException e) {
        assertThat(e).hasMessageContaining("control characters");
      }
    }
    String longest = "x".repeat(Escape.CONFIG_TXT_CHARS);
    assertThat(filter("configtxt", longest)).isEqualTo(longest);
    assertThatThrownBy(() -> filter("configtxt", longest + "x")).hasMessageContaining("cuts");
  }

  @Test
  void aFieldEndsWhereItShould() throws TemplateException {
    assertThat(filter("field", "$6$salt$hash")).isEqualTo("$6$salt$hash");
    assertThatThrownBy(() -> filter("field", "a:b")).hasMessageContaining("colons");
    assertThatThrownBy(() -> filter("field", "a\nroot")).hasMessageContaining("colons");
  }

  @Test
  void base64ReadsTheSameBytes() throws TemplateException {
    for (String value : values()) {
      byte[] bytes = Base64.getDecoder().decode(filter("b64encode", value));
      assertThat(new String(bytes, StandardCharsets.UTF_8)).isEqualTo(value);
    }
  }

  @Test
  void halfACharacterAndThingsThatAreNoTextAreRefused() {
    for (String name : List.of("sh", "yaml", "json", "ini", "word", "configtxt", "b64encode")) {
      assertThatThrownBy(() -> filter(name, "a\ud83c")).hasMessageContaining("surrogate");
    }
    assertThatThrownBy(() -> filter("sh", List.of("a"))).hasMessageContaining("only text");
  }
}
