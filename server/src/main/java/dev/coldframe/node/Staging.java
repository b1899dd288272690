package dev.coldframe.node;

import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Where a node stands while power comes back to a rack. It is folded from the node's journal, so a
/// server that starts again goes on where the one before it stopped.
///
/// ```
///            watts are there            a sign of its kernel
/// WAITING ───────────────────▶ BOOTING ──────────────────────▶ ARRIVED
///    ▲  │                       │  ▲ │                           ▲
///    │  └─ none left ─▶ LEFT    │  └─┘ too long: off and on      │
///    │                          │                                │
///    └── off ── UNKNOWN ◀───────┤ the switch's answer was lost   │
///                               └ too long, too often ─▶ RESCUE ─┴▶ GIVEN_UP
/// ```
///
/// A node that is stuck in a boot which nobody staged comes in as STUCK and goes on as one that
/// boots for too long.
///
/// The milestone is the first sign that a kernel runs: an address asked for by an initramfs or a
/// system, the installer's hello, or a report. From then on the board has shown that it boots, and
/// what it draws is measured.
///
/// @param step the step
/// @param tries how often it was given power in this staging
/// @param of how often it is tried at most
/// @param since when the step began; for [Step#BOOTING] the time of the order
/// @param place the port, `sw1/7`
/// @param run names the staging, the instant at which it began
/// @param budgetWatts what all ports of that staging may take together, where that was said
public record Staging(
    Step step,
    int tries,
    int of,
    Instant since,
    String place,
    String run,
    Optional<Integer> budgetWatts) {
  /// The fact that says the step.
  public static final String STEP = "staging";

  /// The fact that says why a node is where it is.
  public static final String REASON = "staging-reason";

  /// The fact of a node that did not boot however often it was tried: why. It gets a shell.
  public static final String RESCUE = "rescue";

  private static final String TRIES = "staging-tries";
  private static final String OF = "staging-of";
  private static final String SINCE = "staging-since";
  private static final String PLACE = "staging-place";
  private static final String RUN = "staging-run";
  private static final String BUDGET = "staging-budget";

  /// All facts of a staging.
  private static final List<String> FACTS =
      List.of(STEP, REASON, TRIES, OF, SINCE, PLACE, RUN, BUDGET);

  /// A step.
  public enum Step {
    /// Its port is off until there are watts for it.
    WAITING,
    /// It was given power.
    BOOTING,
    /// It was to be given power, and nobody knows whether it was.
    UNKNOWN,
    /// A boot that nobody staged took too long; its port is to be switched off and on.
    STUCK,
    /// It boots.
    ARRIVED,
    /// It did not boot often enough, and was switched off and on once more, for its shell.
    RESCUE,
    /// It did not boot.
    GIVEN_UP,
    /// It was left as it is.
    LEFT;

    /// Whether there is something left to do.
    public boolean isActive() {
      return switch (this) {
        case WAITING, BOOTING, UNKNOWN, STUCK, RESCUE -> true;
        case ARRIVED, GIVEN_UP, LEFT -> false;
      };
    }

    /// Whether it must be reckoned with what a node draws while it boots.
    public boolean draws() {
      return switch (this) {
        case BOOTING, UNKNOWN, STUCK, RESCUE -> true;
        case WAITING, ARRIVED, GIVEN_UP, LEFT -> false;
      };
    }

    /// `given-up`, as the journal, commands and JSON write it.
    public String label() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static Optional<Step> ofLabel(String label) {
      return Arrays.stream(values()).filter(s -> s.label().equals(label)).findFirst();
    }
  }

  /// Where a node stands; empty for one that is not staged.
  ///
  /// @param facts of its state
  public static Optional<Staging> of(Map<String, String> facts) {
    String step = facts.getOrDefault(STEP, "");
    return step.isEmpty()
        ? Optional.empty()
        : Step.ofLabel(step)
            .map(s ->
                new Staging(
                    s,
                    Integer.parseInt(facts.getOrDefault(TRIES, "0")),
                    Integer.parseInt(facts.getOrDefault(OF, "0")),
                    Instant.parse(facts.getOrDefault(SINCE, Instant.EPOCH.toString())),
                    facts.getOrDefault(PLACE, ""),
                    facts.getOrDefault(RUN, ""),
                    Optional.ofNullable(facts.get(BUDGET)).map(Integer::valueOf)));
  }

  /// The same staging at another step.
  public Staging at(Step next, int triesThen, Instant now) {
    return new Staging(next, triesThen, of, now, place, run, budgetWatts);
  }

  /// What is written down when a node comes to this step.
  ///
  /// @param reason why; empty where the step says it all
  public JournalEvent event(String node, String reason) {
    var fields = new LinkedHashMap<String, String>();
    fields.put("step", step.label());
    fields.put("try", Integer.toString(tries));
    fields.put("tries", Integer.toString(of));
    fields.put("place", place);
    fields.put("run", run);
    budgetWatts.ifPresent(watts -> fields.put("budget", Integer.toString(watts)));
    if (!reason.isEmpty()) {
      fields.put("reason", reason);
    }
    return new JournalEvent(since, node, EventType.STAGING, fields);
  }

  /// The state of a node that is not staged any more.
  static BootState ended(BootState state) {
    return state.withoutFacts(FACTS.toArray(String[]::new));
  }

  /// The state after a step was written down.
  static BootState stepped(BootState state, JournalEvent event) {
    Map<String, String> fields = event.fields();
    Map<String, String> facts = new HashMap<>();
    facts.put(STEP, fields.getOrDefault("step", ""));
    facts.put(TRIES, fields.getOrDefault("try", "0"));
    facts.put(OF, fields.getOrDefault("tries", "0"));
    facts.put(SINCE, event.at().toString());
    facts.put(PLACE, fields.getOrDefault("place", ""));
    facts.put(RUN, fields.getOrDefault("run", ""));
    Optional.ofNullable(fields.get("budget")).ifPresent(watts -> facts.put(BUDGET, watts));
    Optional.ofNullable(fields.get("reason")).ifPresent(reason -> facts.put(REASON, reason));
    if (facts.get(STEP).equals(Step.RESCUE.label())) {
      // What was ordered again for its shell is no other reason.
      facts.put(RESCUE, state.facts().getOrDefault(RESCUE, fields.getOrDefault("reason", "")));
    }
    boolean refused =
        facts.get(STEP).equals(Step.LEFT.label())
            && state.facts().getOrDefault(STEP, "").equals(Step.RESCUE.label());
    // The order for its shell was not carried out.
    BootState before = refused ? state.withoutFacts(RESCUE) : state;
    return ended(before).withFacts(facts);
  }

  /// What follows for a node that is watched from something that happened to it.
  ///
  /// @param state afterwards
  static Optional<JournalEvent> arrival(BootState state, JournalEvent event) {
    return of(state.facts())
        .filter(staging -> staging.step().draws() && isAKernel(event))
        .map(staging ->
            staging.step() == Step.RESCUE
                ? staging
                    .at(Step.GIVEN_UP, staging.tries(), event.at())
                    .event(event.subject(), "it is at its shell")
                : staging
                    .at(Step.ARRIVED, staging.tries(), event.at())
                    .event(event.subject(), sign(event)));
  }

  /// What follows for a node that is watched from a report of its health, which is no event.
  public static Optional<JournalEvent> heard(String node, BootState state, Instant now) {
    return of(state.facts())
        .filter(staging -> staging.step().draws())
        .map(staging ->
            staging
                .at(Step.ARRIVED, staging.tries(), now)
                .event(node, "its system reports its health"));
  }

  /// Whether it is a sign that a kernel runs.
  static boolean isAKernel(JournalEvent event) {
    return switch (event.type()) {
      case DHCP_ACKNOWLEDGED -> {
        String stage = event.fields().getOrDefault("stage", "");
        yield !stage.isEmpty() && !Sighting.Stage.ofLabel(stage).boots();
      }
      case HELLO -> true;
      // What the appliance reports of a node that is late is no sign of it.
      case REPORTED -> !event.fields().containsKey(Lifecycle.OVERDUE);
      default -> false;
    };
  }

  private static String sign(JournalEvent event) {
    return event.type() == EventType.DHCP_ACKNOWLEDGED
        ? "its " + event.fields().getOrDefault("stage", "") + " has its address"
        : "its " + (event.type() == EventType.HELLO ? "installer" : "system") + " was heard";
  }
}
