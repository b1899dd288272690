package dev.coldframe.transport.http;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/// The value of a Date header (RFC 9110, section 6.6.1). It is the same for a whole second, in
/// which thousands of answers leave.
final class HttpDate {
  private static volatile HttpDate last = new HttpDate(Instant.EPOCH);

  private final long second;
  private final String text;

  private HttpDate(Instant at) {
    second = at.getEpochSecond();
    text = DateTimeFormatter.RFC_1123_DATE_TIME.format(at.atZone(ZoneOffset.UTC));
  }

  static String of(Instant at) {
    HttpDate known = last;
    if (known.second != at.getEpochSecond()) {
      known = new HttpDate(at);
      last = known;
    }
    return known.text;
  }
}
