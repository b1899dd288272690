package dev.coldframe.node;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The life of a node as a state machine: what has happened decides where it stands. The drawing is
/// in [Phase].
public final class Lifecycle {
  private static final Set<String> FACTS =
      Set.of(
          "mac",
          "serial",
          "board",
          "ram",
          "address",
          "port",
          "clock",
          "temperature",
          "throttled",
          "kernel",
          "os",
          EepromUpdate.BOOTLOADER,
          EepromUpdate.SETTINGS);

  /// When an install was seen to go on.
  private static final String WRITTEN_AT = "written-at";

  /// How far an install is; absent before the first piece.
  private static final String WRITTEN = "written";

  private static final String WRITTEN_BYTES = "written-bytes";
  private static final String WRITTEN_OF = "written-of";

  /// No report of a node's has this field.
  static final String OVERDUE = "overdue";

  private static final Set<String> HEALTH =
      Set.of(
          "clock",
          "temperature",
          "throttled",
          "wear",
          "offset",
          EepromUpdate.BOOTLOADER,
          EepromUpdate.SETTINGS);

  /// A loader asks several times in one boot; longer than that from its first question on, and
  /// shorter than any boot.
  private static final Duration SAME_BOOT = Duration.ofSeconds(15);

  /// A PC's firmware tries PXE over IPv4, waits for it over IPv6, and may try HTTP boot then.
  private static final Duration SAME_BOOT_OF_A_PC = Duration.ofMinutes(4);

  /// Raspberry Pi OS restarts once or twice before its network is up (first-boot.md, section 7.3).
  private static final int FIRST_BOOT_RESTARTS = 3;

  private Lifecycle() {}

  /// One step.
  ///
  /// @param state where the node stood
  /// @param event what happened
  /// @return where it stands now, and the phase change as an event of its own, if there was one
  public static Step step(BootState state, JournalEvent event) {
    BootState next = move(state, event).withFacts(factsOf(event));
    var derived = new ArrayList<JournalEvent>();
    if (next.installation().visits().refusals() > state.installation().visits().refusals()) {
      derived.add(localEvent(event));
    }
    if (next.phase() != state.phase()) {
      derived.add(phaseEvent(event, state.phase(), next.phase()));
    }
    Optional<JournalEvent> arrived = Staging.arrival(next, event);
    arrived.ifPresent(derived::add);
    BootState staged = arrived.map(a -> Staging.stepped(next, a)).orElse(next);
    Optional<JournalEvent> updated = EepromUpdate.follows(state, event);
    updated.ifPresent(derived::add);
    return new Step(updated.map(u -> EepromUpdate.stepped(staged, u)).orElse(staged), derived);
  }

  /// The result of a step.
  ///
  /// @param state the state afterwards
  /// @param derived further events that follow from it
  public record Step(BootState state, List<JournalEvent> derived) {}

  private static BootState move(BootState state, JournalEvent event) {
    Instant now = event.at();
    return switch (event.type()) {
      case ADOPTED -> state.phase() == Phase.NEW ? state.in(Phase.ADOPTED, now) : state;
      case DHCP_OFFERED, DHCP_ACKNOWLEDGED -> spoke(state, event);
      case BOARD_TAKEN -> taken(state, event);
      case FILE_SERVED -> EepromUpdate.noted(fileServed(state, now), event);
      case HELLO -> hello(state, now);
      case ARMED ->
          state.withoutFacts(Staging.RESCUE).withInstallation(state.installation().lookedAfter());
      case INSTALL_PERMITTED -> permitted(state, event);
      case INSTALL_PROGRESS -> state.withFacts(progress(event));
      case RECOVERY -> recovery(state);
      case REPORTED -> reported(state, event);
      case ANNOUNCED ->
          state.withFacts(
              Map.of(
                  NodeRow.ANNOUNCED,
                  event.fields().getOrDefault("name", ""),
                  NodeRow.ANNOUNCED_SINCE,
                  event.at().truncatedTo(ChronoUnit.MILLIS).toString()));
      case UNANNOUNCED -> state.withoutFacts(NodeRow.ANNOUNCED, NodeRow.ANNOUNCED_SINCE);
      case NAME_CLASH ->
          state.withFacts(Map.of(NodeRow.CLASH, event.fields().getOrDefault("found", "")));
      case NAME_CLASH_OVER -> state.withoutFacts(NodeRow.CLASH);
      case POWER -> powered(state, event);
      case STAGING -> Staging.stepped(state, event);
      case EEPROM -> EepromUpdate.stepped(state, event);
      case PORT_LEARNED -> learned(state, event);
      case PHASE -> state.in(Phase.ofLabel(event.fields().getOrDefault("to", "failed")), now);
      case SEEN,
          DHCP_REFUSED,
          DHCP_DECLINED,
          DHCP_RELEASED,
          BOARD_HELD,
          BOARD_MOVED,
          RELAY_UNREADABLE,
          FOREIGN_SERVER,
          RELAY_CONNECTED,
          RELAY_LOST,
          POOL_SHORT,
          POOL_EASED,
          STATE_CUT_OFF,
          STATE_JOINED,
          CLOCK_APART,
          CLOCK_TOGETHER,
          FILE_PROBED,
          FILE_REFUSED,
          FILE_BROKEN,
          TOKEN_REFUSED,
          SEED_SERVED,
          BOOTS_LOCALLY,
          DISK_SEEN,
          INSTALL_REFUSED,
          DISARMED,
          FORGOTTEN,
          LOADER_SAID,
          CONSOLE_CONNECTED,
          CONSOLE_LOST,
          DHCP_LOST,
          STATE_CONFLICT ->
          state;
    };
  }

  /// Another board is the node from now on: what the one before was given dies, and what it was is
  /// forgotten (row L-09). What is on the disk is for the disk to show.
  private static BootState taken(BootState state, JournalEvent event) {
    if (!event.fields().containsKey("before")) {
      return state;
    }
    BootState other =
        EepromUpdate.taken(state)
            .withoutBoard()
            .withoutFacts(Staging.RESCUE, NodeRow.LEARNED_PORT)
            .withInstallation(state.installation().lookedAfter());
    return other
        .journey()
        .map(j -> other.withJourney(j.end("another board is in the node's place")))
        .orElse(other);
  }

  private static BootState spoke(BootState state, JournalEvent event) {
    String label = event.fields().getOrDefault("stage", "");
    if (label.isEmpty()) {
      return state;
    }
    Sighting.Stage stage = Sighting.Stage.ofLabel(label);
    if (stage.boots()) {
      Duration one = stage == Sighting.Stage.FIRMWARE ? SAME_BOOT_OF_A_PC : SAME_BOOT;
      return booting(state, event.at(), one);
    }
    // A system that speaks has been written, whether or not its installer could say so. Where it
    // speaks from another disk, the half-written one still has no boot record, and that counts.
    return stage == Sighting.Stage.SYSTEM ? alive(written(state, event)) : state;
  }

  /// A board that is no node yet stays NEW: it gets an address and nothing else. Repeated exchanges
  /// of one boot (a Pi 3 asks up to three times) do not begin another. A board whose disk holds its
  /// system is sent there.
  ///
  /// @param one how long it may go on asking in one boot after it was sent to its disk
  private static BootState booting(BootState state, Instant now, Duration one) {
    if (state.phase() == Phase.NEW) {
      return state;
    }
    Installation installation = state.installation();
    if (sameBoot(installation, now, one)) {
      return state;
    }
    if (bootsLocally(installation) && !state.facts().containsKey(Staging.RESCUE)) {
      return state.withInstallation(installation.refusedAt(now));
    }
    boolean again = state.phase() == Phase.BOOTING && state.dhcpSeen();
    return again ? state : state.freshBoot(now).withInstallation(installation.served());
  }

  /// Whether the loader that speaks now has just been sent to its disk.
  private static boolean sameBoot(Installation installation, Instant now, Duration one) {
    return installation.local() && now.isBefore(installation.visits().refused().plus(one));
  }

  /// A board that looks at its disk first and comes here all the same has none that boots. One that
  /// comes back without a sign of its system has none either, whatever its order; before it was
  /// ready, some images restart it once or twice.
  private static boolean bootsLocally(Installation installation) {
    int patience = installation.stage() == Installation.Stage.READY ? 1 : FIRST_BOOT_RESTARTS;
    return installation.complete()
        && !installation.wanted()
        && installation.order() != Installation.Order.DISK_FIRST
        && installation.visits().refusals() < patience;
  }

  /// What an install before this one wrote says nothing of this one.
  private static BootState hello(BootState state, Instant now) {
    return state
        .in(Phase.INSTALLING, now)
        .withoutFacts(WRITTEN, WRITTEN_AT, WRITTEN_BYTES, WRITTEN_OF);
  }

  private static Map<String, String> progress(JournalEvent event) {
    return Map.of(
        WRITTEN,
        written(event),
        WRITTEN_AT,
        event.at().toString(),
        WRITTEN_BYTES,
        event.fields().getOrDefault("bytes", ""),
        WRITTEN_OF,
        event.fields().getOrDefault("of", ""));
  }

  private static BootState permitted(BootState state, JournalEvent event) {
    Map<String, String> fields = event.fields();
    String id = fields.getOrDefault("disk", "");
    String model = fields.getOrDefault("model", "");
    return state.withCards(Card.written(state.cards(), id, model, event.at()));
  }

  /// `45 %`.
  private static String written(JournalEvent event) {
    try {
      long bytes = Long.parseLong(event.fields().getOrDefault("bytes", "0"));
      long of = Long.parseLong(event.fields().getOrDefault("of", "0"));
      return (of > 0 ? bytes * 100 / of : 0) + " %";
    } catch (NumberFormatException _) {
      return "";
    }
  }

  /// An operator's word that a node shall have no power holds until somebody gives it power.
  private static BootState powered(BootState state, JournalEvent event) {
    Map<String, String> fields = event.fields();
    if (!fields.getOrDefault("result", "").equals("done")) {
      return state;
    }
    return fields.getOrDefault("action", "").equals("off")
        ? Staging.ended(state).withFacts(Map.of(NodeRow.POWER, "off"))
        : state.withoutFacts(NodeRow.POWER);
  }

  private static BootState learned(BootState state, JournalEvent event) {
    String place = event.fields().getOrDefault("place", "");
    return place.isEmpty()
        ? state.withoutFacts(NodeRow.LEARNED_PORT)
        : state.withFacts(Map.of(NodeRow.LEARNED_PORT, place));
  }

  private static BootState recovery(BootState state) {
    BootState wanted =
        state.withoutFacts(Staging.RESCUE).withInstallation(state.installation().wantedAgain());
    return state
        .journey()
        .map(j -> wanted.withJourney(j.end("the operator wants the node installed again")))
        .orElse(wanted);
  }

  private static BootState fileServed(BootState state, Instant now) {
    return switch (state.phase()) {
      // Without DHCP before it: a loader with a static address.
      case ADOPTED -> state.in(Phase.BOOTING, now).withFile();
      case NEW, BOOTING, INSTALLING, FIRST_BOOT, READY, FAILED -> state.withFile();
    };
  }

  private static BootState reported(BootState state, JournalEvent event) {
    Map<String, String> fields = event.fields();
    String stage = fields.getOrDefault("stage", "");
    Instant now = event.at();
    if (fields.getOrDefault("result", "").equals("failed")) {
      return failed(state, event);
    }
    boolean done = fields.getOrDefault("result", "").equals("done");
    return switch (stage) {
      case "install" -> done ? written(state, event).in(Phase.FIRST_BOOT, now) : state;
      case "first-boot" -> alive(written(state, event)).in(Phase.FIRST_BOOT, now);
      case "ready" -> {
        BootState seen = alive(written(state, event));
        yield done && readiness(fields).isEmpty() ? ready(seen, now) : seen;
      }
      default -> state;
    };
  }

  /// The disk that was at work holds a system now, and is shown so from now on.
  private static BootState written(BootState state, JournalEvent event) {
    Installation installation = state.installation();
    if (installation.stage() != Installation.Stage.WRITING) {
      return state;
    }
    List<Disk> disks =
        state.disks().stream()
            .map(disk ->
                disk.id().equals(installation.disk())
                    ? disk.holding("the system of " + event.subject())
                    : disk)
            .toList();
    return state.withDisks(disks).withInstallation(installation.written());
  }

  private static BootState alive(BootState state) {
    return state.withInstallation(state.installation().alive());
  }

  /// A health report of a node that is up: kept as facts, not written down line by line.
  ///
  /// @param fields what it measured
  public static BootState health(BootState state, Map<String, String> fields) {
    var facts = new LinkedHashMap<String, String>();
    fields.forEach((name, value) -> {
      if (HEALTH.contains(name)) {
        facts.put(name, value);
      }
    });
    return alive(state.withoutFacts(Staging.RESCUE).withFacts(facts));
  }

  /// What a `ready` report still lacks: configuration applied, sshd answers or is `off`, clock
  /// state known.
  ///
  /// @return empty when nothing is missing
  public static Optional<String> readiness(Map<String, String> fields) {
    if (!fields.getOrDefault("config", "").equals("applied")) {
      return Optional.of("config is not applied");
    }
    if (!Set.of("true", "off").contains(fields.getOrDefault("sshd", ""))) {
      return Optional.of("sshd does not answer");
    }
    return fields.getOrDefault("clock", "").isEmpty()
        ? Optional.of("clock state is not known")
        : Optional.empty();
  }

  private static BootState ready(BootState state, Instant now) {
    Installation installation = state.installation();
    BootState done =
        state
            .in(Phase.READY, now)
            .withoutFacts(Staging.RESCUE)
            .withFailures(0)
            .withInstallation(installation.complete() ? installation.ready() : installation);
    return done.journey().map(j -> done.withJourney(j.end("the node is ready"))).orElse(done);
  }

  /// A first boot that is only slow may still be heard, as long as its token lives.
  private static BootState failed(BootState state, JournalEvent event) {
    boolean byCard =
        state.installation().stage() == Installation.Stage.WRITING
            && event.fields().getOrDefault("stage", "").equals("install")
            && !event.fields().containsKey(OVERDUE);
    BootState counted =
        byCard ? state.withCards(Card.failed(state.cards(), state.installation().disk())) : state;
    BootState done = counted.in(Phase.FAILED, event.at()).withFailures(state.failures() + 1);
    boolean slow = state.phase() == Phase.FIRST_BOOT && event.fields().containsKey(OVERDUE);
    if (slow) {
      return done;
    }
    return done.journey().map(j -> done.withJourney(j.end("the boot failed"))).orElse(done);
  }

  /// The event that ends a stage which takes too long.
  ///
  /// @param subject the node's name
  /// @param limits how long each stage may take
  /// @param now the time by the clock that [#goesOnSince] is read from
  /// @return empty while the node is in time
  public static Optional<JournalEvent> overdue(
      String subject, BootState state, Site.Stages limits, Instant now) {
    return limit(state.phase(), limits)
        .filter(limit -> now.isAfter(goesOnSince(state).plus(limit)))
        .map(limit ->
            JournalEvent.of(
                now,
                subject,
                EventType.REPORTED,
                "stage",
                state.phase().label(),
                "result",
                "failed",
                OVERDUE,
                "true",
                "reason",
                overdueReason(state, limits, limit)));
  }

  /// Since when a stage has gone on without a sign of progress: a slow card is no reason to stop.
  public static Instant goesOnSince(BootState state) {
    String written = state.facts().getOrDefault(WRITTEN_AT, "");
    return state.phase() == Phase.INSTALLING && !written.isEmpty()
        ? Instant.parse(written)
        : state.since();
  }

  /// A node that has been given up gets a shell (row L-02); what is to be done is the operator's.
  private static String overdueReason(BootState state, Site.Stages limits, Duration limit) {
    Installation installation = state.installation();
    String rescue = state.facts().get(Staging.RESCUE);
    if (rescue != null) {
      return rescue + "; look at its console, then: coldframe recover";
    }
    if (!installation.givenUp(limits.retries())) {
      return "no progress within " + limit.toMinutes() + " min";
    }
    String what =
        installation.attempts() > limits.retries()
            ? installation.attempts() + " installs came to no end"
            : "its system is on its disk and does not boot";
    return what + "; it has a shell on its console. Look at it, then: coldframe recover";
  }

  /// The event that ends the boot of a node that installs nothing: what it boots from files or from
  /// its own disk is its own business.
  ///
  /// @return empty while it may still be booting
  public static Optional<JournalEvent> settled(
      String subject, BootState state, Site.Stages limits, Instant now) {
    boolean over = state.phase() == Phase.BOOTING && now.isAfter(state.since().plus(limits.boot()));
    return over
        ? Optional.of(
            JournalEvent.of(
                now,
                subject,
                EventType.PHASE,
                "to",
                Phase.ADOPTED.label(),
                "reason",
                "it boots by itself"))
        : Optional.empty();
  }

  private static Optional<Duration> limit(Phase phase, Site.Stages limits) {
    return switch (phase) {
      case BOOTING -> Optional.of(limits.boot());
      case INSTALLING -> Optional.of(limits.install());
      case FIRST_BOOT -> Optional.of(limits.firstBoot());
      case NEW, ADOPTED, READY, FAILED -> Optional.empty();
    };
  }

  private static Map<String, String> factsOf(JournalEvent event) {
    var facts = new LinkedHashMap<String, String>();
    event
        .fields()
        .forEach((name, value) -> {
          if (FACTS.contains(name)) {
            facts.put(name, value);
          }
        });
    return facts;
  }

  private static JournalEvent localEvent(JournalEvent cause) {
    return JournalEvent.of(
        cause.at(),
        cause.subject(),
        EventType.BOOTS_LOCALLY,
        "stage",
        cause.fields().getOrDefault("stage", ""));
  }

  private static JournalEvent phaseEvent(JournalEvent cause, Phase from, Phase to) {
    return JournalEvent.of(
        cause.at(),
        cause.subject(),
        EventType.PHASE,
        "from",
        from.label(),
        "to",
        to.label(),
        "reason",
        cause.fields().getOrDefault("reason", cause.type().label()));
  }
}
