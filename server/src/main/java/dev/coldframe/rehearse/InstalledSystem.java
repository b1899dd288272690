package dev.coldframe.rehearse;

import dev.coldframe.net.Ip4;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The system that an installer left on a virtual disk: asks for its address, tells once how its
/// first boot went, and how it is whenever it is asked to.
public final class InstalledSystem {
  private static final Pattern REPORT =
      Pattern.compile("(?m)^report_url='?(http://[0-9.]+(?::\\d+)?/-/report/[0-9a-zA-Z_-]+)'?$");
  private static final Pattern HEALTH =
      Pattern.compile("(?m)^health_url='?(http://[0-9.]+(?::\\d+)?/-/health/[0-9a-zA-Z_-]+)'?$");

  private InstalledSystem() {}

  /// From its kernel to ready.
  static void boot(Bench bench, VirtualDisk disk)
      throws IOException, InterruptedException, BootFailure {
    bench.diary().stage("dhcp of the system");
    Lease lease = bench.dhcp(DhcpClient.SYSTEM);
    if (!disk.settled()) {
      bench.diary().stage("first boot");
      var http = new PlainHttp(bench.cable(), bench.pace(), lease.address());
      PlainHttp.Place report =
          place(disk, "var/lib/coldframe/journey", REPORT, bench.cable())
              .orElseThrow(() -> new BootFailure("the disk does not say where to report"));
      Journey.expect(204, http.post(report, "{\"stage\":\"first-boot\"}"), "the first report");
      Journey.expect(204, http.post(report, Journey.ready(lease)), "the report 'ready'");
      disk.settle();
    }
    bench.diary().stage("ready");
  }

  /// Tells how it is.
  ///
  /// @param self the board's address
  /// @param celsius its temperature
  /// @param offsetSeconds how far its clock is off
  /// @return whether it was heard; false where its profile wants no such reports
  /// @throws IOException when the server cannot be reached
  public static boolean tell(
      VirtualDisk disk, Cable cable, Ip4 self, double celsius, double offsetSeconds)
      throws IOException {
    try {
      Optional<PlainHttp.Place> place = place(disk, "var/lib/coldframe/health", HEALTH, cable);
      if (place.isEmpty()) {
        return false;
      }
      String json =
          String.format(
              Locale.ROOT,
              "{\"stage\":\"health\",\"temperature\":\"%.1f\",\"throttled\":\"0x0\","
                  + "\"clock\":\"synchronised\",\"offset\":\"%.6f\",\"wear\":\"\"}",
              celsius,
              offsetSeconds);
      return new PlainHttp(cable, Pace.REAL, self).post(place.get(), json).status() == 204;
    } catch (BootFailure e) {
      throw new IOException(e.reason(), e);
    }
  }

  private static Optional<PlainHttp.Place> place(
      VirtualDisk disk, String file, Pattern line, Cable cable) throws IOException, BootFailure {
    Matcher url = line.matcher(disk.rootFile(file).orElse(""));
    return url.find() ? Optional.of(PlainHttp.Place.of(url.group(1), cable)) : Optional.empty();
  }
}
