package dev.coldframe.transport.console;

import com.fazecast.jSerialComm.SerialPort;
import com.fazecast.jSerialComm.SerialPortInvalidPortException;
import dev.coldframe.decide.SerialTries.Trouble;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// Serial ports as Linux has them, and pseudo-terminals too, by jSerialComm. A platform thread has
/// to read one: the library waits in the kernel.
final class HardwarePorts implements SerialPorts {
  private static final int WAIT_MILLIS = 250;
  private static final int DATA_BITS = 8;

  // errno(3) of Linux, the same on every CPU.
  private static final int ENOENT = 2;
  private static final int ENXIO = 6;
  private static final int EAGAIN = 11;
  private static final int EACCES = 13;
  private static final int EBUSY = 16;
  private static final int ENODEV = 19;
  private static final int ENOTTY = 25;
  private static final int EPERM = 1;

  private final SerialLibrary library;

  HardwarePorts(SerialLibrary library) {
    this.library = library;
  }

  @Override
  public boolean exists(String device) {
    return Files.exists(Path.of(device));
  }

  @Override
  public Opened open(String device, int speed) {
    if (!library.isLoaded()) {
      return new Opened.Refused(Trouble.NO_LIBRARY);
    }
    Path path = Path.of(device);
    if (!Files.exists(path)) {
      return new Opened.Refused(Trouble.MISSING);
    }
    if (Files.isRegularFile(path) || Files.isDirectory(path)) {
      return new Opened.Refused(Trouble.NOT_SERIAL);
    }
    if (!Files.isReadable(path) || !Files.isWritable(path)) {
      return new Opened.Refused(Trouble.FORBIDDEN);
    }
    try {
      return open(SerialPort.getCommPort(device), speed);
    } catch (SerialPortInvalidPortException _) {
      return new Opened.Refused(Trouble.MISSING);
    }
  }

  private Opened open(SerialPort port, int speed) {
    port.setComPortParameters(speed, DATA_BITS, SerialPort.ONE_STOP_BIT, SerialPort.NO_PARITY);
    port.setFlowControl(SerialPort.FLOW_CONTROL_DISABLED);
    port.setComPortTimeouts(SerialPort.TIMEOUT_READ_SEMI_BLOCKING, WAIT_MILLIS, 0);
    // Without the pause before it that the library has for other systems.
    return port.openPort(0)
        ? new Opened.Ready(new Reading(port))
        : new Opened.Refused(trouble(port.getLastErrorCode()));
  }

  private static Trouble trouble(int errno) {
    return switch (errno) {
      case ENOENT, ENXIO, ENODEV -> Trouble.MISSING;
      case EACCES, EPERM -> Trouble.FORBIDDEN;
      case EBUSY, EAGAIN -> Trouble.BUSY;
      case ENOTTY -> Trouble.NOT_SERIAL;
      default -> Trouble.FAILED;
    };
  }

  private record Reading(SerialPort port) implements Input {
    @Override
    public int read(byte[] into) {
      int count = port.readBytes(into, into.length);
      // Some drivers answer a read from an adapter that was pulled out with nothing.
      boolean gone = count == 0 && !Files.exists(Path.of(port.getSystemPortPath()));
      return gone ? -1 : count;
    }

    @Override
    public void close() {
      port.closePort();
    }
  }

  /// Where the native part of the library is put.
  static HardwarePorts in(Path state) {
    return new HardwarePorts(
        new SerialLibrary(state, Optional.ofNullable(System.getProperty("os.arch"))));
  }
}
