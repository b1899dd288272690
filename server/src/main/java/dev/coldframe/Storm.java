package dev.coldframe;

import dev.coldframe.config.ConfigLoader;
import dev.coldframe.config.LoadOptions;
import dev.coldframe.config.Loaded;
import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import dev.coldframe.node.Site;
import dev.coldframe.rehearse.BoardSpec;
import dev.coldframe.rehearse.BootResult;
import dev.coldframe.rehearse.Pace;
import dev.coldframe.rehearse.Rack;
import dev.coldframe.rehearse.RelayCable;
import dev.coldframe.rehearse.StormResult;
import dev.coldframe.rehearse.StormWatch;
import java.io.IOException;
import java.net.BindException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/// Power comes back to a rack: many virtual Pis are switched on at once and load their boot files,
/// from the real server on loopback or from any server elsewhere.
public final class Storm {
  /// The largest rack.
  public static final int MAX_BOARDS = 2000;

  private static final long FIRST_MAC = 0xdca6_32f0_0001L;

  /// As long as anybody would wait for a rack.
  private static final Duration DEADLINE = Duration.ofMinutes(15);

  /// `10.64.0.1` is the appliance.
  private static final Ip4 FIRST_ADDRESS = Ip4.parse("10.64.16.1");

  private Storm() {}

  /// The hardware address of a board: `dc:a6:32:f0:00:01` and upwards.
  ///
  /// @param number from 0
  public static MacAddress mac(int number) {
    return new MacAddress(FIRST_MAC + number);
  }

  /// The boards: Pis 4B, always the same; a serial is `10000000` and the last four bytes of the
  /// hardware address.
  ///
  /// @param number how many
  public static List<BoardSpec> boards(int number) {
    return IntStream.range(0, number)
        .mapToObj(i -> BoardSpec.plausible(name(i), Optional.of(mac(i)), Optional.empty(), false))
        .toList();
  }

  private static String name(int number) {
    return "pi" + (number + 1);
  }

  private static Rack.Limits limits(int boards) {
    return new Rack.Limits(DEADLINE, boards, Pace.REAL);
  }

  /// Against the real server in this process, on loopback, with a built-in rack.
  ///
  /// @param boards how many
  /// @param quarter whether the large files have a quarter of their size
  /// @throws EnvironmentException when loopback does not let it
  public static StormResult onLoopback(int boards, boolean quarter, StormWatch watch)
      throws InterruptedException {
    try {
      Path folder = Files.createTempDirectory("coldframe-storm");
      // Also when it is broken off.
      Runtime.getRuntime().addShutdownHook(new Thread(() -> Rehearsal.sweep(folder)));
      try {
        Path files = StormFiles.write(folder.resolve("files"), quarter);
        Site site = site(folder, files, boards);
        var cast = new Rehearsal.Cast(boards(boards), Map.of());
        List<BootResult> results =
            Rehearsal.run(site, cast, watch, limits(boards)).stream()
                .map(Rehearsal.NodeBoot::result)
                .toList();
        return StormResult.of(results, watch.count());
      } finally {
        Rehearsal.delete(folder);
      }
    } catch (IOException e) {
      throw new EnvironmentException("the storm has no room for its files: " + e.getMessage(), e);
    }
  }

  private static Site site(Path folder, Path files, int boards) {
    var loaded =
        ConfigLoader.parse(
            "storm.yaml", folder, config(files, boards), new LoadOptions(folder, true));
    return switch (loaded) {
      case Loaded.Ok ok -> ok.site();
      case Loaded.Invalid invalid ->
          throw new IllegalStateException("the built-in rack is wrong: " + invalid.problems());
    };
  }

  private static String config(Path files, int boards) {
    var out =
        new StringBuilder(
            """
            site: storm
            appliance: { address: 10.64.0.1 }
            tftp-root: "%s"
            limits: { per-source: off }
            networks:
              - { interface: eth0, subnet: 10.64.0.0/16, router: 10.64.0.254 }
            profiles: { rack: { boot: files } }
            nodes:
            """
                .formatted(files));
    for (int i = 0; i < boards; i++) {
      out.append(
          "  %s: { mac: \"%s\", address: %s, profile: rack }\n"
              .formatted(name(i), mac(i), FIRST_ADDRESS.plus(i)));
    }
    return out.toString();
  }

  /// Against a server elsewhere, as a relay.
  ///
  /// @param boards how many
  /// @param server its address
  /// @throws EnvironmentException when the server cannot be reached from here, or port 67 cannot be
  ///   had
  public static StormResult against(int boards, Ip4 server, StormWatch watch)
      throws InterruptedException {
    try (var cable = new RelayCable(server)) {
      List<BootResult> results = Rack.boot(boards(boards), cable, watch, limits(boards));
      return StormResult.of(results, watch.count());
    } catch (BindException e) {
      throw new EnvironmentException(
          "a storm against "
              + server
              + " needs UDP port 67 of this host, as a relay has it: "
              + e.getMessage()
              + "; run it as root, where no DHCP server or relay runs",
          e);
    } catch (IOException e) {
      throw new EnvironmentException(
          "there is no way from here to " + server + ": " + e.getMessage(), e);
    }
  }
}
