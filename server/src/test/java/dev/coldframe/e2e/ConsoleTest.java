package dev.coldframe.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Consoles as real programs send them.
@Tag("real")
class ConsoleTest {
  private static final String CONFIG =
      """
      appliance: { address: 192.168.0.2 }
      admin: { listen: 127.0.0.1:0 }
      networks: [{ interface: eth0, subnet: 192.168.0.0/24 }]
      profiles: { k8s: { boot: local } }
      nodes:
        geranium: { mac: dc:a6:32:01:36:c2, address: 192.168.0.20, profile: k8s }
      services: [console]
      """;

  @TempDir static Path folder;
  private static Lab lab;

  @BeforeAll
  static void start() {
    lab = Lab.open(folder);
    lab.serve(CONFIG);
    lab.clientAddress("192.168.0.20");
  }

  @AfterAll
  static void stop() {
    lab.close();
  }

  private static String logs(String... more) {
    var words = new ArrayList<>(List.of("logs", "-c", folder.resolve("coldframe.yaml").toString()));
    words.addAll(List.of("--state", lab.state().toString()));
    words.addAll(List.of(more));
    return lab.onServer(lab.coldframe(words.toArray(String[]::new))).text();
  }

  @Test
  void loggerSpeaksBothFormsOfSyslog() {
    String[] base = {"logger", "-n", "192.168.0.2", "-P", "514", "-d", "-t", "greeter", "-p"};
    for (String form : new String[] {"--rfc3164", "--rfc5424"}) {
      var words = new ArrayList<>(List.of(base));
      words.addAll(List.of("user.warning", form, "hello by " + form.substring(2)));
      lab.onClient(words.toArray(String[]::new)).text();
    }
    String shown = await().until(() -> logs("geranium"), text -> text.contains("hello by rfc5424"));
    assertThat(shown.lines().filter(line -> line.contains("hello by")))
        .hasSize(2)
        .allMatch(line -> line.matches(".*geranium +greeter +warning +hello by rfc[0-9]{4}"));
  }

  @Test
  void aLoadersBroadcastIsHeardAndFollowed() {
    Path out = folder.resolve("follow.log");
    Process follow =
        lab.startOnServer(
            out,
            lab.coldframe(
                "logs",
                "-f",
                "-c",
                folder.resolve("coldframe.yaml").toString(),
                "--state",
                lab.state().toString()));
    broadcast("Boot mode: NETWORK (02) or");
    broadcast("der f\\nFirmware (start*.elf) not found\\n");
    Lab.await(out, "Firmware (start*.elf) not found", follow);
    assertThat(Lab.read(out)).contains("text         -       Boot mode: NETWORK (02) order f\n");
    String node =
        lab.onServer(
                lab.coldframe(
                    "node",
                    "geranium",
                    "-c",
                    folder.resolve("coldframe.yaml").toString(),
                    "--state",
                    lab.state().toString()))
            .text();
    assertThat(node).contains("loader-said").contains("found no firmware for the GPU");
  }

  /// As a loader sends it where NETCONSOLE names no receiver.
  private static void broadcast(String text) {
    lab.onClient(
            "bash",
            "-c",
            "printf '"
                + text
                + "' | socat -u - UDP-DATAGRAM:255.255.255.255:6666,broadcast,bind=192.168.0.20:6665,so-bindtodevice=eth0")
        .text();
  }
}
