package dev.coldframe.store;

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

  /// Shows the public half alone.
  @Override
  public String toString() {
    return "HostKey[" + publicLine.strip() + "]";
  }
}
