package dev.coldframe.node;

import dev.coldframe.net.Bytes;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// By what one appliance of a site gets a copy of an image from another: the time and a signature
/// with the site's key, in the path. It opens that one image, for some minutes.
public final class ImagePass {
  /// Clocks of appliances differ by less than a minute (row A-03).
  private static final Duration LIFE = Duration.ofMinutes(2);

  private static final Pattern FORM = Pattern.compile("([0-9]{1,15})-([0-9a-f]{64})");

  private ImagePass() {}

  /// Makes one.
  ///
  /// @param sha256 the image, 64 hex digits
  /// @param mac signs with the site's key
  public static String of(String sha256, Instant now, UnaryOperator<Bytes> mac) {
    return now.toEpochMilli() + "-" + signature(sha256, now.toEpochMilli(), mac);
  }

  /// Why one does not open an image; empty when it does.
  public static Optional<String> refusal(
      String pass, String sha256, Instant now, UnaryOperator<Bytes> mac) {
    Matcher form = FORM.matcher(pass);
    if (!form.matches()) {
      return Optional.of("no pass for an image");
    }
    long at = Long.parseLong(form.group(1));
    byte[] given = form.group(2).getBytes(StandardCharsets.US_ASCII);
    byte[] right = signature(sha256, at, mac).getBytes(StandardCharsets.US_ASCII);
    if (!MessageDigest.isEqual(given, right)) {
      return Optional.of("pass for an image that is not the site's");
    }
    boolean holds = Duration.between(Instant.ofEpochMilli(at), now).abs().compareTo(LIFE) <= 0;
    return holds ? Optional.empty() : Optional.of("pass for an image that is too old");
  }

  private static String signature(String sha256, long millis, UnaryOperator<Bytes> mac) {
    return mac.apply(Bytes.of(sha256 + "\n" + millis + "\n", StandardCharsets.US_ASCII)).hex();
  }
}
