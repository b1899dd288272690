package dev.coldframe.web;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coldframe.node.EventType;
import dev.coldframe.store.ConsoleRecorder;
import dev.coldframe.testkit.Sites;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The journal, live, over TCP.
@Timeout(60)
class EventStreamTest {
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

  /// A browser that listens.
  private final class Listener implements AutoCloseable {
    private final Socket socket;
    private final BufferedReader in;
    private String id = "";

    Listener(String path, String... headers) throws IOException {
      socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), fixture.tcp.port());
      var lines = new ArrayList<String>(List.of("GET " + path + " HTTP/1.1"));
      lines.add("Host: " + fixture.tcp.host());
      lines.add("Accept: text/event-stream");
      lines.add("Authorization: Bearer " + fixture.token("read"));
      lines.addAll(List.of(headers));
      String request = String.join("\r\n", lines) + "\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(UTF_8));
      in = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
    }

    /// Reads until a line begins so.
    String line(String prefix) throws IOException {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        if (line.startsWith(prefix)) {
          return line;
        }
      }
      throw new IOException("the stream ended before " + prefix);
    }

    /// Waits until the stream has begun: what is recorded from now on comes.
    Listener begun() throws IOException {
      line("retry:");
      return this;
    }

    JsonNode next() throws IOException {
      id = line("id: ").substring("id: ".length());
      return JsonMapper.shared().readTree(line("data: ").substring("data: ".length()));
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  @Test
  void tellsWhatHappensAndGoesOnWhereAListenerWas() throws Exception {
    fixture.record("geranium", EventType.DHCP_RELEASED);
    fixture.settle();
    String last;
    try (var listener = new Listener("/api/v1/events").begun()) {
      fixture.record("geranium", EventType.FILE_REFUSED, "path", "a");
      JsonNode event = listener.next();
      assertThat(event.path("type").asString()).as("not what was before").isEqualTo("file-refused");
      assertThat(event.path("id").asString()).isEqualTo(listener.id);
      last = listener.id;
    }
    fixture.record("geranium", EventType.FILE_REFUSED, "path", "b");
    fixture.record("dahlia", EventType.FILE_REFUSED, "path", "c");
    fixture.settle();
    try (var listener = new Listener("/api/v1/events", "Last-Event-ID: " + last)) {
      assertThat(listener.next().path("fields").path("path").asString()).isEqualTo("b");
      assertThat(listener.next().path("fields").path("path").asString()).isEqualTo("c");
    }
  }

  @Test
  void tellsOnlyWhatIsAskedFor() throws Exception {
    try (var listener =
        new Listener("/api/v1/events?node=dahlia&kind=file-refused,dhcp-released").begun()) {
      fixture.record("geranium", EventType.FILE_REFUSED, "path", "a");
      fixture.record("dahlia", EventType.FILE_PROBED, "path", "b");
      fixture.record("dahlia", EventType.FILE_REFUSED, "path", "c");
      assertThat(listener.next().path("fields").path("path").asString()).isEqualTo("c");
    }
  }

  @Test
  void aLongStoryComesWholeAndInOrder() throws Exception {
    try (var listener = new Listener("/api/v1/events?kind=file-refused").begun()) {
      for (int i = 0; i < 1_000; i++) {
        fixture.record("geranium", EventType.FILE_REFUSED, "path", Integer.toString(i));
      }
      for (int i = 0; i < 1_000; i++) {
        assertThat(listener.next().path("fields").path("path").asInt()).isEqualTo(i);
      }
    }
  }

  @Test
  void aConsoleIsFollowedFromALineOn() throws Exception {
    try (var recorder = new ConsoleRecorder(fixture.consoles)) {
      for (String text : List.of("one", "two\n\ndata: {}", "Link ready")) {
        recorder.record("geranium", fixture.now, "serial", OptionalInt.empty(), "", text);
      }
      recorder.record("dahlia", fixture.now, "serial", OptionalInt.empty(), "", "not for us");
      await().until(() -> fixture.consoles.lines("dahlia", 0, 9).size() == 1);
      try (var listener = new Listener("/api/v1/nodes/geranium/log?after=1")) {
        assertThat(listener.next().path("text").asString()).isEqualTo("two\n\ndata: {}");
        JsonNode known = listener.next();
        assertThat(known.path("meaning").asString()).isEqualTo("the cable is connected");
        assertThat(known.path("origin").asString()).isEqualTo("serial");
        recorder.record("dahlia", fixture.now, "serial", OptionalInt.empty(), "", "not for us");
        recorder.record("geranium", fixture.now, "serial", OptionalInt.empty(), "", "four");
        JsonNode next = listener.next();
        assertThat(next.path("text").asString()).isEqualTo("four");
        assertThat(next.path("meaning").isNull()).isTrue();
      }
      try (var listener = new Listener("/api/v1/nodes/geranium/log?after=1", "Last-Event-ID: 3")) {
        assertThat(listener.next().path("text").asString()).isEqualTo("four");
      }
      try (var listener = new Listener("/api/v1/nodes/geranium/log").begun()) {
        recorder.record("geranium", fixture.now, "serial", OptionalInt.empty(), "", "five");
        assertThat(listener.next().path("text").asString()).isEqualTo("five");
      }
    }
    try (var listener = new Listener("/api/v1/nodes/nobody/log")) {
      assertThat(listener.line("HTTP/1.1")).contains("404");
    }
  }

  @Test
  void markupCannotEndAnEvent() throws Exception {
    try (var listener = new Listener("/api/v1/events?kind=reported").begun()) {
      fixture.record("geranium", EventType.REPORTED, "os", "a\n\ndata: {}\n\nid: 9\r\r");
      assertThat(listener.next().path("fields").path("os").asString()).contains("data: {}");
    }
  }

  @Test
  void whoTakesNothingIsLetGoAndNothingIsHeldForHim() throws Exception {
    Vertx vertx = Vertx.vertx();
    try (var slow = new Socket()) {
      var stream = new EventStream(vertx, fixture.journal, Duration.ofMillis(50));
      HttpServer server =
          vertx
              .createHttpServer()
              .requestHandler(router(vertx, stream))
              .listen(0, "127.0.0.1")
              .toCompletionStage()
              .toCompletableFuture()
              .join();
      String padding = "x".repeat(2_000);
      for (int i = 0; i < 10_000; i++) {
        fixture.record("node-" + i % 10, EventType.FILE_REFUSED, "path", padding);
      }
      fixture.settle();
      slow.setReceiveBufferSize(4_096);
      slow.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), server.actualPort()));
      slow.getOutputStream()
          .write("GET / HTTP/1.1\r\nHost: x\r\nLast-Event-ID: 0\r\n\r\n".getBytes(UTF_8));
      // Its first byte is written once it is one of the listeners.
      assertThat(slow.getInputStream().read()).isEqualTo('H');
      await().until(() -> stream.listeners() == 0);
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().join();
    }
  }

  private static Router router(Vertx vertx, EventStream stream) {
    Router router = Router.router(vertx);
    router.get("/").handler(stream::open);
    return router;
  }

  @Test
  void thereAreOnlySoMany() throws Exception {
    var open = new ArrayList<Listener>();
    try {
      for (int i = 0; i < EventStream.MAX_CLIENTS; i++) {
        open.add(new Listener("/api/v1/events").begun());
      }
      try (var oneMore = new Listener("/api/v1/events")) {
        assertThat(oneMore.line("HTTP/1.1")).contains("503");
      }
    } finally {
      for (Listener listener : open) {
        listener.close();
      }
    }
  }
}
