package dev.coldframe.web;

import dev.coldframe.decide.PowerDecisions.Action;
import dev.coldframe.decide.PowerDecisions.Outlet;
import dev.coldframe.decide.Ruling;
import dev.coldframe.node.Node;
import dev.coldframe.node.PowerPort;
import dev.coldframe.node.PowerSwitch;
import dev.coldframe.node.World;
import dev.coldframe.store.Worlds;
import io.vertx.ext.web.RoutingContext;
import java.util.HashMap;
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
    World world = worlds.get();
    Map<String, String> nodes = new HashMap<>();
    for (Node node : world.nodes()) {
      desk.placeOf(node).ifPresent(place -> nodes.put(place, node.name()));
    }
    ObjectNode out = JsonMapper.shared().createObjectNode();
    ArrayNode ports = out.putArray("ports");
    ArrayNode switches = out.putArray("switches");
    for (PowerDesk.Told told : desk.ports()) {
      String name = told.of().name();
      switches
          .addObject()
          .put("name", name)
          .put("driver", driver(told.of()))
          .put("error", told.failure().orElse(null));
      for (PowerPort port : told.ports()) {
        ports
            .addObject()
            .put("switch", name)
            .put("port", port.port())
            .put("node", nodes.get(name + "/" + port.port()))
            .put("on", port.on())
            .put("state", port.condition().label())
            .put("watts", port.watts().orElse(null));
      }
    }
    return out;
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
