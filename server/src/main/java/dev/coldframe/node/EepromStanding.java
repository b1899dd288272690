package dev.coldframe.node;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// What a node should have in its boot EEPROM, and what it has as far as that is known.
///
/// @param state how the two compare
/// @param target what it should have; empty where nothing can be offered to it
/// @param has the version that it has; empty where that is not known
/// @param settings whether its settings are those wanted; empty where its system does not report
///   them
/// @param update the update that was offered last, where it is what is wanted now
/// @param reason why it is where it is; empty where the state says it all
public record EepromStanding(
    State state,
    Optional<Eeproms.Target> target,
    Optional<String> has,
    Optional<Boolean> settings,
    Optional<EepromUpdate> update,
    String reason) {
  /// How what it has compares with what it should have.
  public enum State {
    /// It has it.
    HAS,
    /// It has something else, or nobody knows what, and will be offered it in its turn.
    WAITS,
    /// It may take it in this boot.
    OFFERED,
    /// It fetched it.
    FETCHED,
    /// Its loader was heard after that.
    CAME_BACK,
    /// It did not take it.
    IGNORED,
    /// It took it, and something went wrong.
    FAILED,
    /// Its loader has not shown what board it is.
    UNKNOWN_BOARD,
    /// It is a board without a boot EEPROM.
    NO_EEPROM,
    /// The firmware store has no such image.
    NO_FIRMWARE;

    /// `came-back`, as commands and JSON write it.
    public String label() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static State of(EepromUpdate.Step step) {
      return switch (step) {
        case OFFERED -> OFFERED;
        case FETCHED -> FETCHED;
        case CAME_BACK -> CAME_BACK;
        case HAS -> HAS;
        case IGNORED -> IGNORED;
        case FAILED -> FAILED;
      };
    }
  }

  /// Where a node stands; empty where its profile wants nothing of the kind.
  ///
  /// @param facts of its state
  public static Optional<EepromStanding> of(Node node, Map<String, String> facts, Eeproms eeproms) {
    if (node.profile().eeprom().isEmpty()) {
      return Optional.empty();
    }
    Optional<Soc> soc = Soc.of(facts);
    Optional<Eeproms.Target> target = soc.flatMap(s -> eeproms.target(node, s));
    Optional<EepromUpdate> update =
        EepromUpdate.of(facts)
            .filter(u -> target.filter(t -> t.image().equals(u.image())).isPresent());
    Optional<Boolean> settings =
        Optional.ofNullable(facts.get(EepromUpdate.SETTINGS))
            .flatMap(reported -> target.map(t -> t.settings().equals(reported)));
    State state = state(facts, soc, target, update, settings);
    return Optional.of(
        new EepromStanding(
            state,
            target,
            has(facts, target, update),
            settings,
            update,
            update.map(_ -> facts.getOrDefault(EepromUpdate.REASON, "")).orElse("")));
  }

  private static State state(
      Map<String, String> facts,
      Optional<Soc> soc,
      Optional<Eeproms.Target> target,
      Optional<EepromUpdate> update,
      Optional<Boolean> settings) {
    if (soc.isEmpty()) {
      return facts.containsKey("board") ? State.NO_EEPROM : State.UNKNOWN_BOARD;
    }
    if (target.isEmpty()) {
      return State.NO_FIRMWARE;
    }
    if (update.isPresent()) {
      return State.of(update.get().step());
    }
    boolean reported = target.get().isBuild(facts.getOrDefault(EepromUpdate.BOOTLOADER, ""));
    return reported && settings.orElse(false) ? State.HAS : State.WAITS;
  }

  private static Optional<String> has(
      Map<String, String> facts, Optional<Eeproms.Target> target, Optional<EepromUpdate> update) {
    String reported = facts.getOrDefault(EepromUpdate.BOOTLOADER, "");
    if (!reported.isEmpty()) {
      return Optional.of(
          target
              .filter(t -> t.isBuild(reported))
              .map(Eeproms.Target::version)
              .orElseGet(() -> EepromUpdate.date(reported)));
    }
    return update.filter(u -> u.step() == EepromUpdate.Step.HAS).map(EepromUpdate::version);
  }

  /// For a line of a list: `2026-08-04`, `waits for 2026-08-04`.
  public String words() {
    String wanted = target.map(Eeproms.Target::version).orElse("");
    return switch (state) {
      case HAS -> wanted + (settings.orElse(true) ? "" : ", other settings");
      case WAITS -> "waits for " + wanted;
      case OFFERED -> "is offered " + wanted;
      case FETCHED -> "takes " + wanted;
      case CAME_BACK -> "came back with " + wanted;
      case IGNORED -> "left " + wanted;
      case FAILED -> "failed with " + wanted;
      case UNKNOWN_BOARD -> "board not seen";
      case NO_EEPROM -> "has none";
      case NO_FIRMWARE -> "no such firmware";
    };
  }
}
