package dev.coldframe.store;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

/// Who gets the processor when several of our threads want it (setpriority(2) and sched(7), which
/// on Linux are of one thread): work that nobody on the wire waits for stands back. On one
/// processor a batch of the journal would else hold up answers for a whole time slice.
public final class Background {
  /// What the virtual machine's optimising compiler gets of a processor that others want too.
  public enum Share {
    /// What nobody else wants: it does not even end a time slice when an answer is due.
    NONE,
    /// As much as any other thread.
    EQUAL
  }

  /// What a thread had of the processor.
  ///
  /// @param ran for how long it has run, in all
  /// @param wants whether it runs or stands ready now
  public record Usage(Duration ran, boolean wants) {}

  private static final int NICE = 10;

  /// `SCHED_OTHER` and `SCHED_IDLE` of sched(7).
  private static final int USUAL = 0;

  private static final int IDLE = 5;

  /// What the virtual machine calls the threads of its optimising compiler, as far as the kernel
  /// keeps it.
  public static final String COMPILER = "C2 Compiler";

  private static final Path THREADS = Path.of("/proc/self/task");

  /// `PRIO_PROCESS`.
  private static final int THREAD = 0;

  private static final int CALLING = 0;

  /// A `sched_param` of priority 0, the only one that both of them know.
  private static final MemorySegment PARAM = Arena.global().allocate(ValueLayout.JAVA_INT);

  private static final MethodHandle SCHEDULER =
      handle(
          "sched_setscheduler",
          FunctionDescriptor.of(
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.ADDRESS));

  private static final MethodHandle GET =
      handle(
          "getpriority",
          FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

  private static final MethodHandle SET =
      handle(
          "setpriority",
          FunctionDescriptor.of(
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT));

  private Background() {}

  @SuppressWarnings(
      "restricted") // Native access is granted in the manifest; three C library calls.
  private static MethodHandle handle(String name, FunctionDescriptor type) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), type);
  }

  /// Lets the calling thread stand back from now on. A right is not needed for that; where the
  /// system forbids it all the same, everything goes on as it was.
  public static void standBack() {
    setNice(CALLING, NICE);
  }

  /// What the virtual machine's optimising compiler gets from now on. Where a thread that has stood
  /// back may not come back (`RLIMIT_NICE`, `CAP_SYS_NICE`) it would wait for ever; there it stays
  /// as it is.
  public static void compilerGets(Share share) {
    if (!comesBack()) {
      return;
    }
    for (int thread : threads(COMPILER)) {
      schedule(thread, share == Share.NONE ? IDLE : USUAL);
    }
  }

  /// The threads of this process whose name begins so, by the kernel's numbers.
  public static List<Integer> threads(String name) {
    var found = new ArrayList<Integer>();
    try (DirectoryStream<Path> threads = Files.newDirectoryStream(THREADS)) {
      for (Path thread : threads) {
        if (nameOf(thread).startsWith(name)) {
          found.add(Integer.parseInt(thread.getFileName().toString()));
        }
      }
    } catch (IOException | DirectoryIteratorException _) {
      // No Linux.
    }
    return found;
  }

  private static String nameOf(Path thread) {
    try {
      return Files.readString(thread.resolve("comm"));
    } catch (IOException _) {
      // It has ended.
      return "";
    }
  }

  /// What these threads had of the processor, together (schedstat of the kernel's sched-stats.rst,
  /// and the state of proc(5)); one that has ended counts no more.
  public static Usage usage(List<Integer> threads) {
    long nanos = 0;
    boolean wants = false;
    for (int thread : threads) {
      Path folder = THREADS.resolve(Integer.toString(thread));
      try {
        nanos += Long.parseLong(Files.readString(folder.resolve("schedstat")).split(" ", 2)[0]);
        String stat = Files.readString(folder.resolve("stat"));
        wants |= stat.charAt(stat.lastIndexOf(')') + 2) == 'R';
      } catch (IOException _) {
        // It has ended.
      }
    }
    return new Usage(Duration.ofNanos(nanos), wants);
  }

  /// Whether a thread of ours that has stood back may come back: tried with one that does nothing,
  /// for what the kernel asks depends on limits, capabilities and whose namespace they count in.
  static boolean comesBack() {
    return Trial.COMES_BACK;
  }

  /// Once, and only where it is asked for.
  private static final class Trial {
    static final boolean COMES_BACK = tried();

    private Trial() {}
  }

  private static boolean tried() {
    var number = new CompletableFuture<Integer>();
    var over = new CountDownLatch(1);
    Thread.ofPlatform()
        .name("nice")
        .daemon()
        .start(() -> {
          number.complete(own());
          try {
            over.await();
          } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
          }
        });
    int thread = number.join();
    boolean comesBack = thread > 0 && schedule(thread, IDLE) && schedule(thread, USUAL);
    over.countDown();
    return comesBack;
  }

  /// The calling thread, by the kernel's number; 0: there is no such file here.
  private static int own() {
    try {
      return Integer.parseInt(
          Files.readSymbolicLink(Path.of("/proc/thread-self")).getFileName().toString());
    } catch (IOException | RuntimeException _) {
      return 0;
    }
  }

  private static boolean schedule(int thread, int policy) {
    try {
      return (int) SCHEDULER.invokeExact(thread, policy, PARAM) == 0;
    } catch (Throwable e) {
      throw new IllegalStateException("sched_setscheduler() cannot be called", e);
    }
  }

  /// From where the calling thread stands: who started this may have had it stand back already. The
  /// kernel knows no more than 19.
  private static void setNice(int thread, int by) {
    try {
      int now = (int) GET.invokeExact(THREAD, CALLING);
      int _ = (int) SET.invokeExact(THREAD, thread, now + by);
    } catch (Throwable e) {
      throw new IllegalStateException("setpriority() cannot be called", e);
    }
  }
}
