package dev.coldframe.config;

import dev.coldframe.net.Cidr;
import dev.coldframe.net.Ip4;
import dev.coldframe.net.IpRange;
import dev.coldframe.net.MacAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads a `kea-dhcp4.conf`: networks, options and reservations.
public final class KeaImport {
  /// What says nothing that Coldframe would have to be told.
  private static final Set<String> NOTHING_TO_SAY =
      Set.of("authoritative", "ip-reservations-unique", "id", "comment", "user-context", "space");

  private final SiteDraft site;
  private final DraftOptions options;
  private final List<Runnable> later = new ArrayList<>();
  private String interfaceName = "";

  private KeaImport(String file) {
    site = new SiteDraft(file);
    options = new DraftOptions(site);
  }

  /// Reads a file.
  ///
  /// @param file its name for messages
  public static Imported read(String file, String text) {
    var reader = new KeaImport(file);
    JsonTree.read(text, reader.site.problems).ifPresent(reader::file);
    return reader.site.finish();
  }

  private void file(Value value) {
    Map<String, Value> dhcp = entries(entries(value).get("Dhcp4"));
    if (dhcp.isEmpty()) {
      site.problems.error(value.place(), "has no Dhcp4; this is hardly a kea-dhcp4.conf");
      return;
    }
    interfaces(entries(dhcp.get("interfaces-config")).get("interfaces"));
    dhcp.forEach(this::top);
    if (interfaceName.isEmpty()
        && site.networks.stream().anyMatch(n -> n.interfaceName.isEmpty())) {
      site.left(
          Place.FILE, "does not name the interface of each network; eth0 is taken, look it over");
    }
    site.networks.stream()
        .filter(n -> n.interfaceName.isEmpty())
        .forEach(n -> n.interfaceName = interfaceName.isEmpty() ? "eth0" : interfaceName);
    later.forEach(Runnable::run);
  }

  private void top(String key, Value value) {
    switch (key) {
      case "interfaces-config" -> {}
      case "valid-lifetime" ->
          number(value).ifPresent(seconds -> site.leaseSeconds = Math.min(seconds, 0xffff_ffffL));
      case "subnet4" -> items(value).forEach(this::subnet);
      case "shared-networks" ->
          items(value)
              .forEach(shared -> items(entries(shared).get("subnet4")).forEach(this::subnet));
      case "option-data" ->
          later.addFirst(() ->
              site.networks.forEach(network -> items(value).forEach(v -> option(network, v))));
      case "reservations" -> items(value).forEach(this::reservation);
      default -> other(key, value);
    }
  }

  private void other(String key, Value value) {
    if (!NOTHING_TO_SAY.contains(key)) {
      site.left(value.place(), "not carried over: it has nothing like it here");
    }
  }

  /// `eth0` or `eth0/192.168.0.2`; the address is this server's.
  private void interfaces(@Nullable Value value) {
    for (Value item : items(value)) {
      String[] parts = text(item).split("/", -1);
      Optional<String> name =
          parts[0].equals("*") ? Optional.empty() : site.interfaceOf(item.place(), parts[0]);
      if (interfaceName.isEmpty() && name.isPresent()) {
        interfaceName = name.get();
        later.add(() -> {
          if (parts.length > 1) {
            site.appliance = Ip4.tryParse(parts[1]).orElse(null);
          }
        });
      } else if (name.isPresent()) {
        site.left(item.place(), "a further interface; look over which network is on it");
      }
    }
  }

  private void subnet(Value value) {
    Map<String, Value> entries = entries(value);
    Value named = entries.getOrDefault("subnet", value);
    Optional<Cidr> cidr = DraftOptions.cidr(text(named));
    if (cidr.isEmpty()) {
      site.problems.error(named.place(), "a network such as 192.168.0.0/24 is expected");
      return;
    }
    var network = new NetworkDraft(cidr.get());
    site.networks.add(network);
    entries.forEach((key, entry) -> {
      switch (key) {
        case "subnet" -> {}
        case "pools" -> items(entry).forEach(pool -> pool(network, pool));
        case "interface" ->
            site.interfaceOf(entry.place(), text(entry))
                .ifPresent(name -> network.interfaceName = name);
        case "relay" -> relays(network, entry);
        case "option-data" -> later.add(() -> items(entry).forEach(v -> option(network, v)));
        case "reservations" -> items(entry).forEach(this::reservation);
        default -> other(key, entry);
      }
    });
  }

  private void relays(NetworkDraft network, Value value) {
    var all = new ArrayList<>(items(entries(value).get("ip-addresses")));
    Optional.ofNullable(entries(value).get("ip-address")).ifPresent(all::add);
    for (Value item : all) {
      Ip4.tryParse(text(item))
          .ifPresentOrElse(
              network.relays::add,
              () -> site.problems.error(item.place(), "an address is expected"));
    }
  }

  private void pool(NetworkDraft network, Value value) {
    Map<String, Value> entries = entries(value);
    Value named = entries.getOrDefault("pool", value);
    Optional<IpRange> range = range(text(named));
    if (range.isEmpty()
        || !network.subnet.contains(range.get().first())
        || !network.subnet.contains(range.get().last())) {
      site.problems.error(named.place(), "first and last address within the subnet are expected");
    } else if (network.pool != null) {
      site.left(named.place(), "not carried over: a network has one pool, " + network.pool);
    } else {
      network.pool = range.get();
    }
    entries.forEach((key, entry) -> {
      if (!key.equals("pool")) {
        other(key, entry);
      }
    });
  }

  private static Optional<IpRange> range(String text) {
    Optional<Cidr> block = DraftOptions.cidr(text.trim());
    if (block.isPresent()) {
      return Optional.of(new IpRange(block.get().network(), block.get().broadcast()));
    }
    try {
      return Optional.of(IpRange.parse(text));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  private void option(NetworkDraft network, Value value) {
    Map<String, Value> entries = entries(value);
    Optional<Integer> code =
        Optional.ofNullable(entries.get("code"))
            .or(() -> Optional.ofNullable(entries.get("name")))
            .flatMap(name -> DraftOptions.code(text(name)));
    Value data = entries.get("data");
    boolean space = !text(entries.getOrDefault("space", value)).matches("|dhcp4");
    if (code.isEmpty() || data == null || space) {
      site.left(
          value.place(), "not carried over: an option of no name known here, or without data");
      return;
    }
    boolean hex = text(entries.getOrDefault("csv-format", value)).equals("false");
    if (hex) {
      options.putHex(network, data.place(), code.get(), text(data));
    } else {
      List<String> parts =
          Arrays.stream(text(data).split("[,]|(?<=/[0-9]{1,2}) *- *", -1))
              .map(String::trim)
              .toList();
      options.put(network, data.place(), code.get(), parts);
    }
    entries.forEach((key, entry) -> {
      if (!Set.of("code", "name", "data", "csv-format", "always-send").contains(key)) {
        other(key, entry);
      }
    });
  }

  private void reservation(Value value) {
    later.add(() -> {
      Map<String, Value> entries = entries(value);
      Value hardware = entries.get("hw-address");
      Value address = entries.get("ip-address");
      if (hardware == null || address == null) {
        site.left(value.place(), "not carried over: a node has a hardware address and an address");
        return;
      }
      Optional<MacAddress> mac = MacAddress.tryParse(text(hardware));
      Optional<Ip4> ip = Ip4.tryParse(text(address));
      if (mac.isEmpty() || ip.isEmpty()) {
        site.problems.error(value.place(), "no hardware address or no address");
        return;
      }
      String name = text(entries.getOrDefault("hostname", value));
      site.pin(value.place(), name, ip.get(), List.of(mac.get()));
      entries.forEach((key, entry) -> {
        if (!Set.of("hw-address", "ip-address", "hostname").contains(key)) {
          other(key, entry);
        }
      });
    });
  }

  private static Map<String, Value> entries(@Nullable Value value) {
    return value instanceof Value.Mapping(_, var entries) ? entries : Map.of();
  }

  private static List<Value> items(@Nullable Value value) {
    return value instanceof Value.Sequence(_, var items) ? items : List.of();
  }

  private static String text(Value value) {
    return value instanceof Value.Scalar(_, String text) ? text : "";
  }

  private Optional<Long> number(Value value) {
    String text = text(value);
    if (!text.matches("[0-9]{1,10}")) {
      site.problems.error(value.place(), "a number of seconds is expected");
      return Optional.empty();
    }
    return Optional.of(Long.parseLong(text));
  }
}
