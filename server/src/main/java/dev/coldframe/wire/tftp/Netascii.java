package dev.coldframe.wire.tftp;

import java.nio.ByteBuffer;

/// The text mode of TFTP (RFC 764 by RFC 1350, section 1): a line ends with CR LF, a bare CR is CR
/// NUL.
public final class Netascii {
  private static final byte LF = '\n';
  private static final byte CR = '\r';

  private Netascii() {}

  /// Converts a whole file as this host keeps it, lines ended by LF.
  ///
  /// @param plain read from its position to its limit, which stay where they are
  /// @param target gets the result; twice the size of the file is always enough
  public static void encode(ByteBuffer plain, ByteBuffer target) {
    for (int i = plain.position(); i < plain.limit(); i++) {
      byte b = plain.get(i);
      switch (b) {
        case LF -> target.put(CR).put(LF);
        case CR -> target.put(CR).put((byte) 0);
        default -> target.put(b);
      }
    }
  }
}
