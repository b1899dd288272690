package dev.coldframe.transport.dns;

import dev.coldframe.decide.UpstreamAnswer;
import dev.coldframe.decide.UpstreamDecisions;
import dev.coldframe.net.Bytes;
import dev.coldframe.wire.dns.DnsQuestion;
import dev.coldframe.wire.dns.DnsWriter;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// One question on its way through the upstream servers. Runs on the DNS loop.
///
/// ```
///   UDP to a server ──answer──▶ done
///     │    ▲    └──truncated──▶ TCP to the same server ──answer──▶ done
///     ▼    │                      │
///   silence, refusal, failure ◀───┘     tries used up: done without an answer
/// ```
///
/// Each try has its own socket, whose port the kernel chooses at random, and its own random id (RFC
/// 5452, section 9.2). The socket is connected, so that the kernel drops what comes from elsewhere
/// and reports a closed port at once.
final class Inquiry {
  /// How long one server is waited for.
  static final long TRY_MILLIS = 1_000;

  private static final long TCP_TRY_MILLIS = 2_000;
  private static final int MIN_TRIES = 2;
  private static final int MAX_TRIES = 3;
  private static final int IDS = 0x1_0000;

  private final EventLoop loop;
  private final DnsQuestion question;
  private final List<InetSocketAddress> servers;
  private final RandomGenerator random;
  private final BiFunction<Bytes, Integer, UpstreamAnswer> judge;
  private final Ending ending;
  private int tries;
  private int id;
  private @Nullable Channel channel;
  private @Nullable Future<?> timer;

  /// Hears how it ends.
  @FunctionalInterface
  interface Ending {
    /// The inquiry is over.
    ///
    /// @param answer empty when no server gave one
    /// @param server the one that was asked last
    void end(Optional<UpstreamAnswer.Accepted> answer, InetSocketAddress server);
  }

  /// @param servers in the order in which they are asked; at least one
  /// @param judge what a message with an id is
  Inquiry(
      EventLoop loop,
      DnsQuestion question,
      List<InetSocketAddress> servers,
      RandomGenerator random,
      BiFunction<Bytes, Integer, UpstreamAnswer> judge,
      Ending ending) {
    this.loop = loop;
    this.question = question;
    this.servers = servers;
    this.random = random;
    this.judge = judge;
    this.ending = ending;
  }

  /// Asks the next server, or ends.
  void next() {
    if (tries >= Math.clamp(servers.size(), MIN_TRIES, MAX_TRIES)) {
      finish(Optional.empty());
      return;
    }
    tries++;
    id = random.nextInt(IDS);
    var bootstrap =
        new Bootstrap()
            .group(loop)
            .channelFactory(() -> new EpollDatagramChannel(SocketProtocolFamily.INET))
            .handler(new Listener(false));
    connect(bootstrap, TRY_MILLIS, UpstreamDecisions.ask(question, id), false);
  }

  private void overTcp() {
    id = random.nextInt(IDS);
    var bootstrap =
        new Bootstrap()
            .group(loop)
            .channel(EpollSocketChannel.class)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) TCP_TRY_MILLIS)
            .handler(framed());
    connect(bootstrap, TCP_TRY_MILLIS, UpstreamDecisions.ask(question, id), true);
  }

  private ChannelHandler framed() {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel tcp) {
        int max = DnsWriter.MAX_TCP_BYTES + 2;
        tcp.pipeline()
            .addLast("frame", new LengthFieldBasedFrameDecoder(max, 0, 2, 0, 2))
            .addLast("answer", new Listener(true));
      }
    };
  }

  private void connect(Bootstrap bootstrap, long millis, Bytes message, boolean framed) {
    release();
    ChannelFuture connected = bootstrap.connect(server());
    Channel mine = connected.channel();
    channel = mine;
    timer = loop.schedule(() -> failed(mine), millis, TimeUnit.MILLISECONDS);
    connected.addListener(
        (ChannelFutureListener)
            done -> {
              if (done.isSuccess()) {
                byte[] bytes = message.toArray();
                ByteBuf out =
                    framed
                        ? Unpooled.buffer(2 + bytes.length)
                            .writeShort(bytes.length)
                            .writeBytes(bytes)
                        : Unpooled.wrappedBuffer(bytes);
                mine.writeAndFlush(out)
                    .addListener(ChannelFutureListener.FIRE_EXCEPTION_ON_FAILURE);
              } else {
                failed(mine);
              }
            });
  }

  private InetSocketAddress server() {
    return servers.get((tries - 1) % servers.size());
  }

  private void failed(Channel of) {
    if (of.equals(channel)) {
      next();
    }
  }

  private void heard(Channel from, Bytes message, boolean tcp) {
    if (!from.equals(channel)) {
      return;
    }
    switch (judge.apply(message, id)) {
      case UpstreamAnswer.Accepted answer -> finish(Optional.of(answer));
      case UpstreamAnswer.Failed _ -> next();
      case UpstreamAnswer.Truncated _ -> {
        if (tcp) {
          next();
        } else {
          overTcp();
        }
      }
      case UpstreamAnswer.Drop _ -> {}
    }
  }

  private void finish(Optional<UpstreamAnswer.Accepted> answer) {
    release();
    ending.end(answer, server());
  }

  /// Gives the socket and the timer back.
  void release() {
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
    if (channel != null) {
      Channel old = channel;
      channel = null;
      old.close();
    }
  }

  private final class Listener extends ChannelInboundHandlerAdapter {
    private final boolean tcp;

    Listener(boolean tcp) {
      this.tcp = tcp;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      try {
        ByteBuf content =
            message instanceof DatagramPacket packet ? packet.content() : (ByteBuf) message;
        byte[] bytes = new byte[content.readableBytes()];
        content.readBytes(bytes);
        heard(ctx.channel(), Bytes.wrap(bytes), tcp);
      } finally {
        ReferenceCountUtil.release(message);
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      failed(ctx.channel());
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      failed(ctx.channel());
    }
  }
}
