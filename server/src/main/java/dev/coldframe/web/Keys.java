package dev.coldframe.web;

import dev.coldframe.store.AdminTokens;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.Optional;

/// What opens the operator plane: the two tokens, and login codes, each good for one login. Of
/// neither is more than a hash held; all are compared in constant time, whatever was presented (row
/// H-09).
final class Keys {
  /// From the command to the browser.
  static final Duration CODE_LIFE = Duration.ofMinutes(5);

  private static final int CODE_BYTES = 24;
  private static final int MAX_CODES = 16;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final byte[] operate;
  private final byte[] read;
  private final InstantSource clock;
  private final Deque<Code> codes = new ArrayDeque<>();

  private record Code(String hash, Scope scope, Instant dies) {}

  Keys(AdminTokens tokens, InstantSource clock) {
    this.operate = hash(tokens.operate());
    this.read = hash(tokens.read());
    this.clock = clock;
  }

  /// What a token opens.
  Optional<Scope> token(String presented) {
    byte[] hash = hash(presented);
    boolean operates = MessageDigest.isEqual(hash, operate);
    boolean reads = MessageDigest.isEqual(hash, read);
    if (operates) {
      return Optional.of(Scope.OPERATE);
    }
    return reads ? Optional.of(Scope.READ) : Optional.empty();
  }

  /// A new login code; of too many the oldest is forgotten.
  synchronized String mint(Scope scope) {
    byte[] fresh = new byte[CODE_BYTES];
    RANDOM.nextBytes(fresh);
    String code = HexFormat.of().formatHex(fresh);
    if (codes.size() >= MAX_CODES) {
      codes.removeFirst();
    }
    codes.addLast(new Code(hex(code), scope, clock.instant().plus(CODE_LIFE)));
    return code;
  }

  /// Uses a login code up.
  synchronized Optional<Scope> redeem(String presented) {
    String hash = hex(presented);
    Instant now = clock.instant();
    codes.removeIf(code -> !now.isBefore(code.dies()));
    for (Iterator<Code> all = codes.iterator(); all.hasNext(); ) {
      Code code = all.next();
      if (MessageDigest.isEqual(bytes(code.hash()), bytes(hash))) {
        all.remove();
        return Optional.of(code.scope());
      }
    }
    return Optional.empty();
  }

  /// The SHA-256 of a text in hex.
  static String hex(String text) {
    return HexFormat.of().formatHex(hash(text));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] hash(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes(text));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
