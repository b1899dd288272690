package dev.coldframe.wire.ntp;

import java.time.Instant;

/// NTP's numbers for time (RFC 5905, section 6).
///
/// A timestamp is 64 bits: seconds since 1900 above, their fraction below. The seconds begin again
/// at 0 on 7 February 2036; which era is meant is told by what lies nearest to a known time.
public final class NtpTime {
  /// Seconds from 1900 to 1970.
  private static final long UNIX_EPOCH = 2_208_988_800L;

  private static final long ERA_SECONDS = 1L << 32;
  private static final long NANOS = 1_000_000_000L;

  private NtpTime() {}

  /// The timestamp of an instant, rounded down.
  public static long timestamp(Instant at) {
    return timestamp(at.getEpochSecond(), at.getNano());
  }

  /// The timestamp of seconds since 1970 and nanoseconds from 0 to 999,999,999.
  public static long timestamp(long unixSeconds, int nanos) {
    return (unixSeconds + UNIX_EPOCH) << 32 | (((long) nanos << 32) / NANOS);
  }

  /// The instant of a timestamp, in the era nearest to another instant.
  public static Instant instant(long timestamp, Instant near) {
    long seconds = (timestamp >>> 32) - UNIX_EPOCH;
    long eras = Math.floorDiv(near.getEpochSecond() - seconds + ERA_SECONDS / 2, ERA_SECONDS);
    long nanos = ((timestamp & 0xffff_ffffL) * NANOS) >>> 32;
    return Instant.ofEpochSecond(seconds + eras * ERA_SECONDS, nanos);
  }

  /// A length of time in NTP's short form, 16 bits of seconds and 16 of fraction, rounded up: an
  /// error is never made smaller.
  ///
  /// @param nanos not negative; what is longer than the form holds becomes its greatest value
  public static int shortForm(long nanos) {
    if (nanos / NANOS > 0xffff) {
      return -1;
    }
    long units = ((nanos / NANOS) << 16) + (((nanos % NANOS) << 16) + NANOS - 1) / NANOS;
    return (int) Math.min(units, 0xffff_ffffL);
  }
}
