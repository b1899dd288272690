package dev.coldframe.transport.http;

import dev.coldframe.boot.Viewer;
import dev.coldframe.decide.Caller;
import dev.coldframe.decide.HttpBootDecisions;
import dev.coldframe.decide.HttpBootOutcome;
import dev.coldframe.node.World;
import dev.coldframe.transport.BootJournal;
import dev.coldframe.transport.BootPlane;
import dev.coldframe.transport.content.Content;
import dev.coldframe.transport.content.Library;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One connection of the boot plane. Requests are answered one after another, in the order they
/// came; what touches a disk runs on a virtual thread and comes back to the connection's own loop.
final class BootPlaneHandler extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(BootPlaneHandler.class);

  /// Requests that may wait behind the one being answered; a Pi sends one at a time.
  private static final int MAX_WAITING = 16;

  private final BootPlane plane;
  private final Ends ends;
  private final BootJournal journal;
  private final Deque<FullHttpRequest> waiting = new ArrayDeque<>();
  private final Duration looks;
  private boolean busy;
  private long requests;
  private @Nullable Future<?> nextLook;

  /// @param looks how often the connection is looked at
  BootPlaneHandler(BootPlane plane, Ends ends, Duration looks) {
    this.plane = plane;
    this.ends = ends;
    this.looks = looks;
    this.journal = new BootJournal(plane, "http");
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    lookAgain(ctx, look(ctx));
  }

  private void lookAgain(ChannelHandlerContext ctx, Standstill.Look before) {
    nextLook =
        ctx.executor()
            .schedule(
                () -> {
                  Standstill.Look now = look(ctx);
                  if (Standstill.between(before, now)) {
                    plane.counters().count("http", "connection at a standstill");
                    ctx.close();
                  } else {
                    lookAgain(ctx, now);
                  }
                },
                looks.toMillis(),
                TimeUnit.MILLISECONDS);
  }

  private Standstill.Look look(ChannelHandlerContext ctx) {
    ChannelOutboundBuffer out = ctx.channel().unsafe().outboundBuffer();
    long left = out == null ? 0 : out.totalPendingWriteBytes() - out.currentProgress();
    return new Standstill.Look(requests, busy, left);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (!(message instanceof FullHttpRequest request)) {
      ReferenceCountUtil.release(message);
      return;
    }
    requests++;
    if (busy) {
      if (waiting.size() >= MAX_WAITING) {
        request.release();
        plane.counters().count("http", "too many requests on one connection");
        ctx.close();
        return;
      }
      waiting.add(request);
      return;
    }
    answer(ctx, request);
  }

  private void answer(ChannelHandlerContext ctx, FullHttpRequest request) {
    busy = true;
    var exchange = new Exchange(ctx, plane, ends, request, this::done);
    try {
      if (request.decoderResult().isFailure()) {
        exchange.refuseMalformed(request.decoderResult().cause());
        return;
      }
      act(exchange, request);
    } finally {
      request.release();
    }
  }

  private void act(Exchange exchange, FullHttpRequest request) {
    World world = plane.world().get();
    Caller caller = plane.caller(exchange.source());
    var asked = new HttpBootDecisions.Request(request.method().name(), request.uri());
    switch (HttpBootDecisions.decide(asked, caller, world)) {
      case HttpBootOutcome.ServeFile(Viewer viewer, List<String> paths) ->
          serve(exchange, caller, viewer, paths);
      case HttpBootOutcome.Hello(var node) ->
          new JourneyExchange(plane, exchange, node)
              .hello(request.content().toString(StandardCharsets.UTF_8));
      case HttpBootOutcome.Seed(String token, String name) ->
          JourneyExchange.of(plane, exchange, caller, token).ifPresent(j -> j.seed(token, name));
      case HttpBootOutcome.Install(String token, var part) -> {
        String body = request.content().toString(StandardCharsets.US_ASCII);
        JourneyExchange.node(plane, exchange, caller, token)
            .ifPresent(
                node -> new InstallExchange(plane, exchange, node, token).answer(part, body));
      }
      case HttpBootOutcome.Report(String token) -> {
        String body = request.content().toString(StandardCharsets.UTF_8);
        JourneyExchange.of(plane, exchange, caller, token).ifPresent(j -> j.report(token, body));
      }
      case HttpBootOutcome.Health(String key) -> {
        String body = request.content().toString(StandardCharsets.UTF_8);
        JourneyExchange.of(plane, exchange, caller, key).ifPresent(j -> j.health(key, body));
      }
      case HttpBootOutcome.Image(String sha256, String pass) ->
          new ImageExchange(plane, exchange).answer(sha256, pass);
      case HttpBootOutcome.Refuse(int status, String reason) -> {
        journalRefusal(caller, request.uri(), reason);
        exchange.status(status);
      }
      case HttpBootOutcome.Ignore(String reason) -> {
        plane.counters().count("http", reason);
        exchange.drop();
      }
    }
  }

  private void serve(Exchange exchange, Caller caller, Viewer viewer, List<String> paths) {
    switch (plane.library().knownFirst(viewer, paths)) {
      case Library.Known.Found(Content content) ->
          send(exchange, caller, paths, Optional.of(content));
      case Library.Known.Missing() -> send(exchange, caller, paths, Optional.empty());
      case Library.Known.Unknown() -> open(exchange, caller, viewer, paths);
    }
  }

  private void open(Exchange exchange, Caller caller, Viewer viewer, List<String> paths) {
    plane
        .blocking()
        .execute(() -> {
          try {
            Optional<Content> content = plane.library().openFirst(viewer, paths);
            exchange.onLoop(() -> send(exchange, caller, paths, content));
          } catch (IOException | RuntimeException e) {
            LOG.error("boot file unreadable path={}", paths.getFirst(), e);
            journal.refused(caller, paths.getFirst(), "file unreadable");
            exchange.onLoop(() -> exchange.status(500));
          }
        });
  }

  private void send(
      Exchange exchange, Caller caller, List<String> paths, Optional<Content> content) {
    String path = paths.getFirst();
    if (content.isEmpty()) {
      journal.refused(caller, path, "no such file");
      exchange.status(404);
      return;
    }
    exchange.content(content.get(), (origin, bytes) -> journal.served(caller, path, bytes, origin));
  }

  private void journalRefusal(Caller caller, String path, String reason) {
    if (path.contains("/-/seed/") || path.contains("/-/install/") || path.contains("/-/health/")) {
      plane.counters().count("http", reason);
      return;
    }
    journal.refused(caller, path.contains("/-/report/") ? "/-/report/" : path, reason);
  }

  /// The answer is on its way: take the next request, or let the client go.
  private void done(ChannelHandlerContext ctx) {
    busy = false;
    FullHttpRequest next = waiting.poll();
    if (next != null) {
      answer(ctx, next);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    waiting.forEach(FullHttpRequest::release);
    waiting.clear();
    if (nextLook != null) {
      nextLook.cancel(false);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    plane.counters().count("http", "connection broken");
    LOG.debug("connection broken", cause);
    ctx.close();
  }
}
