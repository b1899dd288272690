package dev.coldframe.cli;

import dev.coldframe.EnvironmentException;
import dev.coldframe.Listings;
import dev.coldframe.OsImages;
import dev.coldframe.node.NodeRow;
import dev.coldframe.node.Phase;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/// `coldframe completion bash|zsh`: what a shell needs to complete commands, options and names.
@Command(
    name = "completion",
    description = {
      "Prints what makes a shell complete commands, options, nodes and images with the Tab key.",
      "For this shell: source <(coldframe completion). For good: write it to"
          + " /etc/bash_completion.d/coldframe, or put that line into ~/.zshrc."
    })
final class CompletionCommand implements Callable<Integer> {
  @ParentCommand private ColdframeCommand root;
  @Spec private CommandSpec spec;

  /// Shells that can be served.
  enum Shell {
    BASH,
    ZSH;

    @Override
    public String toString() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /// What the script asks for while somebody types.
  enum Names {
    /// By name.
    NODES,
    /// Unknown ones by serial, or hardware address; nodes of a rule, which wait for a confirmation,
    /// by name.
    BOARDS,
    /// By name.
    IMAGES
  }

  /// One script serves both: in zsh it turns on the emulation of bash's completion.
  @Parameters(
      arity = "0..1",
      paramLabel = "SHELL",
      defaultValue = "bash",
      description = "One of: ${COMPLETION-CANDIDATES}. The script is the same.")
  private Shell shell;

  @Option(
      names = "--names",
      hidden = true,
      description = "Prints names instead, one a line; nothing where there are none.")
  private @Nullable Names names;

  @Override
  public Integer call() {
    var out = spec.commandLine().getOut();
    if (names == null) {
      out.println("# Written by 'coldframe completion " + shell + "'.");
      out.print(CompletionScript.of(spec.root().commandLine()));
    } else {
      found(names).forEach(out::println);
    }
    out.flush();
    return ExitCode.DONE;
  }

  /// Nobody wants to read of a broken config file in the middle of a word.
  private List<String> found(Names kind) {
    try {
      return switch (kind) {
        case IMAGES -> new OsImages(root.state()).list().stream().map(OsImages.Row::name).toList();
        case NODES -> rows().stream().flatMap(row -> row.name().stream()).toList();
        case BOARDS -> rows().stream().flatMap(CompletionCommand::adoptable).toList();
      };
    } catch (Refusal | EnvironmentException _) {
      return List.of();
    }
  }

  private List<NodeRow> rows() {
    try (var listings = new Listings(ConfigFile.site(root), root.state())) {
      return listings.nodes();
    }
  }

  private static Stream<String> adoptable(NodeRow row) {
    if (row.name().isPresent()) {
      return row.name().filter(_ -> "rule".equals(row.facts().get("origin"))).stream();
    }
    // A shell takes a hardware address apart at its colons.
    Optional<String> serial = Optional.ofNullable(row.facts().get("serial"));
    return serial
        .or(() -> Optional.ofNullable(row.facts().get("mac")))
        .filter(_ -> row.phase().equals(Phase.NEW.label()))
        .stream();
  }
}
