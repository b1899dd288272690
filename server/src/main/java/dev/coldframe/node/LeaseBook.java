package dev.coldframe.node;

import dev.coldframe.net.Ip4;
import dev.coldframe.net.IpRange;
import dev.coldframe.net.MacAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.function.Predicate;

/// Which address is whose. Clients are told apart by hardware address, because the stages of one
/// boot show different client-ids (architecture, truth 2).
///
/// Owned by one thread, the one that decides about DHCP: it looks, decides and applies before it
/// takes the next packet, so that two requests cannot win the same address. Times come from a clock
/// that never jumps.
///
/// ```
///   free ──offer──▶ OFFERED ──bind──▶ ACTIVE ──release──▶ RELEASED ─┐
///     ▲               │ hold over        │ expired        │         │ DECLINED ─▶ quarantine over
///     └───────────────┴──────────────────┴────────────────┴─────────┴──────────────┘
/// ```
public final class LeaseBook {
  /// How long a probe's answer holds: as long as an offer.
  private static final Duration CLEAR = Duration.ofSeconds(30);

  private final Map<Ip4, Lease> byAddress = new HashMap<>();
  private final Map<MacAddress, Ip4> byMac = new HashMap<>();
  private final Map<IpRange, Pool> pools = new HashMap<>();

  /// Addresses that nobody on the link answered for, and until when that is believed.
  private final Map<Ip4, Instant> clear = new HashMap<>();

  /// Opens the book with what was stored.
  public LeaseBook(Collection<Lease> stored) {
    stored.forEach(this::put);
  }

  /// The dynamic addresses of one range: those never given are taken in order, then those that
  /// ended longest ago.
  private static final class Pool {
    private long next;
    private final PriorityQueue<End> ends = new PriorityQueue<>();

    Pool(IpRange range) {
      next = Integer.toUnsignedLong(range.first().bits());
    }
  }

  /// When an address may be free again. May be too early: the lease itself says.
  private record End(Instant at, Ip4 address) implements Comparable<End> {
    @Override
    public int compareTo(End other) {
      return at.compareTo(other.at);
    }
  }

  /// What stands at an address, in use or not.
  public Optional<Lease> at(Ip4 address) {
    return Optional.ofNullable(byAddress.get(address));
  }

  /// The client's latest entry, in use or not.
  public Optional<Lease> of(MacAddress mac) {
    Ip4 address = byMac.get(mac);
    return address == null ? Optional.empty() : at(address).filter(l -> l.mac().equals(mac));
  }

  /// Whether somebody else has the address, is offered it, or it is in quarantine.
  public boolean takenFrom(MacAddress mac, Ip4 address, Instant now) {
    Lease lease = byAddress.get(address);
    if (lease == null || !now.isBefore(lease.expires())) {
      return false;
    }
    return switch (lease.state()) {
      case OFFERED, ACTIVE -> !lease.mac().equals(mac);
      case DECLINED -> true;
      case RELEASED -> false;
    };
  }

  /// Whether the link was asked lately and nobody had the address.
  public boolean isClear(Ip4 address, Instant now) {
    Instant until = clear.get(address);
    return until != null && now.isBefore(until);
  }

  /// Notes that nobody on the link has the address.
  public void markClear(Ip4 address, Instant now) {
    clear.values().removeIf(until -> !now.isBefore(until));
    clear.put(address, now.plus(CLEAR));
  }

  /// Chooses an address: the client's own of before, else the one it asks for, else one that nobody
  /// ever had, else the one that ended longest ago.
  ///
  /// @param wanted what the client asks for
  /// @param range where to look
  /// @param usable whether an address may be given at all (pins may not)
  /// @return empty when the range is exhausted
  public Optional<Ip4> choose(
      MacAddress mac, Optional<Ip4> wanted, IpRange range, Predicate<Ip4> usable, Instant now) {
    Predicate<Ip4> fits = a -> range.contains(a) && usable.test(a) && !takenFrom(mac, a, now);
    Optional<Ip4> own = of(mac).map(Lease::address).filter(fits);
    if (own.isPresent()) {
      return own;
    }
    Optional<Ip4> asked = wanted.filter(fits);
    if (asked.isPresent()) {
      return asked;
    }
    Pool pool = pools.computeIfAbsent(range, this::pool);
    Optional<Ip4> fresh = fresh(pool, range, usable);
    return fresh.isPresent() ? fresh : ended(pool, fits, now);
  }

  private Pool pool(IpRange range) {
    var pool = new Pool(range);
    byAddress
        .values()
        .forEach(lease -> {
          if (range.contains(lease.address())) {
            pool.ends.add(new End(lease.expires(), lease.address()));
          }
        });
    return pool;
  }

  private Optional<Ip4> fresh(Pool pool, IpRange range, Predicate<Ip4> usable) {
    long last = Integer.toUnsignedLong(range.last().bits());
    while (pool.next <= last) {
      Ip4 address = new Ip4((int) pool.next);
      if (!byAddress.containsKey(address) && usable.test(address)) {
        return Optional.of(address);
      }
      pool.next++;
    }
    return Optional.empty();
  }

  private Optional<Ip4> ended(Pool pool, Predicate<Ip4> fits, Instant now) {
    while (true) {
      End end = pool.ends.peek();
      if (end == null || now.isBefore(end.at())) {
        return Optional.empty();
      }
      Lease lease = byAddress.get(end.address());
      if (lease != null && now.isBefore(lease.expires()) && lease.state() != Lease.State.RELEASED) {
        pool.ends.poll();
        pool.ends.add(new End(lease.expires(), end.address()));
      } else if (fits.test(end.address())) {
        return Optional.of(end.address());
      } else {
        pool.ends.poll();
      }
    }
  }

  /// Writes an entry over the one of the same address. The client's former address is free again if
  /// it was only offered.
  public void put(Lease lease) {
    Lease before = byAddress.put(lease.address(), lease);
    if (lease.state() == Lease.State.DECLINED) {
      byMac.remove(lease.mac(), lease.address());
    } else {
      Ip4 former = byMac.put(lease.mac(), lease.address());
      if (former != null && !former.equals(lease.address())) {
        forgetOffer(former);
      }
    }
    pools.forEach((range, pool) -> {
      boolean sooner = before == null || lease.expires().isBefore(before.expires());
      if (sooner && range.contains(lease.address())) {
        pool.ends.add(new End(lease.expires(), lease.address()));
      }
    });
  }

  /// Ends an offer that its client did not take.
  public void forgetOffer(Ip4 address) {
    Lease lease = byAddress.get(address);
    if (lease != null && lease.state() == Lease.State.OFFERED) {
      put(
          new Lease(
              address,
              lease.mac(),
              lease.clientId(),
              lease.node(),
              Instant.EPOCH,
              Lease.State.RELEASED));
    }
  }

  /// How many entries it has, in use or not.
  public int size() {
    return byAddress.size();
  }
}
