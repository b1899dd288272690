package dev.coldframe.decide;

import dev.coldframe.wire.tftp.TftpMessage.Option;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// The options of one transfer (RFC 2347, 2348, 2349, 7440) as we take them.
///
/// Ours: the first of two equal names counts; an unknown name or a value that is no number in its
/// range is left out, as if it had not been asked; a value above our limit is lowered to it. Names
/// are echoed as the client wrote them, in its order, for clients that compare text.
///
/// @param blockSizeBytes payload of all blocks but the last
/// @param windowSize blocks sent before an acknowledgement is awaited
/// @param timeout the client's wish for our retransmission timer
/// @param accepted what the OACK lists; the value of `tsize` is a placeholder
public record TftpOptions(
    int blockSizeBytes, int windowSize, Optional<Duration> timeout, List<Option> accepted) {
  /// Without the option (RFC 1350).
  public static final int DEFAULT_BLOCK_BYTES = 512;

  static final int MIN_BLOCK_BYTES = 8;
  static final int MAX_BLOCK_BYTES = 65_464;

  /// IP, UDP and TFTP headers of one block.
  static final int HEADERS_BYTES = 20 + 8 + 4;

  /// What the kernel sends in one call, and enough to fill a gigabit link at 1 ms.
  static final int MAX_WINDOW = 64;

  /// What one transfer may have in flight.
  static final int MAX_WINDOW_BYTES = 128 * 1024;

  private static final String TSIZE = "tsize";
  private static final int MAX_TIMEOUT_SECONDS = 255;
  private static final int MAX_DIGITS = 9;

  public TftpOptions {
    accepted = List.copyOf(accepted);
  }

  /// No options: lock-step, 512 bytes.
  public static final TftpOptions NONE =
      new TftpOptions(DEFAULT_BLOCK_BYTES, 1, Optional.empty(), List.of());

  /// Takes what can be taken.
  ///
  /// @param asked in the order sent
  /// @param mtuBytes largest IP packet on the way to the client
  /// @param sized whether the size can be told, which it is not in text mode
  public static TftpOptions of(List<Option> asked, int mtuBytes, boolean sized) {
    var first = new LinkedHashMap<String, Option>();
    asked.forEach(o -> first.putIfAbsent(o.name().toLowerCase(Locale.ROOT), o));
    int block = value(first, "blksize");
    int blksize = block < MIN_BLOCK_BYTES ? 0 : Math.min(block, largestBlock(mtuBytes));
    int blockSizeBytes = blksize == 0 ? DEFAULT_BLOCK_BYTES : blksize;
    int window = value(first, "windowsize");
    int windowsize = window < 1 ? 0 : Math.min(window, largestWindow(blockSizeBytes));
    int seconds = value(first, "timeout");
    int timeout = seconds < 1 || seconds > MAX_TIMEOUT_SECONDS ? 0 : seconds;
    boolean tsize = sized && value(first, TSIZE) >= 0;
    var accepted = new ArrayList<Option>();
    first.forEach((name, option) -> {
      int taken =
          switch (name) {
            case "blksize" -> blksize;
            case "windowsize" -> windowsize;
            case "timeout" -> timeout;
            default -> 0;
          };
      if (taken > 0 || (name.equals(TSIZE) && tsize)) {
        accepted.add(new Option(option.name(), Integer.toString(taken)));
      }
    });
    Optional<Duration> asDuration =
        timeout == 0 ? Optional.empty() : Optional.of(Duration.ofSeconds(timeout));
    return new TftpOptions(blockSizeBytes, Math.max(windowsize, 1), asDuration, accepted);
  }

  private static int largestWindow(int blockSizeBytes) {
    return Math.clamp(MAX_WINDOW_BYTES / blockSizeBytes, 1, MAX_WINDOW);
  }

  private static int value(Map<String, Option> options, String name) {
    Option option = options.get(name);
    return option == null ? -1 : number(option.value());
  }

  private static int largestBlock(int mtuBytes) {
    return Math.clamp((long) mtuBytes - HEADERS_BYTES, MIN_BLOCK_BYTES, MAX_BLOCK_BYTES);
  }

  /// The number in a decimal text; -1 when it is none, the largest int when it is longer than one.
  private static int number(String text) {
    if (text.isEmpty() || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return -1;
    }
    String digits = text.replaceFirst("^0+(?=.)", "");
    return digits.length() > MAX_DIGITS ? Integer.MAX_VALUE : Integer.parseInt(digits);
  }

  /// The OACK's options for a file of that size; empty: the first answer is block 1.
  public List<Option> answer(long sizeBytes) {
    String size = Long.toString(sizeBytes);
    return accepted.stream()
        .map(o -> o.name().equalsIgnoreCase(TSIZE) ? new Option(o.name(), size) : o)
        .toList();
  }
}
