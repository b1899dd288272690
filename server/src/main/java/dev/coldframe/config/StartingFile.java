package dev.coldframe.config;

import dev.coldframe.net.Cidr;
import dev.coldframe.net.Ip4;
import dev.coldframe.net.IpRange;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Writes the file that `coldframe init` puts down: small, commented, and right for the machine it
/// is written on.
public final class StartingFile {
  private static final int POOL_SIZE = 40;

  /// How many addresses stay free above the pool, for what is set up by hand.
  private static final int FREE_ABOVE = 16;

  private static final LocalInterface EXAMPLE =
      new LocalInterface("eth0", Ip4.parse("192.168.0.2"), 24, Optional.empty());

  private StartingFile() {}

  /// A file that serves the first of the interfaces that can be served; the others are named in a
  /// comment.
  ///
  /// @param observe whether the network is to be watched only
  public static String write(List<LocalInterface> interfaces, boolean observe) {
    List<LocalInterface> usable = interfaces.stream().filter(StartingFile::isUsable).toList();
    LocalInterface served = usable.isEmpty() ? EXAMPLE : usable.getFirst();
    return Resources.text("starting.yaml")
        .replace("${mode}", observe ? "observe" : "authoritative")
        .replace("${address}", served.address().toString())
        .replace("${interface}", served.name())
        .replace("${subnet}", served.subnet().toString())
        .replace("${router}", gateway(served, "router: %s", "# router: the nodes' default gateway"))
        .replace("${dns}", gateway(served, "dns: [%s]", "# dns: [the nodes' name servers]"))
        .replace("${pool}", pool(served))
        .replace("${others}", others(usable));
  }

  /// What the loader would take: a subnet with room for nodes, and a name that needs no quotes.
  private static boolean isUsable(LocalInterface candidate) {
    return candidate.prefixLength() >= NetworkReader.MIN_PREFIX
        && candidate.prefixLength() <= NetworkReader.MAX_PREFIX
        && candidate.address().isAssignable()
        && candidate.subnet().isHost(candidate.address())
        && candidate.name().matches("[a-zA-Z][a-zA-Z0-9._-]{0,14}");
  }

  private static String gateway(LocalInterface served, String form, String otherwise) {
    return served
        .gateway()
        .filter(served.subnet()::isHost)
        .map(gateway -> form.replace("%s", gateway.toString()))
        .orElse(otherwise);
  }

  private static String pool(LocalInterface served) {
    return findPool(served)
        .map(pool -> "pool: " + pool)
        .orElse("# pool: first-last, for boards without a pin");
  }

  /// The highest run of addresses that holds neither the appliance nor the gateway.
  private static Optional<IpRange> findPool(LocalInterface served) {
    Cidr subnet = served.subnet();
    Ip4 top = subnet.broadcast().plus(-FREE_ABOVE);
    return IntStream.iterate(0, n -> n - POOL_SIZE)
        .limit(3)
        .mapToObj(top::plus)
        .filter(last -> subnet.isHost(last) && subnet.isHost(last.plus(1 - POOL_SIZE)))
        .map(last -> new IpRange(last.plus(1 - POOL_SIZE), last))
        .filter(pool -> !pool.contains(served.address()))
        .filter(pool -> served.gateway().filter(pool::contains).isEmpty())
        .findFirst();
  }

  private static String others(List<LocalInterface> usable) {
    return usable.stream()
        .skip(1)
        .map(other ->
            "  # also here: interface " + other.name() + ", subnet " + other.subnet() + "\n")
        .collect(Collectors.joining());
  }
}
