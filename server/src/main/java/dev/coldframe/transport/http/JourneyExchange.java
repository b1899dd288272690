package dev.coldframe.transport.http;

import dev.coldframe.decide.Caller;
import dev.coldframe.decide.JourneyDecisions;
import dev.coldframe.net.Bytes;
import dev.coldframe.net.MacAddress;
import dev.coldframe.net.Serial;
import dev.coldframe.node.BootState;
import dev.coldframe.node.HealthSample;
import dev.coldframe.node.Journey;
import dev.coldframe.node.Node;
import dev.coldframe.node.Phase;
import dev.coldframe.node.World;
import dev.coldframe.store.Chronicle;
import dev.coldframe.store.InstallJobs;
import dev.coldframe.transport.BootPlane;
import dev.coldframe.transport.content.Seeds;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Hello, seed and report: the part of the boot plane that handles a journey token.
final class JourneyExchange {
  private static final Logger LOG = LoggerFactory.getLogger(JourneyExchange.class);
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int TOKEN_BYTES = 24;
  private static final int NONCE_CHARS = 128;

  private final BootPlane plane;
  private final Exchange exchange;
  private final Node node;
  private final Instant now;

  JourneyExchange(BootPlane plane, Exchange exchange, Node node) {
    this.plane = plane;
    this.exchange = exchange;
    this.node = node;
    this.now = plane.clock().instant();
  }

  /// For a caller that is a node; anybody else is refused here.
  static Optional<JourneyExchange> of(
      BootPlane plane, Exchange exchange, Caller caller, String token) {
    return node(plane, exchange, caller, token)
        .map(node -> new JourneyExchange(plane, exchange, node));
  }

  /// The node that a caller is; anybody else is refused here.
  ///
  /// @param token what it presents
  static Optional<Node> node(BootPlane plane, Exchange exchange, Caller caller, String token) {
    if (caller instanceof Caller.OfNode(Node node, _)) {
      return Optional.of(node);
    }
    plane.counters().count("http", "token from a caller that is no node");
    StrayToken.seen(plane, exchange, token, plane.clock().instant());
    exchange.status(403);
    return Optional.empty();
  }

  private JourneyDecisions.Asked asked() {
    World world = plane.world().get();
    return new JourneyDecisions.Asked(
        node, exchange.source(), now, world.trusts(node), world.cutOff());
  }

  private JourneyDecisions.Verdict decide(
      java.util.function.Function<BootState, JourneyDecisions.Verdict> decision) {
    return plane
        .chronicle()
        .decide(
            node.name(),
            now,
            state -> {
              JourneyDecisions.Verdict verdict = decision.apply(state);
              return new Chronicle.Verdict<>(verdict, verdict.events(), verdict.change());
            });
  }

  void hello(String body) {
    Optional<JsonNode> json = object(body);
    if (json.isEmpty()) {
      exchange.status(400);
      return;
    }
    var hello =
        new JourneyDecisions.Hello(
            Serial.tryParse(json.get().path("serial").asString("")),
            MacAddress.tryParse(json.get().path("mac").asString("")));
    String nonce = json.get().path("nonce").asString("");
    if (nonce.isEmpty() || nonce.length() > NONCE_CHARS) {
      exchange.status(400);
      return;
    }
    if (plane.jobs().holds(node.name()) || mayAsk(hello)) {
      HeldInstall.then(plane, exchange, node, () -> hello(hello, nonce));
    }
  }

  /// Whether others are to be asked about an installer; answers where not.
  private boolean mayAsk(JourneyDecisions.Hello hello) {
    JourneyDecisions.Verdict verdict =
        decide(state -> JourneyDecisions.mayAsk(hello, state, asked()));
    if (!verdict.granted()) {
      exchange.status(verdict.status());
    }
    return verdict.granted();
  }

  private void hello(JourneyDecisions.Hello hello, String nonce) {
    String token = random();
    String install = random();
    JourneyDecisions.Verdict verdict =
        decide(state ->
            JourneyDecisions.hello(
                hello,
                state,
                asked(),
                new JourneyDecisions.Minted(
                    hash(token), install, plane.world().get().site().tokenLife())));
    if (!verdict.granted()) {
      if (!isInstalling()) {
        plane.jobs().giveUp(node.name());
      }
      exchange.status(verdict.status());
      return;
    }
    ObjectNode answer = JSON.createObjectNode();
    answer.put("token", token);
    answer.put("nonce", nonce);
    answer.put("seed", "/-/seed/" + token + "/");
    answer.put("report", "/-/report/" + token);
    if (node.profile().writesDisk()) {
      answer.put("install", "/-/install/" + token + "/");
    }
    answer.put("time", now.toString());
    exchange.once(
        Bytes.of(answer.toString(), StandardCharsets.UTF_8), "application/json", () -> {});
  }

  private boolean isInstalling() {
    Phase phase = plane.chronicle().state(node.name(), now).phase();
    return phase == Phase.INSTALLING || phase == Phase.FIRST_BOOT;
  }

  private static String random() {
    byte[] random = new byte[TOKEN_BYTES];
    RANDOM.nextBytes(random);
    return HexFormat.of().formatHex(random);
  }

  /// What files may say of a journey.
  static Seeds.Context context(
      BootPlane plane, Exchange exchange, Node node, BootState state, String token) {
    return new Seeds.Context(
        node.name() + "-" + state.installs(),
        exchange.here() + "/-/seed/" + token + "/",
        exchange.here() + "/-/report/" + token,
        exchange.here() + "/-/health/" + plane.installs().healthKey(node, install(state)));
  }

  private static String install(BootState state) {
    return state.journey().map(Journey::install).orElse("");
  }

  void seed(String token, String name) {
    if (opens(plane, node, token)) {
      HeldInstall.then(plane, exchange, node, () -> release(token, name));
    } else {
      release(token, name);
    }
  }

  /// Whether a token is the node's, as far as is known here. Only then others are asked about it.
  static boolean opens(BootPlane plane, Node node, String token) {
    String hash = hash(token);
    return plane
        .chronicle()
        .known(node.name())
        .flatMap(BootState::journey)
        .filter(journey -> journey.tokenHash().equals(hash))
        .isPresent();
  }

  private void release(String token, String name) {
    String hash = hash(token);
    JourneyDecisions.Verdict verdict =
        decide(state -> JourneyDecisions.release(hash, name, state, asked()));
    if (!verdict.granted()) {
      refuse(verdict, token);
      return;
    }
    BootState state = plane.chronicle().state(node.name(), now);
    Seeds.Context context = context(plane, exchange, node, state, token);
    plane.blocking().execute(() -> render(name, context));
  }

  private void render(String name, Seeds.Context context) {
    try {
      Optional<Bytes> seed = plane.seeds().render(node, name, context);
      exchange.onLoop(() -> {
        if (seed.isEmpty()) {
          exchange.status(404);
        } else {
          exchange.once(
              seed.get(),
              "text/plain; charset=utf-8",
              () -> decide(_ -> JourneyDecisions.released(name, asked())));
        }
      });
    } catch (IOException | RuntimeException e) {
      LOG.error("seed cannot be rendered node={} name={}", node.name(), name, e);
      exchange.onLoop(() -> exchange.status(500));
    }
  }

  void report(String token, String body) {
    Optional<JsonNode> json = object(body);
    if (json.isEmpty()) {
      exchange.status(400);
      return;
    }
    Map<String, String> fields = fields(json.get());
    String hash = hash(token);
    JourneyDecisions.Verdict verdict =
        decide(state -> JourneyDecisions.report(hash, fields, state, asked()));
    if (verdict.granted() && "install".equals(fields.get("stage"))) {
      plane.installs().done(node);
      plane.desk().done(node.name());
    }
    if (verdict.status() == 403) {
      refuse(verdict, token);
    } else if (verdict.status() == 409) {
      exchange.body(
          HttpResponseStatus.CONFLICT,
          Bytes.of(verdict.reason() + "\n", StandardCharsets.UTF_8),
          "text/plain; charset=utf-8");
    } else {
      exchange.status(verdict.status());
    }
  }

  void health(String key, String body) {
    Optional<JsonNode> json = object(body);
    if (json.isEmpty()) {
      exchange.status(400);
      return;
    }
    Map<String, String> fields = fields(json.get());
    BootState state = plane.chronicle().state(node.name(), now);
    // What is on the disk counts, not the installer that came by since.
    String onDisk = state.installation().id();
    String expected = plane.installs().healthKey(node, onDisk.isEmpty() ? install(state) : onDisk);
    JourneyDecisions.Verdict verdict =
        decide(before -> JourneyDecisions.health(key, expected, fields, before, asked()));
    if (verdict.granted() && !"upgrade".equals(fields.get("stage"))) {
      plane.chronicle().measured(node.name(), HealthSample.of(now, fields));
    }
    exchange.status(verdict.status());
  }

  private static Map<String, String> fields(JsonNode json) {
    var out = new LinkedHashMap<String, String>();
    json.properties()
        .forEach(field -> {
          if (field.getValue().isValueNode()) {
            out.put(field.getKey(), field.getValue().asString(""));
          }
        });
    return out;
  }

  private void refuse(JourneyDecisions.Verdict verdict, String token) {
    if (verdict.mustWait()) {
      HeldInstall.refuse(plane, exchange, node, new InstallJobs.Refusal(false, verdict.reason()));
      return;
    }
    plane.counters().count("http", "token refused");
    if (verdict.isUnknownToken()) {
      StrayToken.seen(plane, exchange, token, now);
    }
    exchange.status(verdict.status());
  }

  private static Optional<JsonNode> object(String body) {
    try {
      JsonNode tree = JSON.readTree(body);
      return tree.isObject() ? Optional.of(tree) : Optional.empty();
    } catch (JacksonException _) {
      return Optional.empty();
    }
  }

  static String hash(String token) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
