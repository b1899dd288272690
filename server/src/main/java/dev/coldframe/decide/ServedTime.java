package dev.coldframe.decide;

import dev.coldframe.node.Site.TimeSource;
import dev.coldframe.wire.ntp.NtpTime;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// The time that the NTP service gives out, and what it says of it. Looked at again every second.
///
/// ```
///   time: local ─────────────▶ VOUCHED      the operator answers for this clock: stratum 10
///   kernel synchronised ─────▶ KERNEL       stratum 5: somebody disciplines it, nobody says how
///   a server was asked lately ▶ MEASURED    its stratum + 1, its time, carried on by a steady counter
///   … but long ago ──────────▶ HOLDOVER     stratum 12, wronger every second
///   none of these, or too wrong ▶ NONE      leap 3, stratum 0, kiss code INIT
/// ```
///
/// Leap seconds are announced as the kernel or the server announces them, and never smeared (row
/// C-10).
///
/// @param source where it comes from
/// @param leap as in the packet
/// @param stratum as in the packet
/// @param reference as in the packet
/// @param referenceTime as in the packet
/// @param rootDelay as in the packet
/// @param rootDispersion as in the packet
/// @param shiftNanos what is added to the system clock
public record ServedTime(
    Source source,
    int leap,
    int stratum,
    int reference,
    long referenceTime,
    int rootDelay,
    int rootDispersion,
    long shiftNanos) {
  /// Where the time comes from.
  public enum Source {
    VOUCHED,
    KERNEL,
    MEASURED,
    HOLDOVER,
    NONE
  }

  /// Far enough from 1 that any server with a better claim wins; the usual choice for a clock that
  /// nobody compares.
  static final int VOUCHED_STRATUM = 10;

  /// The kernel does not know the stratum of what disciplines it. Behind a public server it is 3 or
  /// 4, and a client should prefer those that know theirs.
  static final int KERNEL_STRATUM = 5;

  static final int HOLDOVER_STRATUM = 12;

  /// After this time without an answer, what was measured is old.
  static final Duration FRESH = Duration.ofMinutes(20);

  /// A time that may be this wrong is none: chrony's clients would refuse it as well.
  static final Duration MAX_DISPERSION = Duration.ofSeconds(3);

  private static final int UNSYNCHRONISED = 3;

  /// RFC 5905, section 7.4: not yet synchronised for the first time.
  private static final int INIT = ascii("INIT");

  /// 127.127.1.1, the local clock, as ntpd and chrony write it.
  private static final int LOCAL_CLOCK = 0x7f7f_0101;

  /// 127.127.1.2: the local clock as well, but somebody disciplines it.
  private static final int KERNEL_CLOCK = 0x7f7f_0102;

  /// How far a clock is assumed to drift between measurements: 15 and 100 parts in a million (RFC
  /// 5905, section 7.2, PHI; a Pi's crystal in holdover).
  private static final long FRESH_DRIFT_PPM = 15;

  private static final long HOLDOVER_DRIFT_PPM = 100;
  private static final long VOUCHED_ERROR_NANOS = 10_000_000;

  private static int ascii(String code) {
    byte[] b = code.getBytes(StandardCharsets.US_ASCII);
    return b[0] << 24 | b[1] << 16 | b[2] << 8 | b[3];
  }

  /// What is known about the time.
  ///
  /// @param policy what the config file says
  /// @param kernel what the kernel says
  /// @param measured the last comparison with a server
  /// @param now the system clock
  /// @param steadyNanos the counter that never jumps, now
  public record Known(
      TimeSource policy,
      KernelClock kernel,
      Optional<Measurement> measured,
      Instant now,
      long steadyNanos) {}

  /// Chooses.
  public static ServedTime choose(Known known) {
    long now = NtpTime.timestamp(known.now());
    KernelClock kernel = known.kernel();
    if (known.policy() == TimeSource.LOCAL) {
      int dispersion = NtpTime.shortForm(VOUCHED_ERROR_NANOS);
      return new ServedTime(Source.VOUCHED, 0, VOUCHED_STRATUM, LOCAL_CLOCK, now, 0, dispersion, 0);
    }
    if (kernel.synchronised() && kernel.maxErrorNanos() <= MAX_DISPERSION.toNanos()) {
      int dispersion = NtpTime.shortForm(kernel.maxErrorNanos());
      return new ServedTime(
          Source.KERNEL, kernel.leap(), KERNEL_STRATUM, KERNEL_CLOCK, now, 0, dispersion, 0);
    }
    return known.measured().flatMap(m -> carriedOn(m, known)).orElseGet(ServedTime::none);
  }

  private static Optional<ServedTime> carriedOn(Measurement m, Known known) {
    long age = known.steadyNanos() - m.steadyNanos();
    boolean fresh = age <= FRESH.toNanos();
    long ppm = fresh ? FRESH_DRIFT_PPM : HOLDOVER_DRIFT_PPM;
    long dispersion = m.rootDispersionNanos() + age / 1_000_000 * ppm;
    if (dispersion + m.rootDelayNanos() / 2 > MAX_DISPERSION.toNanos()) {
      return Optional.empty();
    }
    long shift = Duration.between(known.now(), m.time().plusNanos(age)).toNanos();
    return Optional.of(
        new ServedTime(
            fresh ? Source.MEASURED : Source.HOLDOVER,
            fresh ? m.leap() : 0,
            fresh ? m.stratum() + 1 : Math.max(HOLDOVER_STRATUM, m.stratum() + 1),
            m.server().bits(),
            NtpTime.timestamp(m.time()),
            NtpTime.shortForm(m.rootDelayNanos()),
            NtpTime.shortForm(dispersion),
            shift));
  }

  private static ServedTime none() {
    return new ServedTime(Source.NONE, UNSYNCHRONISED, 0, INIT, 0, 0, 0, 0);
  }
}
