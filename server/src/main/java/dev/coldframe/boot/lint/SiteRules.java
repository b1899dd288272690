package dev.coldframe.boot.lint;

import dev.coldframe.boot.lint.Lint.Hit;
import dev.coldframe.net.Serial;
import dev.coldframe.node.Node;
import dev.coldframe.node.Profile;
import dev.coldframe.node.Profile.ClientClass;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What to look for in a site as a whole.
final class SiteRules {
  private static final Set<ClientClass> UEFI =
      Set.of(
          ClientClass.UEFI_X64,
          ClientClass.UEFI_ARM64,
          ClientClass.HTTP_X64,
          ClientClass.HTTP_ARM64);

  /// Debian packages that run containers with overlayfs.
  private static final Set<String> KUBERNETES = Set.of("kubelet", "kubeadm", "k3s");

  /// Where they keep their images, and folders around.
  private static final Set<String> CONTAINERS =
      Set.of("/var", "/var/lib", "/var/lib/rancher", "/var/lib/containerd");

  private SiteRules() {}

  static Stream<Hit> missingImages(Scene scene) {
    return images(scene)
        .filter(named -> !scene.imported().contains(named.getValue()))
        .map(named ->
            new Hit(
                List.of("profile " + named.getKey()),
                "its image " + named.getValue() + " is not imported yet"));
  }

  static Stream<Hit> imagesWithoutBoot(Scene scene) {
    return images(scene)
        .filter(named -> scene.imported().contains(named.getValue()))
        .filter(named -> !scene.world().knowledge().images().containsKey(named.getValue()))
        .map(named ->
            new Hit(
                List.of("profile " + named.getKey()),
                "its image " + named.getValue() + " has no kernel that can be read"));
  }

  /// The images that profiles boot, by the profile's name.
  private static Stream<Map.Entry<String, String>> images(Scene scene) {
    return scene.world().site().profiles().values().stream()
        .filter(Profile::bootsImage)
        .flatMap(
            profile -> profile.image().stream().map(image -> Map.entry(profile.name(), image)));
  }

  static Stream<Hit> loadersMissing(Scene scene) {
    return scene.loadersMissing().entrySet().stream()
        .map(lack ->
            new Hit(
                List.of(lack.getKey()),
                "what its firmware is told to load is not there: "
                    + String.join(", ", lack.getValue())));
  }

  /// Two full serials that end alike; what clashes otherwise the config file does not let pass.
  static Stream<Hit> serialSuffixes(Scene scene) {
    var byHalf = new TreeMap<String, List<Owned>>();
    scene
        .serials()
        .forEach((node, serials) ->
            serials.forEach(serial ->
                byHalf
                    .computeIfAbsent(serial.prefix(), _ -> new ArrayList<>())
                    .add(new Owned(node, serial))));
    return byHalf.values().stream()
        .filter(alike -> alike.stream().map(Owned::node).distinct().count() > 1)
        .map(alike ->
            new Hit(
                alike.stream().map(Owned::node).distinct().toList(),
                "their serials end in the same 8 digits: "
                    + alike.stream()
                        .map(owned -> owned.serial().toString())
                        .distinct()
                        .collect(Collectors.joining(", "))));
  }

  private record Owned(String node, Serial serial) {}

  static Stream<Hit> kubernetesOnNfs(Scene scene) {
    return scene.world().site().profiles().values().stream()
        .filter(profile -> profile.boot() == Profile.Boot.NFS && !hasDisk(profile))
        .flatMap(profile ->
            kubernetes(profile.setup()).stream()
                .map(what -> new Hit(List.of("profile " + profile.name()), what)));
  }

  private static boolean hasDisk(Profile profile) {
    return profile.setup().storage().stream()
        .anyMatch(storage -> CONTAINERS.contains(storage.mount()));
  }

  private static Optional<String> kubernetes(Profile.Setup setup) {
    if (setup.kubernetes()) {
      return Optional.of("its root is on NFS, and it is prepared for Kubernetes");
    }
    return setup.packages().stream()
        .filter(KUBERNETES::contains)
        .findFirst()
        .map(name -> "its root is on NFS, and it installs " + name);
  }

  static Stream<Hit> uefiOnPi5(Scene scene) {
    return uefi(scene, family -> family == 5);
  }

  static Stream<Hit> uefiOnPi(Scene scene) {
    return uefi(scene, family -> family < 5);
  }

  private static Stream<Hit> uefi(Scene scene, IntPredicate families) {
    return scene.world().nodes().stream()
        .filter(
            node -> families.test(scene.families().getOrDefault(node.name(), Integer.MAX_VALUE)))
        .flatMap(node -> uefi(node).stream());
  }

  private static Optional<Hit> uefi(Node node) {
    String named =
        node.profile().bootfiles().keySet().stream()
            .filter(UEFI::contains)
            .map(kind -> kind.name().toLowerCase(Locale.ROOT).replace('_', '-'))
            .collect(Collectors.joining(", "));
    return named.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Hit(
                List.of(node.name()),
                "it is a Raspberry Pi, and profile "
                    + node.profile().name()
                    + " names boot files for UEFI ("
                    + named
                    + ")"));
  }

  /// A rule that looks at each EEPROM update that a boot tree offers.
  static Function<Scene, Stream<Hit>> update(Function<UpdateRules.Offer, Stream<String>> rule) {
    return scene ->
        scene.trees().stream()
            .flatMap(tree ->
                tree.updates().stream()
                    .flatMap(update ->
                        rule.apply(new UpdateRules.Offer(update, tree.family()))
                            .map(found -> new Hit(update.nodes(), found))));
  }
}
