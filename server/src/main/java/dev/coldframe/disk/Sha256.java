package dev.coldframe.disk;

import dev.coldframe.net.Bytes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// The hash that names chunks, images and files.
public final class Sha256 {
  private Sha256() {}

  /// A new, empty digest.
  public static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /// The hash of the first bytes of an array.
  public static Bytes of(byte[] bytes, int length) {
    MessageDigest digest = digest();
    digest.update(bytes, 0, length);
    return Bytes.wrap(digest.digest());
  }
}
