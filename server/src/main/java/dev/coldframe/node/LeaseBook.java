package dev.coldframe.node;

import dev.coldframe.net.Ip4;
import dev.coldframe.net.IpRange;
import dev.coldframe.net.MacAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.IntSupplier;
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

  private static final int SMALL_POOL = 64;

  private final Map<Ip4, Lease> byAddress = new HashMap<>();

  /// The addresses of each client, one a network it was on, the latest last.
  private final Map<MacAddress, List<Ip4>> byMac = new HashMap<>();

  private final Map<IpRange, Pool> pools = new HashMap<>();

  /// Addresses that nobody on the link answered for, and until when that is believed.
  private final Map<Ip4, Instant> clear = new HashMap<>();

  /// Addresses with an entry that is on its way to where leases are kept.
  private final Map<Ip4, Unsure> unsure = new HashMap<>();

  private final boolean whole;
  private final Sharing sharing;

  /// @param sure what was stored there last
  /// @param writes how many are under way
  /// @param latest the one that began last
  private record Unsure(Optional<Lease> sure, int writes, Lease latest) {}

  /// How several appliances give addresses of one pool.
  ///
  /// @param margin how long an address is kept from others after its lease has ended, because
  ///   clocks differ
  /// @param place which of the appliances this one is, from 0: says where in a pool it looks for
  ///   addresses that nobody ever had; one that has not heard of the others yet does not know
  public record Sharing(Duration margin, IntSupplier place) {
    /// There is one appliance.
    public static final Sharing NONE = new Sharing(Duration.ZERO, () -> 0);
  }

  /// Opens the book with all that was ever stored.
  public LeaseBook(Collection<Lease> stored) {
    this(stored, true);
  }

  /// Opens the book with what was stored.
  ///
  /// @param whole whether that is all; where it is not, who says that it has a lease may be right
  public LeaseBook(Collection<Lease> stored, boolean whole) {
    this(stored, whole, Sharing.NONE);
  }

  /// Opens the book of one of several appliances with what was stored.
  ///
  /// @param whole as above
  public LeaseBook(Collection<Lease> stored, boolean whole, Sharing sharing) {
    this.whole = whole;
    this.sharing = sharing;
    stored.stream().sorted(Comparator.comparing(Lease::expires)).forEach(this::put);
  }

  /// Whether every lease is known that was ever given.
  public boolean isWhole() {
    return whole;
  }

  /// The dynamic addresses of one range: those never given are taken in order, then those that
  /// ended longest ago.
  private static final class Pool {
    private int place;

    /// So many steps of [FreshOrder] have led to addresses that somebody had.
    private long steps;

    private final NavigableSet<End> ends = new TreeSet<>();

    /// The ends of offers that nobody has taken yet; those that are over are dropped when it is
    /// asked.
    private final NavigableSet<End> offers = new TreeSet<>();

    Pool(int place) {
      this.place = place;
    }
  }

  /// When an address is free again; one for each entry of the pool.
  private record End(Instant at, Ip4 address) implements Comparable<End> {
    @Override
    public int compareTo(End other) {
      int order = at.compareTo(other.at);
      return order != 0 ? order : address.compareTo(other.address);
    }
  }

  /// What stands at an address, in use or not.
  public Optional<Lease> at(Ip4 address) {
    return Optional.ofNullable(byAddress.get(address));
  }

  /// The client's latest entry, in use or not.
  public Optional<Lease> of(MacAddress mac) {
    List<Ip4> addresses = byMac.getOrDefault(mac, List.of());
    return addresses.isEmpty() ? Optional.empty() : at(addresses.getLast());
  }

  /// Whether somebody else has the address, is offered it, or it is in quarantine.
  public boolean takenFrom(MacAddress mac, Ip4 address, Instant now) {
    Lease lease = byAddress.get(address);
    if (lease == null) {
      return false;
    }
    boolean others = lease.state() == Lease.State.ACTIVE && !lease.mac().equals(mac);
    if (!now.isBefore(others ? lease.expires().plus(sharing.margin()) : lease.expires())) {
      return false;
    }
    return switch (lease.state()) {
      case OFFERED, ACTIVE -> !lease.mac().equals(mac);
      case DECLINED, UNKNOWN -> true;
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
    for (Ip4 own : byMac.getOrDefault(mac, List.of())) {
      if (fits.test(own)) {
        return Optional.of(own);
      }
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
    var pool = new Pool(sharing.place().getAsInt());
    byAddress
        .values()
        .forEach(lease -> {
          if (range.contains(lease.address())) {
            End end = new End(lease.expires(), lease.address());
            pool.ends.add(end);
            if (lease.state() == Lease.State.OFFERED) {
              pool.offers.add(end);
            }
          }
        });
    return pool;
  }

  /// Whether so many offers are open that only clients which had an address before are served: an
  /// eighth of a large pool is kept from those who ask and never take. In a small one every address
  /// counts.
  public boolean isCrowded(IpRange range, Instant now) {
    Pool pool = pools.computeIfAbsent(range, this::pool);
    while (!pool.offers.isEmpty() && !now.isBefore(pool.offers.first().at())) {
      pool.offers.pollFirst();
    }
    long kept = range.size() < SMALL_POOL ? 0 : range.size() / 8;
    return pool.offers.size() >= range.size() - kept;
  }

  private Optional<Ip4> fresh(Pool pool, IpRange range, Predicate<Ip4> usable) {
    int place = sharing.place().getAsInt();
    if (place != pool.place) {
      pool.place = place;
      pool.steps = 0;
    }
    long first = Integer.toUnsignedLong(range.first().bits());
    while (pool.steps < range.size()) {
      Ip4 address = new Ip4((int) (first + FreshOrder.at(place, pool.steps, range.size())));
      if (!byAddress.containsKey(address) && usable.test(address)) {
        return Optional.of(address);
      }
      pool.steps++;
    }
    return Optional.empty();
  }

  private static Optional<Ip4> ended(Pool pool, Predicate<Ip4> fits, Instant now) {
    for (End end : pool.ends) {
      if (now.isBefore(end.at())) {
        break;
      }
      if (fits.test(end.address())) {
        return Optional.of(end.address());
      }
    }
    return Optional.empty();
  }

  /// Writes an entry over the one of the same address. What the client was offered before in the
  /// same pool is free again.
  public void put(Lease lease) {
    Ip4 address = lease.address();
    Lease before = byAddress.put(address, lease);
    if (before != null) {
      unlink(before.mac(), address);
    }
    if (lease.state() != Lease.State.DECLINED && lease.state() != Lease.State.UNKNOWN) {
      byMac.computeIfAbsent(lease.mac(), _ -> new ArrayList<>(1)).add(address);
    }
    pools.forEach((range, pool) -> {
      if (range.contains(address)) {
        if (before != null) {
          End gone = new End(before.expires(), address);
          pool.ends.remove(gone);
          if (before.state() == Lease.State.OFFERED) {
            pool.offers.remove(gone);
          }
        }
        End end = new End(lease.expires(), address);
        pool.ends.add(end);
        if (lease.state() == Lease.State.OFFERED) {
          pool.offers.add(end);
        }
        forgetOtherOffers(lease, range);
      }
    });
  }

  /// Writes an entry that is not stored yet. The address is its client's at once, so that nobody
  /// else gets it. [#stored] or [#notStored] must follow.
  public void putUnsure(Lease lease) {
    Ip4 address = lease.address();
    Unsure known = unsure.getOrDefault(address, new Unsure(at(address), 0, lease));
    unsure.put(address, new Unsure(known.sure(), known.writes() + 1, lease));
    put(lease);
  }

  /// Whether a write of an address's entry is under way, so that it may not stay.
  public boolean isUnsure(Ip4 address) {
    return unsure.containsKey(address);
  }

  /// An entry of [#putUnsure] is stored.
  public void stored(Lease lease) {
    written(lease.address(), Optional.of(lease));
  }

  /// An entry of [#putUnsure] could not be stored: when no other write of that address is under way
  /// any more, what was stored last comes back.
  public void notStored(Lease lease) {
    written(lease.address(), Optional.empty());
  }

  /// What another appliance has stored. It shows when the writes of this one are through, because
  /// it may be older than they are.
  public void heard(Lease lease) {
    Unsure known = unsure.get(lease.address());
    if (known == null) {
      put(lease);
    } else {
      unsure.put(lease.address(), new Unsure(Optional.of(lease), known.writes(), known.latest()));
    }
  }

  private void written(Ip4 address, Optional<Lease> stored) {
    Unsure known = unsure.get(address);
    if (known == null) {
      return;
    }
    Optional<Lease> sure = stored.or(known::sure);
    if (known.writes() > 1) {
      unsure.put(address, new Unsure(sure, known.writes() - 1, known.latest()));
      return;
    }
    unsure.remove(address);
    // What was put there since in another way, a release, stays.
    if (sure.isPresent() && known.latest().equals(byAddress.get(address))) {
      put(sure.get());
    }
  }

  private void unlink(MacAddress mac, Ip4 address) {
    byMac.computeIfPresent(
        mac,
        (_, addresses) -> {
          addresses.remove(address);
          return addresses.isEmpty() ? null : addresses;
        });
  }

  private void forgetOtherOffers(Lease lease, IpRange range) {
    for (Ip4 other : List.copyOf(byMac.getOrDefault(lease.mac(), List.of()))) {
      if (!other.equals(lease.address()) && range.contains(other)) {
        forgetOffer(other);
      }
    }
  }

  /// Ends an offer that its client did not take.
  public void forgetOffer(Ip4 address) {
    Lease lease = byAddress.get(address);
    if (lease != null && lease.state() == Lease.State.OFFERED) {
      Lease ended =
          new Lease(
              address,
              lease.mac(),
              lease.clientId(),
              lease.node(),
              Instant.EPOCH,
              Lease.State.RELEASED);
      byAddress.put(address, ended);
      pools.forEach((range, pool) -> {
        if (range.contains(address)) {
          pool.ends.remove(new End(lease.expires(), address));
          pool.offers.remove(new End(lease.expires(), address));
          pool.ends.add(new End(ended.expires(), address));
        }
      });
    }
  }

  /// How many addresses of a range nobody else can have now: leased, offered or in quarantine.
  /// Looks at each of them.
  public int used(IpRange range, Instant now) {
    int used = 0;
    for (Lease lease : byAddress.values()) {
      boolean free = lease.state() == Lease.State.RELEASED || !now.isBefore(lease.expires());
      used += !free && range.contains(lease.address()) ? 1 : 0;
    }
    return used;
  }

  /// How many entries it has, in use or not.
  public int size() {
    return byAddress.size();
  }
}
