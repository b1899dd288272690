package dev.coldframe.web;

import dev.coldframe.net.Ip4;
import dev.coldframe.node.Admin;
import dev.coldframe.node.Site;
import dev.coldframe.store.AdminTokens;
import dev.coldframe.store.OwnCertificate;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
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
  private static final int IDLE_SECONDS = 30;

  /// Of one listener; a browser has six, a rack has one operator or two.
  static final int MAX_CONNECTIONS = 256;

  private static final int MAX_LINE_BYTES = 4 << 10;
  private static final int MAX_HEADER_BYTES = 8 << 10;
  private static final int WORKERS = 4;
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

  private final Vertx vertx;
  private final Path state;
  private final Sources sources;
  private final Api api;
  private final Keys keys;
  private final Sessions sessions;
  private final Pages pages = new Pages();
  private final Logins logins;
  private final Metrics metrics;
  private final AtomicReference<LongSupplier> losses = new AtomicReference<>(() -> 0);

  private OperatorPlane(Vertx vertx, Path state, Sources sources, Operations operations) {
    this.vertx = vertx;
    this.state = state;
    this.sources = sources;
    var stream = new EventStream(vertx, sources.journal(), EventStream.HEARTBEAT);
    sources.chronicle().listenForReaders(stream::wake);
    sources.consoles().listen(stream::wake);
    LongSupplier lost = () -> losses.get().getAsLong();
    this.metrics = new Metrics(sources, lost, operations.power().looks()::watts);
    this.api = new Api(vertx, sources, operations, stream, metrics, lost);
    this.sessions = new Sessions(sources.clock());
    this.keys = new Keys(AdminTokens.of(state), sources.clock());
    this.logins = new Logins(keys, sessions, pages);
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

  /// Listens over TCP too, and serves the page there; with TLS beyond loopback, or where the
  /// operator gave a certificate.
  ///
  /// @return where, such as `http://127.0.0.1:8080`
  /// @throws IOException when it cannot be bound, or the certificate cannot be used
  public String listen(Admin admin) throws IOException {
    HttpServerOptions options = serverOptions();
    Optional<String> fingerprint = Optional.empty();
    if (admin.secure()) {
      fingerprint = certify(options, admin);
    }
    Admin.Endpoint endpoint = admin.listen();
    var address = SocketAddress.inetSocketAddress(endpoint.port(), endpoint.address().toString());
    HttpServer server = listen(options, router(admin.secure()), address);
    Ip4 called =
        endpoint.address().equals(Ip4.ANY)
            ? sources.worlds().get().site().appliance()
            : endpoint.address();
    String here = (admin.secure() ? "https://" : "http://") + called + ":" + server.actualPort();
    logins.served(new Logins.Served(here, fingerprint));
    return here;
  }

  /// Tells another server what happens from now on.
  public void tell(Admin.Webhook target) {
    var hook = new Webhook(vertx, target, sources.worlds().get().site().name(), FIRST_PAUSE);
    sources.chronicle().listen(hook);
    losses.set(hook::dropped);
  }

  /// All routes, as they are over TCP.
  Router router(boolean secure) {
    var access = new Access(keys, sessions, () -> sources.worlds().get().site(), secure);
    return api.router(r -> guard(r, access), logins);
  }

  /// @return the fingerprint, where the certificate is its own
  private Optional<String> certify(HttpServerOptions options, Admin admin) throws IOException {
    var pem = new PemKeyCertOptions();
    Optional<String> fingerprint = Optional.empty();
    if (admin.tls().isPresent()) {
      Admin.Tls given = admin.tls().get();
      pem.addCertValue(Buffer.buffer(Files.readAllBytes(Path.of(given.certificate()))));
      pem.addKeyValue(Buffer.buffer(Files.readAllBytes(Path.of(given.key()))));
    } else {
      OwnCertificate own = OwnCertificate.of(state, names(admin), sources.clock().instant());
      pem.addCertValue(Buffer.buffer(own.certificate())).addKeyValue(Buffer.buffer(own.key()));
      fingerprint = Optional.of(own.fingerprint());
    }
    options.setSsl(true).setUseAlpn(false).setKeyCertOptions(pem);
    return fingerprint;
  }

  private OwnCertificate.Names names(Admin admin) {
    Site site = sources.worlds().get().site();
    var addresses = new TreeSet<String>();
    addresses.add(site.appliance().toString());
    if (!admin.listen().address().equals(Ip4.ANY)) {
      addresses.add(admin.listen().address().toString());
    }
    String label = Site.APPLIANCE_LABEL;
    return new OwnCertificate.Names(
        List.of(label, label + "." + site.domain(), label + ".local"), List.copyOf(addresses));
  }

  private void guard(Router router, Access access) {
    router.route().handler(Pages::headers);
    router.route().handler(access::host);
    router.get(Api.HEALTH).handler(Api.health(sources));
    router.get("/").handler(ctx -> pages.index(ctx, sessions.of(ctx).isPresent()));
    router.get("/assets/*").handler(pages::asset);
    router.get("/login").handler(logins::login);
    router.route().handler(access::scope);
  }

  private HttpServer listen(HttpServerOptions options, Router router, SocketAddress address)
      throws IOException {
    var open = new AtomicInteger();
    return done(
        vertx
            .createHttpServer(options)
            .connectionHandler(connection -> let(connection, open))
            .requestHandler(router)
            .listen(address));
  }

  private static void let(HttpConnection connection, AtomicInteger open) {
    connection.closeHandler(_ -> open.decrementAndGet());
    if (open.incrementAndGet() > MAX_CONNECTIONS) {
      connection.close();
    }
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
      metrics.close();
    } catch (IOException e) {
      LOG.warn("the operator plane did not close cleanly", e);
    }
  }
}
