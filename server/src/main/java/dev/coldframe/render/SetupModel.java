package dev.coldframe.render;

import dev.coldframe.node.Profile.Fan;
import dev.coldframe.node.Profile.Setup;
import dev.coldframe.node.Profile.Storage;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The variables for what first boot does beyond the account.
final class SetupModel {
  private static final int MILLI = 1000;

  private SetupModel() {}

  static Map<String, Object> of(Setup setup) {
    return Map.of(
        "packages",
        Map.of("upgrade", setup.upgrade(), "install", setup.packages()),
        "storage",
        setup.storage().stream().map(SetupModel::disk).toList(),
        "kubernetes",
        setup.kubernetes(),
        "fan",
        fan(setup.fan()),
        "health",
        (int) setup.health().toSeconds());
  }

  private static Map<String, Object> disk(Storage disk) {
    return Map.of(
        "device", disk.device(),
        "label", disk.label(),
        "filesystem", disk.filesystem(),
        "mount", disk.mount(),
        "format", disk.format().name().toLowerCase(java.util.Locale.ROOT).replace('_', '-'));
  }

  /// Temperatures as the overlays take them.
  private static Map<String, Object> fan(Optional<Fan> fan) {
    return switch (fan.orElse(null)) {
      case Fan.Gpio(int pin, int celsius) ->
          Map.of("kind", "gpio", "gpio", pin, "millicelsius", List.of(celsius * MILLI));
      case Fan.PoeHat(List<Integer> celsius) ->
          Map.of(
              "kind",
              "poe",
              "gpio",
              0,
              "millicelsius",
              celsius.stream().map(c -> c * MILLI).toList());
      case null -> Map.of("kind", "", "gpio", 0, "millicelsius", List.of());
    };
  }
}
