package dev.coldframe;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import dev.coldframe.config.ConfigLoader;
import dev.coldframe.config.LoadOptions;
import dev.coldframe.config.Loaded;
import dev.coldframe.node.Site;
import dev.coldframe.testkit.Chromium;
import dev.coldframe.testkit.UnixHttp;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a node says, on its page in a real Chromium: by netconsole, syslog and a serial port of
/// socat's, before a running appliance on loopback.
@Tag("real")
class ConsolePageTest {
  private static final String CONFIG =
      """
      site: rack
      appliance: { address: 127.78.0.2 }
      admin: { listen: 127.0.0.1:0 }
      networks: [{ interface: lo, subnet: 127.78.0.0/24 }]
      profiles: { k8s: { boot: install } }
      nodes: { node-1: { mac: dc:a6:32:00:00:01, address: 127.78.0.20, profile: k8s } }
      consoles: { node-1: { device: DEVICE } }
      services: [console]
      """;

  private static final String HOSTILE =
      "<img src=x onerror=\"window.struck=1\">\u001b]0;owned\u0007\u001b[2J\u202egpj.exe\u2028\u0000";
  private static final Path SCREENS = Path.of("target/screens");

  /// As many as the page keeps.
  private static final int KEPT = 500;

  @TempDir Path folder;
  private int offset;
  private Process cable;
  private Coldframe coldframe;
  private Chromium chromium;
  private Chromium.Browsing browsing;
  private Page page;
  private Locator lines;

  @BeforeEach
  void start() throws IOException {
    Files.createDirectories(folder.resolve("tftp-root"));
    Files.createDirectories(folder.resolve("templates"));
    cable =
        new ProcessBuilder(
                "socat",
                "pty,raw,echo=0,link=" + folder.resolve("usb"),
                "pty,raw,echo=0,link=" + folder.resolve("pins"))
            .inheritIO()
            .start();
    await().until(() -> Files.exists(folder.resolve("pins")));
    Path state = folder.resolve("state");
    String text = CONFIG.replace("DEVICE", folder.resolve("usb").toString());
    Path config = Files.writeString(folder.resolve("coldframe.yaml"), text);
    Site site = ((Loaded.Ok) ConfigLoader.load(config, new LoadOptions(state, true))).site();
    offset = RandomGenerator.getDefault().nextInt(20_000, 50_000);
    coldframe = Coldframe.start(site, new Coldframe.Run(state, offset, false, true, List.of()));
    assertThat(coldframe.operatorPlane().join()).isPresent();
    chromium = Chromium.open(Chromium.PROGRAM);
    browsing = chromium.browse();
    page = browsing.page();
    var socket = new UnixHttp(state.resolve("coldframe.sock"));
    String link = socket.post("/api/v1/login-links", "{}").json().path("url").asString();
    page.navigate(link);
    assertThat(page.locator("#live")).hasText("live");
    page.navigate(link.substring(0, link.indexOf("/login")) + "/#/node/node-1");
    lines = page.locator(".console > li");
    await()
        .until(() ->
            socket.send("GET", "/api/v1/nodes/node-1/events").body().contains("console-connected"));
  }

  @AfterEach
  void stop() throws InterruptedException {
    chromium.close();
    coldframe.close();
    cable.destroy();
    assertThat(cable.waitFor(10, TimeUnit.SECONDS)).isTrue();
  }

  private void send(int port, String text) throws IOException {
    var from = new InetSocketAddress(InetAddress.ofLiteral("127.78.0.20"), 0);
    try (var socket = new DatagramSocket(from)) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      var to = new InetSocketAddress(InetAddress.ofLiteral("127.78.0.2"), port + offset);
      socket.send(new DatagramPacket(bytes, bytes.length, to));
    }
  }

  private void netconsole(String text) throws IOException {
    send(6_666, text);
  }

  private void syslog(String text) throws IOException {
    send(514, text);
  }

  private void serial(String text) throws IOException {
    Files.writeString(folder.resolve("pins"), text, StandardOpenOption.WRITE);
  }

  private void shot(String name, int width, int height, ColorScheme colours) {
    page.setViewportSize(width, height);
    page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(colours));
    page.locator("section[aria-label=Console]").scrollIntoViewIfNeeded();
    page.waitForTimeout(300);
    page.screenshot(new Page.ScreenshotOptions().setPath(SCREENS.resolve(name + ".png")));
  }

  @Test
  void whatCameByThreeWaysIsShownLiveAndFiltered() throws Exception {
    assertThat(page.locator("section[aria-label=Console]")).containsText("Nothing was heard");
    serial("\u001b[2JBoot mode: NETWORK (02) order f1\r\nLINK STATUS: speed: 1000 full duplex\r\n");
    assertThat(lines).hasCount(2);
    assertThat(lines.first().locator(".source")).hasText("loader, serial");
    assertThat(lines.first()).containsText("tries a boot mode");
    netconsole("Firmware (start*.elf) not found\n");
    netconsole("3,444,501151268,-;mmc0: error -110 whilst initialising SD card\n");
    assertThat(lines).hasCount(4);
    assertThat(lines.nth(3)).hasAttribute("data-severity", "err");
    syslog("<30>Mar  1 12:00:00 node-1 sshd[612]: Server listening on 0.0.0.0 port 22.");
    assertThat(lines).hasCount(5);
    assertThat(lines.nth(4).locator(".source")).hasText("syslog");
    assertThat(lines.nth(4)).containsText("sshd Server listening");
    serial("[\u001b[0;32m  OK  \u001b[0m] Reached target multi-user\r\nnode-1 login: ");
    assertThat(lines).hasCount(7);
    shot("console", 1180, 900, ColorScheme.LIGHT);
    shot("console-dark", 1180, 900, ColorScheme.DARK);
    shot("console-phone", 390, 760, ColorScheme.LIGHT);
    assertThat(page.evaluate("document.documentElement.scrollWidth")).isEqualTo(390);

    Locator source = page.locator(".console-tools select");
    source.selectOption("loader");
    assertThat(lines).hasCount(3);
    source.selectOption("netconsole");
    assertThat(lines).hasCount(2);
    source.selectOption("");
    page.locator(".console-tools input").fill("LISTEN");
    assertThat(lines).hasCount(1);
    page.locator(".console-tools input").fill("no such line");
    assertThat(page.locator("section[aria-label=Console]")).containsText("No line is like that");
    page.locator(".console-tools input").fill("");
    assertThat(lines).hasCount(7);
    assertThat(browsing.complaints()).isEmpty();
  }

  @Test
  void aPauseHoldsLinesBackAndFollowingShowsThem() throws Exception {
    serial("one\r\n");
    assertThat(lines).hasCount(1);
    Locator pause = page.locator(".console-tools button");
    pause.focus();
    page.keyboard().press("Enter");
    assertThat(pause).hasAttribute("aria-pressed", "true");
    serial("two\r\nthree\r\n");
    assertThat(pause).hasText("Follow (2 new)");
    assertThat(lines).hasCount(1);
    page.keyboard().press("Enter");
    assertThat(lines).hasCount(3);
    assertThat(pause).hasText("Pause");

    // Who scrolls back reads; who scrolls to the end follows again.
    serial("more\r\n".repeat(100));
    assertThat(lines).hasCount(103);
    Locator list = page.locator(".console");
    list.focus();
    page.keyboard().press("Home");
    assertThat(pause).hasText("Follow");
    page.keyboard().press("End");
    assertThat(pause).hasText("Pause");
  }

  @Test
  @Tag("H-15")
  void whatANodeSaysIsOnlyTextAndOnlySoMuchOfIt() throws Exception {
    netconsole(HOSTILE + "\n");
    syslog("<30>1 - - <b>app</b> - - - " + HOSTILE);
    serial(HOSTILE + "\r\n");
    assertThat(lines).hasCount(3);
    for (int i = 0; i < 3; i++) {
      Locator said = lines.nth(i).locator(".said");
      assertThat(said).containsText("<img src=x onerror=\"window.struck=1\">\\x1b]0;owned\\x07");
      assertThat(said).containsText("\\x202egpj.exe\\x2028");
      assertThat(said.innerText()).doesNotContainPattern("[\\p{Cc}\\p{Cf}\\p{Zl}]");
    }
    assertThat(page.locator(".console img")).hasCount(0);
    serial("x".repeat(3_000) + "\r\n");
    assertThat(lines).hasCount(6);
    assertThat(page.evaluate("document.documentElement.scrollWidth <= innerWidth")).isEqualTo(true);
    shot("console-hostile", 1180, 900, ColorScheme.LIGHT);
    for (int i = 0; i < 20; i++) {
      serial(("line " + i + "\r\n").repeat(50));
    }
    assertThat(lines.last()).containsText("line 19");
    assertThat(lines).hasCount(KEPT);
    assertThat(page.evaluate("window.struck")).isNull();
    assertThat(browsing.complaints()).isEmpty();
  }
}
