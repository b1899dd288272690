package dev.coldframe.store.image;

/// A file that is not taken in, or an image that is not removed.
public final class ImageRefused extends Exception {
  private static final long serialVersionUID = 1L;

  private final boolean busy;

  /// @param reason what is wrong and what to do, for people
  public ImageRefused(String reason) {
    this(reason, false);
  }

  private ImageRefused(String reason, boolean busy) {
    super(reason, null, false, false);
    this.busy = busy;
  }

  /// That nothing is wrong, and it can be tried again soon.
  static ImageRefused busy(String reason) {
    return new ImageRefused(reason, true);
  }

  /// Whether nothing is wrong, and it can be tried again soon.
  public boolean isBusy() {
    return busy;
  }

  /// What is wrong and what to do.
  public String reason() {
    return String.valueOf(getMessage());
  }
}
