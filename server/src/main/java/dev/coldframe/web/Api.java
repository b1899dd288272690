package dev.coldframe.web;

import dev.coldframe.decide.OperatorDecisions;
import dev.coldframe.decide.OperatorDecisions.Recovery;
import dev.coldframe.decide.OperatorDecisions.Wish;
import dev.coldframe.decide.Ruling;
import dev.coldframe.net.MacAddress;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The routes of the operator plane. What an operation does blocks, so it runs on a worker; every
/// error is a problem of RFC 9457.
final class Api {
  private static final Logger LOG = LoggerFactory.getLogger(Api.class);
  private static final String NODE = "/api/v1/nodes/:name";
  private static final String JSON = "application/json";
  private static final Map<Integer, String> ERRORS =
      Map.of(
          400, "the request cannot be read",
          404, "there is nothing here; the API begins at /api/v1/nodes",
          405, "this resource does not know that method",
          413, "the body is longer than " + Body.MAX_BYTES + " bytes");

  private final Vertx vertx;
  private final Operations operations;

  private Api(Vertx vertx, Operations operations) {
    this.vertx = vertx;
    this.operations = operations;
  }

  /// All routes.
  static Router router(Vertx vertx, Operations operations) {
    var api = new Api(vertx, operations);
    Router router = Router.router(vertx);
    router.route().handler(BodyHandler.create(false).setBodyLimit(Body.MAX_BYTES));
    router.get("/healthz").handler(ctx -> ctx.json(Map.of("status", "ok")));
    api.on(router, HttpMethod.GET, "/api/v1/nodes", _ -> NodeJson.all(operations.nodes()));
    api.on(router, HttpMethod.GET, NODE, ctx -> api.node(named(ctx)));
    api.on(router, HttpMethod.POST, "/api/v1/boards/:mac/adopt", api::adopt);
    api.on(router, HttpMethod.POST, NODE + "/arm", api::arm);
    api.on(router, HttpMethod.POST, NODE + "/disarm", api::disarm);
    api.on(router, HttpMethod.POST, NODE + "/recover", api::recover);
    api.on(router, HttpMethod.DELETE, NODE, api::forget);
    ERRORS.forEach((status, text) ->
        router.errorHandler(status, ctx -> refuse(ctx, new Problem(status, text))));
    router.errorHandler(500, ctx -> broken(ctx, ctx.failure()));
    return router;
  }

  private void on(
      Router router, HttpMethod method, String path, Function<RoutingContext, ObjectNode> work) {
    router
        .route(method, path)
        .handler(ctx ->
            vertx
                .executeBlocking(() -> work.apply(ctx), false)
                .onSuccess(json -> send(ctx, 200, JSON, json))
                .onFailure(failure -> {
                  if (failure instanceof Problem problem) {
                    refuse(ctx, problem);
                  } else {
                    broken(ctx, failure);
                  }
                }));
  }

  private static void refuse(RoutingContext ctx, Problem problem) {
    send(ctx, problem.status(), "application/problem+json", problem.json());
  }

  /// What broke is told in the log, not to the caller.
  private static void broken(RoutingContext ctx, @Nullable Throwable failure) {
    LOG.error("a request failed path={}", ctx.normalizedPath(), failure);
    refuse(ctx, new Problem(500, "the server could not do it; its log says why"));
  }

  private static void send(RoutingContext ctx, int status, String type, ObjectNode json) {
    if (ctx.response().ended()) {
      return;
    }
    ctx.response()
        .setStatusCode(status)
        .putHeader("Content-Type", type)
        .putHeader("Cache-Control", "no-store")
        .end(Buffer.buffer(json.toString()));
  }

  private ObjectNode node(String name) {
    return operations
        .node(name)
        .map(NodeJson::of)
        .orElseThrow(() -> new Problem(404, Operations.noSuchNode()));
  }

  private ObjectNode adopt(RoutingContext ctx) {
    Body body = body(ctx, Set.of("name", "address", "profile"));
    MacAddress mac =
        MacAddress.tryParse(param(ctx, "mac"))
            .orElseThrow(
                () -> new Problem(400, "write the board's hardware address, as dc:a6:32:01:36:c2"));
    var wish = new Wish(body.text("name"), body.address("address"), body.text("profile"));
    return node(granted(operations.adopt(mac, wish)).name());
  }

  private ObjectNode arm(RoutingContext ctx) {
    Body body = body(ctx, Set.of("disk", "for"));
    String disk =
        body.text("disk").orElseThrow(() -> new Problem(400, "disk: say which one may be written"));
    var time = body.time("for").orElse(OperatorDecisions.USUAL_TIME);
    return node(granted(operations.arm(named(ctx), disk, time)).node());
  }

  private ObjectNode disarm(RoutingContext ctx) {
    body(ctx, Set.of());
    return node(granted(operations.disarm(named(ctx))).name());
  }

  private ObjectNode recover(RoutingContext ctx) {
    Body body = body(ctx, Set.of("disk", "for"));
    var time = body.time("for").orElse(OperatorDecisions.USUAL_TIME);
    String name = named(ctx);
    Recovery recovery = granted(operations.recover(name, body.text("disk"), time));
    ObjectNode out = JsonMapper.shared().createObjectNode();
    out.set("node", node(name));
    ArrayNode ways = out.putArray("ways");
    recovery.ways().forEach(ways::add);
    return out;
  }

  private ObjectNode forget(RoutingContext ctx) {
    body(ctx, Set.of());
    String name = granted(operations.forget(named(ctx))).name();
    return JsonMapper.shared().createObjectNode().put("forgotten", name);
  }

  private static String named(RoutingContext ctx) {
    return param(ctx, "name");
  }

  private static String param(RoutingContext ctx, String name) {
    return Objects.requireNonNull(ctx.pathParam(name));
  }

  private static Body body(RoutingContext ctx, Set<String> known) {
    Buffer buffer = ctx.body().buffer();
    if (buffer == null || buffer.length() == 0) {
      return Body.of(new byte[0], known);
    }
    String type = ctx.request().getHeader("Content-Type");
    if (type == null || !type.split(";", 2)[0].strip().equalsIgnoreCase(JSON)) {
      throw new Problem(415, "send the body as " + JSON);
    }
    return Body.of(buffer.getBytes(), known);
  }

  private static <T> T granted(Ruling<T> ruling) {
    return switch (ruling) {
      case Ruling.Granted<T>(T value, _) -> value;
      case Ruling.Refused<T>(Ruling.Why why, String text) -> throw Problem.of(why, text);
    };
  }
}
