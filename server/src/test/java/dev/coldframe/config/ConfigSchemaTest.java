package dev.coldframe.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.coldframe.net.Ip4;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The published schema and the loader say the same.
class ConfigSchemaTest {
  private static final String NOT_YET = "Not yet: ";
  private static final JsonNode SCHEMA = JsonMapper.shared().readTree(ConfigSchema.text());
  private static final Schema VALIDATOR =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
          .getSchema(ConfigSchema.text(), InputFormat.JSON);

  @TempDir Path temp;

  static Stream<String> valid() {
    var local =
        new LocalInterface("eth0", Ip4.parse("10.0.0.2"), 16, Optional.of(Ip4.parse("10.0.0.1")));
    return Stream.of(
        Samples.MINIMAL,
        Samples.FULL,
        BuiltInRack.text(),
        StartingFile.write(List.of(local), false),
        StartingFile.write(List.of(), true));
  }

  @ParameterizedTest
  @MethodSource("valid")
  void acceptsWhatTheLoaderLoads(String text) {
    assertThat(VALIDATOR.validate(text, InputFormat.YAML)).isEmpty();
  }

  @Test
  void refusesUnknownKeys() {
    List<Error> errors = VALIDATOR.validate(Samples.MINIMAL + "lease-tiem: 1h\n", InputFormat.YAML);
    assertThat(errors).extracting(Error::getMessage).anyMatch(m -> m.contains("lease-tiem"));
  }

  @Test
  void hasTheLoadersKeysAndNoOthers() {
    var inSchema = new TreeSet<String>();
    collect(SCHEMA, "", false, inSchema);
    var inLoader = new TreeSet<String>();
    for (Section section : sections()) {
      section.keys().forEach(key -> inLoader.add(section.pathOf(key)));
    }
    assertThat(inSchema).isEqualTo(inLoader);
  }

  @Test
  void marksTheKeysThatComeLater() {
    var inSchema = new TreeSet<String>();
    collect(SCHEMA, "", true, inSchema);
    Set<String> inLoader =
        NotYet.TABLE.keySet().stream()
            .filter(path -> !path.contains("="))
            .collect(Collectors.toSet());
    assertThat(inSchema).isEqualTo(inLoader);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          /properties/networks/items/properties/mode                | networks[].mode   | '    mode: %s'
          /properties/profiles/additionalProperties/properties/boot | profiles.*.boot   | 'profiles: { pi: { boot: %s } }'
          /properties/profiles/additionalProperties/properties/address-in-os | profiles.*.address-in-os | 'profiles: { pi: { address-in-os: %s } }'
          /properties/profiles/additionalProperties/properties/overwrite | profiles.*.overwrite | 'profiles: { pi: { overwrite: %s } }'
          /properties/profiles/additionalProperties/properties/storage/items/properties/format | profiles.*.storage[].format | 'profiles: { pi: { storage: [{ device: /dev/sda, label: a, mount: /a, format: %s }] } }'
          /properties/admin/properties/webhook/properties/kinds/items | admin.webhook.kinds | 'admin: { webhook: { url: "http://a/", kinds: [%s] } }'
          /properties/power/additionalProperties/properties/driver | power.*.driver | 'power: { sw1: { driver: %s } }'
          /properties/power/additionalProperties/properties/hash | power.*.hash | 'power: { sw1: { driver: snmp, address: 192.168.0.3, secret: file:community, user: a, hash: %s } }'
          /properties/services/items                                | services          | 'services: [%s]'
          /properties/time                                          | time              | 'time: %s'
          """)
  void listsTheWordsThatTheLoaderKnows(String pointer, String path, String line) {
    ConfigFolder folder = ConfigFolder.in(temp);
    for (JsonNode word : SCHEMA.at(pointer).path("enum")) {
      String text = Samples.MINIMAL + line.replace("%s", word.asString()) + "\n";
      boolean later = NotYet.TABLE.containsKey(path + "=" + word.asString());
      if (later) {
        assertThat(folder.problems(text)).singleElement().asString().contains(": not yet: ");
      } else {
        // What a word needs beside it is another rule's.
        assertThat(folder.problems(text)).allMatch(p -> p.contains(": is missing; "));
      }
    }
  }

  @Test
  void describesEveryKeyOfTheTopLevel() {
    assertThat(SCHEMA.path("properties").properties())
        .allMatch(entry -> !entry.getValue().path("description").asString("").isEmpty());
  }

  /// Walks the properties; what lies inside a key that comes later is nobody's business yet.
  private static void collect(JsonNode schema, String path, boolean later, Set<String> into) {
    JsonNode actual =
        schema.has("anyOf")
            ? schema
                .path("anyOf")
                .valueStream()
                .filter(s -> s.has("properties"))
                .findFirst()
                .orElse(schema)
            : schema;
    actual
        .path("properties")
        .properties()
        .forEach(entry -> {
          String inner = path.isEmpty() ? entry.getKey() : path + "." + entry.getKey();
          boolean isLater = entry.getValue().path("description").asString("").startsWith(NOT_YET);
          if (isLater == later) {
            into.add(inner);
          }
          if (!isLater) {
            collect(entry.getValue(), inner, later, into);
          }
        });
    if (actual.path("additionalProperties").isObject()) {
      collect(actual.path("additionalProperties"), path + ".*", later, into);
    }
    if (actual.path("items").isObject()) {
      collect(actual.path("items"), path + "[]", later, into);
    }
  }

  private static List<Section> sections() {
    return Arrays.stream(Section.class.getDeclaredFields())
        .filter(
            field -> Modifier.isStatic(field.getModifiers()) && field.getType() == Section.class)
        .map(field -> {
          try {
            return (Section) field.get(null);
          } catch (IllegalAccessException e) {
            throw new AssertionError(e);
          }
        })
        .toList();
  }
}
