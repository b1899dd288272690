package dev.coldframe.testkit;

import dev.coldframe.net.Cidr;
import dev.coldframe.net.Ip4;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.node.Site;
import dev.coldframe.node.World;
import dev.coldframe.store.Chronicle;
import dev.coldframe.store.InstallJobs;
import dev.coldframe.transport.BootPlane;
import dev.coldframe.transport.Counters;
import dev.coldframe.transport.InstallDesk;
import dev.coldframe.transport.Link;
import dev.coldframe.transport.tftp.TftpServer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.EventExecutor;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/// A real TFTP server on the loopback device: 192.168.0.20 speaks from 127.168.0.20.
public final class TftpBench implements AutoCloseable {
  /// Where geranium speaks from.
  public static final String GERANIUM = "127.168.0.20";

  /// Where a caller speaks from that is no node.
  public static final String STRANGER = "127.168.0.99";

  public final MemoryLibrary library = new MemoryLibrary();
  public final Counters counters = new Counters();
  public final List<JournalEvent> journal = new CopyOnWriteArrayList<>();
  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(2, EpollIoHandler.newFactory());
  private final ExecutorService blocking = Executors.newVirtualThreadPerTaskExecutor();
  private final Chronicle chronicle;
  private final BootPlane plane;
  private final TftpServer server;

  /// @param folder for the journal
  /// @param change applied to the rack of [Sites]
  public TftpBench(Path folder, UnaryOperator<Site> change) {
    chronicle = new Chronicle(folder);
    chronicle.listen(journal::add);
    World world = Sites.world(change.apply(Sites.site()));
    plane =
        new BootPlane(
            () -> world,
            library,
            (_, _, _) -> Optional.empty(),
            NoInstalls.in(folder),
            new InstallDesk(UnaryOperator.identity()),
            InstallJobs.ALONE,
            chronicle,
            counters,
            InstantSource.system(),
            blocking);
    server = new TftpServer(group, List.of(link()), 0, plane);
  }

  /// The loopback device, standing for 192.168.0.0/24.
  public static Link link() {
    return new Link("lo", 65_536, 10_000, List.of(Cidr.parse("192.168.0.0/24")));
  }

  /// The service port at one of the server's addresses.
  public InetSocketAddress service(String host) {
    return link().socketOf(Ip4.parse(host), server.port());
  }

  /// The service port at the usual address.
  public InetSocketAddress service() {
    return service("192.168.0.2");
  }

  /// A client at a loopback address.
  public TftpPeer peer(String address) {
    return new TftpPeer(address, service());
  }

  public BootPlane plane() {
    return plane;
  }

  public EventLoopGroup group() {
    return group;
  }

  /// Does something while the server's loops neither read nor send.
  public void busy(Runnable meanwhile) {
    var held = new CountDownLatch(loops());
    var over = new CountDownLatch(1);
    for (EventExecutor loop : group) {
      loop.execute(() -> {
        held.countDown();
        await(over);
      });
    }
    await(held);
    try {
      meanwhile.run();
    } finally {
      over.countDown();
    }
  }

  private int loops() {
    int loops = 0;
    for (EventExecutor _ : group) {
      loops++;
    }
    return loops;
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /// The well-known port whose place on this link is taken by the server.
  public int takenPort() {
    return server.port() - link().portOffset();
  }

  /// What was counted under a reason.
  public long counted(String reason) {
    return counters.snapshot().getOrDefault("tftp: " + reason, 0L);
  }

  @Override
  public void close() {
    server.close();
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    blocking.close();
    chronicle.close();
  }
}
