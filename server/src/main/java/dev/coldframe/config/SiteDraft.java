package dev.coldframe.config;

import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// A site as another server's file tells it, on its way into a config file. Owned by the thread
/// that imports.
final class SiteDraft {
  private static final Pattern INTERFACE = Pattern.compile("[a-zA-Z][a-zA-Z0-9._-]{0,14}");
  private static final long INFINITE_SECONDS = 0xffff_ffffL;

  /// What is found in the file and cannot be used: errors stop the import, warnings are what it
  /// leaves out.
  final Problems problems;

  private final String file;
  final List<NetworkDraft> networks = new ArrayList<>();
  private final Map<String, Pin> pins = new LinkedHashMap<>();
  private final Map<Ip4, String> byAddress = new LinkedHashMap<>();
  private final Map<MacAddress, String> byMac = new LinkedHashMap<>();
  private final Map<String, Set<Ip4>> records = new LinkedHashMap<>();
  final List<Ip4> upstream = new ArrayList<>();
  @Nullable String domain;
  @Nullable Ip4 appliance;
  @Nullable Long leaseSeconds;

  private record Pin(Ip4 address, Set<MacAddress> macs) {}

  SiteDraft(String file) {
    this.file = file;
    this.problems = new Problems(file);
  }

  /// The name of an interface, where Linux would take it: it goes into the config file as it is.
  Optional<String> interfaceOf(Place at, String name) {
    if (INTERFACE.matcher(name).matches()) {
      return Optional.of(name);
    }
    left(at, "not carried over: no interface of Linux");
    return Optional.empty();
  }

  void left(Place at, String why) {
    problems.warning(at, why);
  }

  Optional<NetworkDraft> networkOf(Ip4 address) {
    return networks.stream().filter(n -> n.subnet.isHost(address)).findFirst();
  }

  /// A host with a fixed address.
  ///
  /// @param name what the file calls it; one is made up where that is no node's name
  void pin(Place at, String name, Ip4 address, List<MacAddress> macs) {
    if (networkOf(address).isEmpty()) {
      left(at, "not carried over: " + address + " is in none of the networks");
      return;
    }
    String owner = byAddress.get(address);
    String label = owner != null && name.isEmpty() ? owner : labelOf(at, name, address);
    Optional<MacAddress> taken =
        macs.stream()
            .filter(mac -> !mac.isUnicast() || !byMac.getOrDefault(mac, label).equals(label))
            .findFirst();
    Pin known = pins.get(label);
    boolean another = known != null && !known.address().equals(address);
    if (taken.isPresent() || another || (owner != null && !owner.equals(label))) {
      left(at, "not carried over: the name, the address or the hardware address is another host's");
      return;
    }
    byAddress.put(address, label);
    macs.forEach(mac -> byMac.put(mac, label));
    pins.computeIfAbsent(label, _ -> new Pin(address, new LinkedHashSet<>())).macs().addAll(macs);
  }

  private String labelOf(Place at, String name, Ip4 address) {
    String own = domain == null ? "" : "." + domain;
    String label =
        !own.isEmpty() && name.endsWith(own)
            ? name.substring(0, name.length() - own.length())
            : name;
    if (!label.isEmpty() && Names.nodeNameProblem(label).isEmpty()) {
      return label;
    }
    String made = "host-" + address.toString().replace('.', '-');
    left(at, "the host has no name that a node may have; it is called " + made);
    return made;
  }

  /// An extra name.
  void record(Place at, String name, Ip4 address) {
    String own = domain == null ? "" : "." + domain;
    String label =
        !own.isEmpty() && name.endsWith(own)
            ? name.substring(0, name.length() - own.length())
            : name;
    Pin pin = pins.get(label);
    if (pin != null && pin.address().equals(address)) {
      return;
    }
    if (pin != null || label.contains(".") || Names.hostProblem(label).isPresent()) {
      left(at, "not carried over: " + name + " is no further name of the domain");
      return;
    }
    records.computeIfAbsent(label, _ -> new LinkedHashSet<>()).add(address);
  }

  /// The config file, or why there is none.
  Imported finish() {
    if (networks.isEmpty()) {
      problems.error(Place.FILE, "names no IPv4 network with addresses to give; nothing to import");
    }
    if (!problems.errors().isEmpty()) {
      return new Imported.Invalid(problems.errors());
    }
    String text = text(applianceAddress());
    var options = new LoadOptions(Path.of("/nonexistent"), true);
    return switch (ConfigLoader.parse(file, Path.of("/"), text, options)) {
      case Loaded.Ok _ -> new Imported.Ok(text, problems.warnings());
      case Loaded.Invalid(List<Problem> wrong) ->
          new Imported.Invalid(
              wrong.stream()
                  .map(p -> new Problem(file, 0, p.path(), "would become wrong: " + p.message()))
                  .toList());
    };
  }

  private Ip4 applianceAddress() {
    if (appliance != null) {
      return appliance;
    }
    NetworkDraft first = networks.getFirst();
    Ip4 free =
        IntStream.iterate(1, n -> n + 1)
            .mapToObj(first.subnet.network()::plus)
            .filter(a -> !first.subnet.isHost(a) || isFree(first, a))
            .findFirst()
            .orElseThrow();
    left(
        Place.FILE,
        "does not say this server's own address; appliance.address is " + free + ", look it over");
    return free;
  }

  private boolean isFree(NetworkDraft network, Ip4 address) {
    return !byAddress.containsKey(address)
        && !address.equals(network.router)
        && (network.pool == null || !network.pool.contains(address));
  }

  private String text(Ip4 appliance) {
    var out =
        new StringBuilder(
            "# Imported; 'coldframe check' reads it, 'coldframe schema' prints every key.\n");
    out.append("site: imported\n");
    if (domain != null) {
      out.append("domain: ").append(domain).append('\n');
    }
    out.append("appliance: { address: ").append(appliance).append(" }\n");
    if (leaseSeconds != null) {
      boolean infinite = leaseSeconds >= INFINITE_SECONDS;
      out.append("lease-time: ").append(infinite ? "infinite" : leaseSeconds + "s").append('\n');
    }
    if (!upstream.isEmpty()) {
      out.append("upstream-dns: ").append(upstream).append('\n');
    }
    out.append("\nnetworks:\n");
    networks.forEach(network -> network.write(out));
    out.append("\nprofiles:\n  # Boots from its own disk; nothing is ever written to it.\n");
    out.append("  imported: { boot: local }\n\nnodes:\n");
    pins.forEach((name, pin) ->
        out.append(
            "  %s: { mac: %s, address: %s, profile: imported }\n"
                .formatted(
                    name,
                    pin.macs().stream()
                        .map(mac -> "\"" + mac + "\"")
                        .collect(Collectors.joining(", ", "[", "]")),
                    pin.address())));
    if (!records.isEmpty()) {
      out.append("\nrecords:\n");
      records.forEach(
          (name, to) -> out.append("  ").append(name).append(": ").append(to).append('\n'));
    }
    return out.toString();
  }
}
