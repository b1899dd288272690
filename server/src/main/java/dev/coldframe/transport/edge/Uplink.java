package dev.coldframe.transport.edge;

import dev.coldframe.decide.EdgeDecisions;
import dev.coldframe.net.Bytes;
import dev.coldframe.net.Cidr;
import dev.coldframe.net.Ip4;
import dev.coldframe.store.EdgeBundle;
import dev.coldframe.transport.Counters;
import dev.coldframe.wire.edge.EdgeCodec;
import dev.coldframe.wire.edge.EdgeDecode;
import dev.coldframe.wire.edge.EdgeMessage;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.handler.timeout.IdleState;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A relay's end of the link. Calls the appliance until it answers, and again whenever the link is
/// lost.
///
/// ```
/// down ── connected, Welcome ──▶ up
///  ▲                              │
///  └── pause ◀── closed, silent ──┘
/// ```
public final class Uplink implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Uplink.class);
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration PING_EVERY = Duration.ofSeconds(10);

  /// Half of what the appliance takes.
  private static final int MAX_ASKED = EdgeSession.MAX_ASKED / 2;

  private final EventLoop loop;
  private final EdgeBundle bundle;
  private final SslContext tls;
  private final Supplier<List<Ip4>> addresses;
  private final Counters counters;
  private final Hears hears;
  private final Map<Integer, CompletableFuture<EdgeMessage>> asked = new ConcurrentHashMap<>();
  private final AtomicInteger nextId = new AtomicInteger();
  private final Semaphore places = new Semaphore(MAX_ASKED);
  private volatile @Nullable Channel link;
  private volatile boolean closed;
  private int failures;

  /// What comes from the appliance. Called on the link's loop.
  public interface Hears {
    /// The link is up, or what it serves has changed.
    void served(String name, List<Cidr> subnets);

    /// A DHCP message for a board.
    void dhcp(Bytes message);
  }

  /// @param addresses the relay's own on the links of its boards
  /// @throws IOException when the bundle's keys cannot be used
  public Uplink(
      EventLoop loop,
      EdgeBundle bundle,
      Supplier<List<Ip4>> addresses,
      Hears hears,
      Counters counters)
      throws IOException {
    this.loop = loop;
    this.bundle = bundle;
    this.addresses = addresses;
    this.hears = hears;
    this.counters = counters;
    try {
      this.tls = EdgeTls.relay(bundle);
    } catch (CertificateException | IllegalArgumentException e) {
      throw new IOException("the keys in the bundle cannot be used", e);
    }
  }

  /// Begins to call.
  public void start() {
    loop.execute(this::call);
  }

  /// Whether the link is up; any thread.
  public boolean isUp() {
    return link != null;
  }

  /// Sends a DHCP message; any thread.
  ///
  /// @return false when the link is down
  public boolean dhcp(Bytes message) {
    return send(new EdgeMessage.Dhcp(message));
  }

  /// Reports; any thread. Lost when the link is down.
  void tell(EdgeMessage.Told told) {
    if (!send(told)) {
      counters.count("tftp", "report lost: the appliance cannot be reached");
    }
  }

  /// Asks and waits; not for a loop.
  ///
  /// @throws IOException when there is no answer
  EdgeMessage ask(IntFunction<EdgeMessage> question) throws IOException {
    int id = nextId.incrementAndGet();
    var answer = new CompletableFuture<EdgeMessage>();
    try {
      if (!places.tryAcquire(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new IOException("too many questions wait for the appliance");
      }
      asked.put(id, answer);
      try {
        if (!send(question.apply(id))) {
          throw new IOException("the appliance cannot be reached");
        }
        return answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      } finally {
        asked.remove(id);
        places.release();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("no answer from the appliance", e);
    }
  }

  private boolean send(EdgeMessage message) {
    Channel now = link;
    if (now == null || !now.isWritable()) {
      return false;
    }
    var _ = now.writeAndFlush(EdgeFrames.encode(message));
    return true;
  }

  /// Opens a connection of its own.
  ///
  /// @param on the loop that it runs on
  /// @param handler gets the connection, and is told when it is secure
  /// @return empty when the link is down
  Optional<ChannelFuture> connect(EventLoop on, ChannelHandler handler) {
    Channel now = link;
    SocketAddress there = now == null ? null : now.remoteAddress();
    return there == null ? Optional.empty() : Optional.of(bootstrap(on, handler).connect(there));
  }

  private Bootstrap bootstrap(EventLoop on, ChannelHandler handler) {
    return new Bootstrap()
        .group(on)
        .channel(EpollSocketChannel.class)
        .option(ChannelOption.TCP_NODELAY, true)
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) PATIENCE.toMillis())
        .handler(
            new ChannelInitializer<>() {
              @Override
              protected void initChannel(Channel channel) {
                channel
                    .pipeline()
                    .addLast("tls", tls.newHandler(channel.alloc()))
                    .addLast("handler", handler);
              }
            });
  }

  private void call() {
    if (closed) {
      return;
    }
    EdgeBundle.Endpoint server = bundle.server();
    var handler =
        new ChannelInitializer<>() {
          @Override
          protected void initChannel(Channel channel) {
            channel
                .pipeline()
                .addLast("frames", EdgeFrames.decoder())
                .addLast(
                    "idle",
                    new IdleStateHandler(
                        (int) EdgeServer.SILENCE.toSeconds(), (int) PING_EVERY.toSeconds(), 0))
                .addLast("link", new Line());
          }
        };
    bootstrap(loop, handler)
        .connect(InetSocketAddress.createUnresolved(server.host(), server.port()))
        .addListener((ChannelFuture done) -> {
          if (!done.isSuccess()) {
            again("the appliance cannot be reached: " + done.cause().getMessage());
          }
        });
  }

  /// On the loop.
  private void again(String why) {
    if (closed) {
      return;
    }
    failures++;
    Duration pause = EdgeDecisions.pause(failures);
    counters.count("relay", "link failed or lost");
    LOG.warn(
        "no link, trying again in {} s: {} server={}", pause.toSeconds(), why, bundle.server());
    var _ = loop.schedule(this::call, pause.toMillis(), TimeUnit.MILLISECONDS);
  }

  private final class Line extends ChannelInboundHandlerAdapter {
    private String end = "the connection broke";

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      switch (event) {
        case SslHandshakeCompletionEvent done when done.isSuccess() ->
            ctx.writeAndFlush(
                EdgeFrames.encode(new EdgeMessage.Hello(EdgeMessage.VERSION, addresses.get())),
                ctx.voidPromise());
        case SslHandshakeCompletionEvent done ->
            end = "the other end is not the appliance of this bundle: " + done.cause().getMessage();
        case IdleStateEvent idle when idle.state() == IdleState.READER_IDLE -> {
          end = "the appliance fell silent";
          ctx.close();
        }
        case IdleStateEvent _ ->
            ctx.writeAndFlush(EdgeFrames.encode(new EdgeMessage.Ping()), ctx.voidPromise());
        default -> {}
      }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      try {
        if (message instanceof ByteBuf frame) {
          switch (EdgeCodec.decode(EdgeFrames.bytes(frame))) {
            case EdgeDecode.Malformed(String defect) -> {
              end = defect;
              ctx.close();
            }
            case EdgeDecode.Ok(EdgeMessage said) -> receive(ctx, said);
          }
        }
      } finally {
        ReferenceCountUtil.release(message);
      }
    }

    private void receive(ChannelHandlerContext ctx, EdgeMessage message) {
      switch (message) {
        case EdgeMessage.Welcome(String name, List<Cidr> subnets) -> {
          failures = 0;
          link = ctx.channel();
          hears.served(name, subnets);
        }
        case EdgeMessage.Dhcp(Bytes bytes) -> hears.dhcp(bytes);
        case EdgeMessage.Found found -> answered(found.id(), found);
        case EdgeMessage.Missing missing -> answered(missing.id(), missing);
        case EdgeMessage.Failed failed -> answered(failed.id(), failed);
        case EdgeMessage.Piece piece -> answered(piece.id(), piece);
        case EdgeMessage.Pong() -> {}
        case EdgeMessage.Hello _,
            EdgeMessage.Ask _,
            EdgeMessage.Fetch _,
            EdgeMessage.Told _,
            EdgeMessage.Connect _,
            EdgeMessage.Ping _ ->
            counters.count("relay", "message of the link without meaning here");
      }
    }

    private void answered(int id, EdgeMessage answer) {
      CompletableFuture<EdgeMessage> question = asked.get(id);
      if (question != null) {
        question.complete(answer);
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      link = null;
      var lost = new IOException("the link was lost");
      asked.values().forEach(question -> question.completeExceptionally(lost));
      again(end);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      LOG.debug("link broken", cause);
      if (cause.getMessage() != null && end.equals("the connection broke")) {
        end = cause.getMessage();
      }
      ctx.close();
    }
  }

  /// Ends the link.
  @Override
  public void close() {
    closed = true;
    Channel now = link;
    if (now != null) {
      now.close().syncUninterruptibly();
    }
  }
}
