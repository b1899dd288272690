package dev.coldframe.web;

import io.vertx.core.http.Cookie;
import io.vertx.core.http.CookieSameSite;
import io.vertx.ext.web.RoutingContext;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/// The browsers that are logged in. Only a login begins a session: a stranger's request leaves
/// nothing behind. They live in memory; after a restart everybody logs in again. Any thread.
final class Sessions {
  /// How long one lives that is not used.
  static final Duration LIFE = Duration.ofHours(12);

  /// Of more, the one that was not used for longest is ended.
  static final int MAX_SESSIONS = 256;

  private static final String COOKIE = "coldframe-session";
  private static final int BYTES = 32;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final InstantSource clock;

  /// By the hash of the cookie's value, the one that was used last at the end.
  private final Map<String, Open> open = new LinkedHashMap<>(16, 0.75f, true);

  private record Open(Scope scope, Instant dies) {}

  Sessions(InstantSource clock) {
    this.clock = clock;
  }

  /// Begins a session and gives the browser its cookie.
  void begin(RoutingContext ctx, Scope scope) {
    byte[] fresh = new byte[BYTES];
    RANDOM.nextBytes(fresh);
    String value = HexFormat.of().formatHex(fresh);
    keep(Keys.hex(value), scope);
    ctx.response().addCookie(cookie(ctx, value));
  }

  private synchronized void keep(String hash, Scope scope) {
    if (open.size() >= MAX_SESSIONS) {
      Iterator<String> oldest = open.keySet().iterator();
      oldest.next();
      oldest.remove();
    }
    open.put(hash, new Open(scope, clock.instant().plus(LIFE)));
  }

  private static Cookie cookie(RoutingContext ctx, String value) {
    return Cookie.cookie(COOKIE, value)
        .setPath("/")
        .setHttpOnly(true)
        .setSecure(ctx.request().isSSL())
        .setSameSite(CookieSameSite.STRICT);
  }

  /// What the browser may do that asks; its session lives on.
  Optional<Scope> of(RoutingContext ctx) {
    Cookie cookie = ctx.request().getCookie(COOKIE);
    return cookie == null ? Optional.empty() : use(Keys.hex(cookie.getValue()));
  }

  /// Whether the session of the browser that asks goes on; asking does not prolong it.
  BooleanSupplier still(RoutingContext ctx) {
    Cookie cookie = ctx.request().getCookie(COOKIE);
    String hash = cookie == null ? "" : Keys.hex(cookie.getValue());
    return () -> lives(hash);
  }

  private synchronized boolean lives(String hash) {
    // A look at the whole map is no use of one entry.
    return open.entrySet().stream()
        .anyMatch(e -> e.getKey().equals(hash) && clock.instant().isBefore(e.getValue().dies()));
  }

  private synchronized Optional<Scope> use(String hash) {
    Open session = open.get(hash);
    Instant now = clock.instant();
    if (session == null || !now.isBefore(session.dies())) {
      open.remove(hash);
      return Optional.empty();
    }
    open.put(hash, new Open(session.scope(), now.plus(LIFE)));
    return Optional.of(session.scope());
  }

  /// Ends the session of the browser that asks, if it has one.
  void end(RoutingContext ctx) {
    Cookie cookie = ctx.request().getCookie(COOKIE);
    if (cookie != null) {
      forget(Keys.hex(cookie.getValue()));
      ctx.response().addCookie(cookie(ctx, "").setMaxAge(0));
    }
  }

  private synchronized void forget(String hash) {
    open.remove(hash);
  }
}
