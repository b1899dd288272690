package dev.coldframe.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;

/// The two tokens by which programs speak to the operator plane over TCP: `admin.token` may do
/// everything, `read.token` may look. Made once, mode 0600; who deletes one gets a new one at the
/// next start.
///
/// @param operate 64 hex digits
/// @param read 64 hex digits
public record AdminTokens(String operate, String read) {
  private static final int BYTES = 32;

  /// The tokens of a state folder. The caller holds the folder's lock.
  ///
  /// @throws StoreException when they cannot be read or kept, or are none
  public static AdminTokens of(Path state) {
    return new AdminTokens(token(state.resolve("admin.token")), token(state.resolve("read.token")));
  }

  private static String token(Path file) {
    try {
      if (!Files.exists(file)) {
        byte[] fresh = new byte[BYTES];
        new SecureRandom().nextBytes(fresh);
        PrivateFile.write(
            file, (HexFormat.of().formatHex(fresh) + "\n").getBytes(StandardCharsets.US_ASCII));
      }
      String token = Files.readString(file).strip();
      if (!token.matches("[0-9a-f]{64}")) {
        throw new StoreException(file + " is no token; delete it to get a new one");
      }
      return token;
    } catch (IOException e) {
      throw new StoreException("the token " + file + " cannot be used", e);
    }
  }

  /// Says nothing of them.
  @Override
  public String toString() {
    return "AdminTokens";
  }
}
