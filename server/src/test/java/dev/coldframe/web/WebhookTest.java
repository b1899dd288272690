package dev.coldframe.web;

import static dev.coldframe.testkit.Sites.T0;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.coldframe.node.Admin;
import dev.coldframe.node.EventType;
import dev.coldframe.node.JournalEvent;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A server that is told, over loopback.
class WebhookTest {
  private static final Duration SHORT = Duration.ofMillis(1);

  private final List<JsonNode> told = new CopyOnWriteArrayList<>();
  private final AtomicInteger refusals = new AtomicInteger();
  private final AtomicInteger asked = new AtomicInteger();
  private final CountDownLatch held = new CountDownLatch(1);
  private volatile boolean holds;
  private Vertx vertx;
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    vertx = Vertx.vertx();
    server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
    server.createContext(
        "/hook",
        exchange -> {
          asked.incrementAndGet();
          String body =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          if (holds) {
            awaitLatch();
          }
          boolean refuse = refusals.getAndDecrement() > 0;
          if (!refuse) {
            told.add(JsonMapper.shared().readTree(body));
          }
          exchange.sendResponseHeaders(refuse ? 500 : 204, -1);
          exchange.close();
        });
    server.start();
  }

  private void awaitLatch() {
    try {
      held.await();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  @AfterEach
  void stop() {
    held.countDown();
    server.stop(0);
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  private Webhook hook(EventType... kinds) {
    String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/hook";
    return new Webhook(vertx, new Admin.Webhook(url, Set.of(kinds)), "rack", SHORT);
  }

  private static JournalEvent event(EventType type, int number) {
    return JournalEvent.of(T0, "geranium", type, "number", Integer.toString(number));
  }

  private List<Integer> numbers() {
    return told.stream().map(json -> json.path("fields").path("number").asInt()).toList();
  }

  @Test
  void isToldInOrderOfTheKindsItWants() {
    Webhook hook = hook(EventType.PHASE, EventType.HELLO);
    hook.accept(event(EventType.PHASE, 1));
    hook.accept(event(EventType.FILE_SERVED, 2));
    hook.accept(event(EventType.HELLO, 3));
    await().untilAsserted(() -> assertThat(numbers()).containsExactly(1, 3));
    assertThat(told.getFirst().path("site").asString()).isEqualTo("rack");
    assertThat(told.getFirst().path("type").asString()).isEqualTo("phase");
    assertThat(told.getFirst().path("at").asString()).isEqualTo(T0.toString());
  }

  @Test
  void asksAgainWhereItWasRefused() {
    refusals.set(3);
    Webhook hook = hook();
    hook.accept(event(EventType.PHASE, 1));
    hook.accept(event(EventType.PHASE, 2));
    await().untilAsserted(() -> assertThat(numbers()).containsExactly(1, 2));
    assertThat(asked).hasValue(5);
    assertThat(hook.dropped()).isZero();
  }

  @Test
  void givesAnEventUpAndGoesOn() {
    refusals.set(Webhook.ATTEMPTS);
    Webhook hook = hook();
    hook.accept(event(EventType.PHASE, 1));
    hook.accept(event(EventType.PHASE, 2));
    await().untilAsserted(() -> assertThat(numbers()).containsExactly(2));
    assertThat(hook.dropped()).isEqualTo(1);
  }

  @Test
  void anAddressThatCannotBeCalledIsGivenUpAsWell() {
    var hook =
        new Webhook(vertx, new Admin.Webhook("http://127.0.0.1:99999/", Set.of()), "rack", SHORT);
    hook.accept(event(EventType.PHASE, 1));
    hook.accept(event(EventType.PHASE, 2));
    await().untilAsserted(() -> assertThat(hook.dropped()).isEqualTo(2));
  }

  @Test
  void whatHappensWhileThePlaneClosesIsCounted() {
    Webhook hook = hook();
    vertx.close().toCompletionStage().toCompletableFuture().join();
    hook.accept(event(EventType.PHASE, 1));
    assertThat(hook.dropped()).isEqualTo(1);
  }

  @Test
  void holdsOnlySoManyAndCountsTheRest() {
    holds = true;
    Webhook hook = hook();
    for (int i = 0; i < Webhook.QUEUE; i++) {
      hook.accept(event(EventType.PHASE, i));
    }
    assertThat(hook.dropped()).isZero();
    hook.accept(event(EventType.PHASE, Webhook.QUEUE));
    assertThat(hook.dropped()).isEqualTo(1);
  }
}
