package dev.coldframe.decide;

import dev.coldframe.decide.BootDiagnosis.Stage;
import dev.coldframe.node.BootState;
import dev.coldframe.node.EventType;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.node.Network;
import dev.coldframe.node.Node;
import dev.coldframe.node.Phase;
import dev.coldframe.node.Profile;
import dev.coldframe.node.Sighting;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/// A node's last boot, cut out of its journal, and what the diagnosis asks of it.
final class BootAttempt {
  /// What a loader loads last, or as the last but its initramfs.
  private static final Pattern KERNEL =
      Pattern.compile("(kernel.*|vmlinuz.*|Image.*|u-boot.*|boot)\\.(img|bin|uki)|vmlinuz.*|Image");

  private static final Set<EventType> ASKS =
      EnumSet.of(
          EventType.SEEN,
          EventType.DHCP_REFUSED,
          EventType.DHCP_LOST,
          EventType.DHCP_OFFERED,
          EventType.DHCP_DECLINED);

  private static final Set<EventType> FILES =
      EnumSet.of(
          EventType.FILE_SERVED,
          EventType.FILE_PROBED,
          EventType.FILE_REFUSED,
          EventType.FILE_BROKEN);

  private static final Set<String> RESTS =
      Set.of(Phase.READY.label(), Phase.FAILED.label(), Phase.ADOPTED.label());

  /// What was asked before the phase changed belongs to the boot.
  private static final Duration BEFORE = Duration.ofMinutes(1);

  /// From the installer's end, or from power-on, to the system's first word; a Pi 3 takes the
  /// better part of it.
  private static final Duration RESTART = Duration.ofMinutes(3);

  /// An order is written down with the time at which it was begun; until the power goes, the old
  /// system may report once more. No board is up again sooner.
  private static final Duration CUT = Duration.ofSeconds(15);

  private final BootEvidence evidence;
  private final List<JournalEvent> events;
  private final Stage stage;

  BootAttempt(BootEvidence evidence) {
    this.evidence = evidence;
    this.events = evidence.events().subList(begin(evidence.events()), evidence.events().size());
    this.stage = reached();
  }

  /// The last time that it was switched on, that its loader was answered, that it was sent to its
  /// disk, or that its loader asked in vain after another boot had come to its end.
  private static int begin(List<JournalEvent> all) {
    int at = 0;
    boolean rests = false;
    boolean off = false;
    for (int i = 0; i < all.size(); i++) {
      JournalEvent event = all.get(i);
      boolean again = rests && isLoader(event) && ASKS.contains(event.type());
      if (begins(event, off) || again) {
        at = i;
        rests = false;
      } else if (event.type() == EventType.PHASE) {
        rests = RESTS.contains(field(event, "to"));
      }
      if (isSwitched(event)) {
        off = field(event, "action").equals("off");
      }
    }
    while (at > 0 && belongs(all.get(at - 1), all.get(at))) {
      at--;
    }
    return at;
  }

  /// @param off whether its power was off before
  private static boolean begins(JournalEvent event, boolean off) {
    return switch (event.type()) {
      case PHASE -> field(event, "to").equals(Phase.BOOTING.label());
      case BOOTS_LOCALLY, ADOPTED, BOARD_TAKEN -> true;
      case POWER -> isSwitched(event) && startsIt(event, off);
      default -> false;
    };
  }

  /// What runs is not started by an order to switch it on. The staging gives one only where the
  /// port is off.
  private static boolean startsIt(JournalEvent event, boolean off) {
    return switch (field(event, "action")) {
      case "cycle" -> true;
      case "on" -> off || field(event, "by").equals(PowerDecisions.STAGING);
      default -> false;
    };
  }

  private static boolean isSwitched(JournalEvent event) {
    return event.type() == EventType.POWER && field(event, "result").equals("done");
  }

  private static boolean belongs(JournalEvent before, JournalEvent event) {
    return ASKS.contains(before.type())
        && event.type() != EventType.POWER
        && !before.at().plus(BEFORE).isBefore(event.at());
  }

  private Stage reached() {
    if (has(e -> e.type() == EventType.BOOTS_LOCALLY)) {
      return phase() == Phase.READY ? Stage.READY : Stage.FIRST_BOOT;
    }
    if (has(e -> e.type() == EventType.PHASE && field(e, "to").equals(Phase.READY.label()))) {
      return Stage.READY;
    }
    if (has(e -> e.type() == EventType.PHASE && field(e, "to").equals(Phase.FIRST_BOOT.label()))) {
      return Stage.FIRST_BOOT;
    }
    if (has(e -> e.type() == EventType.HELLO)) {
      return Stage.INSTALL;
    }
    if (kernelServed() || has(e -> isStage(e, Sighting.Stage.INITRAMFS))) {
      return Stage.KERNEL;
    }
    if (has(e -> FILES.contains(e.type())) || has(this::isLoaderAcknowledged)) {
      return Stage.FILES;
    }
    if (has(BootAttempt::isLoader)) {
      return Stage.DHCP;
    }
    return phase() == Phase.READY && systemSpoke() ? Stage.READY : Stage.POWER_ON;
  }

  private boolean isLoaderAcknowledged(JournalEvent event) {
    return event.type() == EventType.DHCP_ACKNOWLEDGED && isLoader(event);
  }

  BootEvidence evidence() {
    return evidence;
  }

  Optional<Node> node() {
    return evidence.node();
  }

  Optional<Profile.Boot> boot() {
    return node().map(n -> n.profile().boot());
  }

  Stage stage() {
    return stage;
  }

  Phase phase() {
    return evidence.state().map(BootState::phase).orElse(Phase.NEW);
  }

  /// Its events, oldest first.
  List<JournalEvent> events() {
    return events;
  }

  boolean has(Predicate<JournalEvent> what) {
    return events.stream().anyMatch(what);
  }

  List<JournalEvent> all(EventType type) {
    return events.stream().filter(e -> e.type() == type).toList();
  }

  /// The newest of a kind.
  Optional<JournalEvent> last(EventType type) {
    return all(type).reversed().stream().findFirst();
  }

  /// The newest of a kind that none of the others followed.
  Optional<JournalEvent> lastWithout(EventType type, EventType... over) {
    return lastWithout(events, type, over);
  }

  /// The same of any part of a journal.
  ///
  /// @param events the oldest first
  static Optional<JournalEvent> lastWithout(
      List<JournalEvent> events, EventType type, EventType... over) {
    Set<EventType> ends = Set.of(over);
    for (JournalEvent event : events.reversed()) {
      if (event.type() == type) {
        return Optional.of(event);
      }
      if (ends.contains(event.type())) {
        break;
      }
    }
    return Optional.empty();
  }

  /// Whether the stage has taken too long without a word.
  boolean isOverdue() {
    Optional<Instant> last = events.reversed().stream().map(JournalEvent::at).findFirst();
    boolean wasReady = stage == Stage.POWER_ON && phase() == Phase.READY;
    boolean restarts = wasReady || (stage == Stage.FIRST_BOOT && !systemSpoke());
    Duration patience = restarts ? RESTART : stage.patience();
    return last.isEmpty() || evidence.now().isAfter(last.get().plus(patience));
  }

  /// Whether it was given up.
  boolean isFailed() {
    return has(e -> e.type() == EventType.PHASE && field(e, "to").equals(Phase.FAILED.label()));
  }

  /// Whether a system of the node's is to be heard of after the kernel.
  boolean reports() {
    return boot().filter(b -> b == Profile.Boot.INSTALL).isPresent();
  }

  /// Whether the last that was heard is a system of a node that sends no reports, after its loader
  /// fetched what it starts: its kernel, or under names that are not known here whatever was served
  /// to it last.
  boolean isHandedOver() {
    List<JournalEvent> loader =
        events.stream().filter(e -> isLoader(e) || FILES.contains(e.type())).toList();
    boolean fetched =
        stage == Stage.KERNEL
            || (stage == Stage.FILES
                && !loader.isEmpty()
                && loader.getLast().type() == EventType.FILE_SERVED);
    return node().isPresent()
        && !reports()
        && fetched
        && events.stream()
            .skip(loader.isEmpty() ? 0 : events.lastIndexOf(loader.getLast()))
            .anyMatch(e -> isStage(e, Sighting.Stage.SYSTEM));
  }

  /// Whether its system asked for an address or reported its health.
  boolean systemSpoke() {
    return has(e -> isStage(e, Sighting.Stage.SYSTEM)) || reportedHealth();
  }

  /// Whether a health report came since its loader was heard last, or its power came.
  private boolean reportedHealth() {
    Optional<Instant> loader =
        events.reversed().stream()
            .filter(e -> isSwitched(e) || isLoader(e) || FILES.contains(e.type()))
            .map(JournalEvent::at)
            .findFirst();
    return evidence
        .health()
        .filter(at -> loader.isPresent() && at.isAfter(loader.get().plus(CUT)))
        .isPresent();
  }

  /// Whether it is heard after a restart, if all goes well: its loader, its system's request for an
  /// address, or its health.
  boolean isAudible() {
    boolean loader = evidence.events().stream().anyMatch(e -> e.type() == EventType.BOOTS_LOCALLY);
    return loader || node().filter(this::isSystemAudible).isPresent();
  }

  private boolean isSystemAudible(Node node) {
    boolean asksUs =
        evidence
            .world()
            .networkOf(node.address())
            .filter(network -> network.mode() == Network.Mode.AUTHORITATIVE)
            .isPresent();
    return !node.profile().setup().health().isZero()
        || (asksUs && node.profile().addressInOs() == Profile.AddressInOs.DHCP);
  }

  /// Whether its loader was ever heard to ask, in whatever boot.
  boolean everAsked() {
    return evidence.events().stream().anyMatch(BootAttempt::isLoader);
  }

  /// 3, 4, 5; 0 where it is not known.
  int family() {
    return evidence.board().family().orElse(0);
  }

  /// Another server on the links that should not be there.
  Optional<String> foreignServer() {
    return evidence.link().stream()
        .filter(e -> e.type() == EventType.FOREIGN_SERVER && field(e, "expected").equals("no"))
        .reduce((_, later) -> later)
        .map(e -> field(e, "server"));
  }

  /// Whether the kernel came whole.
  boolean kernelServed() {
    return has(e ->
        e.type() == EventType.FILE_SERVED
            && KERNEL.matcher(bare(e)).matches()
            && !field(e, "bytes").equals("0")
            && !field(e, "path").contains("net_install"));
  }

  /// A field of an event; empty where it has none.
  static String field(JournalEvent event, String name) {
    return event.fields().getOrDefault(name, "");
  }

  /// The name of the file without its folders.
  static String bare(JournalEvent event) {
    String path = field(event, "path");
    return path.substring(path.lastIndexOf('/') + 1);
  }

  static boolean isStage(JournalEvent event, Sighting.Stage stage) {
    return field(event, "stage").equals(stage.label());
  }

  /// Whether a loader asked for an address.
  static boolean isLoader(JournalEvent event) {
    boolean asks = ASKS.contains(event.type()) || event.type() == EventType.DHCP_ACKNOWLEDGED;
    return asks
        && List.of(Sighting.Stage.values()).stream().anyMatch(s -> s.boots() && isStage(event, s));
  }
}
