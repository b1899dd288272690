package dev.coldframe.doctor;

import java.util.List;

/// What came of one check.
///
/// @param check the check's name
/// @param well what is so while nothing is found, in a few words
/// @param findings what is to say about it; none: all is well
public record Examined(String check, String well, List<Finding> findings) {
  public Examined {
    findings = List.copyOf(findings);
  }
}
