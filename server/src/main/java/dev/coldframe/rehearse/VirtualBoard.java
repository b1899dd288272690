package dev.coldframe.rehearse;

import dev.coldframe.rehearse.BootResult.Ending;
import java.io.IOException;
import java.util.SplittableRandom;

/// One board, from power-on to its end. Runs once, on one thread; the result may be asked for by
/// another when that thread is done or was stopped.
final class VirtualBoard implements Runnable {
  private final BoardSpec spec;
  private final Cable cable;
  private final Listener listener;
  private final Pace pace;
  private final Diary diary;
  private volatile Ending ending = Ending.FAILED;
  private volatile String reason = "stopped before it began";

  VirtualBoard(BoardSpec spec, Cable cable, Listener listener, Pace pace) {
    this.spec = spec;
    this.cable = cable;
    this.listener = listener;
    this.pace = pace;
    this.diary = new Diary(spec, listener);
  }

  @Override
  public void run() {
    diary.begin();
    try (Cable.DhcpPort port = cable.plug(spec.mac())) {
      var random = new SplittableRandom(spec.mac().bits() ^ System.nanoTime());
      ending = boot(new Bench(spec, cable, port, diary, pace, random));
      reason = "";
    } catch (BootFailure e) {
      reason = e.reason();
    } catch (InterruptedException _) {
      reason = "stopped: not done in time";
    } catch (IOException e) {
      reason =
          Thread.currentThread().isInterrupted()
              ? "stopped: not done in time"
              : "the network failed: " + e.getMessage();
    }
    listener.finished(result());
  }

  private Ending boot(Bench bench) throws IOException, InterruptedException, BootFailure {
    if (spec.disk().isPresent() && spec.disk().get().boots()) {
      InstalledSystem.boot(bench, spec.disk().get());
      return Ending.READY;
    }
    if (!new Firmware(bench).boot()) {
      if (spec.journey()) {
        throw new BootFailure("nothing is published for this board: every name was refused");
      }
      return Ending.BOOTS_LOCALLY;
    }
    if (!spec.journey()) {
      return Ending.FILES_SERVED;
    }
    new Journey(bench).run();
    return Ending.READY;
  }

  BootResult result() {
    return diary.result(ending, reason);
  }
}
