package dev.coldframe.decide;

import dev.coldframe.node.BootState;
import dev.coldframe.node.EepromStanding;
import dev.coldframe.node.EepromStanding.State;
import dev.coldframe.node.EepromUpdate;
import dev.coldframe.node.Eeproms;
import dev.coldframe.node.Installation;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.node.Node;
import dev.coldframe.node.Soc;
import dev.coldframe.node.World;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Whose turn it is to take an update of its boot EEPROM. All nodes that want the same image make
/// one roll-out; a turn is for the boot that a board is in, so whoever boots first goes first.
///
/// | So many have it | At a time |
/// |---|---|
/// | none | one |
/// | fewer than one and a quarter of all | a quarter of all |
/// | more | all |
///
/// The first that fails stops it: nobody else is offered it until the operator wants it tried
/// again, or the profile wants another image. Who did not take it stops nothing, and is not asked
/// again before that either.
public final class EepromDecisions {
  private static final int PART = 4;

  private EepromDecisions() {}

  /// A node and where it stands.
  public record Member(String node, String profile, EepromStanding standing) {
    private Optional<String> image() {
      return standing.target().map(Eeproms.Target::image);
    }

    private boolean is(State state) {
      return standing.state() == state;
    }
  }

  /// How a roll-out goes.
  public enum Progress {
    /// Nothing is left to do.
    DONE,
    /// Somebody takes it.
    RUNS,
    /// Somebody will be offered it at its next boot.
    WAITS,
    /// Somebody failed.
    STOPPED;

    /// `stopped`, as commands and JSON write it.
    public String label() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /// A failure that stops a roll-out.
  ///
  /// @param node whose; it may be out of the inventory by now
  public record Stop(String node, EepromUpdate update, String reason) {}

  /// The nodes that want one image.
  ///
  /// @param target the image
  /// @param members in the order of the inventory
  /// @param failed who failed first, if somebody did
  public record Rollout(Eeproms.Target target, List<Member> members, Optional<Stop> failed) {
    public Rollout {
      members = List.copyOf(members);
    }

    private long count(State state) {
      return members.stream().filter(m -> m.is(state)).count();
    }

    private long open() {
      return count(State.OFFERED) + count(State.FETCHED) + count(State.CAME_BACK);
    }

    /// How it goes.
    public Progress progress() {
      if (failed().isPresent()) {
        return Progress.STOPPED;
      }
      if (open() > 0) {
        return Progress.RUNS;
      }
      return count(State.WAITS) > 0 ? Progress.WAITS : Progress.DONE;
    }

    /// How many may be at it at a time.
    public long window() {
      long all = members.size();
      long part = (all + PART - 1) / PART;
      long have = count(State.HAS);
      return have == 0 ? 1 : have < 1 + part ? part : all;
    }

    /// Whether one more may be offered it.
    boolean hasRoom() {
      return failed().isEmpty() && open() < window();
    }
  }

  /// All nodes whose profiles want something in their boot EEPROM, in the order of the inventory.
  public static List<Member> members(World world, Map<String, BootState> states) {
    var out = new ArrayList<Member>();
    for (Node node : world.nodes()) {
      BootState state = states.get(node.name());
      Map<String, String> facts = state == null ? Map.of() : state.facts();
      EepromStanding.of(node, facts, world.eeproms())
          .ifPresent(s -> out.add(new Member(node.name(), node.profile().name(), s)));
    }
    return out;
  }

  /// Who failed, by the image. It does not count whether it is a node still, or still has a board
  /// that the image is for.
  private static Map<String, List<Stop>> stops(Map<String, BootState> states) {
    var out = new HashMap<String, List<Stop>>();
    states.forEach((node, state) ->
        EepromUpdate.of(state.facts())
            .filter(update -> update.step() == EepromUpdate.Step.FAILED)
            .ifPresent(update ->
                out.computeIfAbsent(update.image(), _ -> new ArrayList<>())
                    .add(
                        new Stop(
                            node, update, state.facts().getOrDefault(EepromUpdate.REASON, "")))));
    return out;
  }

  /// All roll-outs; nodes for which there is no image are in none.
  public static List<Rollout> rollouts(World world, Map<String, BootState> states) {
    Map<String, List<Stop>> stops = stops(states);
    var by = new LinkedHashMap<String, List<Member>>();
    for (Member member : members(world, states)) {
      member
          .image()
          .ifPresent(image -> by.computeIfAbsent(image, _ -> new ArrayList<>()).add(member));
    }
    return by.entrySet().stream()
        .map(e ->
            new Rollout(
                e.getValue().getFirst().standing().target().orElseThrow(),
                e.getValue(),
                stops.getOrDefault(e.getKey(), List.of()).stream()
                    .min(Comparator.comparing(stop -> stop.update().since()))))
        .toList();
  }

  /// Whether the boot of a loader begins, which has yet to look for an update in it
  /// (raspberry-pi-boot.md, sections 3.5 and 3.6): it speaks DHCP, or probes for its folder. What
  /// is loaded whole may be for the next stage, and what is asked for without a folder may be the
  /// end of a search.
  ///
  /// @param facts of its node's state
  public static boolean begins(JournalEvent event, Map<String, String> facts) {
    if (EepromUpdate.isLoader(event)) {
      return true;
    }
    boolean probes =
        switch (event.type()) {
          case FILE_PROBED -> true;
          case FILE_REFUSED -> event.fields().getOrDefault("path", "").contains("/");
          default -> false;
        };
    return probes
        && switch (EepromUpdate.name(event)) {
          case "start4.elf" -> true;
          case "config.txt" -> Soc.of(facts).filter(soc -> soc == Soc.BCM2712).isPresent();
          default -> false;
        };
  }

  /// The image that a node waits for. As long as somebody wants the one that it failed with, it
  /// waits for none: another offer would be written over what stops that.
  public static Optional<String> awaited(Node node, BootState state, World world) {
    boolean stops =
        EepromUpdate.of(state.facts())
            .filter(update -> update.step() == EepromUpdate.Step.FAILED)
            .filter(update -> world.eeproms().isWanted(update.image()))
            .isPresent();
    return EepromStanding.of(node, state.facts(), world.eeproms())
        .filter(standing -> standing.state() == State.WAITS && !stops)
        .flatMap(EepromStanding::target)
        .map(Eeproms.Target::image);
  }

  /// What is offered to a node whose loader is heard.
  ///
  /// @param now the time, by a clock that may be behind
  /// @return empty when it has it, or when it is not its turn
  public static Optional<JournalEvent> offer(
      Node node, World world, Map<String, BootState> states, Instant now) {
    Optional<String> image =
        Optional.ofNullable(states.get(node.name())).flatMap(state -> awaited(node, state, world));
    return rollouts(world, states).stream()
        .filter(Rollout::hasRoom)
        .filter(rollout -> image.filter(rollout.target().image()::equals).isPresent())
        .findFirst()
        .map(rollout -> {
          long dated = timestamp(rollout.target(), states.get(node.name()), world, now);
          return EepromUpdate.offered(rollout.target(), dated, now)
              .at(EepromUpdate.Step.OFFERED, node.name(), now, "");
        });
  }

  /// Later than what the board may have, whatever the clock says: an update that is dated before
  /// that is left.
  private static long timestamp(
      Eeproms.Target target, @Nullable BootState state, World world, Instant now) {
    long before = state == null ? 0 : EepromUpdate.datedLast(state.facts());
    long floor = world.knowledge().timeFloor().day().getEpochSecond();
    return LongStream.of(now.getEpochSecond(), target.built() + 1, floor, before + 1)
        .max()
        .getAsLong();
  }

  /// What follows for a node whose step takes too long.
  ///
  /// @param state where it stands
  /// @param steady the time by the clock that its step is measured with
  /// @param now the time for people
  public static Optional<JournalEvent> overdue(
      Node node, BootState state, World world, Instant steady, Instant now) {
    Duration limit = world.site().stages().boot();
    Installation installation = state.installation();
    boolean unheard =
        installation.complete()
            && installation.local()
            && StagingBegins.unheard(node, state, world).isPresent();
    return EepromUpdate.of(state.facts())
        .filter(update -> steady.isAfter(update.since().plus(limit)))
        .flatMap(update -> update.overdue(node.name(), text(limit), unheard, now));
  }

  private static String text(Duration limit) {
    return limit.toSeconds() % 60 == 0 ? limit.toMinutes() + " min" : limit.toSeconds() + " s";
  }

  /// What the operator's word that all is tried again makes of it, for each node that did not take
  /// it and for all that failed.
  public static List<JournalEvent> resumed(
      World world, Map<String, BootState> states, Instant now) {
    Stream<JournalEvent> left =
        members(world, states).stream()
            .filter(m -> m.is(State.IGNORED))
            .flatMap(m -> m.standing().update().stream().map(u -> u.resumed(m.node(), now)));
    Stream<JournalEvent> failed =
        stops(states).values().stream()
            .flatMap(List::stream)
            .map(stop -> stop.update().resumed(stop.node(), now));
    return Stream.concat(left, failed).toList();
  }

  /// Why a node cannot be forgotten: with it a stop would be.
  public static Optional<String> held(Node node, World world, Map<String, BootState> states) {
    boolean stops =
        rollouts(world, states).stream()
            .flatMap(rollout -> rollout.failed().stream())
            .anyMatch(stop -> stop.node().equals(node.name()));
    return stops
        ? Optional.of(
            node.name()
                + " stopped the roll-out of an EEPROM update; 'coldframe firmware rollout --resume'"
                + " first")
        : Optional.empty();
  }

  /// What is said of a node's boot EEPROM, one sentence; empty where its profile wants nothing.
  public static Optional<String> sentence(Node node, World world, Map<String, BootState> states) {
    return members(world, states).stream()
        .filter(m -> m.node().equals(node.name()))
        .findFirst()
        .map(member -> {
          String reason = member.standing().reason();
          return "Its boot EEPROM: "
              + member.standing().words()
              + (reason.isEmpty() ? "" : ", " + reason)
              + stop(member, rollouts(world, states))
              + ".";
        });
  }

  private static String stop(Member member, List<Rollout> rollouts) {
    return rollouts.stream()
        .filter(rollout -> rollout.members().contains(member))
        .flatMap(rollout -> rollout.failed().stream())
        .findFirst()
        .map(failed ->
            failed.node().equals(member.node())
                ? "; that stopped the roll-out, 'coldframe firmware rollout --resume' goes on"
                : "; the roll-out stopped at " + failed.node() + ": " + failed.reason())
        .orElse("");
  }
}
