package dev.coldframe.config;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Password hashes and SSH public keys. The messages never repeat what was written: it may be the
/// secret itself.
final class Credentials {
  /// A crypt(3) hash of a method that today's systems still take.
  static final Read<String> PASSWORD_HASH =
      Reads.TEXT.keeping(Credentials::hashProblem).doubting(Credentials::hashDoubt);

  /// A line of authorized_keys.
  static final Read<String> SSH_KEY = Credentials::key;

  private static final Read<String> PUBLIC_KEY =
      Reads.TEXT.keeping(Credentials::keyProblem).doubting(Credentials::keyDoubt);
  private static final int MAX_KEY_CHARS = 8192;

  /// crypt(5): method, parameters and salt, then the hash after the last `$`.
  private static final Pattern HASH =
      Pattern.compile("\\$(5|6|7|y|gy|2[aby])\\$(?:[./A-Za-z0-9=,]+\\$)+([./A-Za-z0-9]+)");

  /// How many characters stand after the last `$`.
  private static final Map<String, Integer> HASH_CHARS =
      Map.of("5", 43, "6", 86, "7", 43, "y", 43, "gy", 43, "2a", 53, "2b", 53, "2y", 53);

  /// sshd(8), AUTHORIZED_KEYS FILE FORMAT: options, type, key, comment.
  private static final Pattern KEY =
      Pattern.compile(
          "(?:(?:[^\\s\"]++|\"(?:[^\"\\\\]++|\\\\.)*+\")++\\s+)?"
              + "(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(?:256|384|521)"
              + "|sk-ssh-ed25519@openssh\\.com|sk-ecdsa-sha2-nistp256@openssh\\.com)"
              + "\\s+([A-Za-z0-9+/]+=*)(?:\\s.*)?");

  private Credentials() {}

  private static Optional<String> hashProblem(String hash) {
    return HASH.matcher(hash).matches()
        ? Optional.empty()
        : Optional.of(
            "is no crypt(3) hash such as $6$…, $5$…, $y$… or $2b$…; write the output of"
                + " 'openssl passwd -6'");
  }

  private static Optional<String> hashDoubt(String hash) {
    Matcher parts = HASH.matcher(hash);
    if (!parts.matches()) {
      return Optional.empty();
    }
    int chars = parts.group(2).length();
    int expected = HASH_CHARS.getOrDefault(parts.group(1), chars);
    return chars == expected
        ? Optional.empty()
        : Optional.of(
            "has "
                + chars
                + " characters after the last $ where its method has "
                + expected
                + "; nobody can log in with a hash that was cut");
  }

  private static Optional<String> key(Value value, Problems problems) {
    if (value instanceof Value.Scalar(Place place, String text) && text.contains("PRIVATE KEY")) {
      problems.error(
          place,
          "is a private key; keep it where it is and write the public one, from the .pub file");
      return Optional.empty();
    }
    return PUBLIC_KEY.from(value, problems);
  }

  private static Optional<String> keyProblem(String line) {
    if (line.length() > MAX_KEY_CHARS) {
      return Optional.of("is longer than " + MAX_KEY_CHARS + " characters; write one public key");
    }
    Matcher parts = KEY.matcher(line);
    boolean typed =
        parts.matches()
            && blob(parts).flatMap(Credentials::field).filter(parts.group(1)::equals).isPresent();
    return typed
        ? Optional.empty()
        : Optional.of(
            "is no SSH public key; write the line of a .pub file, such as ssh-ed25519 AAAA… name");
  }

  private static Optional<String> keyDoubt(String line) {
    Matcher parts = KEY.matcher(line);
    return parts.matches() && blob(parts).filter(Credentials::isWhole).isPresent()
        ? Optional.empty()
        : Optional.of("is cut off; nobody can log in with it, so copy the whole line");
  }

  private static Optional<ByteBuffer> blob(Matcher parts) {
    try {
      return Optional.of(ByteBuffer.wrap(Base64.getDecoder().decode(parts.group(2))));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  /// Takes a length and so many bytes off the front (RFC 4251, section 5); the first field of a key
  /// is its type.
  private static Optional<String> field(ByteBuffer blob) {
    if (blob.remaining() < Integer.BYTES) {
      return Optional.empty();
    }
    int length = blob.getInt();
    if (length < 0 || length > blob.remaining()) {
      return Optional.empty();
    }
    byte[] out = new byte[length];
    blob.get(out);
    return Optional.of(new String(out, StandardCharsets.ISO_8859_1));
  }

  private static boolean isWhole(ByteBuffer blob) {
    boolean whole = field(blob).isPresent() && blob.hasRemaining();
    while (whole && blob.hasRemaining()) {
      whole = field(blob).isPresent();
    }
    return whole;
  }
}
