package dev.coldframe.store.image;

import java.util.Locale;
import java.util.regex.Pattern;

/// What profiles call an image.
public final class ImageName {
  /// The characters of a name.
  public static final Pattern FORM = Pattern.compile("[a-z0-9][a-z0-9._-]{0,62}");

  private static final Pattern SUFFIXES =
      Pattern.compile("(?:\\.(?:img|raw|iso|xz|gz|zst|zstd|zip))+$");
  private static final Pattern DATE =
      Pattern.compile("(?:^|[-_.])(?:19|20)[0-9]{2}-?[0-1][0-9]-?[0-3][0-9](?=$|[-_.])");
  private static final int MAX_CHARS = 63;

  private ImageName() {}

  /// The name of a file without its date and its suffixes:
  /// `2025-11-24-raspios-trixie-arm64-lite.img.xz` is `raspios-trixie-arm64-lite`.
  public static String of(String fileName) {
    String text = SUFFIXES.matcher(fileName.toLowerCase(Locale.ROOT)).replaceFirst("");
    text = DATE.matcher(text).replaceAll("");
    text = text.replaceAll("[^a-z0-9._-]+", "-").replaceAll("^[-._]+|[-._]+$", "");
    text = text.substring(0, Math.min(text.length(), MAX_CHARS));
    return text.isEmpty() ? "image" : text;
  }

  /// Whether it can be a name.
  public static boolean isGood(String name) {
    return FORM.matcher(name).matches();
  }
}
