package dev.coldframe.cli;

import dev.coldframe.Checkup;
import dev.coldframe.EnvironmentException;
import dev.coldframe.config.LoadOptions;
import dev.coldframe.doctor.Examined;
import dev.coldframe.doctor.Patient;
import dev.coldframe.node.Site;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/// `coldframe doctor`: what on this machine, its links or in the running server keeps boards from
/// booting, and how to mend it.
@Command(
    name = "doctor",
    description = {
      "Looks at this machine, its links and the running server for what keeps boards from booting,"
          + " and says how to mend it.",
      "Changes nothing. On networks that are not only observed it asks for other DHCP servers."
    },
    exitCodeList = {
      "0:nothing that needs mending",
      "1:an error or a warning was found",
      "2:wrong usage or config",
      "3:'serve' cannot start on this machine as it is"
    })
final class DoctorCommand implements Callable<Integer> {
  /// Quarters of a second.
  private static final int PATIENCE = 20;

  @ParentCommand private ColdframeCommand root;
  @Spec private CommandSpec spec;

  @Option(
      names = "--port-offset",
      paramLabel = "N",
      description = "The offset that 'serve' is given, if any.")
  private int portOffset;

  @Override
  public Integer call() {
    if (portOffset < 0 || portOffset > ServeCommand.MAX_OFFSET) {
      throw new ParameterException(
          spec.commandLine(),
          "--port-offset: 0 to " + ServeCommand.MAX_OFFSET + ", not " + portOffset);
    }
    Site site =
        ConfigFile.load(root.config(), new LoadOptions(root.state(), portOffset != 0)).site();
    Optional<Patient.Running> running = running();
    var report = new DoctorReport(spec.commandLine().getOut());
    if (root.json()) {
      return report.json(running, Checkup.of(site, root.state(), portOffset, running, _ -> {}));
    }
    report.head(site.name(), running);
    List<Examined> all = Checkup.of(site, root.state(), portOffset, running, report::show);
    return report.end(all);
  }

  /// A server that has just started hears commands a little later than machines.
  private Optional<Patient.Running> running() {
    Optional<Patient.Running> heard = asked();
    for (int i = 0; i < PATIENCE && heard.isEmpty() && Checkup.runs(root.state()); i++) {
      pause();
      heard = asked();
    }
    return heard.isEmpty() && Checkup.runs(root.state())
        ? Optional.of(Patient.Running.SILENT)
        : heard;
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(250);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private Optional<Patient.Running> asked() {
    try {
      JsonNode site = new RunningServer(root.state()).get("/site");
      var alerts = new ArrayList<Patient.Alert>();
      for (JsonNode alert : site.path("alerts")) {
        alerts.add(
            new Patient.Alert(alert.path("kind").asString(""), alert.path("text").asString("")));
      }
      return Optional.of(new Patient.Running(site.path("version").asString(""), alerts));
    } catch (EnvironmentException _) {
      return Optional.empty();
    }
  }
}
