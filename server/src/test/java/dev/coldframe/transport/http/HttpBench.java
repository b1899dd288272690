package dev.coldframe.transport.http;

import dev.coldframe.boot.Viewer;
import dev.coldframe.net.Ip4;
import dev.coldframe.node.World;
import dev.coldframe.store.Chronicle;
import dev.coldframe.store.InstallJobs;
import dev.coldframe.testkit.NoInstalls;
import dev.coldframe.testkit.Sites;
import dev.coldframe.testkit.TftpBench;
import dev.coldframe.transport.BootPlane;
import dev.coldframe.transport.Counters;
import dev.coldframe.transport.InstallDesk;
import dev.coldframe.transport.Link;
import dev.coldframe.transport.content.Content;
import dev.coldframe.transport.content.Library;
import dev.coldframe.transport.content.Seeds;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/// The boot plane's HTTP server on loopback; every path has the same content.
final class HttpBench implements AutoCloseable {
  final Counters counters = new Counters();
  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
  private final ExecutorService blocking = Executors.newVirtualThreadPerTaskExecutor();
  final Chronicle chronicle;
  private final HttpBootServer server;

  /// @param folder for the journal
  /// @param content opened for each request
  /// @param looks how often a connection is looked at
  HttpBench(Path folder, Supplier<Content> content, Duration looks) {
    this(
        folder,
        content,
        looks,
        new Wiring(Sites::world, (_, _, _) -> Optional.empty(), _ -> InstallJobs.ALONE));
  }

  /// What else there is behind the server.
  ///
  /// @param world the present one
  /// @param seeds renders what is secret
  /// @param jobs which installs are this appliance's, made of its journal
  record Wiring(Supplier<World> world, Seeds seeds, Function<Chronicle, InstallJobs> jobs) {}

  /// The same with more behind it.
  HttpBench(Path folder, Supplier<Content> content, Duration looks, Wiring wiring) {
    chronicle = new Chronicle(folder);
    var library =
        new Library() {
          @Override
          public Optional<Content> open(Viewer viewer, String path) {
            return Optional.of(content.get());
          }

          @Override
          public Known known(Viewer viewer, String path) {
            return new Known.Unknown();
          }
        };
    var plane =
        new BootPlane(
            wiring.world(),
            library,
            wiring.seeds(),
            NoInstalls.in(folder),
            new InstallDesk(UnaryOperator.identity()),
            wiring.jobs().apply(chronicle),
            chronicle,
            counters,
            InstantSource.system(),
            blocking);
    Link link = TftpBench.link();
    server = new HttpBootServer(group, List.of(link), 0, plane, looks);
  }

  /// A connection from geranium's address.
  ///
  /// @param receiveBytes its receive buffer; 0: the system's choice
  Socket connect(int receiveBytes) throws IOException {
    return connect(TftpBench.GERANIUM, receiveBytes);
  }

  /// A connection from a loopback address.
  Socket connect(String address, int receiveBytes) throws IOException {
    var socket = new Socket();
    if (receiveBytes > 0) {
      socket.setReceiveBufferSize(receiveBytes);
    }
    socket.setSoTimeout((int) Duration.ofSeconds(20).toMillis());
    socket.bind(new InetSocketAddress(InetAddress.ofLiteral(address), 0));
    socket.connect(TftpBench.link().socketOf(Ip4.parse("192.168.0.2"), server.port()));
    return socket;
  }

  /// Sends bytes as they are, and reads until the server closes.
  byte[] exchange(String request) throws IOException {
    try (Socket socket = connect(0)) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      return socket.getInputStream().readAllBytes();
    }
  }

  @Override
  public void close() {
    server.close();
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    blocking.close();
    chronicle.close();
  }
}
