package dev.coldframe.transport.content;

import dev.coldframe.decide.HttpBootDecisions;
import dev.coldframe.net.Bytes;
import dev.coldframe.node.Node;
import dev.coldframe.node.World;
import dev.coldframe.render.NodeModel;
import dev.coldframe.render.TemplateException;
import dev.coldframe.render.Templates;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// Seed files from the templates in `seed/`. Never cached: they hold secrets.
public final class TemplateSeeds implements Seeds {
  private static final String FOLDER = "seed/";

  private final Supplier<World> world;
  private final TemplateFolder templates;

  /// @param world the present world; its site names the templates folder
  /// @param templates the templates in force
  public TemplateSeeds(Supplier<World> world, TemplateFolder templates) {
    this.world = world;
    this.templates = templates;
  }

  @Override
  public Optional<Bytes> render(Node node, String name, Context context) throws IOException {
    World now = world.get();
    return render(now, name, NodeModel.seed(node, now, journey(context)));
  }

  static NodeModel.Journey journey(Context context) {
    return new NodeModel.Journey(
        context.instanceId(), context.seedUrl(), context.reportUrl(), context.healthUrl());
  }

  /// Renders a seed file with each secret masked and without a journey (row L-13).
  public Optional<Bytes> preview(Node node, String name) throws IOException {
    World now = world.get();
    return render(now, name, NodeModel.preview(node, now));
  }

  private Optional<Bytes> render(World now, String name, Map<String, Object> model)
      throws IOException {
    Templates all = templates.current(Path.of(now.site().templates()));
    if (!HttpBootDecisions.SEEDS.contains(name) || !all.has(FOLDER + name)) {
      return Optional.empty();
    }
    try {
      String text = all.render(FOLDER + name, model);
      return text.isBlank()
          ? Optional.empty()
          : Optional.of(Bytes.of(text, StandardCharsets.UTF_8));
    } catch (TemplateException e) {
      throw new IOException(e.getMessage(), e);
    }
  }
}
