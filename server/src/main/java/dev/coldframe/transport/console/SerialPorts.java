package dev.coldframe.transport.console;

import dev.coldframe.decide.SerialTries.Trouble;

/// The serial ports of this machine.
interface SerialPorts {
  /// What came of opening one.
  sealed interface Opened {
    /// It can be read.
    record Ready(Input input) implements Opened {}

    /// It cannot.
    record Refused(Trouble trouble) implements Opened {}
  }

  /// A port that is open. Owned by one thread.
  interface Input extends AutoCloseable {
    /// Waits for bytes, a quarter of a second at most.
    ///
    /// @return how many came; negative when the device is gone
    int read(byte[] into);

    @Override
    void close();
  }

  /// Whether there is a device of that path now.
  boolean exists(String device);

  /// Opens one, for nobody else. Blocks.
  Opened open(String device, int speed);
}
