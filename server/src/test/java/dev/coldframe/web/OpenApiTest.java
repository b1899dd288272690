package dev.coldframe.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.testkit.Sites;
import dev.coldframe.testkit.TcpHttp;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Route;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The OpenAPI document and the router say the same.
class OpenApiTest {
  private static final Set<String> METHODS = Set.of("get", "post", "delete", "put", "patch");

  /// The page's own files are no API.
  private static final Set<String> PAGE = Set.of("GET /", "GET /assets/{path}");

  private static final JsonNode DOCUMENT = document();

  @TempDir Path state;
  private PlaneFixture fixture;

  @BeforeEach
  void start() throws IOException {
    fixture = new PlaneFixture(state, Sites.site());
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  private static JsonNode document() {
    String text = new String(Pages.own("openapi.yaml"), StandardCharsets.UTF_8);
    Object tree = new Load(LoadSettings.builder().build()).loadFromString(text);
    return JsonMapper.shared().valueToTree(tree);
  }

  @Test
  void everyRouteIsInItAndNoOther() {
    var documented = new TreeSet<String>();
    DOCUMENT
        .path("paths")
        .properties()
        .forEach(path ->
            path.getValue()
                .properties()
                .forEach(method -> {
                  if (METHODS.contains(method.getKey())) {
                    documented.add(
                        method.getKey().toUpperCase(java.util.Locale.ROOT) + " " + path.getKey());
                  }
                }));
    var routed = new TreeSet<String>();
    for (Route route : fixture.plane.router(false).getRoutes()) {
      String path = route.getPath();
      Set<HttpMethod> methods = route.methods();
      if (path != null && methods != null) {
        methods.forEach(method -> routed.add(method + " " + written(path)));
      }
    }
    assertThat(routed).containsAll(PAGE);
    routed.removeAll(PAGE);
    assertThat(routed).isEqualTo(documented);
  }

  /// As OpenAPI writes it: `/nodes/:name/files/*` is `/nodes/{name}/files/{path}`.
  private static String written(String path) {
    String named = path.replaceAll(":([a-z]+)", "{$1}");
    return named.length() > 1 && named.endsWith("/") ? named + "{path}" : named;
  }

  @Test
  void whatItRefersToIsThere() {
    for (String reference : references(DOCUMENT)) {
      assertThat(reference).startsWith("#/");
      assertThat(DOCUMENT.at(reference.substring(1)).isMissingNode()).as(reference).isFalse();
    }
  }

  private static List<String> references(JsonNode node) {
    var out = new ArrayList<String>();
    node.properties()
        .forEach(field -> {
          if (field.getKey().equals("$ref")) {
            out.add(field.getValue().asString());
          }
        });
    node.forEach(inner -> out.addAll(references(inner)));
    return out;
  }

  @Test
  void aNodeHasTheFieldsThatItPromises() throws Exception {
    JsonNode node = fixture.socket.send("GET", "/api/v1/nodes/geranium").json();
    var promised = new TreeSet<String>();
    DOCUMENT
        .at("/components/schemas/Node/properties")
        .properties()
        .forEach(p -> promised.add(p.getKey()));
    var told = new TreeSet<String>();
    node.properties().forEach(p -> told.add(p.getKey()));
    assertThat(told).isEqualTo(promised);
  }

  @Test
  void itIsServed() throws Exception {
    var answer =
        fixture.tcp.send(
            "GET", "/api/v1/openapi.yaml", "Authorization: Bearer " + fixture.token("read"));
    assertThat(answer.status()).isEqualTo(200);
    assertThat(TcpHttp.header(answer, "Content-Type")).contains("application/yaml");
    assertThat(answer.body()).startsWith("openapi: 3.1.0");
  }

  @Test
  void prometheusIsTold() throws Exception {
    var answer =
        fixture.tcp.send("GET", "/metrics", "Authorization: Bearer " + fixture.token("read"));
    assertThat(answer.status()).isEqualTo(200);
    assertThat(TcpHttp.header(answer, "Content-Type").orElse("")).startsWith("text/plain");
    assertThat(answer.body())
        .contains("coldframe_happened_total{service=\"dhcp\",what=\"unknown board\"} 3.0")
        .contains("coldframe_nodes{phase=\"adopted\"} 3.0")
        .contains("coldframe_journal_dropped_total 0.0")
        .contains("coldframe_webhook_dropped_total 0.0")
        .contains("jvm_memory_used_bytes")
        .contains("process_uptime_seconds");
  }
}
