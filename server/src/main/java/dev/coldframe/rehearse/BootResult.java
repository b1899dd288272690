package dev.coldframe.rehearse;

import dev.coldframe.net.Ip4;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What one board saw.
///
/// @param node the node's name
/// @param board the model's name
/// @param address the address that it was given
/// @param ending how it ended
/// @param reason why it would not boot; empty when it does
/// @param remarks what a real board gets over, but should not have to
/// @param dhcpOptions the DHCP options that its stages were given, name to text; of an option that
///   several were given, the last value
/// @param files the files that were loaded, in order, each path once
/// @param probes the files whose size alone was asked, each path once
/// @param refused the names that were refused, each path once
/// @param seed the seed files' texts by name. **They hold secrets**: whoever shows them masks those
/// @param stages the stages in order
/// @param took the whole boot
public record BootResult(
    String node,
    String board,
    Optional<Ip4> address,
    Ending ending,
    String reason,
    List<String> remarks,
    Map<String, String> dhcpOptions,
    List<LoadedFile> files,
    List<Probe> probes,
    List<RefusedFile> refused,
    Map<String, String> seed,
    List<Stage> stages,
    Duration took) {
  public BootResult {
    remarks = List.copyOf(remarks);
    dhcpOptions = Collections.unmodifiableMap(new LinkedHashMap<>(dhcpOptions));
    files = List.copyOf(files);
    probes = List.copyOf(probes);
    refused = List.copyOf(refused);
    seed = Collections.unmodifiableMap(new LinkedHashMap<>(seed));
    stages = List.copyOf(stages);
  }

  /// Whether it went as its node's boot mode says.
  public boolean ok() {
    return ending != Ending.FAILED;
  }

  /// Without the seed, which holds secrets.
  @Override
  public String toString() {
    return node + " (" + board + ") " + ending.label() + (reason.isEmpty() ? "" : ": " + reason);
  }

  /// How a boot ends.
  public enum Ending {
    /// Installed, configured and reported.
    READY("ready"),
    /// The kernel has started; what it does is its own business.
    FILES_SERVED("files served"),
    /// Every boot file was refused at once, so the board goes on to its disk.
    BOOTS_LOCALLY("boots locally"),
    /// It would not boot.
    FAILED("failed");

    private final String label;

    Ending(String label) {
      this.label = label;
    }

    /// The name for listings.
    public String label() {
      return label;
    }
  }

  /// A file that was loaded whole.
  ///
  /// @param path as the board asked for it
  /// @param bytes how many came
  /// @param sha256 of what came, in hex
  /// @param via `tftp` or `http`
  /// @param millis how long it took
  public record LoadedFile(String path, long bytes, String sha256, String via, long millis) {}

  /// A file that was asked for and broken off after the first answer.
  ///
  /// @param path as the board asked for it
  /// @param bytes the size that the server told, -1 when it told none
  /// @param millis how long the answer took
  public record Probe(String path, long bytes, long millis) {}

  /// A name that was refused.
  ///
  /// @param path as the board asked for it
  /// @param error `error 1: File not found`
  public record RefusedFile(String path, String error) {}

  /// A part of the boot.
  ///
  /// @param name what the board did
  /// @param millis how long it took
  public record Stage(String name, long millis) {}
}
