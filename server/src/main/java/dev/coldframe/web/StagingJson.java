package dev.coldframe.web;

import dev.coldframe.node.Staging;
import io.vertx.ext.web.RoutingContext;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The staging of nodes as requests put it and answers show it. Blocks.
final class StagingJson {
  /// No rack takes more.
  private static final int MAX_WATTS = 100_000;

  private final StagingDesk desk;

  StagingJson(StagingDesk desk) {
    this.desk = desk;
  }

  /// How it goes.
  ObjectNode state() {
    return of(desk.state());
  }

  /// Begins one, or says what it would do.
  ObjectNode begin(RoutingContext ctx) {
    Body body = Body.of(ctx, Set.of("nodes", "budget", "dry-run"));
    List<String> names =
        body.text("nodes")
            .map(text -> Arrays.stream(text.split(",")).map(String::strip).toList())
            .orElse(List.of());
    Optional<Integer> budget = body.text("budget").map(StagingJson::watts);
    String dry = body.text("dry-run").orElse("no");
    if (!dry.equals("yes") && !dry.equals("no")) {
      throw new Problem(400, "dry-run: write yes or no");
    }
    return of(desk.begin(names, budget, dry.equals("yes")));
  }

  /// Ends what is being staged.
  ObjectNode stop(RoutingContext ctx) {
    return of(desk.stop());
  }

  private static int watts(String text) {
    if (text.matches("[0-9]{1,6}")) {
      int watts = Integer.parseInt(text);
      if (watts >= 1 && watts <= MAX_WATTS) {
        return watts;
      }
    }
    throw new Problem(400, "budget: write watts, a whole number from 1 to " + MAX_WATTS);
  }

  private static ObjectNode of(StagingDesk.State state) {
    ObjectNode out = JsonMapper.shared().createObjectNode().put("active", state.isActive());
    ArrayNode rows = out.putArray("nodes");
    ArrayNode others = out.putArray("left-out");
    for (StagingDesk.Row row : state.rows()) {
      row.objection()
          .ifPresent(why -> others.addObject().put("node", row.node()).put("reason", why));
      row.staging().ifPresent(staging -> rows.add(of(row, staging)));
    }
    ArrayNode switches = out.putArray("switches");
    state
        .views()
        .forEach((name, view) ->
            switches
                .addObject()
                .put("name", name)
                .put("answered", view.answered())
                .put("budget", view.of().ration().budgetWatts().orElse(null))
                .put("taken", state.taken().get(name)));
    return out;
  }

  private static ObjectNode of(StagingDesk.Row row, Staging staging) {
    return JsonMapper.shared()
        .createObjectNode()
        .put("node", row.node())
        .put("place", staging.place())
        .put("step", staging.step().label())
        .put("try", staging.tries())
        .put("of", staging.of())
        .put("since", staging.since().toString())
        .put("run", staging.run())
        .put("budget", staging.budgetWatts().orElse(null))
        .put("reason", row.reason());
  }
}
