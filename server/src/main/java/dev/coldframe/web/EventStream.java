package dev.coldframe.web;

import dev.coldframe.store.JournalReader;
import dev.coldframe.store.JournalReader.Entry;
import dev.coldframe.store.JournalReader.Filter;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The journal, live, as Server-Sent Events. Nothing is held back for a client: each reads the
/// journal from where it is as fast as it takes it. One that takes nothing from one heartbeat to
/// the next is let go; it comes back with `Last-Event-ID` and goes on there.
final class EventStream {
  static final int MAX_CLIENTS = 64;

  private static final Logger LOG = LoggerFactory.getLogger(EventStream.class);
  private static final Duration HEARTBEAT = Duration.ofSeconds(10);

  /// Events that come together are read together.
  private static final Duration GATHER = Duration.ofMillis(100);

  private static final int BATCH = 200;

  private final Vertx vertx;
  private final JournalReader journal;
  private final Set<Client> clients = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean waking = new AtomicBoolean();

  EventStream(Vertx vertx, JournalReader journal) {
    this.vertx = vertx;
    this.journal = journal;
    vertx.setPeriodic(HEARTBEAT.toMillis(), _ -> clients.forEach(Client::beat));
  }

  /// There is more in the journal. Any thread; does not block.
  void wake() {
    if (!clients.isEmpty() && waking.compareAndSet(false, true)) {
      vertx.setTimer(
          GATHER.toMillis(),
          _ -> {
            waking.set(false);
            clients.forEach(Client::read);
          });
    }
  }

  /// Begins a stream.
  ///
  /// @throws Problem when there are too many, or the filter is none
  void open(RoutingContext ctx) {
    var query = new Query(ctx);
    var filter = new Filter(query.text("node"), query.kinds());
    if (clients.size() >= MAX_CLIENTS) {
      throw new Problem(503, "too many streams are open; close one");
    }
    Optional<Long> after =
        Optional.ofNullable(ctx.request().getHeader("Last-Event-ID")).flatMap(Query::number);
    HttpServerResponse response = ctx.response();
    response
        .setChunked(true)
        .putHeader("Content-Type", "text/event-stream")
        .putHeader("Cache-Control", "no-store")
        .putHeader("X-Accel-Buffering", "no");
    vertx
        .executeBlocking(() -> after.orElseGet(journal::last), false)
        .onSuccess(last -> {
          var client = new Client(response, filter, last);
          clients.add(client);
          response.closeHandler(_ -> clients.remove(client));
          response.exceptionHandler(_ -> clients.remove(client));
          response.write("retry: 2000\n\n");
          client.read();
        })
        .onFailure(failure -> Answers.failed(ctx, failure));
  }

  /// One reader. Everything runs on its connection's thread, but for the reading.
  private final class Client {
    private final HttpServerResponse response;
    private final Filter filter;
    private long last;
    private boolean reading;
    private boolean more;
    private boolean wasFull;

    Client(HttpServerResponse response, Filter filter, long last) {
      this.response = response;
      this.filter = filter;
      this.last = last;
    }

    void read() {
      if (reading || response.writeQueueFull()) {
        more = true;
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
      if (response.writeQueueFull()) {
        response.drainHandler(_ -> read());
      } else if (more || entries.size() == BATCH) {
        read();
      }
    }

    void beat() {
      boolean full = response.writeQueueFull();
      if (full && wasFull) {
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
