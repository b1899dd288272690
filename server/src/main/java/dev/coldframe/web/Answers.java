package dev.coldframe.web;

import dev.coldframe.store.StoreException;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/// How requests are answered: JSON, or a problem of RFC 9457.
final class Answers {
  private static final Logger LOG = LoggerFactory.getLogger(Answers.class);
  private static final String JSON = "application/json";
  private static final String NO_STORE = "no-store";

  /// Kept by the browser and asked for again each time: the tag says whether it changed.
  private static final String ASK_AGAIN = "private, no-cache";

  private Answers() {}

  /// Bytes and their tag, a weak one: they may travel packed.
  record Tagged(Buffer bytes, String tag) {
    static Tagged of(byte[] bytes) {
      return new Tagged(Buffer.buffer(bytes), "W/\"" + hash(bytes) + '"');
    }

    static Tagged of(ObjectNode json) {
      return of(json.toString().getBytes(StandardCharsets.UTF_8));
    }
  }

  /// What a wish did.
  static void done(RoutingContext ctx, Buffer json) {
    send(ctx, 200, JSON, NO_STORE, json);
  }

  /// What was asked for.
  static void found(RoutingContext ctx, Tagged json) {
    tagged(ctx, JSON, json);
  }

  /// Bytes under their tag; without them when the caller has them.
  static void tagged(RoutingContext ctx, String type, Tagged content) {
    ctx.response().putHeader("ETag", content.tag());
    if (has(ctx.request().getHeader("If-None-Match"), content.tag())) {
      ctx.response().setStatusCode(304).putHeader("Cache-Control", ASK_AGAIN).end();
    } else {
      send(ctx, 200, type, ASK_AGAIN, content.bytes());
    }
  }

  private static boolean has(@Nullable String header, String tag) {
    if (header == null) {
      return false;
    }
    for (String one : header.split(",", -1)) {
      String known = one.strip();
      // RFC 9110, section 13.1.2: compared weakly.
      if (known.equals("*") || known.equals(tag) || ("W/" + known).equals(tag)) {
        return true;
      }
    }
    return false;
  }

  private static String hash(byte[] bytes) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
      return HexFormat.of().formatHex(digest, 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  static void refuse(RoutingContext ctx, Problem problem) {
    send(
        ctx,
        problem.status(),
        "application/problem+json",
        NO_STORE,
        Buffer.buffer(problem.json().toString()));
  }

  /// A text that nobody keeps.
  static void text(RoutingContext ctx, String type, String text) {
    send(ctx, 200, type, NO_STORE, Buffer.buffer(text));
  }

  /// What failed: a problem is told, and what is wrong with the state folder; anything else is told
  /// in the log only.
  static void failed(RoutingContext ctx, @Nullable Throwable failure) {
    if (failure instanceof Problem problem) {
      refuse(ctx, problem);
      return;
    }
    if (failure instanceof HttpException foreign && foreign.getStatusCode() < 500) {
      refuse(ctx, new Problem(foreign.getStatusCode(), "the request cannot be read"));
      return;
    }
    if (failure instanceof StoreException broken) {
      LOG.error("a request failed path={} why={}", ctx.normalizedPath(), broken.getMessage());
      refuse(ctx, new Problem(503, String.valueOf(broken.getMessage())));
      return;
    }
    LOG.error("a request failed path={}", ctx.normalizedPath(), failure);
    refuse(ctx, new Problem(500, "the server could not do it; its log says why"));
  }

  private static void send(
      RoutingContext ctx, int status, String type, String caching, Buffer body) {
    if (ctx.response().ended()) {
      return;
    }
    ctx.response()
        .setStatusCode(status)
        .putHeader("Content-Type", type)
        .putHeader("Cache-Control", caching)
        .end(body);
  }
}
