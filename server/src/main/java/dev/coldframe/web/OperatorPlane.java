package dev.coldframe.web;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Where operators are heard: HTTP on the Unix socket `coldframe.sock` in the state folder, mode
/// 0660. Whoever may open it may do everything. Vert.x runs it, with threads of its own.
public final class OperatorPlane implements AutoCloseable {
  /// The socket's name in the state folder.
  public static final String SOCKET = "coldframe.sock";

  private static final Logger LOG = LoggerFactory.getLogger(OperatorPlane.class);
  private static final String LOGGING = "vertx.logger-delegate-factory-class-name";
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int IDLE_SECONDS = 30;
  private static final int MAX_LINE_BYTES = 4 << 10;
  private static final int MAX_HEADER_BYTES = 8 << 10;

  private final Vertx vertx;
  private final Path socket;

  private OperatorPlane(Vertx vertx, Path socket) {
    this.vertx = vertx;
    this.socket = socket;
  }

  /// Listens. The caller holds the state folder's lock, so that a socket which is there already is
  /// a dead server's.
  ///
  /// @throws IOException when it cannot be bound
  public static OperatorPlane open(Path state, Operations operations) throws IOException {
    System.setProperty(LOGGING, "io.vertx.core.logging.SLF4JLogDelegateFactory");
    Vertx vertx = Vertx.vertx(options());
    Path socket = state.resolve(SOCKET);
    // Bound under another name, so that it is never open to more than it should be.
    Path fresh = state.resolve(SOCKET + ".new");
    try {
      Files.deleteIfExists(fresh);
      var server = new HttpServerOptions();
      server.setIdleTimeout(IDLE_SECONDS).setIdleTimeoutUnit(TimeUnit.SECONDS);
      server.setMaxInitialLineLength(MAX_LINE_BYTES).setMaxHeaderSize(MAX_HEADER_BYTES);
      done(
          vertx
              .createHttpServer(server)
              .requestHandler(Api.router(vertx, operations))
              .listen(SocketAddress.domainSocketAddress(fresh.toString())));
      Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-rw----"));
      Files.move(fresh, socket, StandardCopyOption.ATOMIC_MOVE);
      return new OperatorPlane(vertx, socket);
    } catch (IOException | RuntimeException e) {
      Files.deleteIfExists(fresh);
      done(vertx.close());
      throw e;
    }
  }

  private static VertxOptions options() {
    return new VertxOptions()
        .setPreferNativeTransport(true)
        .setEventLoopPoolSize(1)
        .setWorkerPoolSize(2)
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
      Files.deleteIfExists(socket);
      done(vertx.close());
    } catch (IOException e) {
      LOG.warn("the operator plane did not close cleanly", e);
    }
  }
}
