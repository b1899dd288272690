package dev.coldframe.render;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TemplatesTest {
  private static final Map<String, Object> MODEL =
      Map.of(
          "node",
          Map.of("name", "geranium", "macs", List.of("a", "b")),
          "many",
          IntStream.range(0, 200).boxed().toList());

  private static String render(String source) throws TemplateException {
    return Templates.of(Map.of("boot/x", source)).render("boot/x", MODEL);
  }

  @Test
  void variablesLoopsConditionsAndIncludesWork() throws TemplateException {
    var templates =
        Templates.of(
            Map.of(
                "boot/x",
                "{% for m in node.macs %}{{ loop.index }}{{ m }}{% if not loop.last %},{% endif %}"
                    + "{% endfor %}\n{% include \"lib/y\" %}",
                "lib/y",
                "{% set n = node.name %}{{ n | upper }}{# gone #}\n"));
    assertThat(templates.render("boot/x", MODEL)).isEqualTo("0a,1b\nGERANIUM\n");
    assertThat(templates.names()).containsExactly("boot/x", "lib/y");
    assertThat(templates.defects()).isEmpty();
  }

  @Test
  void nothingIsEscapedByItself() throws TemplateException {
    assertThat(render("{{ \"<&'\" }}\n\n")).isEqualTo("<&'\n\n");
  }

  @ParameterizedTest
  @Tag("H-14")
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "a{{ nod.name }}          ; boot/x.tmpl:1: variable [nod] does not exist",
        "{{ node.secret }}        ; boot/x.tmpl:1: Attribute [secret]",
        "{% include 'etc' %}      ; boot/x.tmpl:1: there is no template etc",
        "{% include '../x' %}     ; boot/x.tmpl:1: there is no template ../x",
        "{% include '/etc/passwd' %} ; boot/x.tmpl:1: there is no template /etc/passwd",
        "{% if %}                 ; boot/x.tmpl:1: ",
        "{{ node.name             ; boot/x.tmpl:1: ",
        "{{ node.name | nosuch }} ; boot/x.tmpl:1: ",
        "{{ node.name.getClass() }} ; boot/x.tmpl:1: ",
        "{{ node.class.name }}    ; boot/x.tmpl:1: ",
        "{{ node.name.bytes }}    ; boot/x.tmpl:1: ",
        "{{ range(1, 9) }}        ; boot/x.tmpl:1: ",
        "{% for i in 1..9 %}{% endfor %} ; boot/x.tmpl:1: ",
        "{% macro m() %}{% endmacro %}   ; boot/x.tmpl:1: ",
        "{% extends 'boot/x' %}   ; boot/x.tmpl:1: ",
        "{% import 'boot/x' %}    ; boot/x.tmpl:1: ",
        "{% for c in node.name %}{% endfor %} ; boot/x.tmpl:1: this is not a list"
      })
  void whatIsNotThereIsAnErrorWithItsPlace(String source, String message) {
    assertThatThrownBy(() -> render(source.strip()))
        .isInstanceOf(TemplateException.class)
        .hasMessageStartingWith(message.strip())
        .hasNoCause();
  }

  @Test
  void theLineInAnIncludedFileIsNamed() {
    var templates =
        Templates.of(Map.of("boot/x", "\n{% include \"lib/y\" %}", "lib/y", "1\n2\n{{ no }}"));
    assertThatThrownBy(() -> templates.render("boot/x", MODEL))
        .hasMessage("lib/y.tmpl:3: variable [no] does not exist");
  }

  @Test
  void aValueThatATargetCannotHoldIsAnErrorThatDoesNotShowIt() {
    var model = new HashMap<>(MODEL);
    model.put("word", "canary secret");
    assertThatThrownBy(() -> Templates.of(Map.of("x", "\n{{ word | cmdline }}")).render("x", model))
        .hasMessageStartingWith("x.tmpl:2: a word cannot hold")
        .hasMessageNotContaining("canary");
  }

  @ParameterizedTest
  @Tag("H-14")
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "{% include 'boot/x' %} ; includes nest deeper than",
        "{% for a in many %}{% for b in many %}{% for c in many %}{% for d in many %}"
            + "{% endfor %}{% endfor %}{% endfor %}{% endfor %} ; loop rounds",
        "{% set x = 'ab' %}{% for a in many %}{% set x = x ~ x %}{% endfor %} ; grew beyond",
        "{% set x = many %}{% for a in many %}{% set x = x | merge(x) %}{% endfor %} ; grew beyond",
        "{% for a in many %}{% for b in many[1] == 1 ? node.macs : many %}"
            + "{{ many }}{{ many }}{{ many }}{% endfor %}{% endfor %} ; write more than"
      })
  void whatWouldRunForEverIsCut(String source, String message) {
    Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(10),
        () ->
            assertThatThrownBy(() -> render(source))
                .isInstanceOf(TemplateException.class)
                .hasMessageContaining(message.strip()));
  }

  @Test
  @Tag("H-14")
  void deepNestingAndLongSourcesAreRefused() {
    assertThatThrownBy(() -> render("{{ " + "(".repeat(30_000) + "1" + ")".repeat(30_000) + " }}"))
        .isInstanceOf(TemplateException.class);
    assertThatThrownBy(() -> render("x".repeat(Templates.SOURCE_CHARS + 1)))
        .hasMessage("boot/x.tmpl:1: longer than 65536 characters");
  }

  @Test
  void limitsAreExact() throws TemplateException {
    assertThat(render("x".repeat(Templates.SOURCE_CHARS))).hasSize(Templates.SOURCE_CHARS);
    String rounds = "{% for a in many %}{% for b in many %}{% endfor %}{% endfor %}";
    assertThatThrownBy(() -> render(rounds)).hasMessageContaining("more than 10000 loop rounds");
    var model = new HashMap<>(MODEL);
    model.put("outer", IntStream.range(0, 49).boxed().toList());
    model.put("inner", IntStream.range(0, 203).boxed().toList());
    String fits = "{% for a in outer %}{% for b in inner %}{% endfor %}{% endfor %}.";
    assertThat(Templates.of(Map.of("x", fits)).render("x", model)).isEqualTo(".");
  }

  @Test
  void brokenTemplatesAreListedAndHarmOnlyThemselves() throws TemplateException {
    var templates = Templates.of(Map.of("good", "1", "bad", "\n{% if %}", "worse", "{{ }}"));
    assertThat(templates.render("good", Map.of())).isEqualTo("1");
    assertThat(templates.defects()).hasSize(2).first().asString().startsWith("bad.tmpl:2: ");
  }
}
