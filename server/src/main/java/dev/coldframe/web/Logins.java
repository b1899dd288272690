package dev.coldframe.web;

import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.Session;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// How browsers log in: `coldframe open` asks on the socket for a link, the browser opens it once.
final class Logins {
  private final Keys keys;
  private final Pages pages;
  private final Supplier<Optional<String>> base;

  /// @param base the page's address, such as `http://127.0.0.1:8080`; empty while it is not served
  Logins(Keys keys, Pages pages, Supplier<Optional<String>> base) {
    this.keys = keys;
    this.pages = pages;
    this.base = base;
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
    String here =
        base.get()
            .orElseThrow(() ->
                new Problem(
                    409, "the page is not served; the server's log says why it does not listen"));
    ObjectNode out = JsonMapper.shared().createObjectNode();
    out.put("url", here + "/login?code=" + keys.mint(scope));
    out.put("seconds", Keys.CODE_LIFE.toSeconds());
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
