package dev.coldframe.decide;

import dev.coldframe.disk.DiskContents;
import dev.coldframe.disk.InstallMark;
import dev.coldframe.net.ByteRange;
import dev.coldframe.node.Arm;
import dev.coldframe.node.BootState;
import dev.coldframe.node.CutOff;
import dev.coldframe.node.Disk;
import dev.coldframe.node.EventType;
import dev.coldframe.node.Installation;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.node.Journey;
import dev.coldframe.node.Node;
import dev.coldframe.node.Permit;
import dev.coldframe.node.Phase;
import dev.coldframe.node.Profile;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// Which disk of a node an installer may write, if any (architecture, section 5; rows L-04 to
/// L-08).
///
/// | On the disk | Without the operator's word | With it |
/// |---|---|---|
/// | blank | go | go |
/// | this node's mark, no boot record | go, or go on | go on |
/// | this node's mark and boot record, of the last install | keep it | go, once for each word |
/// | anything else | refuse, say what it is | go |
///
/// The boot record is written last, so whatever has one may be somebody's system.
public final class InstallDecisions {
  private InstallDecisions() {}

  /// A disk and what lies on it.
  public record Looked(Disk disk, boolean readOnly, DiskContents contents) {}

  /// What a decision looks at beside the disks.
  ///
  /// @param node whose disks they are
  /// @param image what is to be written
  /// @param arm the operator's word, while it holds
  /// @param cutOff that the database which several appliances share cannot be used: another one may
  ///   be writing that disk
  /// @param now the time
  public record Asked(
      Node node, Image image, Optional<Arm> arm, Optional<CutOff> cutOff, Instant now) {}

  /// What is to be written.
  ///
  /// @param name the image's name
  /// @param sha256 hex digits
  public record Image(String name, String sha256, long sizeBytes) {}

  /// Looks at a node's disks.
  ///
  /// @param state where the node stands; its journey is alive
  public static InstallOutcome decide(List<Looked> disks, BootState state, Asked asked) {
    List<Looked> mine = candidates(disks, asked.node().profile());
    for (Looked looked : mine) {
      // One at a time: what an installer sends at once is limited.
      if (looked.contents() instanceof DiskContents.Unread(List<ByteRange> ranges)) {
        return new InstallOutcome.Read(looked.disk().device(), ranges);
      }
    }
    Optional<Looked> own = mine.stream().filter(d -> isSystem(d, asked.node(), state)).findFirst();
    if (own.isPresent() && !isFresh(asked.arm(), mine, state)) {
      return new InstallOutcome.Keep(own.get().disk());
    }
    if (asked.node().profile().install().overwrite() == Profile.Overwrite.NEVER) {
      return refuse("the profile says overwrite: never");
    }
    if (mine.isEmpty()) {
      return refuse(
          disks.isEmpty()
              ? "this machine has no disk"
              : "no disk of this machine is the one to use");
    }
    List<Looked> begun = mine.stream().filter(d -> isUnfinished(d, asked.node())).toList();
    if (begun.size() == 1) {
      Looked disk = begun.getFirst();
      return write(disk, asked, disk.contents().words(), true, Optional.empty());
    }
    return asked.arm().isPresent() ? armed(mine, asked, asked.arm().get()) : unarmed(mine, asked);
  }

  /// Whether there is a word about a disk as it is now, by which nothing has been installed yet.
  private static boolean isFresh(Optional<Arm> word, List<Looked> mine, BootState state) {
    return word.filter(arm -> !arm.usedFor(state.installation()))
        .filter(arm -> mine.stream().anyMatch(looked -> arm.means(looked.disk())))
        .isPresent();
  }

  private static List<Looked> candidates(List<Looked> disks, Profile profile) {
    return disks.stream()
        .filter(looked -> !looked.readOnly())
        .filter(looked ->
            profile.setup().storage().stream()
                .noneMatch(data -> looked.disk().isCalled(data.device())))
        .filter(looked -> profile.install().disk().map(looked.disk()::isCalled).orElse(true))
        .toList();
  }

  private static InstallOutcome armed(List<Looked> mine, Asked asked, Arm arm) {
    List<Looked> meant =
        mine.stream().filter(looked -> looked.disk().id().equals(arm.disk())).toList();
    if (meant.size() != 1) {
      return refuse("the disk that the operator was shown is not there");
    }
    Looked disk = meant.getFirst();
    return arm.means(disk.disk())
        ? write(disk, asked, "armed, " + disk.disk().found(), false, Optional.of(arm.until()))
        : refuse("it is not as the operator was shown: it holds " + disk.disk().found(), disk);
  }

  private static InstallOutcome unarmed(List<Looked> mine, Asked asked) {
    if (mine.size() > 1) {
      return refuse("there are " + mine.size() + " disks; name one under disk, or arm one");
    }
    Looked disk = mine.getFirst();
    return switch (disk.contents()) {
      case DiskContents.Blank(String how) -> write(disk, asked, how, false, Optional.empty());
      case DiskContents.Marked(InstallMark mark, _) when mark.node().equals(asked.node().name()) ->
          refuse("it holds a system of this node that was installed before", disk);
      case DiskContents.Marked _, DiskContents.Foreign _, DiskContents.Unread _ ->
          refuse("it holds " + disk.disk().found(), disk);
    };
  }

  /// The last install of this node, whole.
  private static boolean isSystem(Looked looked, Node node, BootState state) {
    return looked.contents() instanceof DiskContents.Marked(InstallMark mark, boolean bootable)
        && bootable
        && mark.node().equals(node.name())
        && mark.install().equals(state.installation().id());
  }

  /// An install of this node that no loader boots: one that was cut, or one whose boot record the
  /// node itself has wiped.
  private static boolean isUnfinished(Looked looked, Node node) {
    return looked.contents() instanceof DiskContents.Marked(InstallMark mark, boolean bootable)
        && !bootable
        && mark.node().equals(node.name());
  }

  private static InstallOutcome write(
      Looked looked, Asked asked, String why, boolean goesOn, Optional<Instant> until) {
    Disk disk = looked.disk();
    if (asked.cutOff().isPresent()) {
      return refuse(asked.cutOff().get().refusal());
    }
    if (disk.sizeBytes() < asked.image().sizeBytes()) {
      return refuse("it is smaller than the image", looked);
    }
    var permit = new Permit(disk.device(), disk.id(), asked.image().sha256(), goesOn, until);
    return new InstallOutcome.Write(permit, why);
  }

  private static InstallOutcome refuse(String reason) {
    return new InstallOutcome.Refuse(reason, Optional.empty());
  }

  private static InstallOutcome refuse(String reason, Looked looked) {
    return new InstallOutcome.Refuse(
        looked.disk().device() + ": " + reason, Optional.of(looked.disk()));
  }

  /// What an outcome leaves behind.
  ///
  /// @param disks all that were looked at
  /// @param state where the node stands
  /// @param said the reason that was journalled last in this journey; it is not written twice
  public static JourneyDecisions.Verdict verdict(
      InstallOutcome outcome, List<Disk> disks, BootState state, Asked asked, String said) {
    var events = new ArrayList<JournalEvent>();
    UnaryOperator<BootState> change =
        switch (outcome) {
          case InstallOutcome.Read _ -> UnaryOperator.identity();
          case InstallOutcome.Write(Permit permit, String why) -> {
            seen(events, disks, asked);
            events.add(permitted(permit, model(permit, disks), why, state, asked));
            yield before -> permitted(before.withDisks(disks), permit);
          }
          case InstallOutcome.Refuse(String reason, Optional<Disk> disk) -> {
            if (!reason.equals(said)) {
              seen(events, disks, asked);
              events.add(refused(reason, disk, asked));
            }
            yield before -> before.withDisks(disks);
          }
          case InstallOutcome.Keep(Disk _) -> {
            seen(events, disks, asked);
            events.add(kept(state.installation().stage(), asked));
            yield before -> kept(before.withDisks(disks), asked.now());
          }
        };
    return new JourneyDecisions.Verdict(200, "", events, change);
  }

  /// A system that was not ready yet goes on with its own token; the installer's is not needed.
  private static BootState kept(BootState state, Instant now) {
    BootState kept = state.withInstallation(state.installation().keptAt(now));
    boolean ready = kept.installation().stage() == Installation.Stage.READY;
    return kept.journey()
        .map(j -> kept.withJourney(ready ? j.end("its system is on its disk") : j.back()))
        .orElse(kept);
  }

  private static BootState permitted(BootState state, Permit permit) {
    Optional<Journey> journey = state.journey();
    if (journey.isEmpty()) {
      return state;
    }
    return state
        .withJourney(journey.get().withPermit(permit))
        .withInstallation(
            state.installation().permitted(journey.get().install(), permit.disk(), permit.until()));
  }

  private static void seen(List<JournalEvent> events, List<Disk> disks, Asked asked) {
    for (Disk disk : disks) {
      events.add(
          event(
              asked,
              EventType.DISK_SEEN,
              "device",
              disk.device(),
              "bytes",
              Long.toString(disk.sizeBytes()),
              "model",
              disk.model(),
              "disk",
              disk.id(),
              "found",
              disk.found()));
    }
  }

  private static String model(Permit permit, List<Disk> disks) {
    return disks.stream()
        .filter(disk -> disk.id().equals(permit.disk()))
        .map(Disk::model)
        .findFirst()
        .orElse("");
  }

  private static JournalEvent permitted(
      Permit permit, String model, String why, BootState state, Asked asked) {
    return event(
        asked,
        EventType.INSTALL_PERMITTED,
        "device",
        permit.device(),
        "disk",
        permit.disk(),
        "model",
        model,
        "reason",
        why,
        "image",
        asked.image().name(),
        "attempt",
        Integer.toString(state.installation().attempts() + 1));
  }

  private static JournalEvent refused(String reason, Optional<Disk> disk, Asked asked) {
    return disk.isEmpty()
        ? event(asked, EventType.INSTALL_REFUSED, "reason", reason)
        : event(
            asked,
            EventType.INSTALL_REFUSED,
            "reason",
            reason,
            "device",
            disk.get().device(),
            "disk",
            disk.get().id(),
            "found",
            disk.get().found());
  }

  private static JournalEvent kept(Installation.Stage stage, Asked asked) {
    Phase phase = stage == Installation.Stage.READY ? Phase.READY : Phase.FIRST_BOOT;
    return event(
        asked, EventType.PHASE, "to", phase.label(), "reason", "its system is on its disk");
  }

  private static JournalEvent event(Asked asked, EventType type, String... pairs) {
    return JournalEvent.of(asked.now(), asked.node().name(), type, pairs);
  }

  /// Whether an install may be written now, for requests that repeat.
  ///
  /// @param begins whether this is the plan, before which nothing was written (row L-05)
  /// @return why not, or empty
  public static Optional<String> mayWrite(BootState state, boolean begins, Instant now) {
    Optional<Permit> permit = state.journey().flatMap(Journey::permit);
    if (permit.isEmpty() || state.installation().stage() != Installation.Stage.WRITING) {
      return Optional.of("no disk may be written");
    }
    return begins && !permit.get().holdsAt(now)
        ? Optional.of("the operator's word ended before the writing began")
        : Optional.empty();
  }
}
