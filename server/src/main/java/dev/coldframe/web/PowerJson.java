package dev.coldframe.web;

import dev.coldframe.decide.PowerDecisions.Action;
import dev.coldframe.decide.PowerDecisions.Outlet;
import dev.coldframe.decide.Ruling;
import dev.coldframe.node.Node;
import dev.coldframe.node.PowerPort;
import dev.coldframe.node.PowerSwitch;
import dev.coldframe.store.Worlds;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Power as requests put it and answers show it. Blocks.
final class PowerJson {
  private final PowerDesk desk;
  private final Worlds worlds;

  PowerJson(PowerDesk desk, Worlds worlds) {
    this.desk = desk;
    this.worlds = worlds;
  }

  /// All ports, and the switches behind them.
  ObjectNode list() {
    List<PowerLooks.Told> all = desk.looks().all();
    Map<String, Map.Entry<String, String>> nodes = new HashMap<>();
    desk.looks()
        .places(all)
        .forEach((name, place) -> {
          if (place.outlet() instanceof Outlet.Port port) {
            nodes.put(port.place(), Map.entry(name, place.from()));
          }
        });
    ObjectNode out = JsonMapper.shared().createObjectNode();
    ArrayNode ports = out.putArray("ports");
    ArrayNode switches = out.putArray("switches");
    for (PowerLooks.Told told : all) {
      String name = told.of().name();
      switches.add(of(told));
      for (PowerPort port : told.view().ports()) {
        Optional<Map.Entry<String, String>> node =
            Optional.ofNullable(nodes.get(name + "/" + port.port()));
        ports
            .addObject()
            .put("switch", name)
            .put("port", port.port())
            .put("node", node.map(Map.Entry::getKey).orElse(null))
            .put("from", node.map(Map.Entry::getValue).orElse(null))
            .put("on", port.on())
            .put("state", port.condition().label())
            .put("watts", port.watts().orElse(null));
      }
    }
    return out;
  }

  private static ObjectNode of(PowerLooks.Told told) {
    ObjectNode out =
        JsonMapper.shared()
            .createObjectNode()
            .put("name", told.of().name())
            .put("driver", driver(told.of()))
            .put("budget", told.of().ration().budgetWatts().orElse(null))
            .put("up", told.up().map(Duration::toSeconds).orElse(null))
            .put("error", told.failure().orElse(null));
    ArrayNode supplies = out.putArray("supplies");
    told.view()
        .supplies()
        .forEach(supply ->
            supplies
                .addObject()
                .put("group", supply.group())
                .put("watts", supply.watts())
                .put("used", supply.used().orElse(null)));
    return out;
  }

  /// What gives one node its power, and what that port does, as its switch told within the last ten
  /// seconds.
  ObjectNode node(String name) {
    Node node =
        worlds.get().node(name).orElseThrow(() -> new Problem(404, Operations.noSuchNode()));
    ObjectNode out = JsonMapper.shared().createObjectNode().put("node", name);
    out.putNull("place").putNull("on").putNull("state").putNull("watts").putNull("error");
    ArrayNode can = out.putArray("can");
    try {
      switch (desk.looks().recentOutletOf(node)) {
        case Outlet.None(String remedy) -> out.put("error", remedy);
        case Outlet.Unseen _ -> out.put("error", "its port was not looked up yet");
        case Outlet.Sleeper sleeper -> {
          out.put("place", sleeper.place());
          can.add(Action.ON.label());
        }
        case Outlet.Port at -> {
          out.put("place", at.place());
          List.of(Action.values()).forEach(action -> can.add(action.label()));
          port(at, out);
        }
      }
    } catch (Problem e) {
      out.put("error", e.getMessage());
    }
    return out;
  }

  private void port(Outlet.Port at, ObjectNode out) {
    PowerLooks.Told told = desk.looks().recent(List.of(at.of())).getFirst();
    if (!told.view().answered()) {
      out.put("error", told.failure().orElse(null));
    }
    told.view().ports().stream()
        .filter(port -> port.port().equals(at.port()))
        .findFirst()
        .ifPresent(port ->
            out.put("on", port.on())
                .put("state", port.condition().label())
                .put("watts", port.watts().orElse(null)));
  }

  private static String driver(PowerSwitch of) {
    return switch (of.way()) {
      case PowerSwitch.Snmp _ -> "snmp";
      case PowerSwitch.Netgear _ -> "netgear";
      case PowerSwitch.Command _ -> "command";
      case PowerSwitch.WakeOnLan _ -> "wol";
    };
  }

  /// Switches a node.
  ObjectNode turn(RoutingContext ctx) {
    Body body = Body.of(ctx, Set.of("action", "force"));
    Action action =
        body.text("action")
            .flatMap(Action::ofLabel)
            .orElseThrow(() -> new Problem(400, "action: write on, off or cycle"));
    Optional<String> force = body.text("force");
    if (force.filter(text -> !text.equals("yes") && !text.equals("no")).isPresent()) {
      throw new Problem(400, "force: write yes or no");
    }
    String name = new Query(ctx).part("name");
    return switch (desk.turn(name, action, force.equals(Optional.of("yes")))) {
      case Ruling.Refused<Outlet>(Ruling.Why why, String text) -> throw Problem.of(why, text);
      case Ruling.Granted<Outlet>(Outlet outlet, _) ->
          JsonMapper.shared()
              .createObjectNode()
              .put("node", name)
              .put("action", action.label())
              .put("place", outlet.place());
    };
  }
}
