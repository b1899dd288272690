package dev.coldframe.boot.lint;

import dev.coldframe.net.Serial;
import dev.coldframe.node.World;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;

/// What is looked at: a site, and what it would serve.
///
/// @param world config file, inventory and images
/// @param imported the names of all images that were taken in, of those too that have no boot
///   partition
/// @param trees the boot trees of its nodes, alike ones once
/// @param loadersMissing what a node that is no Raspberry Pi would be told to load and is not
///   there, by the node's name
/// @param families 3, 4 or 5 by the name of each node that is known to be a Raspberry Pi
/// @param serials of each node, as the inventory has them or its board showed them, by its name
public record Scene(
    World world,
    Set<String> imported,
    List<ServedTree> trees,
    Map<String, List<String>> loadersMissing,
    Map<String, Integer> families,
    SequencedMap<String, List<Serial>> serials) {
  public Scene {
    imported = Set.copyOf(imported);
    trees = List.copyOf(trees);
    loadersMissing = Collections.unmodifiableMap(new LinkedHashMap<>(loadersMissing));
    families = Map.copyOf(families);
  }
}
