package dev.coldframe.e2e;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import dev.coldframe.testkit.Chromium;
import dev.coldframe.testkit.UnixHttp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Three nodes that speak at the same time, each in its own way: a real Linux by netconsole, a boot
/// log through a serial port, and a loader's broadcast. All three are followed live in a terminal
/// and in Chromium.
@Tag("install")
class LiveConsolesTest {
  private static final Duration BOOTING = Duration.ofMinutes(4);
  private static final String CONFIG =
      """
      appliance: { address: 192.168.0.2 }
      admin: { listen: 127.0.0.1:8080 }
      networks: [{ interface: eth0, subnet: 192.168.0.0/24 }]
      profiles: { k8s: { boot: local } }
      nodes:
        geranium: { mac: dc:a6:32:01:36:c2, address: 192.168.0.20, profile: k8s }
        dahlia: { mac: dc:a6:32:01:36:c3, address: 192.168.0.21, profile: k8s }
        iris: { mac: dc:a6:32:01:36:c4, address: 192.168.0.22, profile: k8s }
      consoles: { dahlia: { device: DEVICE } }
      services: [console]
      """;

  /// As the README has it. There is nothing to boot, so the kernel ends with a panic.
  private static final String CMDLINE =
      "console=ttyAMA0 net.ifnames=0 boot=nowhere panic=300"
          + " netconsole=+6665@192.168.0.20/eth0,6666@192.168.0.2/";

  private static final String PANIC = "Kernel panic - not syncing: Attempted to kill init!";

  @TempDir Path folder;
  private Lab lab;
  private Switch network;
  private Chromium chromium;

  @BeforeEach
  void start() {
    LabImage.need();
    lab = Lab.open(folder);
    network = Switch.in(lab, "192.168.0.22");
    lab.startOnServer(
        folder.resolve("socat.log"),
        "socat",
        "pty,raw,echo=0,link=" + folder.resolve("usb"),
        "pty,raw,echo=0,link=" + folder.resolve("pins"));
    await().until(() -> Files.exists(folder.resolve("pins")));
    lab.serve(CONFIG.replace("DEVICE", folder.resolve("usb").toString()));
    await().until(() -> Files.exists(lab.state().resolve("coldframe.sock")));
    // The page is served on the appliance's own loopback, so the browser starts there.
    String wrapper =
        "#!/bin/sh\nexec ip netns exec "
            + lab.serverNamespace()
            + " "
            + Chromium.PROGRAM
            + " \"$@\"\n";
    chromium = Chromium.open(lab.script("chromium", wrapper));
  }

  @AfterEach
  void stop() {
    if (chromium != null) {
      chromium.close();
    }
    lab.close();
  }

  /// A terminal in which a node is followed.
  private record Followed(Path out, Process process) {
    void says(String text) {
      Lab.await(out, text, process, BOOTING);
    }

    String text() {
      return Lab.read(out);
    }
  }

  private Followed follow(String node) {
    Path out = folder.resolve(node + ".log");
    String config = folder.resolve("coldframe.yaml").toString();
    String[] words = {"logs", node, "-f", "-c", config, "--state", lab.state().toString()};
    return new Followed(out, lab.startOnServer(out, lab.coldframe(words)));
  }

  /// The page of a node, in a browser of its own.
  private Page page(String node) throws IOException {
    Page page = chromium.browse().page();
    var socket = new UnixHttp(lab.state().resolve("coldframe.sock"));
    page.navigate(socket.post("/api/v1/login-links", "{}").json().path("url").asString());
    assertThat(page.locator("#live")).hasText("live");
    page.navigate("http://127.0.0.1:8080/#/node/" + node);
    assertThat(page.locator("section[aria-label=Console]")).containsText("Nothing was heard");
    return page;
  }

  private static void shows(Page page, String text) {
    Locator line =
        page.locator(".console > li").filter(new Locator.FilterOptions().setHasText(text));
    assertThat(line.first())
        .isVisible(
            new LocatorAssertions.IsVisibleOptions().setTimeout((double) BOOTING.toMillis()));
  }

  @Test
  void linuxASerialPortAndALoaderAreFollowedLive() throws Exception {
    var proof = new Proof("live-consoles", 0);
    Path kernel = LabImage.take(LabImage.RAW, "vmlinuz", folder.resolve("vmlinuz"));
    Path initramfs = LabImage.take(LabImage.RAW, "initrd.img", folder.resolve("initrd.img"));
    Page linux = page("geranium");
    Page serial = page("dahlia");
    Page loader = page("iris");
    Followed linuxLog = follow("geranium");
    Followed serialLog = follow("dahlia");
    Followed loaderLog = follow("iris");
    try (var machine = new Machine(network, "geranium", "dc:a6:32:01:36:c2")) {
      machine.onWith(kernel, initramfs, CMDLINE);
      Files.writeString(folder.resolve("pins"), BootLog.RASPBERRY_PI_4, StandardOpenOption.WRITE);
      for (String fragment : List.of("Boot mode: NETWORK (02) or", "der f\\nLink rea", "dy\\n")) {
        broadcast(fragment);
      }
      serialLog.says("OpenBSD Secure Shell server.");
      loaderLog.says("Link ready");
      shows(serial, "OpenBSD Secure Shell server.");
      shows(loader, "Boot mode: NETWORK (02) order f");
      linuxLog.says("network logging started");
      proof.took("netconsole started", machine.time());
      linuxLog.says(PANIC);
      shows(linux, PANIC);
      proof.took("panic shown", machine.time());
    }
    proof.holds(
        "the kernel's own word is severe",
        linuxLog.text(),
        "geranium         kernel       emerg   " + PANIC);
    proof.holds(
        "the loader's fragments are one line",
        loaderLog.text(),
        "iris             text         -       Boot mode: NETWORK (02) order f\n");
    proof.holds(
        "the serial port's line is its node's",
        serialLog.text(),
        "dahlia           serial       -       Boot mode: NETWORK (02) order f1\n");
    for (Followed log : List.of(linuxLog, serialLog, loaderLog)) {
      long strangers =
          log.text().lines().filter(line -> !line.contains("  " + nodeOf(log) + " ")).count();
      proof.equal("nothing of others at " + nodeOf(log), strangers, 0L);
    }
    proof.equal("the panic is at nobody else", serialLog.text().contains(PANIC), false);
    proof.end();
  }

  private static String nodeOf(Followed log) {
    return String.valueOf(log.out().getFileName()).replace(".log", "");
  }

  /// As a loader sends it where NETCONSOLE names no receiver.
  private void broadcast(String text) {
    lab.onClient(
            "bash",
            "-c",
            "printf '"
                + text
                + "' | socat -u - UDP-DATAGRAM:255.255.255.255:6666,broadcast,bind=192.168.0.22:6665,so-bindtodevice=br0")
        .text();
  }
}
