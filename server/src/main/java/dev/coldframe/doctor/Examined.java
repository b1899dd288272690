package dev.coldframe.doctor;

import java.util.List;

/// What came of one check.
///
/// @param check the check's name
/// @param looked what it looked at, in a few words
/// @param findings what is to say about it; none: all is well
public record Examined(String check, String looked, List<Finding> findings) {
  public Examined {
    findings = List.copyOf(findings);
  }
}
