package dev.coldframe.bench.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// One server's task, the same for all of them.
///
/// @param folder where it may write
/// @param service what it does
/// @param pins clients with an address of their own
/// @param files what it serves by TFTP or HTTP
record Setting(Path folder, Service service, int pins, Path files) {
  /// Names in the zone [#ZONE].
  static final int NAMES = 10_000;

  static final String ZONE = "bench.test";
  static final String NETMASK = "255.252.0.0";
  static final String SUBNET = "10.76.0.0/14";

  private static final long FIRST_MAC = 0xdca6_32f0_0001L;
  private static final int FIRST_PIN = 77 << 16 | 16 << 8 | 1;

  /// The hardware address of a client; those of the virtual Pis of `rehearse --storm`.
  static String mac(int number) {
    String hex = String.format("%012x", macBits(number));
    return hex.replaceAll("(..)(?=.)", "$1:");
  }

  /// The same, in the low six bytes.
  static long macBits(int number) {
    return FIRST_MAC + number;
  }

  /// Its own address.
  static String pin(int number) {
    int low = FIRST_PIN + number;
    return "10." + (low >>> 16) + "." + (low >>> 8 & 255) + "." + (low & 255);
  }

  static String name(int number) {
    return "n" + number;
  }

  /// The first address of the pool.
  static String poolStart() {
    return "10.78.0.1";
  }

  /// The last one: a large pool only where it is what is measured.
  String poolEnd() {
    return service == Service.POOL ? "10.79.255.254" : "10.78.3.254";
  }

  /// One line for each pin: `%1$d` its number, `%2$s` the hardware address, `%3$s` the address.
  String eachPin(String format, String between) {
    return IntStream.range(0, pins)
        .mapToObj(i -> String.format(format, i, mac(i), pin(i)))
        .collect(Collectors.joining(between));
  }

  /// One line for each name: `%1$s` the name, `%2$s` its address.
  static String eachName(String format) {
    return IntStream.range(0, NAMES)
        .mapToObj(i -> String.format(format, name(i), pin(i)))
        .collect(Collectors.joining());
  }

  /// Writes a config file into the folder.
  String write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text).toString();
  }

  String path(String name) {
    return folder.resolve(name).toString();
  }

  /// A copy of a packaged program: AppArmor binds a profile, which allows the package's own folders
  /// alone, to the program's path.
  String program(String path) throws IOException {
    Path from = Path.of(path);
    Path copy = folder.resolve(String.valueOf(from.getFileName()));
    return Files.copy(
            from, copy, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES)
        .toString();
  }
}
