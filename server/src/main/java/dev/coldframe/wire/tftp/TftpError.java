package dev.coldframe.wire.tftp;

/// The error codes (RFC 1350, appendix; RFC 2347, section "Error").
public final class TftpError {
  /// See the text.
  public static final int NOT_DEFINED = 0;

  /// No such file, or it is not the caller's.
  public static final int FILE_NOT_FOUND = 1;

  /// Not permitted.
  public static final int ACCESS_VIOLATION = 2;

  /// Not a request that is understood.
  public static final int ILLEGAL_OPERATION = 4;

  /// No transfer is known to that peer.
  public static final int UNKNOWN_TRANSFER = 5;

  /// The client does not want these options.
  public static final int OPTIONS_REFUSED = 8;

  private TftpError() {}
}
