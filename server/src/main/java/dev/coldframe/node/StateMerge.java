package dev.coldframe.node;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What becomes of a node's state when two appliances changed it without knowing of each other (row
/// one of the two states stays, whole, and the other one is reported. Only what a token has
/// opened, and that it is dead, is kept from both: what is sealed at one is sealed everywhere.
public final class StateMerge {
  private StateMerge() {}

  /// One appliance's word.
  ///
  /// @param state where it says that the node stands
  /// @param changed when it changed that last
  /// @param installs whether it is the one that installs the node just now
  public record Word(BootState state, Instant changed, boolean installs) {}

  /// The result.
  ///
  /// @param state the state from now on
  /// @param mine whether it is this appliance's
  /// @param dropped what of the other one is lost, in words; empty when nothing is
  public record Merged(BootState state, boolean mine, Optional<String> dropped) {}

  /// Decides between two.
  ///
  /// @param base where both stood last; empty when that is not known any more
  public static Merged of(Optional<BootState> base, Word mine, Word theirs) {
    boolean iMoved = moved(base, mine.state());
    boolean theyMoved = moved(base, theirs.state());
    boolean keepsMine = keepsMine(mine, theirs, iMoved, theyMoved);
    Word kept = keepsMine ? mine : theirs;
    Word lost = keepsMine ? theirs : mine;
    Standing keeps = Standing.of(kept.state());
    Standing drops = Standing.of(lost.state());
    boolean overheard = kept.installs() && drops.isOverheard(keeps);
    boolean loses = (keepsMine ? theyMoved : iMoved) && !drops.equals(keeps) && !overheard;
    return new Merged(
        sealed(kept.state(), lost.state()).withInstalls(lost.state().installs()),
        keepsMine,
        loses ? Optional.of(words(lost.state())) : Optional.empty());
  }

  private static boolean keepsMine(Word mine, Word theirs, boolean iMoved, boolean theyMoved) {
    if (mine.installs() != theirs.installs()) {
      return mine.installs();
    }
    if (iMoved != theyMoved) {
      return iMoved;
    }
    return mine.changed().isAfter(theirs.changed());
  }

  private static boolean moved(Optional<BootState> base, BootState now) {
    return base.map(before -> !Standing.of(before).equals(Standing.of(now))).orElse(true);
  }

  /// What of a state matters when another one takes its place; the rest is measured anew soon.
  private record Standing(
      Phase phase,
      int installs,
      Installation.Stage stage,
      String install,
      String disk,
      String token,
      boolean over,
      List<String> released) {
    /// Whether it is what somebody knows of an install who only hears the node speak on the
    /// segment; who installs the node knows that and more.
    boolean isOverheard(Standing installer) {
      return !token.isEmpty()
          && token.equals(installer.token)
          && install.equals(installer.install)
          && over == installer.over
          && installer.released.containsAll(released);
    }

    static Standing of(BootState state) {
      return new Standing(
          state.phase(),
          state.installs(),
          state.installation().stage(),
          state.installation().id(),
          state.installation().disk(),
          state.journey().map(Journey::tokenHash).orElse(""),
          state.journey().filter(j -> !j.ended().isEmpty()).isPresent(),
          state.journey().map(j -> List.copyOf(j.released().keySet())).orElse(List.of()));
    }
  }

  /// The journey that was begun later, with all that is known of it.
  private static BootState sealed(BootState kept, BootState lost) {
    if (lost.journey().isEmpty()) {
      return kept;
    }
    Journey other = lost.journey().get();
    if (kept.journey().isPresent() && kept.journey().get().isSameAs(other)) {
      return kept.withJourney(kept.journey().get().sealedAsIn(other));
    }
    return kept.journey()
        .filter(journey -> kept.installs() < lost.installs())
        .map(journey -> kept.withJourney(journey.end("another appliance let its installer in")))
        .orElse(kept);
  }

  private static String words(BootState state) {
    Installation.Stage stage = state.installation().stage();
    String disk =
        switch (stage) {
          case NONE -> "";
          case WRITING -> ", its disk half written";
          case WRITTEN -> ", its disk written";
          case READY -> ", its system installed";
        };
    return state.phase().label() + " since " + state.since() + disk;
  }
}
