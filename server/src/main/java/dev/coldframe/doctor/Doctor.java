package dev.coldframe.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/// Does every check, from this machine outwards to the boards.
public final class Doctor {
  private static final List<Check> CHECKS =
      List.of(
          new Check(RightsCheck.NAME, p -> RightsCheck.judge(RightsCheck.look(p))),
          new Check(InterfacesCheck.NAME, p -> InterfacesCheck.judge(InterfacesCheck.look(p))),
          new Check(PortsCheck.NAME, p -> PortsCheck.judge(PortsCheck.look(p))),
          new Check(StateFolderCheck.NAME, p -> StateFolderCheck.judge(StateFolderCheck.look(p))));

  private Doctor() {}

  /// Looks, and judges what it saw.
  @FunctionalInterface
  private interface Examination {
    Examined of(Patient patient) throws Exception;
  }

  private record Check(String name, Examination examination) {}

  /// Examines.
  ///
  /// @param each gets the outcome of each check as soon as it is known
  public static List<Examined> examine(Patient patient, Consumer<Examined> each) {
    var out = new ArrayList<Examined>();
    for (Check check : CHECKS) {
      Examined examined = examine(check, patient);
      each.accept(examined);
      out.add(examined);
    }
    return out;
  }

  /// What one check stumbles over does not keep the others from looking.
  private static Examined examine(Check check, Patient patient) {
    try {
      return check.examination().of(patient);
    } catch (Exception e) {
      return new Examined(
          check.name(),
          "nothing",
          List.of(
              Finding.note(
                  "not-looked",
                  check.name(),
                  "This could not be looked at: "
                      + Objects.requireNonNullElse(e.getMessage(), e.toString())
                      + ".",
                  "Run doctor as the user that serves, for example with sudo.")));
    }
  }
}
