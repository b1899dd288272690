package dev.coldframe.web;

import dev.coldframe.decide.OperatorDecisions;
import dev.coldframe.decide.OperatorDecisions.Recovery;
import dev.coldframe.decide.OperatorDecisions.Wish;
import dev.coldframe.decide.Ruling;
import dev.coldframe.net.MacAddress;
import io.vertx.ext.web.RoutingContext;
import java.util.Set;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What an operator may wish, as requests put it. Blocks.
final class Wishes {
  private final Operations operations;
  private final Listing listing;

  Wishes(Operations operations, Listing listing) {
    this.operations = operations;
    this.listing = listing;
  }

  ObjectNode adopt(RoutingContext ctx) {
    Body body = Body.of(ctx, Set.of("name", "address", "profile"));
    MacAddress mac =
        MacAddress.tryParse(new Query(ctx).part("mac"))
            .orElseThrow(
                () -> new Problem(400, "write the board's hardware address, as dc:a6:32:01:36:c2"));
    var wish = new Wish(body.text("name"), body.address("address"), body.text("profile"));
    return listing.node(granted(operations.adopt(mac, wish)).name());
  }

  ObjectNode arm(RoutingContext ctx) {
    Body body = Body.of(ctx, Set.of("disk", "for"));
    String disk =
        body.text("disk").orElseThrow(() -> new Problem(400, "disk: say which one may be written"));
    var time = body.time("for").orElse(OperatorDecisions.USUAL_TIME);
    return listing.node(granted(operations.arm(named(ctx), disk, time)).node());
  }

  ObjectNode disarm(RoutingContext ctx) {
    Body.of(ctx, Set.of());
    return listing.node(granted(operations.disarm(named(ctx))).name());
  }

  ObjectNode recover(RoutingContext ctx) {
    Body body = Body.of(ctx, Set.of("disk", "for"));
    var time = body.time("for").orElse(OperatorDecisions.USUAL_TIME);
    String name = named(ctx);
    Recovery recovery = granted(operations.recover(name, body.text("disk"), time));
    ObjectNode out = JsonMapper.shared().createObjectNode();
    out.set("node", listing.node(name));
    ArrayNode ways = out.putArray("ways");
    recovery.ways().forEach(ways::add);
    return out;
  }

  ObjectNode forget(RoutingContext ctx) {
    Body.of(ctx, Set.of());
    String name = granted(operations.forget(named(ctx))).name();
    return JsonMapper.shared().createObjectNode().put("forgotten", name);
  }

  ObjectNode resume(RoutingContext ctx) {
    Body.of(ctx, Set.of());
    operations.resumeRollouts();
    return listing.rollouts();
  }

  private static String named(RoutingContext ctx) {
    return new Query(ctx).part("name");
  }

  private static <T> T granted(Ruling<T> ruling) {
    return switch (ruling) {
      case Ruling.Granted<T>(T value, _) -> value;
      case Ruling.Refused<T>(Ruling.Why why, String text) -> throw Problem.of(why, text);
    };
  }
}
