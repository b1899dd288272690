package dev.coldframe.web;

import dev.coldframe.node.Admin;
import dev.coldframe.node.JournalEvent;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Tells another server what happens, one event a request, in order. What it does not take is sent
/// again after a while; what does not fit meanwhile, or was sent too often, is dropped and counted.
/// Its address may hold a secret and is never logged. Any thread may tell it.
final class Webhook implements Consumer<JournalEvent> {
  /// How many events wait at most.
  static final int QUEUE = 1_000;

  /// How often one is sent, about two minutes in all.
  static final int ATTEMPTS = 8;

  private static final Logger LOG = LoggerFactory.getLogger(Webhook.class);
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration ANSWER = Duration.ofSeconds(10);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

  private final Vertx vertx;
  private final Admin.Webhook target;
  private final String site;
  private final Duration firstPause;
  private final HttpClient client;
  private final AtomicLong dropped = new AtomicLong();

  /// What waits, the one that is sent first; guarded by `this`.
  private final Deque<String> waiting = new ArrayDeque<>();

  private boolean sending;
  private int attempts;

  /// @param site the site's name, told with each event
  /// @param firstPause after the first failure; doubled after each further one
  Webhook(Vertx vertx, Admin.Webhook target, String site, Duration firstPause) {
    this.vertx = vertx;
    this.target = target;
    this.site = site;
    this.firstPause = firstPause;
    var options = new HttpClientOptions();
    options.setConnectTimeout((int) CONNECT.toMillis());
    this.client = vertx.createHttpClient(options);
  }

  /// How many events never arrived.
  long dropped() {
    return dropped.get();
  }

  @Override
  public void accept(JournalEvent event) {
    if (!target.wants(event.type())) {
      return;
    }
    synchronized (this) {
      if (waiting.size() >= QUEUE) {
        dropped.incrementAndGet();
        return;
      }
      waiting.addLast(json(event));
      if (sending) {
        return;
      }
      sending = true;
    }
    try {
      vertx.runOnContext(_ -> send());
    } catch (RejectedExecutionException _) {
      // The plane closes before whoever has something to tell.
      dropped.incrementAndGet();
    }
  }

  private String json(JournalEvent event) {
    ObjectNode out = JsonMapper.shared().createObjectNode();
    out.put("site", site);
    out.put("at", event.at().toString());
    out.put("subject", event.subject());
    out.put("type", event.type().label());
    ObjectNode fields = out.putObject("fields");
    event.fields().forEach(fields::put);
    return out.toString();
  }

  private void send() {
    String body;
    synchronized (this) {
      if (waiting.isEmpty()) {
        sending = false;
        return;
      }
      body = waiting.getFirst();
    }
    RequestOptions request =
        new RequestOptions()
            .setMethod(HttpMethod.POST)
            .setAbsoluteURI(target.url())
            .setTimeout(ANSWER.toMillis())
            .putHeader("Content-Type", "application/json");
    Future<HttpClientRequest> begun;
    try {
      begun = client.request(request);
    } catch (RuntimeException e) {
      // An address that cannot be called at all is told so, not by a failed future.
      again(e.getClass().getSimpleName());
      return;
    }
    begun
        .compose(r -> r.send(Buffer.buffer(body)))
        .compose(answer -> answer.end().map(answer))
        .onSuccess(this::answered)
        .onFailure(failure -> again(failure.getClass().getSimpleName()));
  }

  private void answered(HttpClientResponse answer) {
    if (answer.statusCode() / 100 == 2) {
      next();
    } else {
      again("status " + answer.statusCode());
    }
  }

  private void next() {
    synchronized (this) {
      waiting.pollFirst();
      attempts = 0;
    }
    send();
  }

  private void again(String why) {
    int failed;
    synchronized (this) {
      failed = ++attempts;
    }
    if (failed >= ATTEMPTS) {
      LOG.warn("the webhook did not take an event after {} attempts: {}", failed, why);
      dropped.incrementAndGet();
      next();
      return;
    }
    LOG.debug("the webhook did not take an event: {}", why);
    long pause = firstPause.toMillis() << (failed - 1);
    vertx.setTimer(Math.clamp(pause, 1, LONGEST_PAUSE.toMillis()), _ -> send());
  }
}
