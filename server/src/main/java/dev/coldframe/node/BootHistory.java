package dev.coldframe.node;

import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A node's boots, folded from its journal: give it the events in order, then ask.
///
/// ```
/// DHCP ──▶ FILES ──▶ KERNEL ──▶ INSTALL ──▶ FIRST_BOOT ──▶ READY
/// ```
public final class BootHistory {
  private final List<Open> boots = new ArrayList<>();

  /// A part of a boot, in order.
  public enum Step {
    /// From the loader's first question to its address.
    DHCP,
    /// From there to the last boot file.
    FILES,
    /// From there to the installer's hello.
    KERNEL,
    /// From there to its report.
    INSTALL,
    /// From there to `ready`.
    FIRST_BOOT,
    /// The moment at which the node was ready.
    READY;

    /// `first-boot`.
    public String label() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /// How long something took.
  ///
  /// @param ended empty while it goes on, and where its end was not seen
  public record Span(Instant began, Optional<Instant> ended) {}

  /// A file that was asked for.
  ///
  /// @param bytes what was sent
  /// @param began the end of what came before it: only ends are written down
  /// @param refused why it was not sent whole; empty: it was
  public record File(String path, long bytes, Instant began, Instant ended, String refused) {}

  /// One boot.
  ///
  /// @param id its first event's place in the journal
  /// @param ended when it came to its end, good or bad, or another one began
  /// @param phase the last that it reached
  public record Boot(
      long id,
      Instant began,
      Optional<Instant> ended,
      Phase phase,
      Map<Step, Span> stages,
      List<File> files) {
    public Boot {
      stages = Ordered.copy(stages);
      files = List.copyOf(files);
    }
  }

  private static final class Open {
    private final long id;
    private final Instant began;
    private final Map<Step, Span> stages = new EnumMap<>(Step.class);
    private final List<File> files = new ArrayList<>();
    private Phase phase;
    private @Nullable Instant ended;
    private Instant last;

    Open(long id, Instant began, Phase phase) {
      this.id = id;
      this.began = began;
      this.phase = phase;
      this.last = began;
      stages.put(Step.DHCP, new Span(began, Optional.empty()));
    }

    void begin(Step step, Instant at) {
      stages.putIfAbsent(step, new Span(at, Optional.empty()));
    }

    void end(Step step, Instant at) {
      stages.computeIfPresent(step, (_, span) -> new Span(span.began(), Optional.of(at)));
    }

    boolean has(Step step) {
      return stages.containsKey(step);
    }

    boolean isOver() {
      return ended != null;
    }

    Boot boot() {
      return new Boot(id, began, Optional.ofNullable(ended), phase, stages, files);
    }
  }

  /// All boots, the latest first.
  public List<Boot> boots() {
    return boots.reversed().stream().map(Open::boot).toList();
  }

  /// The next event.
  ///
  /// @param id its place in the journal
  public void add(long id, JournalEvent event) {
    if (event.type() == EventType.PHASE
        && event.fields().getOrDefault("to", "").equals(Phase.BOOTING.label())) {
      begin(id, event.at(), Phase.BOOTING);
      return;
    }
    if (event.type() == EventType.BOOTS_LOCALLY && (boots.isEmpty() || current().isOver())) {
      begin(id, event.at(), boots.isEmpty() ? Phase.ADOPTED : current().phase);
      return;
    }
    if (!boots.isEmpty()) {
      follow(current(), event);
    }
  }

  private Open current() {
    return boots.getLast();
  }

  private void begin(long id, Instant at, Phase phase) {
    if (!boots.isEmpty() && !current().isOver()) {
      current().ended = at;
    }
    boots.add(new Open(id, at, phase));
  }

  private static void follow(Open boot, JournalEvent event) {
    if (boot.isOver()) {
      return;
    }
    Instant at = event.at();
    switch (event.type()) {
      case DHCP_OFFERED, DHCP_ACKNOWLEDGED -> spoke(boot, event);
      case FILE_SERVED -> file(boot, event, "");
      case FILE_REFUSED, FILE_BROKEN ->
          file(boot, event, event.fields().getOrDefault("reason", "refused"));
      case HELLO -> {
        boot.begin(Step.KERNEL, boot.last);
        boot.end(Step.KERNEL, at);
        boot.begin(Step.INSTALL, at);
        boot.phase = Phase.INSTALLING;
      }
      case PHASE -> phase(boot, event);
      case SEEN,
          ADOPTED,
          DHCP_REFUSED,
          DHCP_DECLINED,
          DHCP_RELEASED,
          BOARD_TAKEN,
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
          TOKEN_REFUSED,
          SEED_SERVED,
          REPORTED,
          BOOTS_LOCALLY,
          DISK_SEEN,
          INSTALL_PERMITTED,
          INSTALL_REFUSED,
          INSTALL_PROGRESS,
          ARMED,
          DISARMED,
          RECOVERY,
          FORGOTTEN,
          ANNOUNCED,
          UNANNOUNCED,
          LOADER_SAID,
          CONSOLE_CONNECTED,
          CONSOLE_LOST,
          POWER,
          DHCP_LOST,
          STAGING,
          EEPROM,
          PORT_LEARNED,
          NAME_CLASH,
          NAME_CLASH_OVER,
          STATE_CONFLICT -> {}
    }
  }

  /// A system that speaks after its loader was sent to the disk is where that boot ends.
  private static void spoke(Open boot, JournalEvent event) {
    String stage = event.fields().getOrDefault("stage", "");
    boolean loader = !stage.isEmpty() && Sighting.Stage.ofLabel(stage).boots();
    if (loader && !boot.has(Step.FILES) && !boot.has(Step.INSTALL)) {
      boot.end(Step.DHCP, event.at());
      boot.last = event.at();
    } else if (!loader && boot.phase == Phase.READY) {
      boot.end(Step.DHCP, boot.last);
      boot.begin(Step.KERNEL, boot.last);
      boot.end(Step.KERNEL, event.at());
      boot.ended = event.at();
    }
  }

  private static void file(Open boot, JournalEvent event, String refused) {
    if (boot.has(Step.INSTALL)) {
      return;
    }
    if (!boot.has(Step.FILES)) {
      boot.end(Step.DHCP, boot.last);
      boot.begin(Step.FILES, boot.last);
    }
    boot.files.add(
        new File(
            event.fields().getOrDefault("path", ""),
            bytes(event.fields().getOrDefault("bytes", "")),
            boot.last,
            event.at(),
            refused));
    boot.end(Step.FILES, event.at());
    boot.last = event.at();
  }

  private static long bytes(String text) {
    return HealthSample.number(text).map(Double::longValue).orElse(0L);
  }

  private static void phase(Open boot, JournalEvent event) {
    Instant at = event.at();
    Phase to = Phase.ofLabel(event.fields().getOrDefault("to", Phase.FAILED.label()));
    boot.phase = to;
    switch (to) {
      case FIRST_BOOT -> {
        boot.end(Step.INSTALL, at);
        boot.begin(Step.FIRST_BOOT, at);
      }
      case READY -> {
        boot.end(boot.has(Step.FIRST_BOOT) ? Step.FIRST_BOOT : Step.INSTALL, at);
        boot.begin(Step.READY, at);
        boot.end(Step.READY, at);
        boot.ended = at;
      }
      case FAILED, ADOPTED -> boot.ended = at;
      case NEW, BOOTING, INSTALLING -> {}
    }
  }
}
