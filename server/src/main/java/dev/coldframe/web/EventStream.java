package dev.coldframe.web;

import dev.coldframe.store.JournalReader;
import dev.coldframe.store.JournalReader.Entry;
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
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The journal, live, as Server-Sent Events. Nothing is held back for a client: each reads the
/// journal from where it is as fast as it takes it. One that takes nothing from one heartbeat to
/// the next is let go, and comes back with `Last-Event-ID`; so is one whose session has ended.
final class EventStream {
  static final int MAX_CLIENTS = 64;

  private static final Logger LOG = LoggerFactory.getLogger(EventStream.class);

  /// Shorter than the time after which an idle connection is closed.
  static final Duration HEARTBEAT = Duration.ofSeconds(10);

  /// Events that come together are read together.
  private static final Duration GATHER = Duration.ofMillis(100);

  private static final int BATCH = 200;

  private final Vertx vertx;
  private final JournalReader journal;
  private final Set<Client> clients = ConcurrentHashMap.newKeySet();
  private final AtomicInteger opening = new AtomicInteger();
  private final AtomicBoolean waking = new AtomicBoolean();

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
    if (!clients.isEmpty() && waking.compareAndSet(false, true)) {
      vertx.setTimer(
          GATHER.toMillis(),
          _ -> {
            waking.set(false);
            clients.forEach(Client::readSoon);
          });
    }
  }

  /// Begins a stream.
  ///
  /// @throws Problem when there are too many, or the filter is none
  void open(RoutingContext ctx) {
    var query = new Query(ctx);
    var filter = new Filter(query.text("node"), query.kinds());
    if (clients.size() + opening.get() >= MAX_CLIENTS) {
      throw new Problem(503, "too many streams are open; close one");
    }
    Optional<Long> after =
        Optional.ofNullable(ctx.request().getHeader("Last-Event-ID")).flatMap(Query::number);
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
        .executeBlocking(() -> after.orElseGet(journal::last), false)
        .onSuccess(last -> {
          var client =
              new Client(vertx.getOrCreateContext(), response, Access.still(ctx), filter, last);
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
    private final Filter filter;
    private long last;
    private boolean reading;
    private boolean more;
    private boolean wasFull;

    Client(
        Context context,
        HttpServerResponse response,
        BooleanSupplier still,
        Filter filter,
        long last) {
      this.context = context;
      this.response = response;
      this.still = still;
      this.filter = filter;
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
          .executeBlocking(() -> journal.following(filter, last, BATCH), false)
          .onSuccess(this::send)
          .onFailure(failure -> {
            LOG.error("the journal cannot be read for a stream", failure);
            drop();
          });
    }

    private void send(List<Entry> entries) {
      reading = false;
      if (response.closed()) {
        clients.remove(this);
        return;
      }
      for (Entry entry : entries) {
        last = entry.id();
        // Without a name of its own, so that every reader gets it by `onmessage`.
        response.write("id: " + last + "\ndata: " + JournalJson.of(entry) + "\n\n");
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
