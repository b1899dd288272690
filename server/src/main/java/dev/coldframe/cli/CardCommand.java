package dev.coldframe.cli;

import dev.coldframe.Firmware;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/// `coldframe card`: the one card that enrols a whole rack.
@Command(
    name = "card",
    description = {
      "Makes the image of a small card that turns network boot on: insert it, power on, wait ten"
          + " seconds for the green light to blink fast, take it out, next board. It holds no secret.",
      "--first card: a board looks at its card first (BOOT_ORDER=0xf21). The rack starts without the"
          + " appliance; a blank card is what sends a board to the network.",
      "--first network: a board asks the network first (BOOT_ORDER=0xf12). You decide centrally; when"
          + " the appliance is away, every start takes 45 s longer."
    })
final class CardCommand implements Callable<Integer> {
  /// The boards that have an EEPROM.
  enum Board {
    PI4,
    PI5
  }

  @ParentCommand private ColdframeCommand root;
  @Spec private CommandSpec spec;

  @Option(names = "--board", required = true, description = "${COMPLETION-CANDIDATES}")
  @SuppressWarnings("NullAway.Init")
  private Board board;

  @Option(names = "--first", required = true, description = "card or network, see above")
  @SuppressWarnings("NullAway.Init")
  private Firmware.Order first;

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "FILE",
      description = "The image to make; write it to a card with dd or Raspberry Pi Imager.")
  @SuppressWarnings("NullAway.Init")
  private Path output;

  @Override
  public Integer call() {
    String word = board.name().toLowerCase(java.util.Locale.ROOT);
    if (!new Firmware(root.state()).card(word, first, output)) {
      throw new Refusal(
          ExitCode.REFUSED,
          "coldframe: there is no firmware for "
              + word
              + "; get raspberrypi/rpi-eeprom and run 'coldframe firmware add DIR'");
    }
    spec.commandLine().getOut().printf("wrote %s%n", output);
    return ExitCode.DONE;
  }
}
