package dev.coldframe.web;

import dev.coldframe.node.Network;
import dev.coldframe.node.Node;
import dev.coldframe.node.Phase;
import dev.coldframe.node.Profile;
import dev.coldframe.node.Site;
import dev.coldframe.node.World;
import dev.coldframe.store.Chronicle;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Objects;
import java.util.function.LongSupplier;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The site as a whole, and what the operator should look at.
final class SiteJson {
  private static final String STORE_DAMAGED = "store-damaged";

  private final Sources sources;

  private final LongSupplier lost;

  /// @param lost how many events a webhook did not take
  SiteJson(Sources sources, LongSupplier lost) {
    this.sources = sources;
    this.lost = lost;
  }

  ObjectNode site() {
    World world = sources.worlds().get();
    Site site = world.site();
    ObjectNode out = JsonMapper.shared().createObjectNode();
    out.put("name", site.name());
    out.put("domain", site.domain());
    out.put("appliance", site.appliance().toString());
    out.put("version", version());
    out.put("started", sources.started().toString());
    ArrayNode services = out.putArray("services");
    site.services().forEach(service -> services.add(word(service)));
    ArrayNode networks = out.putArray("networks");
    site.networks().forEach(network -> networks.add(network(network)));
    ArrayNode profiles = out.putArray("profiles");
    site.profiles().values().forEach(profile -> profiles.add(profile(profile)));
    ObjectNode phases = out.putObject("nodes");
    for (Phase phase : Phase.values()) {
      phases.put(phase.label(), sources.chronicle().count(phase));
    }
    alerts(world, out.putArray("alerts"));
    return out;
  }

  private static String version() {
    String version = SiteJson.class.getPackage().getImplementationVersion();
    return Objects.requireNonNullElse(version, "(not packaged)");
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static ObjectNode network(Network network) {
    ObjectNode out = JsonMapper.shared().createObjectNode();
    out.put("interface", network.interfaceName());
    out.put("subnet", network.subnet().toString());
    out.put("mode", word(network.mode()));
    out.put("router", network.router().map(Object::toString).orElse(null));
    out.put("pool", network.pool().map(Object::toString).orElse(null));
    return out;
  }

  private static ObjectNode profile(Profile profile) {
    ObjectNode out = JsonMapper.shared().createObjectNode();
    out.put("name", profile.name());
    out.put("boot", word(profile.boot()));
    out.put("image", profile.image().orElse(null));
    return out;
  }

  private void alerts(World world, ArrayNode out) {
    for (Node node : world.shadowed()) {
      alert(
          out,
          "node-shadowed",
          "the adopted node " + node.name() + " clashes with the config file and is not served");
    }
    world
        .cutOff()
        .ifPresent(cut ->
            alert(
                out,
                "state-cut-off",
                "since "
                    + cut.since().truncatedTo(ChronoUnit.SECONDS)
                    + " "
                    + cut.refusal()
                    + "; pins are served from this appliance's copy of then, and nothing new is"
                    + " given"));
    sources
        .leases()
        .damage()
        .ifPresent(where ->
            alert(
                out,
                STORE_DAMAGED,
                "the lease store is damaged ("
                    + where
                    + "): nodes are served, nothing dynamic is acknowledged; stop the server and"
                    + " bring a backup back with coldframe restore --force"));
    sources
        .chronicle()
        .refusal()
        .ifPresent(
            why -> alert(out, STORE_DAMAGED, why + ". Until then " + blind(sources.chronicle())));
    long dropped = sources.chronicle().dropped();
    if (dropped > 0 && sources.chronicle().damage().isEmpty()) {
      alert(out, "journal-dropped", dropped + " journal lines never reached the disk");
    }
    if (lost.getAsLong() > 0) {
      alert(out, "webhook-dropped", lost.getAsLong() + " events were not taken by the webhook");
    }
    long failed = sources.chronicle().count(Phase.FAILED);
    if (failed > 0) {
      alert(out, "nodes-failed", failed + (failed == 1 ? " node" : " nodes") + " failed to boot");
    }
  }

  private static String blind(Chronicle chronicle) {
    return chronicle.isBlind()
        ? "boards are served, nothing is installed and nothing secret is told"
        : "boards are served, and what happens is not written down";
  }

  private static void alert(ArrayNode out, String kind, String text) {
    out.addObject().put("kind", kind).put("text", text);
  }
}
