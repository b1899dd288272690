package dev.coldframe.wire.ntp;

/// A client's request.
///
/// @param version 1 to 4
/// @param poll its poll exponent, repeated in the reply
/// @param transmit its transmit timestamp, 64 bits that mean nothing to us
public record NtpRequest(int version, int poll, long transmit) {}
