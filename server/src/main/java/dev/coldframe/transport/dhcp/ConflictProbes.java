package dev.coldframe.transport.dhcp;

import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import dev.coldframe.transport.Link;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The probes under way on one link. Started and ended on the DHCP loop; each waits on a thread of
/// its own meanwhile.
final class ConflictProbes implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ConflictProbes.class);

  /// A flood of unknown clients waits for its turn by asking again.
  private static final int MAX_AT_ONCE = 32;

  private final Link link;
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofPlatform().name("arp-", 0).daemon().factory());
  private final Semaphore places = new Semaphore(MAX_AT_ONCE);
  private final Set<Ip4> underWay = new HashSet<>();
  private volatile boolean told;

  ConflictProbes(Link link) {
    this.link = link;
  }

  /// Asks who has an address.
  ///
  /// @param client for whom is asked
  /// @param loop where the answer is given
  /// @param answer called with whoever has it; not at all when a probe of this address is under way
  ///   already, or too many are
  /// @return whether a probe was started
  boolean ask(
      Ip4 address, MacAddress client, EventExecutor loop, Consumer<Optional<MacAddress>> answer) {
    if (link.isLoopback()) {
      answer.accept(Optional.empty());
      return true;
    }
    if (underWay.contains(address) || !places.tryAcquire()) {
      return false;
    }
    underWay.add(address);
    threads.execute(() -> {
      Optional<MacAddress> owner = probe(address, client);
      places.release();
      loop.execute(() -> {
        underWay.remove(address);
        answer.accept(owner);
      });
    });
    return true;
  }

  /// Whether the answer for an address is being waited for.
  boolean isUnderWay(Ip4 address) {
    return underWay.contains(address);
  }

  private Optional<MacAddress> probe(Ip4 address, MacAddress client) {
    try {
      return ArpProbe.ask(link, address, client);
    } catch (IOException | RuntimeException e) {
      if (!told) {
        told = true;
        LOG.warn(
            "addresses are offered without a probe link={} cause={}",
            link.interfaceName(),
            e.getMessage());
      }
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
