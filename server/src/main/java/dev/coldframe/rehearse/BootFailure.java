package dev.coldframe.rehearse;

/// Why a board does not boot, in the words of the reference. Ends the boot; carries no stack trace.
final class BootFailure extends Exception {
  private static final long serialVersionUID = 1L;

  BootFailure(String reason) {
    super(reason, null, false, false);
  }

  String reason() {
    return String.valueOf(getMessage());
  }
}
