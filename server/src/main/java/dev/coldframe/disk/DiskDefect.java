package dev.coldframe.disk;

/// Ends the reading of a format. Has no stack trace: hostile input must not buy one.
final class DiskDefect extends Exception {
  private static final long serialVersionUID = 1L;

  private final String defect;

  /// @param defect what is wrong, as the end of a sentence
  DiskDefect(String defect) {
    super(defect, null, false, false);
    this.defect = defect;
  }

  String defect() {
    return defect;
  }

  static void unless(boolean good, String defect) throws DiskDefect {
    if (!good) {
      throw new DiskDefect(defect);
    }
  }
}
