package dev.coldframe.transport.dns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coldframe.node.World;
import dev.coldframe.testkit.Sites;
import dev.coldframe.testkit.TftpBench;
import dev.coldframe.transport.Counters;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// One connection, in virtual time.
class DnsStreamTest {
  private static final String SLOW = "dns: TCP client took too long";

  private final MockTicker ticker = Ticker.newMockTicker();
  private final Counters counters = new Counters();
  private final World world = Sites.world();
  private final EmbeddedChannel channel =
      EmbeddedChannel.builder().ticker(ticker).handlers(connection()).build();

  private ChannelInitializer<Channel> connection() {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) {
        var names = new NameService(() -> world, InstantSource.fixed(Sites.T0), counters);
        Upstream nobody = _ -> new InetSocketAddress(53);
        var forwarder = new Forwarder(channel.eventLoop(), nobody, names::view, counters);
        channel.pipeline().addLast("dns", new DnsStream(names, forwarder, TftpBench.link()));
      }
    };
  }

  @AfterEach
  void end() {
    channel.finishAndReleaseAll();
  }

  private void waitLongerThanItsPatience() {
    for (int second = 0; second <= DnsStream.PATIENCE_SECONDS; second++) {
      ticker.advance(1, TimeUnit.SECONDS);
      channel.runPendingTasks();
    }
  }

  @Test
  @Tag("N-15")
  void whoSaysNothingIsCountedAndSentAway() {
    waitLongerThanItsPatience();
    assertThat(channel.isActive()).isFalse();
    assertThat(counters.snapshot()).containsEntry(SLOW, 1L);
  }

  @Test
  void whoHasGoneIsNotCountedAsSlow() {
    channel.pipeline().close();
    waitLongerThanItsPatience();
    assertThat(counters.snapshot()).doesNotContainKey(SLOW);
  }
}
