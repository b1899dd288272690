package dev.coldframe.transport.dns;

import dev.coldframe.decide.DnsView;
import dev.coldframe.decide.UpstreamAnswer;
import dev.coldframe.decide.UpstreamDecisions;
import dev.coldframe.net.Bytes;
import dev.coldframe.net.Ip4;
import dev.coldframe.node.World;
import dev.coldframe.transport.Counters;
import dev.coldframe.wire.dns.DnsQuery;
import dev.coldframe.wire.dns.DnsQuestion;
import dev.coldframe.wire.dns.DnsRelay;
import dev.coldframe.wire.dns.DnsReply;
import dev.coldframe.wire.dns.DnsWriter;
import dev.coldframe.wire.dns.Rcode;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Gets foreign names from the upstream servers, each question once, however many ask (row N-17).
/// Owned by the DNS loop.
final class Forwarder implements AutoCloseable {
  /// Questions under way; each has a socket of its own.
  static final int MAX_QUESTIONS = 512;

  /// Clients that wait for one question.
  static final int MAX_WAITING = 4_096;

  /// How long a question that no server answered is refused at once (RFC 9520, section 3.2).
  private static final long FAILURE_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final EventLoop loop;
  private final Upstream upstream;
  private final Supplier<DnsView> view;
  private final Counters counters;
  private final SecureRandom random = new SecureRandom();
  private final AnswerCache cache = new AnswerCache();
  private final DnsWriter writer = new DnsWriter();
  private final Map<DnsQuestion, Asked> asked = new HashMap<>();
  private final Map<DnsQuestion, Long> failures = new HashMap<>();

  /// The server that answered last; it is asked first.
  private @Nullable InetSocketAddress good;

  private record Waiting(DnsQuery query, int maxBytes, Consumer<byte[]> reply) {}

  private record Asked(Inquiry inquiry, List<Waiting> waiting) {}

  Forwarder(EventLoop loop, Upstream upstream, Supplier<DnsView> view, Counters counters) {
    this.loop = loop;
    this.upstream = upstream;
    this.view = view;
    this.counters = counters;
  }

  /// Answers a question for a foreign name, now or later.
  ///
  /// @param maxBytes the longest answer that the client takes
  /// @param reply called at most once, on the loop, with the whole message
  void ask(DnsQuery query, int maxBytes, Consumer<byte[]> reply) {
    DnsQuestion question = DnsQuestion.of(query);
    long now = System.nanoTime();
    Optional<AnswerCache.Hit> hit = cache.get(question, now);
    if (hit.isPresent()) {
      reply.accept(DnsRelay.relay(hit.get().message(), query, hit.get().ageSeconds(), maxBytes));
      return;
    }
    var client = new Waiting(query, maxBytes, reply);
    Asked before = asked.get(question);
    if (before != null) {
      join(before, client);
    } else if (failedLately(question, now)) {
      fail(client);
    } else if (asked.size() >= MAX_QUESTIONS) {
      counters.count(NameService.SERVICE, "too many foreign names under way");
      fail(client);
    } else {
      begin(question, client);
    }
  }

  private void join(Asked before, Waiting client) {
    if (before.waiting().size() < MAX_WAITING) {
      before.waiting().add(client);
    } else {
      fail(client);
    }
  }

  private boolean failedLately(DnsQuestion question, long now) {
    Long since = failures.get(question);
    return since != null && now - since < FAILURE_NANOS;
  }

  private void begin(DnsQuestion question, Waiting client) {
    List<InetSocketAddress> servers = servers();
    if (servers.isEmpty()) {
      fail(client);
      return;
    }
    var inquiry =
        new Inquiry(
            loop,
            question,
            servers,
            random,
            (message, id) -> judge(message, question, id),
            (answer, server) -> end(question, answer, server));
    asked.put(question, new Asked(inquiry, new ArrayList<>(List.of(client))));
    counters.count(NameService.SERVICE, "asked upstream");
    inquiry.next();
  }

  private List<InetSocketAddress> servers() {
    var out = new ArrayList<InetSocketAddress>();
    for (Ip4 server : view.get().world().site().upstreamDns()) {
      InetSocketAddress socket = upstream.of(server);
      out.add(socket.equals(good) ? 0 : out.size(), socket);
    }
    return out;
  }

  private UpstreamAnswer judge(Bytes message, DnsQuestion question, int id) {
    World world = view.get().world();
    UpstreamAnswer answer = UpstreamDecisions.judge(message, question, id, world);
    if (answer instanceof UpstreamAnswer.Drop(String reason)) {
      counters.count(NameService.SERVICE, reason);
    }
    return answer;
  }

  private void end(
      DnsQuestion question, Optional<UpstreamAnswer.Accepted> answer, InetSocketAddress server) {
    Asked done = asked.remove(question);
    if (done == null) {
      return;
    }
    if (answer.isEmpty()) {
      counters.count(NameService.SERVICE, "no upstream server answered");
      remember(question);
      done.waiting().forEach(this::fail);
      return;
    }
    good = server;
    cache.put(question, answer.get(), System.nanoTime());
    for (Waiting client : done.waiting()) {
      client
          .reply()
          .accept(DnsRelay.relay(answer.get().message(), client.query(), 0, client.maxBytes()));
    }
  }

  private void remember(DnsQuestion question) {
    long now = System.nanoTime();
    if (failures.size() >= MAX_QUESTIONS) {
      failures.values().removeIf(since -> now - since >= FAILURE_NANOS);
    }
    if (failures.size() < MAX_QUESTIONS) {
      failures.put(question, now);
    }
  }

  private void fail(Waiting client) {
    int length = writer.write(DnsReply.of(client.query(), Rcode.SERVFAIL, true), client.maxBytes());
    client.reply().accept(Arrays.copyOf(writer.buffer(), length));
  }

  /// Drops what is under way.
  @Override
  public void close() {
    loop.submit(
            () -> {
              asked.values().forEach(each -> each.inquiry().release());
              asked.clear();
            })
        .syncUninterruptibly();
  }
}
