package dev.coldframe.transport.edge;

import dev.coldframe.net.Cidr;
import dev.coldframe.net.Ip4;
import dev.coldframe.transport.Bound;
import dev.coldframe.transport.Counters;
import dev.coldframe.transport.Link;
import dev.coldframe.wire.edge.EdgeMessage;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Carries what boards say over HTTP to the appliance: for each of their connections one through
/// TLS, that begins with the ends of the board's. Not a byte of it is looked at here.
final class EdgeHttp implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EdgeHttp.class);
  private static final String SERVICE = "http";
  private static final int HTTP_PORT = 80;
  private static final int MAX_CONNECTIONS = 1_024;
  private static final int BACKLOG = 1_024;

  /// The appliance ends what stands still sooner.
  private static final int IDLE_SECONDS = 120;

  private final List<Channel> channels = new ArrayList<>();
  private final AtomicInteger open = new AtomicInteger();
  private final Uplink uplink;
  private final Supplier<List<Cidr>> subnets;
  private final Counters counters;

  /// Binds.
  ///
  /// @param subnets what the relay serves
  EdgeHttp(
      EventLoopGroup group,
      List<Link> links,
      Uplink uplink,
      Supplier<List<Cidr>> subnets,
      Counters counters) {
    this.uplink = uplink;
    this.subnets = subnets;
    this.counters = counters;
    for (Link link : links) {
      var bootstrap =
          new ServerBootstrap()
              .group(group)
              .channel(EpollServerSocketChannel.class)
              .option(ChannelOption.SO_BACKLOG, BACKLOG)
              .option(ChannelOption.SO_REUSEADDR, true)
              .childOption(ChannelOption.TCP_NODELAY, true)
              .childOption(ChannelOption.AUTO_READ, false)
              .childHandler(
                  new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel board) {
                      board.pipeline().addLast("door", new Door(link));
                    }
                  });
      channels.add(Bound.channel(link.bindTo(bootstrap).bind(link.any(HTTP_PORT)), link));
    }
  }

  /// A board's connection, until the appliance's end is there.
  private final class Door extends ChannelInboundHandlerAdapter {
    private final Link link;

    Door(Link link) {
      this.link = link;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      Channel board = ctx.channel();
      board.closeFuture().addListener(_ -> open.decrementAndGet());
      boolean room = open.incrementAndGet() <= MAX_CONNECTIONS;
      var there = (InetSocketAddress) board.remoteAddress();
      var here = (InetSocketAddress) board.localAddress();
      Ip4 client = link.hostOf(there);
      if (subnets.get().stream().noneMatch(s -> s.contains(client))) {
        counters.count(SERVICE, "source outside the served networks");
        ctx.close();
        return;
      }
      if (!room) {
        counters.count(SERVICE, "too many connections");
        ctx.close();
        return;
      }
      var connect =
          new EdgeMessage.Connect(client, there.getPort(), link.hostOf(here), here.getPort());
      Optional<ChannelFuture> connection =
          uplink.connect(board.eventLoop(), new Bridge(board, connect));
      if (connection.isEmpty()) {
        counters.count(SERVICE, "the appliance cannot be reached");
        ctx.close();
        return;
      }
      connection
          .get()
          .addListener((ChannelFuture done) -> {
            if (!done.isSuccess()) {
              counters.count(SERVICE, "the appliance cannot be reached");
              board.close();
            }
          });
      // A board that gives up meanwhile.
      board.pipeline().replace(this, "waiting", new ChannelInboundHandlerAdapter());
    }
  }

  /// The appliance's end, until it is secure; then both ends are joined.
  private final class Bridge extends ChannelInboundHandlerAdapter {
    private final Channel board;
    private final EdgeMessage.Connect connect;

    Bridge(Channel board, EdgeMessage.Connect connect) {
      this.board = board;
      this.connect = connect;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event instanceof SslHandshakeCompletionEvent done) {
        if (!done.isSuccess() || !board.isActive()) {
          counters.count(SERVICE, "the appliance cannot be reached");
          ctx.close();
          board.close();
          return;
        }
        ctx.writeAndFlush(EdgeFrames.encode(connect), ctx.voidPromise());
        ctx.pipeline().addLast("idle", new IdleStateHandler(0, 0, IDLE_SECONDS));
        ctx.pipeline().addLast("pipe", new Pipe(board));
        board.pipeline().replace("waiting", "pipe", new Pipe(ctx.channel()));
        ctx.pipeline().remove(this);
        board.config().setAutoRead(true);
        counters.count(SERVICE, "connection carried");
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      board.close();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      LOG.debug("connection broken", cause);
      ctx.close();
      board.close();
    }
  }

  /// Everything that comes in here goes out there, no faster than it is taken.
  private static final class Pipe extends ChannelInboundHandlerAdapter {
    private final Channel other;

    Pipe(Channel other) {
      this.other = other;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      if (!other.isActive()) {
        ReferenceCountUtil.release(message);
        ctx.close();
        return;
      }
      other.write(message, other.voidPromise());
      if (!other.isWritable()) {
        ctx.channel().config().setAutoRead(false);
      }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
      other.flush();
      if (!other.isWritable()) {
        ctx.channel().config().setAutoRead(false);
      }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
      if (ctx.channel().isWritable()) {
        other.config().setAutoRead(true);
      }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event instanceof IdleStateEvent) {
        ctx.close();
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      if (other.isActive()) {
        other.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      LOG.debug("connection broken", cause);
      ctx.close();
    }
  }

  @Override
  public void close() {
    channels.forEach(channel -> channel.close().syncUninterruptibly());
  }
}
