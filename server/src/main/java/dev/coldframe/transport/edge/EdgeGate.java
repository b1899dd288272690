package dev.coldframe.transport.edge;

import dev.coldframe.net.Cidr;
import dev.coldframe.transport.http.Ends;
import dev.coldframe.transport.http.HttpBootServer;
import dev.coldframe.wire.edge.EdgeCodec;
import dev.coldframe.wire.edge.EdgeDecode;
import dev.coldframe.wire.edge.EdgeMessage;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.util.ReferenceCountUtil;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A new connection, until its first message says what it is for.
final class EdgeGate extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(EdgeGate.class);

  private final EdgeService service;
  private final Map<String, EdgeSession> links;

  EdgeGate(EdgeService service, Map<String, EdgeSession> links) {
    this.service = service;
    this.links = links;
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof SslHandshakeCompletionEvent done && !done.isSuccess()) {
      service.count("connection of a stranger refused");
      LOG.warn(
          "a connection was refused: it shows no certificate that is known from={} cause={}",
          ctx.channel().remoteAddress(),
          done.cause().getMessage());
      ctx.close();
    } else if (event instanceof IdleStateEvent) {
      service.count("connection without a word");
      ctx.close();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    try {
      if (message instanceof ByteBuf frame) {
        first(ctx, EdgeCodec.decode(EdgeFrames.bytes(frame)));
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void first(ChannelHandlerContext ctx, EdgeDecode decoded) {
    Optional<String> relay = relay(ctx);
    if (relay.isEmpty()) {
      refuse(ctx, "connection of a stranger refused");
      return;
    }
    switch (decoded) {
      case EdgeDecode.Malformed(String defect) -> refuse(ctx, defect);
      case EdgeDecode.Ok(EdgeMessage.Hello hello) -> hello(ctx, relay.get(), hello);
      case EdgeDecode.Ok(EdgeMessage.Connect connect) -> connect(ctx, relay.get(), connect);
      case EdgeDecode.Ok _ -> refuse(ctx, "connection that does not say what it is for");
    }
  }

  private void hello(ChannelHandlerContext ctx, String relay, EdgeMessage.Hello hello) {
    List<Cidr> subnets = service.subnetsOf(relay);
    if (hello.version() != EdgeMessage.VERSION) {
      LOG.warn("a relay of another version was refused relay={}", relay);
      refuse(ctx, "relay of another version");
    } else if (subnets.isEmpty()) {
      LOG.warn(
          "a relay was refused: no network names it; write relay: {} in one relay={}",
          relay,
          relay);
      refuse(ctx, "relay that no network names");
    } else {
      var session = new EdgeSession(service, relay, hello.addresses(), links);
      ctx.pipeline().replace(this, "session", session);
      session.begin(certificate(ctx).orElseThrow());
    }
  }

  private void connect(ChannelHandlerContext ctx, String relay, EdgeMessage.Connect connect) {
    boolean served =
        service.subnetsOf(relay).stream()
            .anyMatch(s -> s.contains(connect.client()) && s.contains(connect.local()));
    if (!served) {
      refuse(ctx, "address outside the relay's networks");
      return;
    }
    // The link is looked after: a relay that was shut out has none.
    EdgeSession link = links.get(relay);
    if (link == null || !link.carry(ctx.channel())) {
      refuse(ctx, "connection without a link");
      return;
    }
    ctx.pipeline().remove("idle");
    HttpBootServer.tunnel(
        ctx.channel(),
        service.plane(),
        new Ends(connect.client(), connect.local(), connect.localPort()));
    // Last: what was read together with the first message goes to whom it is for.
    ctx.pipeline().remove(this);
    ctx.pipeline().remove("frames");
  }

  private void refuse(ChannelHandlerContext ctx, String reason) {
    service.count(reason);
    ctx.close();
  }

  private static Optional<String> relay(ChannelHandlerContext ctx) {
    return certificate(ctx).flatMap(EdgeTls::nameIn);
  }

  private static Optional<X509Certificate> certificate(ChannelHandlerContext ctx) {
    try {
      SslHandler tls = ctx.pipeline().get(SslHandler.class);
      return tls.engine().getSession().getPeerCertificates()[0] instanceof X509Certificate shown
          ? Optional.of(shown)
          : Optional.empty();
    } catch (SSLPeerUnverifiedException _) {
      return Optional.empty();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    LOG.debug("connection broken", cause);
    ctx.close();
  }
}
