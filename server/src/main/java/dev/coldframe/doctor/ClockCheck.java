package dev.coldframe.doctor;

import dev.coldframe.node.JournalEvent;
import dev.coldframe.node.Site;
import dev.coldframe.node.TimeFloor;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Optional;

/// Whether this machine's clock can be believed: nodes take their time from it, and leases and
/// certificates go by it. Held against the kernel's own word, the day that was last known to be
/// right, the journal, and the time servers that the config names.
public final class ClockCheck {
  static final String NAME = "clock";

  /// So far a journal may be ahead: its lines carry milliseconds, and a clock is slewed.
  private static final Duration AHEAD = Duration.ofMinutes(1);

  private static final Duration OFF = Duration.ofSeconds(1);
  private static final Duration FAR_OFF = Duration.ofMinutes(1);

  private ClockCheck() {}

  /// What instruments say.
  ///
  /// @param synchronised the kernel's word
  /// @param offset how far a time server is ahead of this clock; empty where none answered
  public record Readings(boolean synchronised, Optional<Duration> offset) {}

  /// @param served whether the time is served to nodes
  /// @param vouched whether the operator vouches for this clock
  /// @param now what it shows
  /// @param floor a day that has surely begun
  /// @param newest the newest line of the journal
  record Seen(
      boolean served,
      boolean vouched,
      Instant now,
      TimeFloor floor,
      Optional<Instant> newest,
      Readings readings) {}

  static Seen look(Patient patient) {
    Site site = patient.site();
    return new Seen(
        site.services().contains(Site.Service.NTP),
        site.time() == Site.TimeSource.LOCAL,
        patient.now(),
        patient.world().knowledge().timeFloor(),
        patient.journal().stream().map(JournalEvent::at).max(Instant::compareTo),
        patient.instruments().clock());
  }

  static Examined judge(Seen seen) {
    var out = new ArrayList<Finding>();
    Optional<String> wrong = wrong(seen);
    Duration off = seen.readings().offset().map(Duration::abs).orElse(Duration.ZERO);
    if (wrong.isPresent()) {
      out.add(
          Finding.error(
              "clock-wrong",
              "this machine",
              "The clock shows "
                  + seen.now().truncatedTo(ChronoUnit.SECONDS)
                  + ", "
                  + wrong.get()
                  + ". Nodes would take that time, and TLS would fail.",
              "Set it ('timedatectl set-time', or start chrony); a board without a battery needs a"
                  + " time server or a clock module."));
    } else if (off.compareTo(OFF) > 0) {
      out.add(
          Finding.warning(
              "clock-off",
              "this machine",
              "The clock is " + shown(off) + " off from the time server.",
              "Start chrony or systemd-timesyncd, and see why it does not follow."));
    }
    boolean unsure = seen.served() && !seen.vouched() && !seen.readings().synchronised();
    if (out.isEmpty() && unsure) {
      out.add(unsynchronised(seen.readings().offset().isPresent()));
    }
    return new Examined(
        NAME,
        seen.readings().synchronised()
            ? "the kernel says it is synchronised"
            : seen.served() ? "the operator vouches for it" : "the time is not served",
        out);
  }

  private static Optional<String> wrong(Seen seen) {
    Instant now = seen.now();
    if (now.isBefore(seen.floor().day())) {
      return Optional.of(
          "but "
              + seen.floor().day().atOffset(ZoneOffset.UTC).toLocalDate()
              + " has surely been: this release is of that day, or the clock was right then");
    }
    if (seen.newest().filter(n -> now.isBefore(n.minus(AHEAD))).isPresent()) {
      return Optional.of("which is before the newest line of the journal");
    }
    return seen.readings()
        .offset()
        .filter(o -> o.abs().compareTo(FAR_OFF) > 0)
        .map(o ->
            "and the time server says " + shown(o.abs()) + (o.isNegative() ? " less" : " more"));
  }

  private static String shown(Duration time) {
    return time.toHours() >= 48
        ? time.toDays() + " days"
        : time.toMinutes() >= 2 ? time.toMinutes() + " minutes" : time.toSeconds() + " seconds";
  }

  private static Finding unsynchronised(boolean measured) {
    return measured
        ? Finding.note(
            "clock-unsynchronised",
            "this machine",
            "The kernel does not say that its clock is synchronised; the time of the config's time"
                + " servers is passed on.",
            "Start chrony or systemd-timesyncd for a better one.")
        : Finding.warning(
            "clock-unsynchronised",
            "this machine",
            "The kernel does not say that its clock is synchronised, and no time server of the config"
                + " answers: nodes that ask here for the time get none.",
            "Start chrony or systemd-timesyncd; or name time servers under 'ntp'; or write 'time:"
                + " local' to vouch for this clock, or leave ntp out of 'services'.");
  }
}
