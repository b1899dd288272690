package dev.coldframe.wire.dns;

/// What a message's OPT record says (RFC 6891, section 6.1.3); options in it are not looked at.
///
/// @param present whether there was one
/// @param version 0 is the only one there is
/// @param payloadBytes the largest UDP answer that its sender takes, as it was written
/// @param dnssecOk whether signatures are wanted (RFC 3225)
public record Edns(boolean present, int version, int payloadBytes, boolean dnssecOk) {
  /// No OPT record.
  public static final Edns NONE = new Edns(false, 0, 0, false);
}
