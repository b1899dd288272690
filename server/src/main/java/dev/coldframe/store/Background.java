package dev.coldframe.store;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

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

  /// `CAP_SYS_NICE` of capabilities(7).
  private static final int MAY_RAISE = 23;

  private static final Path SELF = Path.of("/proc/self");

  private static final Path THREADS = SELF.resolve("task");

  private static final String NICE_LIMIT = "Max nice priority";

  private static final boolean MAY_COME_BACK = mayComeBack();

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

  /// What the virtual machine's optimising compiler gets from now on. Without a right to raise a
  /// priority again (`RLIMIT_NICE`, `CAP_SYS_NICE`) it would wait for ever once it has stood back;
  /// then it stays as it is.
  public static void compilerGets(Share share) {
    if (!MAY_COME_BACK) {
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
        if (Files.readString(thread.resolve("comm")).startsWith(name)) {
          found.add(Integer.parseInt(thread.getFileName().toString()));
        }
      }
    } catch (IOException _) {
      // A thread that has ended, or no Linux.
    }
    return found;
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

  private static boolean mayComeBack() {
    try {
      boolean capable =
          Files.readAllLines(SELF.resolve("status")).stream()
              .filter(line -> line.startsWith("CapEff:"))
              .map(line -> Long.parseUnsignedLong(line.substring("CapEff:".length()).strip(), 16))
              .anyMatch(set -> (set >> MAY_RAISE & 1) == 1);
      // The soft limit; 20 less what niceness it allows.
      return capable
          || Files.readAllLines(SELF.resolve("limits")).stream()
              .filter(line -> line.startsWith(NICE_LIMIT))
              .map(line -> line.substring(NICE_LIMIT.length()).strip().split("\\s+", 2)[0])
              .anyMatch(limit -> limit.equals("unlimited") || Integer.parseInt(limit) >= 20);
    } catch (IOException _) {
      return false;
    }
  }

  private static void schedule(int thread, int policy) {
    try {
      int _ = (int) SCHEDULER.invokeExact(thread, policy, PARAM);
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
