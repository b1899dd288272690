package dev.coldframe.bench.peers;

import dev.coldframe.testkit.Launcher;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/// This project, as its package starts it, or as a plain `java -jar` with no archive of its
/// classes.
///
/// @param name in the tables
/// @param isPlain whether it is the latter
record ColdframePeer(String name, boolean isPlain) implements Peer {
  private static final Path HOME = Path.of("").toAbsolutePath();
  private static final Path JAR = HOME.resolve("server/target/coldframe.jar");

  static ColdframePeer launched() {
    return new ColdframePeer("coldframe", false);
  }

  static ColdframePeer plain() {
    return new ColdframePeer("coldframe-plain", true);
  }

  @Override
  public Set<Service> services() {
    return EnumSet.allOf(Service.class);
  }

  @Override
  public List<String> version() {
    return List.of("git", "-C", HOME.toString(), "describe", "--always", "--dirty");
  }

  @Override
  public List<List<String>> prepare(Setting task) throws IOException {
    String config = task.write("coldframe.yaml", config(task));
    String[] serve = {"serve", "-c", config, "--state", task.path("state")};
    if (task.service() == Service.INSTALL) {
      return List.of(installing(task, config, serve));
    }
    return List.of(
        isPlain
            ? Stream.concat(
                    Stream.of(
                        System.getProperty("java.home") + "/bin/java", "-jar", JAR.toString()),
                    Arrays.stream(serve))
                .toList()
            : Launcher.words(serve));
  }

  /// The image is imported before the server starts.
  private static List<String> installing(Setting task, String config, String... serve)
      throws IOException {
    String image = task.files().resolve(SystemImage.NAME).toString();
    List<String> add =
        Launcher.words("image", "add", image, "-c", config, "--state", task.path("state"));
    String both = "\"${@:1:%1$d}\"; shift %1$d; exec \"$@\"".formatted(add.size());
    var words = new ArrayList<>(List.of("bash", "-euc", both, "-"));
    words.addAll(add);
    words.addAll(Launcher.words(serve));
    return words;
  }

  private static String config(Setting task) {
    var out =
        new StringBuilder(
            """
            site: bench
            domain: %s
            appliance: { address: %s }
            tftp-root: "%s"
            services: [%s]
            time: local
            guests: plain
            lease-time: 1h
            limits: { per-source: off }
            networks:
              - interface: eth0
                subnet: %s
                router: %s
                dns: [appliance]
                pool: %s-%s
                relays: [%s]
                conflict-probe: off
            profiles:
              plain: { boot: files }
            """
                .formatted(
                    Setting.ZONE,
                    Link.SERVER,
                    task.files(),
                    services(task.service()),
                    Setting.SUBNET,
                    Link.SERVER,
                    Setting.poolStart(),
                    task.poolEnd(),
                    task.service() == Service.TFTP_PI ? "" : Link.LOAD));
    if (task.pins() > 0) {
      out.append("nodes:\n")
          .append(task.eachPin("  p%1$d: { mac: \"%2$s\", address: %3$s, profile: plain }\n", ""));
    }
    if (task.service() == Service.INSTALL) {
      out.append(
          """
            system:
              image: raspios-trixie-arm64-lite
              boot: install
              verify: on
              user: { name: bench, password-hash: "$6$abc$defdefdef" }
          nodes:
            board: { mac: "%s", address: %s, profile: system }
          """
              .formatted(Installing.MAC, Installing.ADDRESS));
    }
    if (task.service() == Service.TFTP_PI) {
      out.append(
          "nodes:\n  board: { mac: \"%s\", address: %s, profile: plain }\n"
              .formatted(Installing.MAC, Link.LOAD));
    }
    if (task.service() == Service.DNS) {
      out.append("records:\n").append(Setting.eachName("  %1$s: [%2$s]\n"));
    }
    return out.toString();
  }

  private static String services(Service service) {
    return switch (service) {
      case DHCP, POOL -> "dhcp";
      case BOOT -> "dhcp, tftp";
      case TFTP_PI -> "tftp";
      case INSTALL -> "dhcp, tftp, http";
      default -> service.name().toLowerCase(Locale.ROOT);
    };
  }
}
