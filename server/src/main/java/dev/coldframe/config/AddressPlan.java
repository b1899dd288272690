package dev.coldframe.config;

import dev.coldframe.net.Cidr;
import dev.coldframe.net.Ip4;
import dev.coldframe.net.IpRange;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// All addresses that the file gives out, in one place: subnets, fixed stations, pools, pins and
/// the adoption range. Sections are entered as they are read; [#check] looks at them together.
/// Every question is one look into a sorted or hashed map, whatever the number of nodes.
final class AddressPlan {
  /// The addresses of one network.
  ///
  /// @param beyond whether it lies behind a relay of ours
  record Subnet(
      Placed<Cidr> cidr,
      Optional<Placed<Ip4>> router,
      Optional<Placed<IpRange>> pool,
      List<Placed<Ip4>> relays,
      boolean beyond) {}

  private record Pin(String node, Placed<Ip4> address) {}

  private static final int SUBNETS_SHOWN = 3;

  private final Problems problems;
  private final boolean loopback;
  private final List<Subnet> subnets = new ArrayList<>();
  private final TreeMap<Ip4, Subnet> byNetwork = new TreeMap<>();
  private final TreeMap<Ip4, String> stations = new TreeMap<>();
  private final Map<Ip4, Place> relays = new HashMap<>();
  private final Map<Ip4, String> pinned = new HashMap<>();
  private final List<Pin> pins = new ArrayList<>();
  private boolean complete = true;

  /// @param loopback whether 127/8 may be served, for tests and rehearsal
  AddressPlan(Problems problems, boolean loopback) {
    this.problems = problems;
    this.loopback = loopback;
  }

  /// A network whose subnet could not be read: what lies outside all others may belong to it.
  void addUnknown() {
    complete = false;
  }

  void add(Subnet subnet) {
    subnets.add(subnet);
  }

  /// An address that belongs to one node.
  void pin(String node, Placed<Ip4> address) {
    String owner = pinned.putIfAbsent(address.value(), node);
    if (owner == null) {
      pins.add(new Pin(node, address));
    } else {
      problems.error(
          address.place(),
          address.value() + " is already pinned to " + owner + "; choose another address");
    }
  }

  /// Looks at everything together.
  void check(Optional<Placed<Ip4>> appliance, Optional<Placed<IpRange>> adoption) {
    subnets.forEach(this::checkSubnet);
    checkOverlaps();
    appliance.ifPresent(this::enterAppliance);
    subnets.forEach(this::enterStations);
    subnets.forEach(this::checkPool);
    pins.forEach(this::checkPin);
    adoption.ifPresent(this::checkAdoption);
  }

  private void checkSubnet(Subnet subnet) {
    Cidr cidr = subnet.cidr().value();
    Place place = subnet.cidr().place();
    if (cidr.network().isLoopback()) {
      if (!loopback) {
        problems.error(place, cidr + " is loopback; only rehearsals and tests can serve it");
      }
    } else if (!cidr.network().isAssignable() || !cidr.broadcast().isAssignable()) {
      problems.error(
          place, cidr + " holds addresses that no host may have; write a private network");
    }
  }

  private void checkOverlaps() {
    List<Subnet> sorted = new ArrayList<>(subnets);
    sorted.sort(
        Comparator.comparing((Subnet s) -> s.cidr().value().network())
            .thenComparingInt(s -> s.cidr().value().prefixLength()));
    Optional<Subnet> widest = Optional.empty();
    for (Subnet subnet : sorted) {
      Optional<Subnet> clash = widest.filter(w -> w.cidr().value().overlaps(subnet.cidr().value()));
      if (clash.isPresent()) {
        reportOverlap(clash.get().cidr(), subnet.cidr());
      } else {
        widest = Optional.of(subnet);
        byNetwork.put(subnet.cidr().value().network(), subnet);
      }
    }
  }

  private void reportOverlap(Placed<Cidr> a, Placed<Cidr> b) {
    boolean inOrder = a.place().line() <= b.place().line();
    Placed<Cidr> first = inOrder ? a : b;
    Placed<Cidr> second = inOrder ? b : a;
    problems.error(
        second.place(),
        second.value()
            + " overlaps "
            + first.place()
            + " ("
            + first.value()
            + "); give each network its own addresses");
  }

  private void enterAppliance(Placed<Ip4> appliance) {
    boolean onlyRelayed =
        !subnets.isEmpty() && subnets.stream().noneMatch(s -> s.relays().isEmpty() && !s.beyond());
    if (!onlyRelayed) {
      checkHost(appliance, Optional.empty());
    }
    stations.put(appliance.value(), "the appliance itself");
  }

  private void enterStations(Subnet subnet) {
    subnet
        .router()
        .ifPresent(router -> {
          checkHost(router, Optional.of(subnet.cidr().value()));
          stations.putIfAbsent(router.value(), "the router");
        });
    for (Placed<Ip4> relay : subnet.relays()) {
      stations.putIfAbsent(relay.value(), "a relay");
      Place before = relays.putIfAbsent(relay.value(), relay.place());
      if (before != null) {
        problems.error(
            relay.place(),
            relay.value()
                + " stands at "
                + before
                + " already; a relay's address names one network");
      }
    }
  }

  private void checkPool(Subnet subnet) {
    subnet.pool().ifPresent(pool -> checkRange(pool, Optional.of(subnet.cidr().value())));
  }

  private void checkPin(Pin pin) {
    Placed<Ip4> address = pin.address();
    String station = stations.get(address.value());
    if (station != null) {
      problems.error(
          address.place(), address.value() + " is " + station + "; choose another address");
    } else {
      checkHost(address, Optional.empty());
    }
  }

  private void checkAdoption(Placed<IpRange> range) {
    checkRange(range, subnetOf(range.value().first()).map(s -> s.cidr().value()));
    for (Subnet subnet : subnets) {
      subnet
          .pool()
          .filter(pool -> pool.value().overlaps(range.value()))
          .ifPresent(pool ->
              problems.warning(
                  range.place(),
                  range.value()
                      + " shares addresses with "
                      + pool.place()
                      + "; boards may be adopted to an address that is leased"));
    }
  }

  /// An address that a host of the subnet, or else of any served subnet, may have.
  private void checkHost(Placed<Ip4> address, Optional<Cidr> of) {
    Optional<Cidr> subnet = of.or(() -> subnetOf(address.value()).map(s -> s.cidr().value()));
    if (subnet.isEmpty()) {
      if (complete) {
        problems.error(address.place(), address.value() + " lies in no served subnet; " + choice());
      }
    } else if (!subnet.get().contains(address.value())) {
      problems.error(
          address.place(),
          address.value() + " lies outside " + subnet.get() + "; choose one inside");
    } else if (!subnet.get().isHost(address.value())) {
      String what =
          address.value().equals(subnet.get().network()) ? "the network's own" : "the broadcast";
      problems.error(
          address.place(), address.value() + " is " + what + " address; choose another address");
    }
  }

  private void checkRange(Placed<IpRange> range, Optional<Cidr> subnet) {
    Ip4 first = range.value().first();
    Ip4 last = range.value().last();
    if (subnet.isEmpty()) {
      checkHost(new Placed<>(range.place(), first), Optional.empty());
      return;
    }
    if (!subnet.get().isHost(first) || !subnet.get().isHost(last)) {
      problems.error(
          range.place(),
          range.value() + " is not inside " + subnet.get() + "; choose its hosts only");
      return;
    }
    stations
        .subMap(first, true, last, true)
        .forEach((address, station) ->
            problems.error(
                range.place(),
                range.value() + " holds " + address + ", " + station + "; leave it out"));
  }

  /// Subnets that do not overlap are found by the greatest network at or below the address.
  private Optional<Subnet> subnetOf(Ip4 address) {
    return Optional.ofNullable(byNetwork.floorEntry(address))
        .map(Map.Entry::getValue)
        .filter(s -> s.cidr().value().contains(address));
  }

  private String choice() {
    List<String> shown =
        byNetwork.values().stream()
            .limit(SUBNETS_SHOWN)
            .map(s -> s.cidr().value().toString())
            .toList();
    return shown.isEmpty() ? "add its network" : "choose one in " + Reads.either(shown);
  }
}
