package dev.coldframe.node;

import dev.coldframe.net.Ip4;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Everything the config file says, checked and with defaults filled in. Immutable; a reload makes
/// a new one.
///
/// @param name the site's name, a DNS label
/// @param domain the DNS domain of all node names, without a trailing dot
/// @param appliance the address under which nodes reach this server
/// @param tftpRoot absolute path of the folder that every node may fetch from
/// @param templates absolute path of the templates folder; `nodes/<name>/` in it overrides one node
/// @param admin where and how the operator plane is reached
/// @param relay where relays at the edge are heard, if anywhere
/// @param networks the served networks, in file order
/// @param adopt what happens to unknown boards
/// @param profiles by name
/// @param nodes the inventory by node name, in file order
/// @param records extra names, relative to the domain; that of a node may have services and texts
/// @param upstreamDns the name servers that foreign names are asked from, in order; empty: none are
/// @param power what switches nodes on and off, by name
/// @param consoles serial ports that carry consoles of nodes, in file order
/// @param leaseTime how long an address is given for
/// @param guests the `files` profile served to callers that are no node, if any
/// @param services what is bound, in the order of [Service]
/// @param tftp options of the TFTP service
/// @param time which clock the NTP service may vouch for
/// @param limits rate limits
/// @param stages how long each stage of a boot may take
/// @param tokenLife how long the token of an installation lives at most
/// @param shared the database that holds the state of several appliances; empty where this one is
///   alone and its state folder holds all
public record Site(
    String name,
    String domain,
    Ip4 appliance,
    String tftpRoot,
    String templates,
    Admin admin,
    Optional<Admin.Endpoint> relay,
    List<Network> networks,
    Adoption adopt,
    Map<String, Profile> profiles,
    Map<String, Node> nodes,
    Map<String, ExtraName> records,
    List<Ip4> upstreamDns,
    Map<String, PowerSwitch> power,
    List<SerialConsole> consoles,
    Duration leaseTime,
    Optional<String> guests,
    Set<Service> services,
    Tftp tftp,
    TimeSource time,
    Limits limits,
    Stages stages,
    Duration tokenLife,
    Optional<SharedState> shared) {
  /// The label of this server in the domain; no node or record may have it.
  public static final String APPLIANCE_LABEL = "coldframe";

  /// The label above the names of dynamic addresses; no node or record may have it.
  public static final String DYNAMIC_LABEL = "dhcp";

  public Site {
    networks = List.copyOf(networks);
    profiles = Ordered.copy(profiles);
    nodes = Ordered.copy(nodes);
    records = Ordered.copy(records);
    upstreamDns = List.copyOf(upstreamDns);
    power = Ordered.copy(power);
    consoles = List.copyOf(consoles);
    services = Collections.unmodifiableSet(new TreeSet<>(services));
  }

  /// The same site with other networks and services.
  public Site with(List<Network> otherNetworks, Set<Service> otherServices) {
    return new Site(
        name,
        domain,
        appliance,
        tftpRoot,
        templates,
        admin,
        relay,
        otherNetworks,
        adopt,
        profiles,
        nodes,
        records,
        upstreamDns,
        power,
        consoles,
        leaseTime,
        guests,
        otherServices,
        tftp,
        time,
        limits,
        stages,
        tokenLife,
        shared);
  }

  /// Options of the TFTP service.
  ///
  /// @param singlePort whether transfers are answered from the service port itself, for containers
  ///   and NAT
  public record Tftp(boolean singlePort) {}

  /// Guards against floods.
  ///
  /// @param perSource whether rate limits and half-open caps per source apply; off for benchmarks
  public record Limits(boolean perSource) {}

  /// How long the stages of a boot may take before the node counts as failed.
  ///
  /// @param boot from the first DHCP packet to the installer's hello
  /// @param install from hello to the installer's report
  /// @param firstBoot from there to `ready`
  /// @param retries how often a failed boot is begun again
  /// @param powerCycle whether a node that is stuck in a boot is begun again by a power cycle
  public record Stages(
      Duration boot, Duration install, Duration firstBoot, int retries, boolean powerCycle) {
    /// Nobody's power is cycled.
    public Stages(Duration boot, Duration install, Duration firstBoot, int retries) {
      this(boot, install, firstBoot, retries, false);
    }

    /// How often a boot is begun at most.
    public int tries() {
      return retries + 1;
    }
  }

  /// What listens. Each is one service of the boot plane.
  public enum Service {
    DHCP,
    TFTP,
    HTTP,
    DNS,
    MDNS,
    NTP,
    CONSOLE
  }

  /// Which clock the NTP service may vouch for.
  public enum TimeSource {
    /// Only while the kernel says that its clock is synchronised.
    KERNEL,
    /// The operator vouches for the local clock.
    LOCAL
  }
}
