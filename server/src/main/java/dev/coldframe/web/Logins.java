package dev.coldframe.web;

import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.Session;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// How browsers log in: `coldframe open` asks on the socket for a link, the browser opens it once.
final class Logins {
  private final Keys keys;
  private final Pages pages;

  private volatile @Nullable Served served;

  /// Where the page is.
  ///
  /// @param base such as `http://127.0.0.1:8080`
  /// @param fingerprint of its certificate, where nobody else vouches for that
  record Served(String base, Optional<String> fingerprint) {}

  Logins(Keys keys, Pages pages) {
    this.keys = keys;
    this.pages = pages;
  }

  void served(Served where) {
    served = where;
  }

  /// A link that logs one browser in.
  ObjectNode link(RoutingContext ctx) {
    String text = Body.of(ctx, Set.of("scope")).text("scope").orElse(Scope.OPERATE.label());
    Scope scope =
        switch (text) {
          case "operate" -> Scope.OPERATE;
          case "read" -> Scope.READ;
          default -> throw new Problem(400, "scope: write operate or read");
        };
    Served where = served;
    if (where == null) {
      throw new Problem(
          409, "the page is not served; the server's log says why it does not listen");
    }
    ObjectNode out = JsonMapper.shared().createObjectNode();
    out.put("url", where.base() + "/login?code=" + keys.mint(scope));
    out.put("seconds", Keys.CODE_LIFE.toSeconds());
    out.put("fingerprint", where.fingerprint().orElse(null));
    return out;
  }

  /// The link, opened.
  void login(RoutingContext ctx) {
    Optional<Scope> scope = new Query(ctx).text("code").flatMap(keys::redeem);
    if (scope.isEmpty()) {
      pages.welcome(ctx, 403);
      return;
    }
    Access.logIn(ctx, scope.get());
    ctx.response()
        .setStatusCode(303)
        .putHeader("Location", "/")
        .putHeader("Cache-Control", "no-store")
        .end();
  }

  /// Ends the browser's session.
  ObjectNode logout(RoutingContext ctx) {
    Session session = ctx.session();
    if (session != null) {
      session.destroy();
    }
    return JsonMapper.shared().createObjectNode().put("scope", "none");
  }

  /// What the caller may do.
  ObjectNode who(RoutingContext ctx) {
    return JsonMapper.shared().createObjectNode().put("scope", Access.of(ctx).label());
  }
}
