package dev.coldframe.e2e;

import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import dev.coldframe.net.Serial;
import dev.coldframe.rehearse.BoardSpec;
import dev.coldframe.rehearse.BootResult;
import dev.coldframe.rehearse.Cable;
import dev.coldframe.rehearse.InstalledSystem;
import dev.coldframe.rehearse.Listener;
import dev.coldframe.rehearse.Rack;
import dev.coldframe.rehearse.VirtualDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The program that a namespace runs to be a Pi: `VirtualPi LINK MAC SERIAL [files]`, where `files`
/// ends with the kernel. Prints what it loaded and how it ended.
///
/// `VirtualPi LINK MAC SERIAL FILE NUMBER` is a Pi with a card that runs until it is switched off:
/// it starts again when a boot fails, and tells how it is once it is ready.
public final class VirtualPi {
  private static final long CARD_BYTES = 32L << 30;

  /// A slow card, so that its progress can be watched.
  private static final long CARD_SPEED = 4L << 20;

  private static final int RESTART_MILLIS = 2_000;
  private static final int HEALTH_MILLIS = 700;

  private VirtualPi() {}

  /// What to run, with the Java and the classes of this test.
  ///
  /// @param words as for [#main]
  static String[] command(String... words) {
    var all =
        new ArrayList<>(
            List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                VirtualPi.class.getName()));
    all.addAll(List.of(words));
    return all.toArray(String[]::new);
  }

  /// Boots once; exit code 0 when it went well.
  public static void main(String[] args) throws Exception {
    BoardSpec board =
        BoardSpec.plausible(
            "board",
            Optional.of(MacAddress.parse(args[1])),
            Optional.of(Serial.parse(args[2])),
            args.length != 4);
    try (var cable = new PacketCable(args[0])) {
      if (args.length == 5) {
        run(
            board,
            new VirtualDisk(Path.of(args[3]), CARD_BYTES, "SC32G", args[4], CARD_SPEED),
            cable);
      } else {
        System.exit(told(Rack.boot(List.of(board), cable, Listener.SILENT).getFirst()) ? 0 : 1);
      }
    }
  }

  private static boolean told(BootResult result) {
    System.out.println("address " + result.address().map(Object::toString).orElse("none"));
    result
        .files()
        .forEach(f -> System.out.println("file " + f.path() + " " + f.bytes() + " " + f.sha256()));
    result.remarks().forEach(remark -> System.out.println("remark " + remark));
    System.out.println(result.ending().label() + " " + result.reason());
    return result.ok();
  }

  private static void run(BoardSpec board, VirtualDisk card, Cable cable)
      throws IOException, InterruptedException {
    BootResult result;
    do {
      result = Rack.boot(List.of(board.with(card)), cable, Listener.SILENT).getFirst();
      if (!told(result)) {
        Thread.sleep(RESTART_MILLIS);
      }
    } while (!result.ok());
    Ip4 self = result.address().orElseThrow();
    for (int i = 0; true; i++) {
      double warm = 47 + 6 * Math.sin(i / 7.0) + board.mac().bits() % 5;
      double off = 0.004 * Math.exp(-i / 12.0) * Math.cos(i / 2.0) + 0.0002 * Math.sin(i * 1.3);
      if (!InstalledSystem.tell(card, cable, self, warm, off)) {
        System.out.println("health was not heard");
      }
      Thread.sleep(HEALTH_MILLIS);
    }
  }
}
