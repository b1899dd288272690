package dev.coldframe.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/// Does every check, from this machine outwards to the boards.
public final class Doctor {
  private static final List<Check> CHECKS =
      List.of(
          new Check(ServerCheck.NAME, p -> ServerCheck.judge(p.running())),
          new Check(RightsCheck.NAME, p -> RightsCheck.judge(RightsCheck.look(p))),
          new Check(InterfacesCheck.NAME, p -> InterfacesCheck.judge(InterfacesCheck.look(p))),
          new Check(PortsCheck.NAME, p -> PortsCheck.judge(PortsCheck.look(p))),
          new Check(StateFolderCheck.NAME, p -> StateFolderCheck.judge(StateFolderCheck.look(p))),
          new Check(DatabaseCheck.NAME, p -> DatabaseCheck.judge(DatabaseCheck.look(p))),
          new Check(DiskSpaceCheck.NAME, p -> DiskSpaceCheck.judge(DiskSpaceCheck.look(p))),
          new Check(ClockCheck.NAME, p -> ClockCheck.judge(ClockCheck.look(p))),
          new Check(
              OtherServersCheck.NAME, p -> OtherServersCheck.judge(OtherServersCheck.look(p))),
          new Check(SwitchPortsCheck.NAME, p -> SwitchPortsCheck.judge(SwitchPortsCheck.look(p))),
          new Check(RelaysCheck.NAME, p -> RelaysCheck.judge(RelaysCheck.look(p))),
          new Check(PathMtuCheck.NAME, p -> PathMtuCheck.judge(PathMtuCheck.look(p))),
          new Check(
              TransferPortsCheck.NAME, p -> TransferPortsCheck.judge(TransferPortsCheck.look(p))),
          new Check(NameLoopCheck.NAME, p -> NameLoopCheck.judge(NameLoopCheck.look(p))),
          new Check(
              OpenResolverCheck.NAME, p -> OpenResolverCheck.judge(OpenResolverCheck.look(p))),
          new Check(NameClashCheck.NAME, p -> NameClashCheck.judge(NameClashCheck.look(p))),
          new Check(ConsolesCheck.NAME, p -> ConsolesCheck.judge(ConsolesCheck.look(p))),
          new Check(
              KnownFailuresCheck.NAME, p -> KnownFailuresCheck.judge(KnownFailuresCheck.look(p))));

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
    try (ExecutorService threads = threads()) {
      List<Future<Examined>> outcomes =
          CHECKS.stream().map(check -> threads.submit(() -> examine(check, patient))).toList();
      for (Future<Examined> outcome : outcomes) {
        Examined examined = outcome.get();
        each.accept(examined);
        out.add(examined);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw new IllegalStateException("a check ended in an unforeseen way", e);
    }
    return out;
  }

  /// At the same time, for some wait for packets; in system calls, so not on virtual threads.
  private static ExecutorService threads() {
    return Executors.newThreadPerTaskExecutor(
        Thread.ofPlatform().name("doctor-", 0).daemon().factory());
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
