package dev.coldframe.doctor;

import dev.coldframe.boot.lint.LintFinding;
import dev.coldframe.node.Severity;

/// Something that was found, and what to do about it.
///
/// @param id what kind of finding it is; scripts go by it, so it never changes
/// @param severity how much it matters
/// @param stopsServing whether `serve` cannot start because of it
/// @param subject what it was found at: an interface, a port, a node, a folder
/// @param found what is wrong, one or more sentences
/// @param reason why that fails, a sentence; empty where `found` says it
/// @param mend what to do, one or more sentences
/// @param source where that is known from; empty where this machine shows it
public record Finding(
    String id,
    Severity severity,
    boolean stopsServing,
    String subject,
    String found,
    String reason,
    String mend,
    String source) {
  /// What this machine shows itself.
  Finding(
      String id,
      Severity severity,
      boolean stopsServing,
      String subject,
      String found,
      String mend) {
    this(id, severity, stopsServing, subject, found, "", mend, "");
  }

  static Finding error(String id, String subject, String found, String mend) {
    return new Finding(id, Severity.ERROR, false, subject, found, mend);
  }

  static Finding warning(String id, String subject, String found, String mend) {
    return new Finding(id, Severity.WARNING, false, subject, found, mend);
  }

  static Finding note(String id, String subject, String found, String mend) {
    return new Finding(id, Severity.NOTE, false, subject, found, mend);
  }

  /// This machine does not let the appliance start.
  static Finding stops(String id, String subject, String found, String mend) {
    return new Finding(id, Severity.ERROR, true, subject, found, mend);
  }

  /// A combination that is known to fail.
  public static Finding of(LintFinding lint) {
    return new Finding(
        lint.row().key(),
        lint.row().severity(),
        false,
        lint.who(),
        lint.sentence(),
        lint.row().reason(),
        lint.row().remedy(),
        lint.row().source());
  }
}
