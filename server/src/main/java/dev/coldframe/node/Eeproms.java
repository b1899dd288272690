package dev.coldframe.node;

import java.util.Map;
import java.util.Optional;

/// What is known of boot EEPROMs: what each profile wants, and what is offered to whom.
///
/// @param targets the images that profiles want, by the profile's name and the chip; none where the
///   firmware store has no such image
/// @param offers what was offered last, by the node's name
public record Eeproms(Map<String, Map<Soc, Target>> targets, Map<String, Offer> offers) {
  /// Nothing.
  public static final Eeproms NONE = new Eeproms(Map.of(), Map.of());

  public Eeproms {
    targets = Map.copyOf(targets);
    offers = Map.copyOf(offers);
  }

  /// An image with a profile's settings in it.
  ///
  /// @param soc the chip that it is for
  /// @param version its date, as its file's name or itself tells it
  /// @param built when it was built, unix seconds; 0 where it does not say so
  /// @param image the SHA-256 of all of it
  /// @param settings the SHA-256 of its settings ([#settingsText])
  public record Target(Soc soc, String version, long built, String image, String settings) {
    /// Whether a board that reported this has it.
    ///
    /// @param reported unix seconds, `1754265600`
    public boolean isBuild(String reported) {
      return built > 0 && reported.equals(Long.toString(built));
    }
  }

  /// An offer.
  ///
  /// @param soc the chip of the board
  /// @param image the SHA-256 of what is offered
  /// @param timestamp its `ts:`, unix seconds
  /// @param step where the update stands
  public record Offer(Soc soc, String image, long timestamp, EepromUpdate.Step step) {}

  /// Settings as they are compared: without zeros, carriage returns and empty lines at the end.
  public static String settingsText(String conf) {
    return conf.replace("\0", "").replace("\r", "").stripTrailing() + "\n";
  }

  /// What a node's profile wants for a chip.
  public Optional<Target> target(Node node, Soc soc) {
    return Optional.ofNullable(targets.getOrDefault(node.profile().name(), Map.of()).get(soc));
  }

  /// Whether any profile wants an image.
  public boolean isWanted(String image) {
    return targets.values().stream()
        .flatMap(byChip -> byChip.values().stream())
        .anyMatch(target -> target.image().equals(image));
  }

  /// What was offered to a node last.
  public Optional<Offer> offer(Node node) {
    return Optional.ofNullable(offers.get(node.name()));
  }

  /// Whether a node is offered what its profile wants, now.
  public boolean isOffered(Node node) {
    return offer(node)
        .filter(offer -> offer.step().isOpen())
        .filter(offer ->
            target(node, offer.soc()).filter(t -> t.image().equals(offer.image())).isPresent())
        .isPresent();
  }

  /// The same with other targets.
  public Eeproms withTargets(Map<String, Map<Soc, Target>> other) {
    return new Eeproms(other, offers);
  }

  /// The same with other offers.
  public Eeproms withOffers(Map<String, Offer> other) {
    return new Eeproms(targets, other);
  }
}
