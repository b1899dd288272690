package dev.coldframe.decide;

import static dev.coldframe.decide.BootAttempt.field;

import dev.coldframe.decide.BootDiagnosis.Stage;
import dev.coldframe.decide.BootDiagnosis.Weighed;
import dev.coldframe.decide.BootDiagnosis.Weight;
import dev.coldframe.node.EventType;
import java.util.ArrayList;
import java.util.List;

/// A board whose installer, or whose system on the disk, does not come to its end (row 22, and what
/// only this server knows).
final class InstallPains {
  private InstallPains() {}

  static List<Weighed> of(BootAttempt attempt) {
    var out = new ArrayList<Weighed>();
    if (attempt.stage() != Stage.INSTALL && attempt.stage() != Stage.FIRST_BOOT) {
      return out;
    }
    attempt
        .lastWithout(
            EventType.INSTALL_REFUSED, EventType.INSTALL_PERMITTED, EventType.INSTALL_PROGRESS)
        .ifPresent(e ->
            out.add(
                new Weighed(
                    Pain.DISK_WAITS,
                    Weight.SEEN,
                    "Its disk is not written: " + field(e, "reason") + ".")));
    attempt
        .last(EventType.TOKEN_REFUSED)
        .ifPresent(e ->
            out.add(
                new Weighed(
                    Pain.REFUSED,
                    Weight.LIKELY,
                    "Something it asked for was refused: " + field(e, "reason") + ".")));
    attempt.all(EventType.REPORTED).reversed().stream()
        .filter(e -> field(e, "result").equals("failed"))
        .findFirst()
        .ifPresent(e ->
            out.add(
                new Weighed(
                    Pain.REPORTED_FAILURE,
                    Weight.LIKELY,
                    "Its " + field(e, "stage") + " failed: " + field(e, "reason") + ".")));
    if (attempt.stage() == Stage.FIRST_BOOT && !attempt.systemSpoke()) {
      out.add(
          new Weighed(
              Pain.REBOOT_FAILS,
              Weight.LIKELY,
              "It was installed and told to start again; since then nothing was heard of it."));
    }
    return out;
  }
}
