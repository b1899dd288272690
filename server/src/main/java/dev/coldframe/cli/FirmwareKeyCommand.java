package dev.coldframe.cli;

import dev.coldframe.Firmware;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/// `coldframe firmware key`: the key that signs `boot.img`.
@Command(
    name = "key",
    description = {
      "Makes the RSA key that signs boot.img for loaders in HTTP mode, or takes one that was made"
          + " elsewhere, and prints where its public half lies.",
      "A board trusts it once 'rpi-eeprom-config -p' has put the public half into its EEPROM."
    })
final class FirmwareKeyCommand implements Callable<Integer> {
  @ParentCommand private FirmwareCommand firmware;
  @Spec private CommandSpec spec;

  @Option(
      names = "--from",
      paramLabel = "FILE",
      description = "A private RSA key of 2048 bits as PEM, without a password.")
  private @Nullable Path from;

  @Override
  public Integer call() {
    Path state = firmware.root().state();
    Path key = new Firmware(state).key(Optional.ofNullable(from));
    spec.commandLine().getOut().println(key);
    return ExitCode.DONE;
  }
}
