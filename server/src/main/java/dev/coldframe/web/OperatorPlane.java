package dev.coldframe.web;

import dev.coldframe.node.Site;
import dev.coldframe.store.AdminTokens;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.CookieSameSite;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.handler.SessionHandler;
import io.vertx.ext.web.sstore.LocalSessionStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Where operators are heard: HTTP on the Unix socket `coldframe.sock` in the state folder, mode
/// 0660, where whoever may open it may do everything; and over TCP, with the page, for who has a
/// token or a login. Vert.x runs it, with threads of its own: one that answers, and workers.
public final class OperatorPlane implements AutoCloseable {
  /// The socket's name in the state folder.
  public static final String SOCKET = "coldframe.sock";

  private static final Logger LOG = LoggerFactory.getLogger(OperatorPlane.class);
  private static final String LOGGING = "vertx.logger-delegate-factory-class-name";
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration SESSION_LIFE = Duration.ofHours(12);
  private static final String COOKIE = "coldframe-session";
  private static final int IDLE_SECONDS = 30;
  private static final int MAX_LINE_BYTES = 4 << 10;
  private static final int MAX_HEADER_BYTES = 8 << 10;
  private static final int WORKERS = 4;

  private final Vertx vertx;
  private final Path state;
  private final Sources sources;
  private final Api api;
  private final Keys keys;
  private final Pages pages = new Pages();
  private final Logins logins;
  private final AtomicReference<Optional<String>> base = new AtomicReference<>(Optional.empty());

  private OperatorPlane(Vertx vertx, Path state, Sources sources, Operations operations) {
    this.vertx = vertx;
    this.state = state;
    this.sources = sources;
    var stream = new EventStream(vertx, sources.journal());
    sources.chronicle().listenForReaders(stream::wake);
    this.api = new Api(vertx, sources, operations, stream);
    this.keys = new Keys(AdminTokens.of(state), sources.clock());
    this.logins = new Logins(keys, pages, base::get);
  }

  /// Listens on the socket. The caller holds the state folder's lock, so that a socket which is
  /// there already is a dead server's.
  ///
  /// @throws IOException when it cannot be bound
  public static OperatorPlane open(Path state, Sources sources, Operations operations)
      throws IOException {
    System.setProperty(LOGGING, "io.vertx.core.logging.SLF4JLogDelegateFactory");
    Vertx vertx = Vertx.vertx(options());
    try {
      var plane = new OperatorPlane(vertx, state, sources, operations);
      plane.bindSocket();
      return plane;
    } catch (IOException | RuntimeException e) {
      done(vertx.close());
      throw e;
    }
  }

  private void bindSocket() throws IOException {
    // Bound under another name, so that it is never open to more than it should be.
    Path fresh = state.resolve(SOCKET + ".new");
    Files.deleteIfExists(fresh);
    try {
      Router router = api.router(r -> r.route().handler(Access::local), logins);
      listen(serverOptions(), router, SocketAddress.domainSocketAddress(fresh.toString()));
      Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-rw----"));
      Files.move(fresh, state.resolve(SOCKET), StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }

  /// Listens over TCP too, and serves the page there.
  ///
  /// @return where, such as `http://127.0.0.1:8080`
  /// @throws IOException when it cannot be bound
  public String listen(Site.Endpoint endpoint) throws IOException {
    if (!endpoint.address().isLoopback()) {
      throw new IOException("other addresses than loopback need TLS");
    }
    var access = new Access(keys, () -> sources.worlds().get().site(), false);
    Router router = api.router(r -> guard(r, access), logins);
    var address = SocketAddress.inetSocketAddress(endpoint.port(), endpoint.address().toString());
    HttpServer server = listen(serverOptions(), router, address);
    String here = "http://" + endpoint.address() + ":" + server.actualPort();
    base.set(Optional.of(here));
    return here;
  }

  private void guard(Router router, Access access) {
    router.route().handler(Pages::headers);
    router.route().handler(access::host);
    router.get("/healthz").handler(ctx -> ctx.json(Map.of("status", "ok")));
    router
        .route()
        .handler(
            SessionHandler.create(LocalSessionStore.create(vertx))
                .setSessionCookieName(COOKIE)
                .setCookieHttpOnlyFlag(true)
                .setCookieSameSite(CookieSameSite.STRICT)
                .setLazySession(true)
                .setNagHttps(false)
                .setSessionTimeout(SESSION_LIFE.toMillis()));
    router.get("/").handler(pages::index);
    router.get("/assets/*").handler(pages::asset);
    router.get("/login").handler(logins::login);
    router.route().handler(access::scope);
  }

  private HttpServer listen(HttpServerOptions options, Router router, SocketAddress address)
      throws IOException {
    return done(vertx.createHttpServer(options).requestHandler(router).listen(address));
  }

  private static HttpServerOptions serverOptions() {
    var server = new HttpServerOptions();
    server.setIdleTimeout(IDLE_SECONDS).setIdleTimeoutUnit(TimeUnit.SECONDS);
    server.setMaxInitialLineLength(MAX_LINE_BYTES).setMaxHeaderSize(MAX_HEADER_BYTES);
    return server.setHttp2ClearTextEnabled(false).setCompressionSupported(true);
  }

  private static VertxOptions options() {
    return new VertxOptions()
        .setPreferNativeTransport(true)
        .setEventLoopPoolSize(1)
        .setWorkerPoolSize(WORKERS)
        .setInternalBlockingPoolSize(2)
        .setUseDaemonThread(true)
        .setFileSystemOptions(
            new FileSystemOptions()
                .setFileCachingEnabled(false)
                .setClassPathResolvingEnabled(false));
  }

  private static <T> T done(Future<T> future) throws IOException {
    try {
      return future
          .toCompletionStage()
          .toCompletableFuture()
          .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    } catch (TimeoutException e) {
      throw new IOException("no answer within " + PATIENCE, e);
    }
  }

  /// Takes the socket away, then ends what is open.
  @Override
  public void close() {
    try {
      Files.deleteIfExists(state.resolve(SOCKET));
      done(vertx.close());
    } catch (IOException e) {
      LOG.warn("the operator plane did not close cleanly", e);
    }
  }
}
