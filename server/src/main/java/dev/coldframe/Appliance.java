package dev.coldframe;

import dev.coldframe.node.Site;
import dev.coldframe.store.Background;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The process around the running appliance: says when it is ready, listens to signals, ends.
public final class Appliance {
  private static final Logger LOG = LoggerFactory.getLogger(Appliance.class);

  /// A site of a thousand nodes stays below it.
  private static final long MUCH_MEMORY = 40L << 20;

  /// How often it is looked who wants the processor.
  private static final Duration LOOK = Duration.ofMillis(100);

  /// Of /proc/self/stat, in hundredths of a second since the machine came up.
  private static final int START_TIME = 22;

  private Appliance() {}

  /// Runs until SIGTERM or SIGINT. Prints one line when every listener is bound.
  ///
  /// @param read reads the config file; what it throws ends this
  /// @param reload reads the config file again; empty when it cannot be used
  /// @throws EnvironmentException when this machine does not let it
  public static void serve(
      Supplier<Site> read, Path state, int portOffset, Supplier<Optional<Site>> reload) {
    Background.compilerGets(Background.Share.NONE);
    Site site = read.get();
    var stopped = new CountDownLatch(1);
    Signals.on("TERM", stopped::countDown);
    Signals.on("INT", stopped::countDown);
    Coldframe coldframe =
        Coldframe.start(site, new Coldframe.Run(state, portOffset, false, true, List.of()));
    if (!Signals.on("HUP", () -> reloadNow(coldframe, reload))) {
      LOG.warn(
          "SIGHUP is ignored by what started this, so a changed config file needs a restart;"
              + " start it by scripts/coldframe, or by env --default-signal=HUP");
    }
    System.out.println("coldframe ready in " + sinceStart().toMillis() + " ms");
    giveBack();
    try {
      watchCompiler(stopped);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      coldframe.close();
    }
  }

  /// Until it stops. Nobody is to go without an answer because this cannot be seen.
  private static void watchCompiler(CountDownLatch stopped) throws InterruptedException {
    try {
      shareCompiler(stopped);
    } catch (RuntimeException e) {
      LOG.warn("the compiler gets what the system gives it: threads cannot be looked at", e);
      stopped.await();
    }
  }

  /// A look reads a few small files.
  private static void shareCompiler(CountDownLatch stopped) throws InterruptedException {
    List<Integer> addresses = Background.threads(Coldframe.DHCP_LOOP);
    List<Integer> compiler = Background.threads(Background.COMPILER);
    var decision = new CompilerShare(Background.usage(addresses), Background.usage(compiler));
    Background.Share share = Background.Share.NONE;
    long before = System.nanoTime();
    while (!stopped.await(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
      long now = System.nanoTime();
      Background.Share next =
          decision.look(
              Duration.ofNanos(now - before),
              Background.usage(addresses),
              Background.usage(compiler));
      before = now;
      if (next != share) {
        Background.compilerGets(next);
        share = next;
      }
    }
  }

  private static void reloadNow(Coldframe coldframe, Supplier<Optional<Site>> reload) {
    Optional<Site> site = reload.get();
    if (site.isPresent()) {
      Site bound = coldframe.world().site();
      if (!site.get().shared().equals(bound.shared())) {
        LOG.warn(
            "state and state-password cannot change while the server runs: the old file stays in"
                + " force; restart the server to use the new one");
        return;
      }
      if (Listening.differs(site.get(), bound)) {
        LOG.warn("interfaces, services, tftp, admin and relay take effect after a restart");
      }
      coldframe.reload(site.get());
      System.out.println("coldframe reloaded");
      giveBack();
    } else {
      LOG.warn("the config file cannot be used, the old one stays in force");
    }
  }

  /// A large file takes several times its nodes' memory to read. What is left of that goes back to
  /// the system now, in a tenth of a second, not at some full collection months later.
  private static void giveBack() {
    if (Runtime.getRuntime().totalMemory() > MUCH_MEMORY) {
      System.gc();
    }
  }

  /// By the kernel's clock, in hundredths of a second. What Java knows of the start counts from the
  /// second in which the machine came up, and is wrong by up to one.
  private static Duration sinceStart() {
    try {
      String stat = Files.readString(Path.of("/proc/self/stat"));
      // The name is in parentheses; what follows begins with field 3 (proc(5)).
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      String uptime = Files.readString(Path.of("/proc/uptime")).split(" ", 2)[0];
      long now = Long.parseLong(uptime.replace(".", ""));
      return Duration.ofMillis(10 * (now - Long.parseLong(fields[START_TIME - 3])));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
