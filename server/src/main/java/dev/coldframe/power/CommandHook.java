package dev.coldframe.power;

import dev.coldframe.node.PowerPort;
import dev.coldframe.node.PowerSwitch;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// A program of the operator's that switches a port. No shell reads its arguments; exit code 0
/// means done. What it leaves running in the background is ended with it: a program that goes on
/// holding its output would otherwise hold every later order up.
final class CommandHook implements PowerDriver {
  private static final int MAX_OUTPUT_BYTES = 4 << 10;
  private static final int MAX_SHOWN_CHARS = 200;

  private final PowerSwitch power;
  private final PowerSwitch.Command command;

  CommandHook(PowerSwitch power, PowerSwitch.Command command) {
    this.power = power;
    this.command = command;
  }

  /// A program is told what to do and never asked.
  @Override
  public List<PowerPort> ports() {
    return List.of();
  }

  @Override
  public void turn(String port, boolean on) throws PowerException {
    List<String> argv =
        command.argv().stream()
            .map(a ->
                a.replace("{port}", port)
                    .replace("{action}", on ? "on" : "off")
                    .replace("{switch}", power.name()))
            .toList();
    Process process;
    try {
      process =
          new ProcessBuilder(argv)
              .redirectInput(new File("/dev/null"))
              .redirectErrorStream(true)
              .start();
    } catch (IOException e) {
      throw new PowerException(power.name() + ": " + argv.getFirst() + " cannot be run", e);
    }
    try {
      await(process);
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private void await(Process process) throws PowerException {
    var said = CompletableFuture.supplyAsync(() -> output(process), Thread.ofVirtual()::start);
    try {
      if (!process.waitFor(power.timeout().toMillis(), TimeUnit.MILLISECONDS)) {
        throw PowerException.uncertain(
            power.name()
                + ": the command was not done within "
                + power.timeout().toSeconds()
                + "s and was stopped; what it did is not known");
      }
      if (process.exitValue() != 0) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        String text = said.completeOnTimeout("", 1, TimeUnit.SECONDS).join();
        throw PowerException.uncertain(
            power.name()
                + ": the command ended with "
                + process.exitValue()
                + (text.isEmpty() ? "" : ": " + text));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PowerException(power.name() + ": the server ends", e);
    }
  }

  /// The first line that it said; the rest is read so that it does not hang, and dropped.
  private static String output(Process process) {
    try (InputStream in = process.getInputStream()) {
      String text = new String(in.readNBytes(MAX_OUTPUT_BYTES), StandardCharsets.UTF_8);
      in.skip(Long.MAX_VALUE);
      String line = text.lines().filter(l -> !l.isBlank()).findFirst().orElse("").strip();
      String clean = line.replaceAll("\\p{Cntrl}", "?");
      return clean.length() > MAX_SHOWN_CHARS ? clean.substring(0, MAX_SHOWN_CHARS) + "…" : clean;
    } catch (IOException _) {
      return "";
    }
  }
}
