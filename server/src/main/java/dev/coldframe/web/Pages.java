package dev.coldframe.web;

import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/// The page: fixed files of the program, small enough to be kept whole once they were asked for.
final class Pages {
  /// Nothing comes from anywhere else, and nobody frames it.
  static final String POLICY =
      "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none';"
          + " object-src 'none'";

  private static final String FOLDER = "/web/";
  private static final String WELCOME = "welcome.html";
  private static final String HTML = "text/html; charset=utf-8";
  private static final Pattern PATH =
      Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*");
  private static final Map<String, String> TYPES =
      Map.of(
          "html", HTML,
          "css", "text/css; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "mjs", "text/javascript; charset=utf-8",
          "json", "application/json",
          "svg", "image/svg+xml",
          "png", "image/png",
          "ico", "image/x-icon",
          "woff2", "font/woff2",
          "txt", "text/plain; charset=utf-8");

  private final Map<String, Answers.Tagged> known = new ConcurrentHashMap<>();

  /// What every answer carries, whatever it is.
  static void headers(RoutingContext ctx) {
    ctx.response()
        .putHeader("X-Content-Type-Options", "nosniff")
        .putHeader("Content-Security-Policy", POLICY)
        .putHeader("Referrer-Policy", "no-referrer")
        .putHeader("Cross-Origin-Opener-Policy", "same-origin")
        .putHeader("Cross-Origin-Resource-Policy", "same-origin");
    ctx.next();
  }

  /// The page for who is logged in; for anybody else how to log in.
  void index(RoutingContext ctx, boolean loggedIn) {
    if (loggedIn) {
      file(ctx, "index.html");
    } else {
      welcome(ctx, 200);
    }
  }

  /// How to log in.
  void welcome(RoutingContext ctx, int status) {
    byte[] page = own(WELCOME);
    ctx.response()
        .setStatusCode(status)
        .putHeader("Content-Type", HTML)
        .putHeader("Cache-Control", "no-store")
        .end(Buffer.buffer(page));
  }

  /// A resource of this package.
  static byte[] own(String name) {
    return read(name).orElseThrow(() -> new IllegalStateException(name + " is not in the jar"));
  }

  /// `/assets/…`.
  void asset(RoutingContext ctx) {
    file(ctx, ctx.normalizedPath().substring(1));
  }

  private void file(RoutingContext ctx, String path) {
    String type = TYPES.get(path.substring(path.lastIndexOf('.') + 1));
    if (type == null || !PATH.matcher(path).matches()) {
      throw none();
    }
    Answers.Tagged content = known.get(path);
    if (content == null) {
      content = Answers.Tagged.of(read(FOLDER + path).orElseThrow(Pages::none));
      known.put(path, content);
    }
    Answers.tagged(ctx, type, content);
  }

  private static Problem none() {
    return new Problem(404, "there is nothing here; the page is at /");
  }

  private static Optional<byte[]> read(String resource) {
    try (InputStream in = Pages.class.getResourceAsStream(resource)) {
      return in == null ? Optional.empty() : Optional.of(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
