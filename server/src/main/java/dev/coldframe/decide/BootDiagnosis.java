package dev.coldframe.decide;

import dev.coldframe.node.Phase;
import dev.coldframe.node.Profile;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Supplier;

/// At which stage a node's last boot stands and what most likely keeps it there, from what the
/// journal saw on the wire (raspberry-pi-boot.md, section 9).
///
/// ```
/// POWER_ON ─▶ DHCP ─▶ FILES ─▶ KERNEL ─▶ INSTALL ─▶ FIRST_BOOT ─▶ READY
/// ```
public final class BootDiagnosis {
  /// More are guesses.
  private static final int MAX_CAUSES = 2;

  private BootDiagnosis() {}

  /// Where a boot stands.
  public enum Stage {
    /// Nothing was heard of its loader.
    POWER_ON("it was not heard to ask the network", Duration.ofMinutes(1)),
    /// Its loader asks for an address.
    DHCP("its loader asks for an address", Duration.ofSeconds(30)),
    /// Its loader has its address and fetches boot files. A Pi gives up one after 30 seconds.
    FILES("its loader fetches boot files", Duration.ofSeconds(45)),
    /// It has its kernel.
    KERNEL("its kernel starts", Duration.ofSeconds(90)),
    /// Its installer has said hello. How long that may take is the site's to say.
    INSTALL("its installer is at work", Duration.ofDays(1)),
    /// Its system is on its disk.
    FIRST_BOOT("its installed system starts", Duration.ofDays(1)),
    /// It is ready, or its boot is its own business from here on.
    READY("it is ready", Duration.ofDays(1));

    private final String words;
    private final Duration patience;

    Stage(String words, Duration patience) {
      this.words = words;
      this.patience = patience;
    }

    /// `first-boot`.
    public String label() {
      return BootDiagnosis.label(this);
    }

    /// How long a healthy board may be silent here.
    Duration patience() {
      return patience;
    }
  }

  /// How a boot does there.
  public enum Standing {
    /// It goes on.
    RUNNING,
    /// It does not.
    STOPPED,
    /// It has come to its end as its profile wants.
    DONE;

    /// `stopped`.
    public String label() {
      return BootDiagnosis.label(this);
    }
  }

  /// How sure a cause is.
  enum Weight {
    /// One of several that look alike from here.
    POSSIBLE,
    /// What was seen speaks for it.
    LIKELY,
    /// It was seen.
    SEEN
  }

  /// What may keep it there.
  ///
  /// @param row in the table of the 25 most common failures; 0: none of them
  /// @param key its name, never changed
  /// @param words what was seen
  /// @param remedy what to do
  /// @param source who says so
  public record Cause(int row, String key, String words, String remedy, String source) {}

  /// A cause that is weighed.
  record Weighed(Pain pain, Weight weight, String words) {}

  /// What is said.
  ///
  /// @param words the stage in a sentence
  /// @param causes the likeliest first, two at most
  public record Result(Stage stage, Standing standing, String words, List<Cause> causes) {
    public Result {
      causes = List.copyOf(causes);
    }
  }

  private static final List<Function<BootAttempt, List<Weighed>>> RULES =
      List.of(SilentPains::of, DhcpPains::of, FilePains::of, KernelPains::of, InstallPains::of);

  /// Diagnoses.
  ///
  /// @param tree what the node is served; made only where a boot has stopped that it may have
  ///   stopped
  public static Result of(BootEvidence evidence, Supplier<BootEvidence.Tree> tree) {
    var attempt = new BootAttempt(evidence);
    Stage stage = attempt.stage();
    if (stage == Stage.READY || isOver(attempt)) {
      return new Result(stage, Standing.DONE, sentence(attempt, stage, Standing.DONE), List.of());
    }
    if (attempt.isHandedOver()) {
      return handedOver(attempt);
    }
    boolean stopped = isStuck(attempt) && (stage == Stage.FILES || stage == Stage.KERNEL);
    return weigh(stopped ? new BootAttempt(evidence.with(tree.get())) : attempt);
  }

  private static Result weigh(BootAttempt attempt) {
    Stage stage = attempt.stage();
    boolean stuck = isStuck(attempt);
    var found = new ArrayList<Weighed>();
    for (Function<BootAttempt, List<Weighed>> rule : RULES) {
      found.addAll(rule.apply(attempt));
    }
    // A board that is not silent yet is only told what was seen.
    found.removeIf(cause -> !stuck && cause.weight() != Weight.SEEN);
    found.sort(Comparator.comparing(Weighed::weight).reversed());
    Standing standing = standing(attempt, stuck, !found.isEmpty());
    return new Result(
        stage,
        standing,
        sentence(attempt, stage, standing),
        causes(found, attempt.evidence().subject()));
  }

  /// Its system runs, and whether it goes on is not seen from here.
  private static Result handedOver(BootAttempt attempt) {
    List<Weighed> doubts = attempt.isOverdue() ? KernelPains.ofSystem(attempt) : List.of();
    return new Result(
        attempt.stage(),
        Standing.DONE,
        sentence(attempt, attempt.stage(), Standing.DONE),
        causes(doubts, attempt.evidence().subject()));
  }

  private static boolean isStuck(BootAttempt attempt) {
    return attempt.isOverdue() || attempt.isFailed();
  }

  private static Standing standing(BootAttempt attempt, boolean stuck, boolean caused) {
    if (!stuck) {
      return caused ? Standing.STOPPED : Standing.RUNNING;
    }
    boolean handedOver = attempt.stage() == Stage.KERNEL && !attempt.reports();
    return handedOver && !caused ? Standing.DONE : Standing.STOPPED;
  }

  /// What boots by itself needs no explanation.
  private static boolean isOver(BootAttempt attempt) {
    boolean stranger = attempt.node().isEmpty() && attempt.stage().compareTo(Stage.FILES) >= 0;
    boolean local = attempt.boot().filter(boot -> boot == Profile.Boot.LOCAL).isPresent();
    boolean unheard = attempt.stage() == Stage.POWER_ON && !attempt.isAudible();
    boolean ready = attempt.phase() == Phase.READY && (attempt.systemSpoke() || unheard);
    return stranger || ready || (local && attempt.stage() != Stage.DHCP);
  }

  private static List<Cause> causes(List<Weighed> found, String subject) {
    var out = new ArrayList<Cause>();
    var seen = new ArrayList<Pain>();
    for (Weighed weighed : found) {
      Pain pain = weighed.pain();
      if (!seen.contains(pain) && out.size() < MAX_CAUSES) {
        seen.add(pain);
        out.add(
            new Cause(
                pain.row(), pain.key(), weighed.words(), pain.remedy(subject), pain.source()));
      }
    }
    return out;
  }

  private static String sentence(BootAttempt attempt, Stage stage, Standing standing) {
    String who = attempt.evidence().subject();
    if (stage == Stage.POWER_ON && !attempt.everAsked()) {
      return "Of " + who + " no boot was ever seen: " + stage.words + ".";
    }
    return switch (standing) {
      case RUNNING -> "The last boot of " + who + " goes on: " + stage.words + ".";
      case STOPPED -> "The last boot of " + who + " stopped here: " + stage.words + ".";
      case DONE ->
          stage == Stage.READY
              ? "The last boot of " + who + " came to its end: " + stage.words + "."
              : "The last boot of "
                  + who
                  + " needs nothing more from here: what it does now is its own business.";
    };
  }

  private static String label(Enum<?> word) {
    return word.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
