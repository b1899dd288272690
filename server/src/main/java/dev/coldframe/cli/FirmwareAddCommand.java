package dev.coldframe.cli;

import dev.coldframe.Firmware;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/// `coldframe firmware add DIR`: takes a board's firmware in.
@Command(
    name = "add",
    description =
        "Takes the newest EEPROM image and recovery.bin of a folder, such as firmware-2711/latest or"
            + " firmware-2712/latest of raspberrypi/rpi-eeprom.")
final class FirmwareAddCommand implements Callable<Integer> {
  @ParentCommand private FirmwareCommand firmware;
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "DIR", description = "The folder.")
  private Path folder;

  @Override
  public Integer call() {
    Firmware.Row row = new Firmware(firmware.root().state()).add(folder);
    spec.commandLine()
        .getOut()
        .printf("took firmware for %s: %s%n", row.board(), row.eepromSha256());
    return ExitCode.DONE;
  }
}
