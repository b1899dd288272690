package dev.coldframe.web;

import dev.coldframe.node.CutOff;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import tools.jackson.databind.node.ObjectNode;

/// The routes of the operator plane, the same on the socket and over TCP. What reads or writes
/// blocks, so it runs on a worker; every error is a problem of RFC 9457.
final class Api {
  private static final String ROOT = "/api/v1";
  private static final String NODE = ROOT + "/nodes/:name";
  private static final String STAGING = ROOT + "/power/staging";
  private static final String ROLLOUT = ROOT + "/firmware/rollout";
  private static final String EVENTS = ROOT + "/events";

  /// The resource that needs no token.
  static final String HEALTH = "/healthz";

  /// Whoever is logged in may log out.
  static final String LOGOUT = ROOT + "/logout";

  private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";
  private static final String STREAM = "text/event-stream";
  private static final Map<Integer, String> ERRORS =
      Map.of(
          400, "the request cannot be read",
          404, "there is nothing here; the API begins at /api/v1/nodes",
          405, "this resource does not know that method",
          413, "the body is longer than " + Body.MAX_BYTES + " bytes");

  /// Of the workers that look at switches; who asks for the same look waits for one answer.
  private static final int LOOKERS = 2;

  /// Of the workers that switch: as many nodes at once.
  private static final int SWITCHERS = 4;

  private final Vertx vertx;

  /// A switch that does not answer holds up only who asks for it.
  private final WorkerExecutor lookers;

  private final WorkerExecutor switchers;
  private final Sources sources;
  private final Operations operations;
  private final Listing listing;
  private final JournalJson journal;
  private final FilesJson files;
  private final SiteJson site;
  private final FindingsJson findings;
  private final Wishes wishes;
  private final PowerJson power;
  private final StagingJson staging;
  private final EventStream stream;
  private final Metrics metrics;

  /// @param stream the journal, live
  /// @param lost how many events a webhook did not take
  Api(
      Vertx vertx,
      Sources sources,
      Operations operations,
      EventStream stream,
      Metrics metrics,
      LongSupplier lost) {
    var progress = new Progress();
    sources.chronicle().listen(progress);
    this.vertx = vertx;
    this.lookers = vertx.createSharedWorkerExecutor("power-looks", LOOKERS);
    this.switchers = vertx.createSharedWorkerExecutor("power", SWITCHERS);
    this.sources = sources;
    this.operations = operations;
    this.listing = new Listing(sources, progress);
    this.journal = new JournalJson(sources.journal());
    this.files = new FilesJson(sources.previews());
    this.site = new SiteJson(sources, lost);
    this.findings = new FindingsJson(sources);
    this.metrics = metrics;
    this.wishes = new Wishes(operations, listing);
    this.power = new PowerJson(operations.power(), sources.worlds());
    this.staging = new StagingJson(operations.staging());
    this.stream = stream;
  }

  /// All routes.
  ///
  /// @param before what stands before them: who may come in
  /// @param logins how browsers log in
  Router router(Consumer<Router> before, Logins logins) {
    Router router = Router.router(vertx);
    ERRORS.forEach((status, text) ->
        router.errorHandler(status, ctx -> Answers.refuse(ctx, new Problem(status, text))));
    router.errorHandler(500, ctx -> Answers.failed(ctx, ctx.failure()));
    before.accept(router);
    router.route().handler(BodyHandler.create(false).setBodyLimit(Body.MAX_BYTES));
    router.get(HEALTH).handler(health(sources));
    reads(router);
    texts(router);
    wish(router, HttpMethod.POST, ROOT + "/boards/:mac/adopt", wishes::adopt);
    wish(router, HttpMethod.POST, NODE + "/arm", wishes::arm);
    wish(router, HttpMethod.POST, NODE + "/disarm", wishes::disarm);
    wish(router, HttpMethod.POST, NODE + "/recover", wishes::recover);
    switching(router, NODE + "/power", power::turn);
    switching(router, STAGING, staging::begin);
    wish(router, HttpMethod.DELETE, STAGING, staging::stop);
    wish(router, HttpMethod.DELETE, NODE, wishes::forget);
    wish(router, HttpMethod.POST, ROLLOUT + "/resume", wishes::resume);
    wish(router, HttpMethod.POST, ROOT + "/login-links", logins::link);
    wish(router, HttpMethod.POST, LOGOUT, logins::logout);
    read(router, ROOT + "/session", logins::who);
    return router;
  }

  /// Whether anybody is there, decides with the other appliances, and can keep what it decides.
  static Handler<RoutingContext> health(Sources sources) {
    return ctx -> ctx.json(health(sources.worlds().get().cutOff(), sources));
  }

  private static Map<String, String> health(Optional<CutOff> cut, Sources sources) {
    boolean damaged =
        sources.leases().damage().isPresent() || sources.chronicle().damage().isPresent();
    String status = damaged ? "damaged" : cut.isPresent() ? "cut-off" : "ok";
    return cut.map(off -> Map.of("status", status, "since", off.since().toString()))
        .orElse(Map.of("status", status));
  }

  private void texts(Router router) {
    router
        .get("/metrics")
        .handler(ctx ->
            lookers
                .executeBlocking(metrics::scrape, false)
                .onSuccess(text -> Answers.text(ctx, PROMETHEUS, text))
                .onFailure(failure -> Answers.failed(ctx, failure)));
    router
        .get(ROOT + "/openapi.yaml")
        .handler(ctx ->
            Answers.tagged(ctx, "application/yaml", Answers.Tagged.of(Pages.own("openapi.yaml"))));
  }

  private void reads(Router router) {
    read(router, ROOT + "/site", _ -> site.site());
    read(router, ROOT + "/findings", _ -> findings.json());
    read(router, ROOT + "/nodes", ctx -> listing.nodes(new Query(ctx)));
    read(router, NODE, ctx -> listing.node(name(ctx)));
    read(router, NODE + "/boots", ctx -> journal.boots(new Query(ctx), known(ctx)));
    read(router, NODE + "/events", ctx -> journal.events(new Query(ctx), Optional.of(known(ctx))));
    read(
        router,
        NODE + "/health",
        ctx -> journal.health(new Query(ctx), known(ctx), sources.clock().instant()));
    read(router, NODE + "/host-keys", ctx -> NodeJson.hostKeys(operations.hostKeys(known(ctx))));
    router
        .get(NODE + "/log")
        .handler(ctx -> {
          if (wantsStream(ctx)) {
            stream.open(ctx, sources.consoles(), known(ctx));
          } else {
            ctx.next();
          }
        });
    read(
        router,
        NODE + "/log",
        ctx -> ConsoleJson.lines(sources.consoles(), new Query(ctx), known(ctx)));
    read(router, NODE + "/explain", ctx -> listing.explain(known(ctx)));
    read(router, NODE + "/files", ctx -> files.list(known(ctx)));
    read(router, NODE + "/files/*", ctx -> files.file(known(ctx), new Query(ctx).rest()));
    look(router, NODE + "/power", ctx -> power.node(known(ctx)));
    look(router, ROOT + "/power", _ -> power.list());
    read(router, STAGING, _ -> staging.state());
    read(router, ROLLOUT, _ -> listing.rollouts());
    read(router, ROOT + "/boards", _ -> listing.boards());
    read(router, ROOT + "/leases", _ -> listing.leases());
    read(router, ROOT + "/images", _ -> listing.images());
    router
        .get(EVENTS)
        .handler(ctx -> {
          if (wantsStream(ctx)) {
            stream.open(ctx);
          } else {
            ctx.next();
          }
        });
    read(router, EVENTS, ctx -> journal.events(new Query(ctx), new Query(ctx).text("node")));
  }

  private static boolean wantsStream(RoutingContext ctx) {
    String accept = ctx.request().getHeader("Accept");
    return accept != null && accept.contains(STREAM);
  }

  private static String name(RoutingContext ctx) {
    return new Query(ctx).part("name");
  }

  /// The name of a node that there is.
  private String known(RoutingContext ctx) {
    String name = name(ctx);
    if (sources.worlds().get().node(name).isEmpty()) {
      throw new Problem(404, Operations.noSuchNode());
    }
    return name;
  }

  private void read(Router router, String path, Function<RoutingContext, ObjectNode> work) {
    router
        .get(path)
        .handler(
            on(w -> vertx.executeBlocking(w, false), work, Answers.Tagged::of, Answers::found));
  }

  private void look(Router router, String path, Function<RoutingContext, ObjectNode> work) {
    router
        .get(path)
        .handler(
            on(w -> lookers.executeBlocking(w, false), work, Answers.Tagged::of, Answers::found));
  }

  private void wish(
      Router router, HttpMethod method, String path, Function<RoutingContext, ObjectNode> work) {
    router
        .route(method, path)
        .handler(on(w -> vertx.executeBlocking(w, false), work, Api::bytes, Answers::done));
  }

  private void switching(Router router, String path, Function<RoutingContext, ObjectNode> work) {
    router
        .post(path)
        .handler(on(w -> switchers.executeBlocking(w, false), work, Api::bytes, Answers::done));
  }

  private static Buffer bytes(ObjectNode json) {
    return Buffer.buffer(json.toString());
  }

  /// The loop that answers carries every stream too: it does not even put the JSON into bytes.
  private static <T> Handler<RoutingContext> on(
      Function<Callable<T>, Future<T>> workers,
      Function<RoutingContext, ObjectNode> work,
      Function<ObjectNode, T> encode,
      BiConsumer<RoutingContext, T> answer) {
    return ctx ->
        workers
            .apply(() -> encode.apply(work.apply(ctx)))
            .onSuccess(encoded -> answer.accept(ctx, encoded))
            .onFailure(failure -> Answers.failed(ctx, failure));
  }
}
