package dev.coldframe.store.image;

/// A file that is not taken in, or an image that is not removed.
public final class ImageRefused extends Exception {
  private static final long serialVersionUID = 1L;

  /// @param reason what is wrong and what to do, for people
  public ImageRefused(String reason) {
    super(reason, null, false, false);
  }

  /// What is wrong and what to do.
  public String reason() {
    return String.valueOf(getMessage());
  }
}
