package dev.coldframe.net;

import java.util.Optional;

/// A run of bytes of something whose size is known, as HTTP asks for it (RFC 9110, section 14).
///
/// @param first offset of the first byte
/// @param length how many bytes, at least one
public record ByteRange(long first, long length) {
  /// What a Range header asks for.
  public sealed interface Request {
    /// No range, or one that may be ignored: the whole is sent.
    record Whole() implements Request {}

    /// One part.
    record Part(ByteRange range) implements Request {}

    /// A range that the size cannot satisfy: 416.
    record Unsatisfiable() implements Request {}
  }

  /// The offset of the last byte.
  public long last() {
    return first + length - 1;
  }

  /// Reads a Range header against a size. Several ranges, other units and malformed headers are
  /// ignored, as the RFC allows; numbers beyond 18 digits count as beyond the end.
  ///
  /// @param header the header's value
  /// @param sizeBytes the size of the whole
  public static Request parse(String header, long sizeBytes) {
    String spec = header.trim();
    if (!spec.regionMatches(true, 0, "bytes=", 0, 6) || spec.indexOf(',') >= 0) {
      return new Request.Whole();
    }
    int dash = spec.indexOf('-');
    if (dash < 0) {
      return new Request.Whole();
    }
    String from = spec.substring(6, dash).trim();
    String to = spec.substring(dash + 1).trim();
    Optional<Long> first = number(from);
    Optional<Long> last = number(to);
    boolean malformed =
        (from.isEmpty() && to.isEmpty())
            || (!from.isEmpty() && first.isEmpty())
            || (!to.isEmpty() && last.isEmpty());
    if (malformed || (first.isPresent() && last.isPresent() && last.get() < first.get())) {
      return new Request.Whole();
    }
    if (first.isEmpty()) {
      return suffix(last.orElse(0L), sizeBytes);
    }
    if (first.get() >= sizeBytes) {
      return new Request.Unsatisfiable();
    }
    long end = Math.min(last.orElse(Long.MAX_VALUE), sizeBytes - 1);
    return new Request.Part(new ByteRange(first.get(), end - first.get() + 1));
  }

  private static Request suffix(long count, long sizeBytes) {
    if (count == 0 || sizeBytes == 0) {
      return new Request.Unsatisfiable();
    }
    long length = Math.min(count, sizeBytes);
    return new Request.Part(new ByteRange(sizeBytes - length, length));
  }

  private static Optional<Long> number(String digits) {
    if (digits.isEmpty() || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return Optional.empty();
    }
    return Optional.of(digits.length() > 18 ? Long.MAX_VALUE : Long.parseLong(digits));
  }
}
