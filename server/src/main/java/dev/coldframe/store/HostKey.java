package dev.coldframe.store;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Locale;

/// An SSH host key of a node, in the two files that sshd reads.
///
/// @param type its kind
/// @param privateKey the private file: openssh-key-v1 without a password
/// @param publicLine the line of the `.pub` file, with its line end
public record HostKey(Type type, String privateKey, String publicLine) {
  /// The kinds that sshd of Debian makes by itself.
  public enum Type {
    ED25519,
    RSA,
    ECDSA;

    /// The private file's name below `/etc/ssh/`; the public one's has `.pub` behind it.
    public String fileName() {
      return "ssh_host_" + name().toLowerCase(Locale.ROOT) + "_key";
    }
  }

  /// What `ssh` shows of it when it meets the node first: `SHA256:` and the hash of the public
  /// half.
  public String fingerprint() {
    byte[] blob = Base64.getDecoder().decode(publicLine.split(" ", -1)[1].strip());
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(blob);
      String hash =
          new String(
              Base64.getEncoder().withoutPadding().encode(digest), StandardCharsets.US_ASCII);
      return "SHA256:" + hash;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /// Shows the public half alone.
  @Override
  public String toString() {
    return "HostKey[" + publicLine.strip() + "]";
  }
}
