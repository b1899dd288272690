package dev.coldframe.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coldframe.testkit.UnixHttp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
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
        dahlia: { mac: dc:a6:32:01:36:c3, address: 192.168.0.21, profile: k8s }
      consoles: { dahlia: { device: DEVICE } }
      services: [console]
      """;

  @TempDir static Path folder;
  private static Lab lab;

  @BeforeAll
  static void start() {
    lab = Lab.open(folder);
    lab.serve(CONFIG.replace("DEVICE", device().toString()));
    lab.clientAddress("192.168.0.20");
    await().until(() -> Files.exists(lab.state().resolve("coldframe.sock")));
  }

  @AfterAll
  static void stop() {
    lab.close();
  }

  private static Path device() {
    return folder.resolve("usb");
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
                "geranium",
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

  /// A cable between two pseudo-terminals: the server's end is `usb`, the board's is `pins`.
  private static Process cable() {
    Process socat =
        lab.startOnServer(
            folder.resolve("socat.log"),
            "socat",
            "pty,raw,echo=0,link=" + device(),
            "pty,raw,echo=0,link=" + folder.resolve("pins"));
    await().until(() -> Files.exists(device()) && Files.exists(folder.resolve("pins")));
    return socat;
  }

  private static void unplug(Process cable) throws InterruptedException {
    cable.destroy();
    assertThat(cable.waitFor(10, TimeUnit.SECONDS)).isTrue();
  }

  private static void board(String says) throws IOException {
    Files.writeString(folder.resolve("pins"), says, StandardOpenOption.WRITE);
  }

  /// The journal of dahlia, as far as its serial port and its loader go.
  private static List<String> journal() throws IOException {
    var out = new ArrayList<String>();
    new UnixHttp(lab.state().resolve("coldframe.sock"))
        .send("GET", "/api/v1/nodes/dahlia/events?kind=console-connected,console-lost,loader-said")
        .json()
        .path("events")
        .forEach(event -> out.add(event.toString()));
    return out;
  }

  @Test
  @Tag("B-22")
  void aBootLogComesOverASerialPortThatIsPulledOutAndPluggedInAgain() throws Exception {
    Process cable = cable();
    Path out = folder.resolve("follow-serial.log");
    String config = folder.resolve("coldframe.yaml").toString();
    Process follow =
        lab.startOnServer(
            out,
            lab.coldframe("logs", "dahlia", "-f", "-c", config, "--state", lab.state().toString()));
    await().until(() -> journal().toString().contains("console-connected"));
    board(BootLog.RASPBERRY_PI_4);
    Lab.await(out, "OpenBSD Secure Shell server.", follow);
    assertThat(Lab.read(out))
        .contains("dahlia           serial       -       Boot mode: NETWORK (02) order f1\n")
        .contains("[  OK  ] Started")
        .doesNotContain("\u001b");
    String hostile = "\u001b]0;owned\u0007<script>alert(1)</script>\u202etxt.exe\u00ff\n";
    board(hostile);
    Lab.await(out, "\\x1b]0;owned\\x07<script>alert(1)</script>\\x202etxt.exe", follow);
    board("login: ");
    Lab.await(out, "login: ", follow);

    unplug(cable);
    await().until(() -> journal().toString().contains("unplugged, or hung up"));
    cable = cable();
    await()
        .until(() -> journal().stream().filter(l -> l.contains("console-connected")).count() == 2);
    board("back again\n");
    Lab.await(out, "back again", follow);
    unplug(cable);
    // One event for each thing that happened, however often it was tried in between. This device is
    // missing when the server starts.
    List<String> told = await().until(ConsoleTest::journal, all -> count(all, "unplugged") == 2);
    assertThat(count(told, "no such device")).isEqualTo(1);
    assertThat(count(told, "console-connected")).isEqualTo(2);
    assertThat(count(told, "tries a boot mode")).isEqualTo(1);
    assertThat(count(told, "found no firmware for the GPU")).isEqualTo(1);
    assertThat(Lab.read(folder.resolve("serve.log"))).doesNotContain("Exception", "ERROR", "WARN");
  }

  private static long count(List<String> lines, String part) {
    return lines.stream().filter(line -> line.contains(part)).count();
  }
}
