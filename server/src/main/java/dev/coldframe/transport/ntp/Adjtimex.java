package dev.coldframe.transport.ntp;

import dev.coldframe.decide.KernelClock;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// Asks the kernel whether its clock is synchronised: `adjtimex(2)` with no mode set changes
/// nothing and needs no right.
///
/// `struct timex` is the same on x86-64 and aarch64: modes at 0, maxerror (a long, in microseconds)
/// at 24, status (an int) at 40, 208 bytes in all.
public final class Adjtimex {
  private static final int STRUCT_BYTES = 208;
  private static final int MAX_ERROR = 24;
  private static final int STATUS = 40;

  private static final int STA_INS = 0x0010;
  private static final int STA_DEL = 0x0020;
  private static final int STA_UNSYNC = 0x0040;
  private static final int TIME_ERROR = 5;

  private static final MethodHandle CALL = handle();

  private Adjtimex() {}

  @SuppressWarnings("restricted") // Native access is granted in the manifest; one C library call.
  private static MethodHandle handle() {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow("adjtimex"),
        FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
  }

  /// What it says now; a kernel that does not let us ask is not synchronised.
  public static KernelClock read() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment timex = arena.allocate(STRUCT_BYTES, 8);
      int state = (int) CALL.invokeExact(timex);
      if (state < 0) {
        return KernelClock.UNKNOWN;
      }
      int status = timex.get(ValueLayout.JAVA_INT, STATUS);
      boolean synchronised = state != TIME_ERROR && (status & STA_UNSYNC) == 0;
      int leap = (status & STA_INS) != 0 ? 1 : (status & STA_DEL) != 0 ? 2 : 0;
      long maxErrorMicros = timex.get(ValueLayout.JAVA_LONG, MAX_ERROR);
      return new KernelClock(synchronised, leap, Math.max(0, maxErrorMicros) * 1_000);
    } catch (Throwable e) {
      throw new IllegalStateException("adjtimex() cannot be called", e);
    }
  }
}
