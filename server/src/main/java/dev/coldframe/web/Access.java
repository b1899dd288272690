package dev.coldframe.web;

import dev.coldframe.net.Ip4;
import dev.coldframe.node.Site;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.RoutingContext;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Who may come in over TCP, and what for (rows H-08, H-09, H-10). On the Unix socket the file's
/// mode decides, and none of this is asked.
///
/// Nothing here looks at `Forwarded` or `X-Forwarded-For`: no proxy is ever declared.
final class Access {
  /// What a page adds to requests that change something; no other site's form can.
  static final String OURS = "X-Coldframe";

  /// Where `_https._tcp` leads to, also after a clash of names; public DNS has none of these.
  private static final Pattern ANNOUNCED =
      Pattern.compile(Site.APPLIANCE_LABEL + "(-[0-9]{1,3})?\\.local\\.?");

  private static final String SCOPE = "scope";
  private static final String STILL = "still";
  private static final String BEARER = "Bearer ";
  private static final Set<HttpMethod> SAFE =
      Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);

  private final Keys keys;
  private final Sessions sessions;
  private final Supplier<Site> site;
  private final boolean secure;

  /// @param secure whether it is TLS that is spoken
  Access(Keys keys, Sessions sessions, Supplier<Site> site, boolean secure) {
    this.keys = keys;
    this.sessions = sessions;
    this.site = site;
    this.secure = secure;
  }

  /// Lets only those through that call this server by a name or address of its own, so that no
  /// other name's page can speak to it through a browser (DNS rebinding).
  void host(RoutingContext ctx) {
    HostAndPort authority = ctx.request().authority();
    if (authority == null || !isOurs(authority.host(), ctx.request())) {
      throw new Problem(421, "this server is not called that; use its address, or localhost");
    }
    String origin = ctx.request().getHeader("Origin");
    if (origin != null && !origin.equals(own(ctx.request()))) {
      throw new Problem(403, "another site's page may not ask here");
    }
    String from = ctx.request().getHeader("Sec-Fetch-Site");
    boolean stranger = from != null && !from.equals("same-origin") && !from.equals("none");
    if (stranger && ctx.normalizedPath().startsWith("/api/")) {
      throw new Problem(403, "another site's page may not ask here");
    }
    ctx.next();
  }

  private String own(HttpServerRequest request) {
    return (secure ? "https://" : "http://") + request.getHeader("Host");
  }

  private boolean isOurs(String host, HttpServerRequest request) {
    String name = host.toLowerCase(Locale.ROOT);
    Optional<Ip4> address = Ip4.tryParse(name);
    if (address.isPresent()) {
      return address.get().equals(site.get().appliance())
          || name.equals(request.localAddress().hostAddress())
          || (address.get().isLoopback() && here(request));
    }
    return (name.equals("localhost") && here(request))
        || name.equals(Site.APPLIANCE_LABEL)
        || name.equals(Site.APPLIANCE_LABEL + "." + site.get().domain())
        || ANNOUNCED.matcher(name).matches();
  }

  private static boolean here(HttpServerRequest request) {
    return Ip4.tryParse(String.valueOf(request.localAddress().hostAddress()))
        .filter(Ip4::isLoopback)
        .isPresent();
  }

  /// Lets only those through that may do what they ask for.
  void scope(RoutingContext ctx) {
    boolean safe = SAFE.contains(ctx.request().method());
    Optional<Scope> token = token(ctx.request().getHeader("Authorization"));
    Optional<Scope> scope = token.isPresent() ? token : sessions.of(ctx);
    if (scope.isEmpty()) {
      ctx.response().putHeader("WWW-Authenticate", "Bearer");
      throw new Problem(401, "log in with 'coldframe open', or send a token");
    }
    if (!safe && token.isEmpty() && ctx.request().getHeader(OURS) == null) {
      throw new Problem(
          403, "the header " + OURS + " is missing; only the page itself may do that");
    }
    boolean leaves = ctx.normalizedPath().equals(Api.LOGOUT);
    if (!safe && !leaves && scope.get() != Scope.OPERATE) {
      throw new Problem(403, "this token or login may only look");
    }
    if (token.isEmpty()) {
      ctx.put(STILL, sessions.still(ctx));
    }
    ctx.put(SCOPE, scope.get());
    ctx.next();
  }

  /// Where the socket is, everything may be done.
  static void local(RoutingContext ctx) {
    ctx.put(SCOPE, Scope.OPERATE);
    ctx.next();
  }

  /// What the caller may do; for handlers behind [#scope] or [#local].
  static Scope of(RoutingContext ctx) {
    Scope scope = ctx.get(SCOPE);
    if (scope == null) {
      throw new IllegalStateException("nobody asked who this is");
    }
    return scope;
  }

  /// Whether the caller is still let in, for answers that take long; may be asked later, from any
  /// thread.
  static BooleanSupplier still(RoutingContext ctx) {
    BooleanSupplier still = ctx.get(STILL);
    return still == null ? () -> true : still;
  }

  private Optional<Scope> token(@Nullable String header) {
    // Also without one, so that it takes the same time.
    return keys.token(header != null && header.startsWith(BEARER) ? bearer(header) : "");
  }

  private static String bearer(String header) {
    return header.substring(BEARER.length()).strip();
  }
}
