package dev.coldframe.node;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Where the update of a node's boot EEPROM stands (raspberry-pi-boot.md, section 5.3). It is
/// folded from the node's journal, so a server that starts again goes on where the one before it
/// stopped.
///
/// ```
///  OFFERED ── .upd fetched ──▶ FETCHED ── its loader again ──▶ CAME_BACK ── goes on ──▶ HAS
///     │                         │   └── goes on: it held the same already ──────────────▲
///     │ goes on, or too long    └ too long ─▶ FAILED ◀─ .upd again, or too long ─┘       │
///     ▼                                          ▲                                       │
///  IGNORED ── reports what was offered ─▶ HAS    └──────── reports another version ──────┘
/// ```
///
/// A board *goes on* when it loads another boot file, or a kernel of it shows itself. The signature
/// alone is asked for in every boot: whoever takes it and leaves the image has an update with its
/// timestamp, or a later one.
///
/// @param step the step
/// @param soc the chip
/// @param image the SHA-256 of what was offered
/// @param version its date
/// @param built when it was built, unix seconds; 0 where that is not known
/// @param settings the SHA-256 of its settings; empty where that is not known
/// @param timestamp its `ts:`, unix seconds
/// @param since when the step began
/// @param asked whether `pieeprom.sig` was taken at this step
public record EepromUpdate(
    Step step,
    Soc soc,
    String image,
    String version,
    long built,
    String settings,
    long timestamp,
    Instant since,
    boolean asked) {
  /// Its signature in the boot tree.
  public static final String SIGNATURE = "pieeprom.sig";

  /// Its image in the boot tree.
  public static final String IMAGE = "pieeprom.upd";

  /// Both.
  public static final Set<String> PATHS = Set.of(SIGNATURE, IMAGE);

  /// Where bytes come from that are composed for an update.
  public static final String ORIGIN = "eeprom";

  /// The fact that says the step.
  public static final String STEP = "eeprom";

  /// The fact that says why.
  public static final String REASON = "eeprom-reason";

  /// The fact that says when the running loader was built, unix seconds, as its system reports it.
  public static final String BOOTLOADER = "bootloader";

  /// The SHA-256 of its settings, as its system reports it.
  public static final String SETTINGS = "bootloader-settings";

  private static final String SOC = "eeprom-soc";
  private static final String IMAGE_FACT = "eeprom-image";
  private static final String VERSION = "eeprom-version";
  private static final String BUILT = "eeprom-built";
  private static final String CONF = "eeprom-conf";
  private static final String TIMESTAMP = "eeprom-ts";
  private static final String SINCE = "eeprom-since";
  private static final String ASKED = "eeprom-asked";

  /// All facts of an update.
  static final List<String> FACTS =
      List.of(STEP, REASON, SOC, IMAGE_FACT, VERSION, BUILT, CONF, TIMESTAMP, SINCE, ASKED);

  /// What an operator's word makes of a step: it is forgotten.
  private static final String RESUMED = "resumed";

  private static final String BEFORE = "the board before: ";

  /// A step.
  public enum Step {
    /// It may take the update in this boot.
    OFFERED,
    /// It fetched the whole image.
    FETCHED,
    /// Its loader was heard again after that.
    CAME_BACK,
    /// It has it.
    HAS,
    /// It did not take it.
    IGNORED,
    /// It took it, and something went wrong.
    FAILED;

    /// Whether the files are served to it.
    public boolean isOpen() {
      return this == OFFERED || this == FETCHED || this == CAME_BACK;
    }

    /// `came-back`, as the journal, commands and JSON write it.
    public String label() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static Optional<Step> ofLabel(String label) {
      return Arrays.stream(values()).filter(s -> s.label().equals(label)).findFirst();
    }
  }

  /// An update that is offered from now on.
  public static EepromUpdate offered(Eeproms.Target target, long timestamp, Instant now) {
    return new EepromUpdate(
        Step.OFFERED,
        target.soc(),
        target.image(),
        target.version(),
        target.built(),
        target.settings(),
        timestamp,
        now,
        false);
  }

  /// Where a node stands; empty for one that was never offered anything.
  ///
  /// @param facts of its state
  public static Optional<EepromUpdate> of(Map<String, String> facts) {
    if (!facts.containsKey(STEP)) {
      return Optional.empty(); // as of most nodes, all of which are asked at the start
    }
    Optional<Step> step = Step.ofLabel(facts.getOrDefault(STEP, ""));
    Optional<Soc> soc = Soc.ofLabel(facts.getOrDefault(SOC, ""));
    return step.isEmpty() || soc.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new EepromUpdate(
                step.get(),
                soc.get(),
                facts.getOrDefault(IMAGE_FACT, ""),
                facts.getOrDefault(VERSION, ""),
                Long.parseLong(facts.getOrDefault(BUILT, "0")),
                facts.getOrDefault(CONF, ""),
                datedLast(facts),
                Instant.parse(facts.getOrDefault(SINCE, Instant.EPOCH.toString())),
                facts.containsKey(ASKED)));
  }

  /// The `ts:` of what a node's board was offered last, unix seconds; 0 where it was offered
  /// nothing. It outlives the operator's word.
  ///
  /// @param facts of its state
  public static long datedLast(Map<String, String> facts) {
    return Long.parseLong(facts.getOrDefault(TIMESTAMP, "0"));
  }

  /// As the world knows it.
  public Eeproms.Offer offer() {
    return new Eeproms.Offer(soc, image, timestamp, step);
  }

  /// What is written down when it comes to a step.
  ///
  /// @param reason why; empty where the step says it all
  public JournalEvent at(Step next, String node, Instant now, String reason) {
    var fields = new LinkedHashMap<String, String>();
    fields.put("step", next.label());
    fields.put("version", version);
    fields.put("soc", soc.label());
    fields.put("image", image);
    fields.put("built", Long.toString(built));
    fields.put("settings", settings);
    fields.put("ts", Long.toString(timestamp));
    if (!reason.isEmpty()) {
      fields.put("reason", reason);
    }
    return new JournalEvent(now, node, EventType.EEPROM, fields);
  }

  /// What is written down when the operator wants it tried again.
  public JournalEvent resumed(String node, Instant now) {
    return JournalEvent.of(
        now, node, EventType.EEPROM, "step", RESUMED, "version", version, "by", "operator");
  }

  /// The state after a step was written down. The restart that an update takes is no visit of the
  /// loader's.
  static BootState stepped(BootState state, JournalEvent event) {
    Map<String, String> fields = event.fields();
    BootState before = state.withoutFacts(FACTS.toArray(String[]::new));
    String step = fields.getOrDefault("step", "");
    if (step.equals(RESUMED)) {
      String dated = state.facts().get(TIMESTAMP);
      return dated == null ? before : before.withFacts(Map.of(TIMESTAMP, dated));
    }
    Map<String, String> facts = new HashMap<>();
    facts.put(STEP, step);
    facts.put(SOC, fields.getOrDefault("soc", ""));
    facts.put(IMAGE_FACT, fields.getOrDefault("image", ""));
    facts.put(VERSION, fields.getOrDefault("version", ""));
    facts.put(BUILT, fields.getOrDefault("built", "0"));
    facts.put(CONF, fields.getOrDefault("settings", ""));
    facts.put(TIMESTAMP, fields.getOrDefault("ts", "0"));
    facts.put(SINCE, event.at().toString());
    Optional.ofNullable(fields.get("reason")).ifPresent(reason -> facts.put(REASON, reason));
    Optional.ofNullable(fields.get("asked")).ifPresent(asked -> facts.put(ASKED, asked));
    BootState after = before.withFacts(facts);
    return step.equals(Step.FETCHED.label())
        ? after.withInstallation(after.installation().restarting())
        : after;
  }

  /// The state of a node whose place another board took. What failed is still to be looked at.
  static BootState taken(BootState state) {
    BootState other = state.withoutFacts(BOOTLOADER, SETTINGS);
    if (of(state.facts()).filter(u -> u.step() == Step.FAILED).isEmpty()) {
      return other.withoutFacts(FACTS.toArray(String[]::new));
    }
    String reason = state.facts().getOrDefault(REASON, "");
    return other.withFacts(Map.of(REASON, reason.startsWith(BEFORE) ? reason : BEFORE + reason));
  }

  /// The state of a node whose board took the signature.
  static BootState noted(BootState state, JournalEvent event) {
    boolean open = of(state.facts()).filter(u -> u.step().isOpen()).isPresent();
    return open && isServed(event, SIGNATURE) ? state.withFacts(Map.of(ASKED, "true")) : state;
  }

  /// Whether the next word of a node's loader says that it came back.
  public static boolean isAwaited(BootState state) {
    return of(state.facts()).filter(u -> u.step() == Step.FETCHED).isPresent();
  }

  /// What follows for a node from something that happened to it.
  ///
  /// @param before its state before that
  static Optional<JournalEvent> follows(BootState before, JournalEvent event) {
    boolean home = before.installation().local();
    return of(before.facts())
        .flatMap(update ->
            event.type() == EventType.REPORTED
                ? update
                    .reported(event.subject(), event.fields(), event.at())
                    .or(() -> update.moved(event, home))
                : update.moved(event, home));
  }

  /// What follows from a report of a node's health, which is no event.
  ///
  /// @param fields what it measured
  public static Optional<JournalEvent> heard(
      String node, BootState state, Map<String, String> fields, Instant now) {
    return of(state.facts()).flatMap(update -> update.reported(node, fields, now));
  }

  /// @param home whether its loader is sent to its disk
  private Optional<JournalEvent> moved(JournalEvent event, boolean home) {
    return switch (step) {
      case OFFERED -> {
        if (isServed(event, IMAGE)) {
          yield next(Step.FETCHED, event, "");
        }
        yield goesOn(event) ? next(Step.IGNORED, event, ignored(asked)) : Optional.empty();
      }
      case FETCHED -> {
        // Where all is refused, that it asks for anything shows that it is not dark.
        if (isLoader(event) || (home && event.type() == EventType.FILE_REFUSED)) {
          yield next(Step.CAME_BACK, event, "");
        }
        if (isServed(event, SIGNATURE)) {
          // A loader with an address of its own asks for none.
          yield next(Step.CAME_BACK, event, "").map(EepromUpdate::asking);
        }
        yield goesOn(event)
            ? next(Step.HAS, event, "it went on with the image, or held the same already")
            : Optional.empty();
      }
      case CAME_BACK -> {
        if (isServed(event, IMAGE)) {
          yield next(Step.FAILED, event, "it fetched the update again, so it did not keep it");
        }
        yield goesOn(event)
            ? next(
                Step.HAS,
                event,
                asked
                    ? "it took " + SIGNATURE + " and left the update"
                    : "it came back and boots; its version was not shown")
            : Optional.empty();
      }
      case HAS, IGNORED, FAILED -> Optional.empty();
    };
  }

  /// What is said of a board that did not take it.
  ///
  /// @param asked whether it took the signature
  private static String ignored(boolean asked) {
    return asked
        ? "it took " + SIGNATURE + " and left the update: what it has is dated later"
        : "it did not ask for " + SIGNATURE + ": self-update is off in its settings";
  }

  /// What follows when a step takes too long.
  ///
  /// @param limit how long it may take, for people
  /// @param unheard whether its loader is sent to a system that nobody hears
  public Optional<JournalEvent> overdue(String node, String limit, boolean unheard, Instant now) {
    return switch (step) {
      case OFFERED -> late(Step.IGNORED, node, now, "it did not fetch the update within " + limit);
      case FETCHED ->
          late(
              Step.FAILED,
              node,
              now,
              "it fetched the update and did not come back within " + limit);
      case CAME_BACK ->
          unheard
              ? late(Step.HAS, node, now, "its loader came back; its system cannot be heard")
              : late(Step.FAILED, node, now, "it came back and did not boot within " + limit);
      case HAS, IGNORED, FAILED -> Optional.empty();
    };
  }

  private Optional<JournalEvent> late(Step to, String node, Instant now, String reason) {
    return Optional.of(at(to, node, now, reason));
  }

  private Optional<JournalEvent> reported(String node, Map<String, String> fields, Instant now) {
    String reported = fields.getOrDefault(BOOTLOADER, "");
    if (reported.isEmpty() || built == 0) {
      return Optional.empty();
    }
    boolean has = reported.equals(Long.toString(built));
    return switch (step) {
      case FAILED -> Optional.empty();
      case OFFERED, IGNORED ->
          has && !settings.isEmpty() && settings.equals(fields.get(SETTINGS))
              ? Optional.of(at(Step.HAS, node, now, "its system reports it"))
              : Optional.empty();
      case FETCHED, CAME_BACK ->
          Optional.of(
              has
                  ? at(Step.HAS, node, now, "its system reports it")
                  : at(Step.FAILED, node, now, "its system reports " + date(reported)));
      case HAS ->
          has
              ? Optional.empty()
              : Optional.of(
                  at(
                      Step.FAILED,
                      node,
                      now,
                      "its system reports "
                          + date(reported)
                          + "; something on it may write its EEPROM, such as rpi-eeprom-update"));
    };
  }

  /// The day of a build, `2026-08-04`.
  ///
  /// @param built unix seconds
  public static String date(String built) {
    return built.matches("[0-9]{1,11}")
        ? Instant.ofEpochSecond(Long.parseLong(built))
            .atZone(ZoneOffset.UTC)
            .toLocalDate()
            .toString()
        : built;
  }

  private Optional<JournalEvent> next(Step to, JournalEvent event, String reason) {
    return Optional.of(at(to, event.subject(), event.at(), reason));
  }

  private static JournalEvent asking(JournalEvent event) {
    var fields = new LinkedHashMap<>(event.fields());
    fields.put("asked", "true");
    return new JournalEvent(event.at(), event.subject(), event.type(), fields);
  }

  /// Whether the loader of a board with such an EEPROM speaks DHCP.
  public static boolean isLoader(JournalEvent event) {
    boolean dhcp =
        event.type() == EventType.DHCP_OFFERED || event.type() == EventType.DHCP_ACKNOWLEDGED;
    return dhcp
        && event.fields().getOrDefault("stage", "").equals(Sighting.Stage.PI_EEPROM.label());
  }

  private static boolean isServed(JournalEvent event, String name) {
    return event.type() == EventType.FILE_SERVED
        && event.fields().getOrDefault("origin", "").equals(ORIGIN)
        && name(event).equals(name);
  }

  /// Whether the board boots on after it had the chance to take it.
  private boolean goesOn(JournalEvent event) {
    String name = name(event);
    boolean another = !name.equals(SIGNATURE) && !name.equals(IMAGE) && !name.equals("config.txt");
    return switch (event.type()) {
      case FILE_SERVED -> another && (asked || step == Step.FETCHED);
      case FILE_REFUSED -> another && asked;
      default -> Staging.isAKernel(event);
    };
  }

  /// The file that it is about, without its folder.
  public static String name(JournalEvent event) {
    String path = event.fields().getOrDefault("path", "");
    return path.substring(path.lastIndexOf('/') + 1);
  }
}
