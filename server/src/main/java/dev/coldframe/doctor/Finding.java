package dev.coldframe.doctor;

/// Something that was found, and what to do about it.
///
/// @param id what kind of finding it is; scripts go by it, so it never changes
/// @param severity how much it matters
/// @param stopsServing whether `serve` cannot start because of it
/// @param subject what it was found at: an interface, a port, a node, a folder
/// @param found what is wrong, one or more sentences
/// @param mend what to do, one or more sentences
public record Finding(
    String id, Severity severity, boolean stopsServing, String subject, String found, String mend) {

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
}
