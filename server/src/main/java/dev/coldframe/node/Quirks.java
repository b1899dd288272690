package dev.coldframe.node;

import dev.coldframe.net.MacAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What is known of boards and their firmware: makers' address blocks, and how a firmware stage
/// departs from the standard. Data, read from `quirks.yaml`; nothing else in the code knows a
/// board's bugs (architecture, truth 5).
///
/// @param piBlocks address blocks of Raspberry Pi → the board family (3, 4 or 5) they hint at
/// @param rows departures from the standard; all that match apply
public record Quirks(Map<Integer, Integer> piBlocks, List<Row> rows) {
  public Quirks {
    piBlocks = Map.copyOf(piBlocks);
    rows = List.copyOf(rows);
  }

  /// One departure.
  ///
  /// @param id its name in tests and explanations
  /// @param blocks address blocks it applies to; empty: all
  /// @param stages firmware stages it applies to; empty: all
  /// @param behaviour what is done about it
  /// @param evidence where it was seen; begins with `inferred` where nobody wrote it down
  public record Row(
      String id,
      Set<Integer> blocks,
      Set<Sighting.Stage> stages,
      Behaviour behaviour,
      String evidence) {
    public Row {
      blocks = Set.copyOf(blocks);
      stages = Set.copyOf(stages);
    }

    boolean applies(MacAddress mac, Sighting.Stage stage) {
      return (blocks.isEmpty() || blocks.contains(mac.oui()))
          && (stages.isEmpty() || stages.contains(stage));
    }
  }

  /// What can be done about a quirk.
  public sealed interface Behaviour {
    /// The OFFER is sent once more after a pause, because the board's receive path keeps the last
    /// packet until another one comes.
    record RepeatOffer(Duration after) implements Behaviour {}

    /// The OFFER is sent after a pause, because the board does not listen yet.
    record DelayOffer(Duration by) implements Behaviour {}

    /// An OFFER binds: the board uses the address without a REQUEST, so it is held this long.
    record BindsOnOffer(Duration hold) implements Behaviour {}
  }

  /// Whether the address belongs to a Raspberry Pi.
  public boolean isPi(MacAddress mac) {
    return piBlocks.containsKey(mac.oui());
  }

  /// The pause before the OFFER to this board is repeated, if it needs that.
  public Optional<Duration> repeatOffer(MacAddress mac, Sighting.Stage stage) {
    for (Row row : rows) {
      if (row.behaviour() instanceof Behaviour.RepeatOffer(Duration after)
          && row.applies(mac, stage)) {
        return Optional.of(after);
      }
    }
    return Optional.empty();
  }

  /// The pause before the OFFER to this board is sent at all.
  public Optional<Duration> delayOffer(MacAddress mac, Sighting.Stage stage) {
    for (Row row : rows) {
      if (row.behaviour() instanceof Behaviour.DelayOffer(Duration by) && row.applies(mac, stage)) {
        return Optional.of(by);
      }
    }
    return Optional.empty();
  }

  /// How long an offer is held for a board that takes it without a word.
  public Optional<Duration> bindsOnOffer(MacAddress mac, Sighting.Stage stage) {
    for (Row row : rows) {
      if (row.behaviour() instanceof Behaviour.BindsOnOffer(Duration hold)
          && row.applies(mac, stage)) {
        return Optional.of(hold);
      }
    }
    return Optional.empty();
  }
}
