package dev.coldframe.e2e;

import dev.coldframe.net.MacAddress;
import dev.coldframe.net.Serial;
import dev.coldframe.rehearse.BoardSpec;
import dev.coldframe.rehearse.BootResult;
import dev.coldframe.rehearse.Listener;
import dev.coldframe.rehearse.Rack;
import java.util.List;
import java.util.Optional;

/// The program that a namespace runs to be a Pi: `VirtualPi LINK MAC SERIAL [files]`, where `files`
/// ends with the kernel. Prints what it loaded and how it ended.
public final class VirtualPi {
  private VirtualPi() {}

  /// Boots once; exit code 0 when it went well.
  public static void main(String[] args) throws Exception {
    BoardSpec board =
        BoardSpec.plausible(
            "board",
            Optional.of(MacAddress.parse(args[1])),
            Optional.of(Serial.parse(args[2])),
            args.length < 4);
    BootResult result;
    try (var cable = new PacketCable(args[0])) {
      result = Rack.boot(List.of(board), cable, Listener.SILENT).getFirst();
    }
    System.out.println("address " + result.address().map(Object::toString).orElse("none"));
    result
        .files()
        .forEach(f -> System.out.println("file " + f.path() + " " + f.bytes() + " " + f.sha256()));
    result.remarks().forEach(remark -> System.out.println("remark " + remark));
    System.out.println(result.ending().label() + " " + result.reason());
    System.exit(result.ok() ? 0 : 1);
  }
}
