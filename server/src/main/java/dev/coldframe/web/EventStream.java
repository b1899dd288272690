package dev.coldframe.web;

import dev.coldframe.store.ConsoleEntry;
import dev.coldframe.store.ConsoleLogs;
import dev.coldframe.store.JournalReader;
import dev.coldframe.store.JournalReader.Filter;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/// The journal, and what nodes say on their consoles, live, as Server-Sent Events. Nothing is held
/// back for a client: each reads from where it is as fast as it takes it. One that takes nothing
/// from one heartbeat to the next is let go, and comes back with `Last-Event-ID`; so is one whose
/// session has ended.
final class EventStream {
  static final int MAX_CLIENTS = 64;

  private static final Logger LOG = LoggerFactory.getLogger(EventStream.class);

  /// Shorter than the time after which an idle connection is closed.
  static final Duration HEARTBEAT = Duration.ofSeconds(10);

  /// Events that come together are read together.
  private static final Duration GATHER = Duration.ofMillis(100);

  private static final int BATCH = 200;

  /// What clients of the journal are woken for; those of a console, for its node's name.
  private static final String JOURNAL = "";

  private final Vertx vertx;
  private final JournalReader journal;
  private final Set<Client> clients = ConcurrentHashMap.newKeySet();
  private final AtomicInteger opening = new AtomicInteger();
  private final Set<String> waking = ConcurrentHashMap.newKeySet();

  /// One thing that is told.
  private record Told(long id, ObjectNode json) {}

  /// What a client reads.
  ///
  /// @param topic what it is woken for
  /// @param newest the id of the last that there is; blocks
  /// @param after what is behind an id, so many at most; blocks
  private record Story(
      String topic, LongSupplier newest, BiFunction<Long, Integer, List<Told>> after) {}

  /// @param heartbeat how often a sign of life is sent
  EventStream(Vertx vertx, JournalReader journal, Duration heartbeat) {
    this.vertx = vertx;
    this.journal = journal;
    vertx.setPeriodic(heartbeat.toMillis(), _ -> clients.forEach(Client::beatSoon));
  }

  /// How many listen.
  int listeners() {
    return clients.size();
  }

  /// There is more in the journal. Any thread; does not block.
  void wake() {
    wakeFor(JOURNAL);
  }

  /// There is more on a node's console. Any thread; does not block.
  void wake(String node) {
    wakeFor(node);
  }

  private void wakeFor(String topic) {
    boolean wanted = clients.stream().anyMatch(client -> client.story.topic().equals(topic));
    if (wanted && waking.add(topic)) {
      vertx.setTimer(
          GATHER.toMillis(),
          _ -> {
            waking.remove(topic);
            clients.stream()
                .filter(client -> client.story.topic().equals(topic))
                .forEach(Client::readSoon);
          });
    }
  }

  /// Begins a stream of the journal.
  ///
  /// @throws Problem when there are too many, or the filter is none
  void open(RoutingContext ctx) {
    var query = new Query(ctx);
    var filter = new Filter(query.text("node"), query.kinds());
    begin(
        ctx,
        Optional.empty(),
        new Story(
            JOURNAL,
            journal::last,
            (last, limit) ->
                journal.following(filter, last, limit).stream()
                    .map(entry -> new Told(entry.id(), JournalJson.of(entry)))
                    .toList()));
  }

  /// Begins a stream of a node's console: from the line behind `after` on, else from now on.
  ///
  /// @throws Problem when there are too many, or `after` is none
  void open(RoutingContext ctx, ConsoleLogs consoles, String node) {
    var query = new Query(ctx);
    Optional<Long> after = query.text("after").map(_ -> query.count("after"));
    begin(
        ctx,
        after,
        new Story(
            node,
            () -> consoles.lines(node, 0, 1).stream().mapToLong(ConsoleEntry::id).max().orElse(0),
            (last, limit) ->
                consoles.following(node, last, limit).stream()
                    .map(entry -> new Told(entry.id(), entry.told()))
                    .toList()));
  }

  private void begin(RoutingContext ctx, Optional<Long> from, Story story) {
    if (clients.size() + opening.get() >= MAX_CLIENTS) {
      throw new Problem(503, "too many streams are open; close one");
    }
    Optional<Long> after =
        Optional.ofNullable(ctx.request().getHeader("Last-Event-ID"))
            .flatMap(Query::number)
            .or(() -> from);
    HttpServerResponse response = ctx.response();
    response
        .setChunked(true)
        .putHeader("Content-Type", "text/event-stream")
        .putHeader("Cache-Control", "no-store")
        // A packer would hold events back.
        .putHeader("Content-Encoding", "identity")
        .putHeader("X-Accel-Buffering", "no");
    opening.incrementAndGet();
    vertx
        .executeBlocking(() -> after.orElseGet(() -> story.newest().getAsLong()), false)
        .onSuccess(last -> {
          var client =
              new Client(vertx.getOrCreateContext(), response, Access.still(ctx), story, last);
          clients.add(client);
          opening.decrementAndGet();
          response.closeHandler(_ -> clients.remove(client));
          response.exceptionHandler(_ -> clients.remove(client));
          response.write("retry: 2000\n\n");
          client.read();
        })
        .onFailure(failure -> {
          opening.decrementAndGet();
          Answers.failed(ctx, failure);
        });
  }

  /// One reader. Everything runs on its connection's thread, but for the reading.
  private final class Client {
    private final Context context;
    private final HttpServerResponse response;
    private final BooleanSupplier still;
    private final Story story;
    private long last;
    private boolean reading;
    private boolean more;
    private boolean wasFull;

    Client(
        Context context,
        HttpServerResponse response,
        BooleanSupplier still,
        Story story,
        long last) {
      this.context = context;
      this.response = response;
      this.still = still;
      this.story = story;
      this.last = last;
    }

    void readSoon() {
      context.runOnContext(_ -> read());
    }

    void beatSoon() {
      context.runOnContext(_ -> beat());
    }

    private void read() {
      if (reading) {
        more = true;
        return;
      }
      if (response.writeQueueFull()) {
        response.drainHandler(_ -> {
          wasFull = false;
          read();
        });
        return;
      }
      reading = true;
      more = false;
      vertx
          .executeBlocking(() -> story.after().apply(last, BATCH), false)
          .onSuccess(this::send)
          .onFailure(failure -> {
            LOG.error("what is streamed cannot be read", failure);
            drop();
          });
    }

    private void send(List<Told> entries) {
      reading = false;
      if (response.closed()) {
        clients.remove(this);
        return;
      }
      for (Told entry : entries) {
        last = entry.id();
        // Without a name of its own, so that every reader gets it by `onmessage`.
        response.write("id: " + last + "\ndata: " + entry.json() + "\n\n");
      }
      if (more || entries.size() == BATCH) {
        read();
      }
    }

    private void beat() {
      if (response.closed()) {
        return;
      }
      boolean full = response.writeQueueFull();
      if ((full && wasFull) || !still.getAsBoolean()) {
        drop();
        return;
      }
      wasFull = full;
      if (!full) {
        response.write(": \n\n");
      }
    }

    private void drop() {
      clients.remove(this);
      response.reset();
    }
  }
}
