package dev.coldframe.transport.edge;

import dev.coldframe.decide.BootPaths;
import dev.coldframe.decide.Caller;
import dev.coldframe.net.Bytes;
import dev.coldframe.net.Cidr;
import dev.coldframe.net.Ip4;
import dev.coldframe.node.EventType;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.node.Network;
import dev.coldframe.transport.FileJournal;
import dev.coldframe.transport.content.Content;
import dev.coldframe.wire.edge.EdgeCodec;
import dev.coldframe.wire.edge.EdgeDecode;
import dev.coldframe.wire.edge.EdgeMessage;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The appliance's end of one relay's link. Runs on the connection's loop; what touches a disk runs
/// on a virtual thread.
final class EdgeSession extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(EdgeSession.class);

  /// Questions at a time; a relay asks half as many.
  static final int MAX_ASKED = 64;

  /// How soon a relay that was shut out is gone, and a reload reaches the others.
  private static final Duration LOOKS = Duration.ofSeconds(5);

  /// What a transfer's end can be called; anything else is not repeated.
  private static final Set<String> REASONS =
      Set.of(
          "the client ended the transfer",
          "dropped for another transfer",
          "no block gets through",
          "the client never answered",
          "the client fell silent",
          "the loader cannot count blocks over 65535",
          "file unreadable");

  private final EdgeService service;
  private final String relay;
  private final List<Ip4> addresses;
  private final Map<String, EdgeSession> links;
  private final FileJournal journal;
  private final AtomicInteger asked = new AtomicInteger();
  private final ChannelGroup carried = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private List<Cidr> subnets;
  private String end = "the connection broke";
  private @Nullable ChannelHandlerContext context;
  private @Nullable Future<?> looks;

  EdgeSession(
      EdgeService service, String relay, List<Ip4> addresses, Map<String, EdgeSession> links) {
    this.service = service;
    this.relay = relay;
    this.links = links;
    this.subnets = service.subnetsOf(relay);
    this.addresses = addresses.stream().filter(this::serves).toList();
    this.journal = service.plane().files("tftp").journal();
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
  }

  private ChannelHandlerContext ctx() {
    if (context == null) {
      throw new IllegalStateException("not in a pipeline");
    }
    return context;
  }

  /// Takes the link; an older one of the same relay is dead.
  void begin(X509Certificate certificate) {
    EdgeSession before = links.put(relay, this);
    if (before != null) {
      before.close();
    }
    LOG.info("a relay is here relay={} from={}", relay, ctx().channel().remoteAddress());
    tell(EventType.RELAY_CONNECTED, "from", host());
    send(new EdgeMessage.Welcome(relay, subnets));
    looks =
        ctx()
            .executor()
            .scheduleWithFixedDelay(
                () -> service.plane().blocking().execute(() -> look(certificate)),
                0,
                LOOKS.toMillis(),
                TimeUnit.MILLISECONDS);
  }

  /// Takes a board's connection that the relay carries: it lasts no longer than the link.
  ///
  /// @return false when the link is gone already
  boolean carry(Channel connection) {
    carried.add(connection);
    return ctx().channel().isActive();
  }

  /// Any thread.
  void close() {
    ctx().close();
  }

  private String host() {
    return ctx().channel().remoteAddress() instanceof InetSocketAddress there
        ? there.getAddress().getHostAddress()
        : "";
  }

  private void look(X509Certificate certificate) {
    Optional<String> known = service.keys().relayOf(certificate);
    List<Cidr> now = service.subnetsOf(relay);
    ctx()
        .executor()
        .execute(() -> {
          if (known.isEmpty() || now.isEmpty()) {
            end = known.isEmpty() ? "it was revoked" : "no network names it any more";
            ctx().close();
          } else if (!now.equals(subnets)) {
            subnets = now;
            send(new EdgeMessage.Welcome(relay, now));
          }
        });
  }

  private boolean serves(Ip4 address) {
    return subnets.stream().anyMatch(subnet -> subnet.contains(address));
  }

  private void tell(EventType type, String... fields) {
    service
        .plane()
        .chronicle()
        .record(
            JournalEvent.of(
                service.plane().clock().instant(),
                JournalEvent.ofLink(Network.behind(relay)),
                type,
                fields));
  }

  /// Any thread.
  private void send(EdgeMessage message) {
    var _ = ctx().channel().writeAndFlush(EdgeFrames.encode(message));
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    try {
      if (message instanceof ByteBuf frame) {
        switch (EdgeCodec.decode(EdgeFrames.bytes(frame))) {
          case EdgeDecode.Malformed(String defect) -> {
            service.count(defect);
            end = "it sent what cannot be read";
            ctx.close();
          }
          case EdgeDecode.Ok(EdgeMessage said) -> receive(said);
        }
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void receive(EdgeMessage message) {
    switch (message) {
      case EdgeMessage.Dhcp(Bytes bytes) ->
          service
              .dhcp()
              .receive(relay, addresses, bytes, answer -> send(new EdgeMessage.Dhcp(answer)));
      case EdgeMessage.Ask ask ->
          work(ask.id(), ask.client(), () -> answer(ask.id(), ask.client(), ask.path()));
      case EdgeMessage.Fetch fetch -> work(fetch.id(), fetch.client(), () -> piece(fetch));
      case EdgeMessage.Told told -> {
        if (serves(told.client())) {
          told(told, service.plane().caller(told.client()));
        } else {
          service.count("address outside the relay's networks");
        }
      }
      case EdgeMessage.Ping() -> send(new EdgeMessage.Pong());
      case EdgeMessage.Hello _,
          EdgeMessage.Welcome _,
          EdgeMessage.Found _,
          EdgeMessage.Missing _,
          EdgeMessage.Failed _,
          EdgeMessage.Piece _,
          EdgeMessage.Connect _,
          EdgeMessage.Pong _ ->
          service.count("message of the link without meaning here");
    }
  }

  private void told(EdgeMessage.Told told, Caller caller) {
    switch (told.how()) {
      case SERVED -> journal.served(caller, told.path(), told.bytes(), told.detail());
      case PROBED -> journal.probed(caller, told.path());
      case BROKEN ->
          journal.broken(
              caller,
              told.path(),
              told.bytes(),
              REASONS.contains(told.detail()) ? told.detail() : "broken off");
    }
  }

  private void work(int id, Ip4 client, Supplier<EdgeMessage> answer) {
    if (!serves(client)) {
      service.count("address outside the relay's networks");
      send(new EdgeMessage.Missing(id));
      return;
    }
    if (asked.incrementAndGet() > MAX_ASKED) {
      asked.decrementAndGet();
      service.count("too many questions at once");
      send(new EdgeMessage.Failed(id));
      return;
    }
    service
        .plane()
        .blocking()
        .execute(() -> {
          EdgeMessage out;
          try {
            out = answer.get();
          } catch (RuntimeException e) {
            LOG.error("a relay's question failed", e);
            out = new EdgeMessage.Failed(id);
          }
          asked.decrementAndGet();
          send(out);
        });
  }

  /// What a board gets is decided as if it asked here itself.
  private Optional<Content> open(Ip4 client, String path, boolean told) throws IOException {
    var plane = service.plane();
    Caller caller = plane.caller(client);
    return switch (BootPaths.of(path, caller, plane.world().get())) {
      case BootPaths.Answer.Nothing(String reason) -> {
        if (told) {
          journal.refused(caller, path, reason);
        }
        yield Optional.empty();
      }
      case BootPaths.Answer.Look(var viewer, var paths) -> {
        Optional<Content> found = plane.library().openFirst(viewer, paths);
        if (found.isEmpty() && told) {
          journal.refused(caller, paths.getFirst(), "no such file");
        }
        yield found;
      }
    };
  }

  private EdgeMessage answer(int id, Ip4 client, String path) {
    try {
      Optional<Content> found = open(client, path, true);
      if (found.isEmpty()) {
        return new EdgeMessage.Missing(id);
      }
      try (Content content = found.get()) {
        return new EdgeMessage.Found(id, content.sizeBytes(), content.etag(), content.origin());
      }
    } catch (IOException e) {
      LOG.error("boot file unreadable path={}", path, e);
      return new EdgeMessage.Failed(id);
    }
  }

  private EdgeMessage piece(EdgeMessage.Fetch fetch) {
    try {
      Optional<Content> found = open(fetch.client(), fetch.path(), false);
      if (found.isEmpty()) {
        return new EdgeMessage.Missing(fetch.id());
      }
      try (Content content = found.get()) {
        if (!content.etag().equals(fetch.etag()) || fetch.offset() >= content.sizeBytes()) {
          return new EdgeMessage.Missing(fetch.id());
        }
        int length = (int) Math.min(fetch.length(), content.sizeBytes() - fetch.offset());
        ByteBuffer piece = ByteBuffer.allocate(length);
        content.read(fetch.offset(), piece);
        return new EdgeMessage.Piece(fetch.id(), Bytes.wrap(piece.array()));
      }
    } catch (IOException e) {
      LOG.error("boot file unreadable path={}", fetch.path(), e);
      return new EdgeMessage.Failed(fetch.id());
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof IdleStateEvent) {
      end = "it fell silent";
      ctx.close();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (looks != null) {
      looks.cancel(false);
    }
    carried.close();
    boolean last = links.remove(relay, this);
    if (!last) {
      end = "it called again";
    }
    LOG.info("a relay is gone relay={} reason={}", relay, end);
    tell(EventType.RELAY_LOST, "reason", end);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    service.count("link broken");
    LOG.debug("link broken relay={}", relay, cause);
    ctx.close();
  }
}
