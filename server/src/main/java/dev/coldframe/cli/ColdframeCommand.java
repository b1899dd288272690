package dev.coldframe.cli;

import dev.coldframe.EnvironmentException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/// `coldframe`: the command that all others hang below, and the options they share.
@Command(
    name = "coldframe",
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    versionProvider = ColdframeCommand.Version.class,
    description = "Brings cold machines to life over the wire.",
    synopsisSubcommandLabel = "COMMAND",
    usageHelpAutoWidth = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:refused or failed",
      "2:wrong usage or config",
      "3:this machine stands in the way (port, privilege, disk)"
    })
public final class ColdframeCommand implements Runnable {
  /// All there are, as the help lists them.
  private static final List<Class<?>> COMMANDS =
      List.of(
          ServeCommand.class,
          CheckCommand.class,
          SchemaCommand.class,
          InitCommand.class,
          DoctorCommand.class,
          RehearseCommand.class,
          RenderCommand.class,
          NodesCommand.class,
          NodeCommand.class,
          AdoptCommand.class,
          ArmCommand.class,
          RecoverCommand.class,
          ForgetCommand.class,
          PowerCommand.class,
          WatchCommand.class,
          LogsCommand.class,
          LeasesCommand.class,
          ExplainCommand.class,
          ImportCommand.class,
          ExportCommand.class,
          OpenCommand.class,
          ImageCommand.class,
          FirmwareCommand.class,
          CardCommand.class,
          RelayCommand.class,
          BackupCommand.class,
          RestoreCommand.class,
          MigrateCommand.class,
          ApplianceCommand.class,
          CompletionCommand.class,
          ManCommand.class);

  /// Words that concern all commands.
  private static final Set<String> ABOUT_ALL = Set.of("-h", "--help", "completion", "man");

  private static final Path INSTALLED_CONFIG = Path.of("/etc/coldframe/coldframe.yaml");
  private static final Path INSTALLED_STATE = Path.of("/var/lib/coldframe");

  @Option(
      names = {"-c", "--config"},
      scope = ScopeType.INHERIT,
      paramLabel = "FILE",
      description =
          "The config file (default: ./coldframe.yaml, then /etc/coldframe/coldframe.yaml).")
  private @Nullable Path config;

  @Option(
      names = "--state",
      scope = ScopeType.INHERIT,
      paramLabel = "DIR",
      description = "The state folder (default: ./state; /var/lib/coldframe when installed).")
  private @Nullable Path state;

  @Option(names = "--json", scope = ScopeType.INHERIT, description = "Print JSON.")
  private boolean json;

  private final CommandLine line;

  private ColdframeCommand(List<String> words) {
    line = new CommandLine(this);
    meant(words).forEach(line::addSubcommand);
    line.setExecutionExceptionHandler((e, command, _) -> explain(e, command))
        .setCaseInsensitiveEnumValuesAllowed(true);
  }

  /// The commands that the words may mean: to read what a command takes costs ten milliseconds of a
  /// Pi, and there are thirty.
  private static List<Class<?>> meant(List<String> words) {
    List<Class<?>> named =
        COMMANDS.stream()
            .filter(command -> words.contains(command.getAnnotation(Command.class).name()))
            .toList();
    boolean all = words.stream().anyMatch(w -> ABOUT_ALL.contains(w) || w.startsWith("@"));
    return all || named.isEmpty() ? COMMANDS : named;
  }

  /// Runs one command.
  ///
  /// @return its exit code
  public static int run(String... args) {
    return new ColdframeCommand(List.of(args)).line.execute(args);
  }

  /// Without a command: what there is.
  @Override
  public void run() {
    throw new CommandLine.ParameterException(line, "a command is missing");
  }

  private static int explain(Exception e, CommandLine command) {
    var err = command.getErr();
    return switch (e) {
      case Refusal refusal -> {
        err.println(refusal.getMessage());
        yield refusal.exitCode();
      }
      case EnvironmentException environment -> {
        err.println("coldframe: " + environment.getMessage());
        yield ExitCode.ENVIRONMENT;
      }
      case FileSystemException file -> {
        err.println("coldframe: " + file);
        yield ExitCode.ENVIRONMENT;
      }
      default -> {
        err.println("coldframe: " + Objects.requireNonNullElse(e.getMessage(), e.toString()));
        if (Boolean.getBoolean("coldframe.trace")) {
          e.printStackTrace(err);
        }
        yield ExitCode.REFUSED;
      }
    };
  }

  /// The config file to use.
  Path config() {
    if (config != null) {
      return config;
    }
    Path here = Path.of("coldframe.yaml");
    return !here.toFile().exists() && INSTALLED_CONFIG.toFile().exists() ? INSTALLED_CONFIG : here;
  }

  /// The config file that was named, if any.
  Optional<Path> namedConfig() {
    return Optional.ofNullable(config);
  }

  /// The state folder to use.
  Path state() {
    if (state != null) {
      return state.toAbsolutePath().normalize();
    }
    boolean installed = config().equals(INSTALLED_CONFIG);
    return (installed ? INSTALLED_STATE : Path.of("state")).toAbsolutePath().normalize();
  }

  /// Whether JSON is wanted.
  boolean json() {
    return json;
  }

  /// Reads the version from the jar.
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = ColdframeCommand.class.getPackage().getImplementationVersion();
      return new String[] {"coldframe " + Objects.requireNonNullElse(version, "(not packaged)")};
    }
  }
}
