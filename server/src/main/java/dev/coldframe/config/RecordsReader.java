package dev.coldframe.config;

import dev.coldframe.net.Ip4;
import dev.coldframe.node.ExtraName;
import dev.coldframe.node.HostName;
import dev.coldframe.node.Site;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// Reads `records:`, the extra names of the domain, and takes the `aliases:` of nodes in.
///
/// ```
///   k8s-api: [192.168.0.20, 192.168.0.21]                  addresses
///   wiki: { cname: geranium }                              another name
///   _etcd._tcp: { srv: [{ target: geranium, port: 2380 }] }
///   note: { txt: ["rack by the window"] }
/// ```
final class RecordsReader {
  private static final int MAX_PORT = 65_535;

  /// Nobody reads more, and an answer over UDP should hold it.
  private static final int MAX_TEXT_CHARS = 1_000;

  private static final String ALONE = "an alias has no data of its own (RFC 1034); ";
  private static final Read<List<Ip4>> ADDRESSES = Reads.oneOrMore(Reads.IP4);
  private static final Read<List<String>> TEXTS =
      Reads.oneOrMore(
          Reads.TEXT.keeping(text ->
              text.length() > MAX_TEXT_CHARS
                  ? Optional.of("is longer than " + MAX_TEXT_CHARS + " characters; shorten it")
                  : Optional.empty()));

  private final Problems problems;
  private final String domain;
  private final Set<String> nodes;
  private final Set<String> hosts;
  private final Map<String, ExtraName> names = new LinkedHashMap<>();
  private final List<Placed<String>> aliasTargets = new ArrayList<>();
  private final List<Placed<String>> serviceTargets = new ArrayList<>();

  /// @param domain the site's
  /// @param site its name, by which this server is known as well
  /// @param nodes the names of the inventory
  RecordsReader(Problems problems, String domain, String site, Set<String> nodes) {
    this.problems = problems;
    this.domain = domain;
    this.nodes = nodes;
    this.hosts = new HashSet<>(nodes);
    hosts.add(Site.APPLIANCE_LABEL);
    hosts.add(site);
  }

  /// All names that could be read, relative to the domain.
  ///
  /// @param entries the section
  /// @param aliases of nodes, by the node's name
  Map<String, ExtraName> read(
      Map<String, Value> entries, Map<String, List<Placed<String>>> aliases) {
    entries.forEach((name, value) -> names.put(name, entry(name, value)));
    aliases.forEach((node, own) -> own.forEach(alias -> alias(node, alias)));
    aliasTargets.forEach(this::checkAlias);
    serviceTargets.forEach(this::checkService);
    return names;
  }

  private void alias(String node, Placed<String> alias) {
    if (hosts.contains(alias.value()) || names.containsKey(alias.value())) {
      problems.error(
          alias.place(), alias.value() + " is the name of something else; choose another one");
      return;
    }
    names.put(alias.value(), ExtraName.aliasOf(full(node)));
  }

  private ExtraName entry(String name, Value value) {
    if (!(value instanceof Value.Mapping)) {
      hostProblem(name).ifPresent(message -> problems.error(value.place(), message));
      return ExtraName.of(ADDRESSES.from(value, problems).orElse(List.of()));
    }
    Fields in = Fields.of(value, Section.RECORD, problems);
    checkName(name, in);
    return new ExtraName(
        in.get("address", ADDRESSES, List.of()),
        in.get("cname", target(aliasTargets)),
        in.get("srv", Reads.listOf(this::service), List.of()),
        in.get("txt", TEXTS, List.of()));
  }

  private void checkName(String name, Fields in) {
    boolean host = in.get("address").isPresent() || in.get("cname").isPresent();
    Optional<String> problem = host ? hostProblem(name) : dataProblem(name);
    problem.ifPresent(message -> problems.error(in.place(), message));
    if (in.lacks("address", "cname", "srv", "txt")) {
      problems.error(in.place(), "has no data; write address, cname, srv or txt");
    }
    if (in.get("srv").isPresent() && problem.isEmpty() && !namesService(name)) {
      problems.error(
          in.place("srv"), "is found under the name of a service, such as _etcd._tcp or _ntp._udp");
    }
    if (in.get("cname").isPresent() && !in.lacks("address", "srv", "txt")) {
      problems.error(in.place("cname"), ALONE + "write the others where it leads, or drop it");
    }
  }

  private Optional<String> hostProblem(String name) {
    return nodes.contains(name)
        ? Optional.of("a node has this name already; choose another name for the record")
        : Names.hostProblem(name);
  }

  /// A name with services and texts alone: also below a host, and with underscores.
  private Optional<String> dataProblem(String name) {
    String[] labels = name.split("\\.", -1);
    for (String label : labels) {
      String plain = label.startsWith("_") ? label.substring(1) : label;
      if (!HostName.isLabel(plain) || label.length() > HostName.MAX_LABEL_CHARS) {
        return Optional.of(
            Reads.quote(name)
                + " is no name; use labels of lower-case letters, digits and inner dashes, at most"
                + " 63 each, as in _etcd._tcp");
      }
    }
    if (full(name).length() > Names.MAX_NAME_CHARS) {
      return Optional.of("is longer than 253 characters with the domain; shorten it");
    }
    String host = labels[labels.length - 1];
    return host.startsWith("_") || nodes.contains(host)
        ? Optional.empty()
        : Names.hostProblem(host);
  }

  private static boolean namesService(String name) {
    String[] labels = name.split("\\.", -1);
    return labels.length > 1 && labels[0].startsWith("_") && labels[1].startsWith("_");
  }

  private Optional<ExtraName.Service> service(Value value, Problems into) {
    Fields in = Fields.of(value, Section.SRV, into);
    Read<Integer> number = Reads.integer(0, MAX_PORT);
    Optional<String> target =
        in.require("target", target(serviceTargets), "write the host that offers it");
    Optional<Integer> port =
        in.require("port", Reads.integer(1, MAX_PORT), "write the port where it listens");
    int priority = in.get("priority", number, 0);
    int weight = in.get("weight", number, 0);
    return target.flatMap(host -> port.map(p -> new ExtraName.Service(host, p, priority, weight)));
  }

  /// A name in the domain, or a full one; remembered, for it may stand further down.
  private Read<String> target(List<Placed<String>> targets) {
    Function<String, Optional<String>> parse =
        text -> Names.tryParseDomain(text).map(name -> name.contains(".") ? name : full(name));
    Read<Placed<String>> read = Reads.parsed(parse, "a name such as geranium").placed();
    return read.as(placed -> {
      targets.add(placed);
      return placed.value();
    });
  }

  /// An alias leads to a host in the end: what lies outside is not asked for it.
  private void checkAlias(Placed<String> target) {
    Set<String> passed = new HashSet<>();
    Optional<String> name = relative(target.value());
    while (name.isPresent() && passed.add(name.get())) {
      Optional<String> next = alias(name.get());
      if (next.isEmpty()) {
        break;
      }
      name = next.flatMap(this::relative);
    }
    if (name.isEmpty()) {
      problems.error(
          target.place(), target.value() + " is not in " + domain + "; name a node or a record");
    } else if (alias(name.get()).isPresent()) {
      problems.error(
          target.place(), "leads back to itself; name a node or a record with addresses");
    } else if (!isHost(name.get())) {
      problems.error(target.place(), unknown(name.get()));
    }
  }

  /// RFC 2782: the target of a service is a host, never an alias. Hosts elsewhere are believed.
  private void checkService(Placed<String> target) {
    Optional<String> name = relative(target.value());
    if (name.isEmpty()) {
      return;
    }
    Optional<String> alias = alias(name.get());
    if (alias.isPresent()) {
      problems.error(
          target.place(),
          name.get() + " is an alias, and a service needs a host; write " + alias.get());
    } else if (!isHost(name.get())) {
      problems.error(target.place(), unknown(name.get()));
    }
  }

  private static String unknown(String name) {
    return "no node and no record with an address is called " + name + "; name one that is";
  }

  private Optional<String> alias(String name) {
    return Optional.ofNullable(names.get(name)).flatMap(ExtraName::alias);
  }

  private boolean isHost(String name) {
    ExtraName extra = names.get(name);
    return hosts.contains(name) || (extra != null && !extra.addresses().isEmpty());
  }

  private String full(String name) {
    return name + "." + domain;
  }

  /// A full name without the domain; empty when it is not in there.
  private Optional<String> relative(String full) {
    return full.endsWith("." + domain)
        ? Optional.of(full.substring(0, full.length() - domain.length() - 1))
        : Optional.empty();
  }
}
