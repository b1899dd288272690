package dev.coldframe.e2e;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.ColorScheme;
import dev.coldframe.rehearse.VirtualDisk;
import dev.coldframe.testkit.Chromium;
import dev.coldframe.testkit.Images;
import dev.coldframe.testkit.UnixHttp;
import dev.coldframe.transport.content.StandIns;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What an operator sees in Chromium from an empty rack on, while three virtual Pis with blank
/// cards on a real link are found, adopted and installed, and one comes back with another card.
/// Leaves the screenshots of the README in `target/screens`, with `-Dscreens=true` in
/// `docs/screens`.
@Tag("real")
class PageWalkTest {
  private static final String CONFIG =
      """
      site: rack
      domain: rack.home.arpa
      appliance: { address: 192.168.0.2 }
      admin: { listen: 127.0.0.1:8080 }
      networks:
        - { interface: eth0, subnet: 192.168.0.0/24, pool: 192.168.0.200-192.168.0.239, conflict-probe: off }
      adopt: { auto: { name: "node-{n}", addresses: 192.168.0.20-192.168.0.21, profile: k8s } }
      profiles:
        k8s: { image: raspios-trixie-arm64-lite, boot: install, health: 60s, user: { name: gardener, ssh-keys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFUhlL4ZLk/+LTYvGeZWCnGBZrWPqTdIExnyaAsZSBOe gardener"] } }
      services: [dhcp, tftp, http]
      """;

  private static final String HERE = "http://127.0.0.1:8080";
  private static final double BOOT_MILLIS = 240_000;
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Path SCREENS = Path.of("target/screens");

  /// Those of the README.
  private static final Set<String> SHOWN =
      Set.of("appeared", "installing", "node", "phone", "returned");

  /// Its port, its hardware address and its serial.
  private record Pi(int port, String mac, String serial) {}

  private static final Pi FIRST = new Pi(0, "dc:a6:32:00:00:01", "1000000032000001");
  private static final Pi SECOND = new Pi(1, "dc:a6:32:00:00:02", "1000000032000002");
  private static final Pi THIRD = new Pi(2, "dc:a6:32:00:00:03", "1000000032000003");

  @TempDir Path folder;
  private Lab lab;
  private Chromium chromium;
  private Chromium.Browsing browsing;
  private Page page;

  @BeforeEach
  void start() throws IOException {
    lab = Lab.open(folder);
    lab.boards(List.of(FIRST.mac(), SECOND.mac(), THIRD.mac()));
    StandIns.write(folder.resolve("tftp-root"), folder.resolve("nothing"));
    Files.createDirectories(folder.resolve("templates"));
    Path config = lab.write("coldframe.yaml", CONFIG);
    String image = SmallImage.make(folder.resolve("image"), files()).toString();
    String[] add = {"image", "add", image, "-c", config.toString(), "--state"};
    Command.run(LIMIT, lab.coldframe(with(add, lab.state().toString()))).text();
    lab.serve(CONFIG);
    // The page is served on the appliance's own loopback, so the browser starts there.
    String wrapper =
        "#!/bin/sh\nexec ip netns exec "
            + lab.serverNamespace()
            + " "
            + Chromium.PROGRAM
            + " \"$@\"\n";
    chromium = Chromium.open(lab.script("chromium", wrapper));
    browsing = chromium.browse();
    page = browsing.page();
    String link = socket().post("/api/v1/login-links", "{}").json().path("url").asString();
    page.navigate(link);
    assertThat(page.locator("#live")).hasText("live");
  }

  private static String[] with(String[] words, String last) {
    var out = new java.util.ArrayList<>(List.of(words));
    out.add(last);
    return out.toArray(String[]::new);
  }

  /// Enough of it that its way to the card can be watched.
  private static Map<String, byte[]> files() {
    var out = new LinkedHashMap<>(Images.trixie());
    out.put("kernel8.img", Images.bytes(11, 5_000_000));
    out.put("initramfs8", Images.bytes(12, 6_000_000));
    out.put("initramfs_2712", Images.bytes(13, 20_000_000));
    return out;
  }

  @AfterEach
  void stop() {
    if (chromium != null) {
      chromium.close();
    }
    lab.close();
  }

  /// A Pi on the cable, switched on.
  private Process plug(Pi pi, Path card, String number) {
    return lab.startOnBoard(
        pi.port(),
        log(pi),
        VirtualPi.command("eth0", pi.mac(), pi.serial(), card.toString(), number));
  }

  private Path log(Pi pi) {
    return folder.resolve("pi" + pi.port() + ".log");
  }

  private UnixHttp socket() {
    return new UnixHttp(lab.state().resolve("coldframe.sock"));
  }

  private Locator slot(String node) {
    return page.locator("[data-key='node " + node + "']");
  }

  private static LocatorAssertions.HasTextOptions inTime() {
    return new LocatorAssertions.HasTextOptions().setTimeout(BOOT_MILLIS);
  }

  private Path card(String name) {
    return folder.resolve(name);
  }

  @Test
  @Tag("L-08")
  void threePisAreInstalledAndOneComesBackWithAnotherCard() throws Exception {
    assertThat(page.locator("main")).containsText("An empty frame");
    shot("empty", 1180, 560, ColorScheme.LIGHT);

    plug(FIRST, card("first"), "0x1b534d45303001");
    appears(slot("node-1"));
    assertThat(slot("node-1")).containsText("192.168.0.20");
    plug(SECOND, card("second"), "0x1b534d45303002");
    appears(slot("node-2"));
    Process third = plug(THIRD, card("third"), "0x1b534d45303003");
    Locator stranger = page.locator(".slot.empty");
    appears(stranger);
    assertThat(stranger).containsText(THIRD.mac());
    assertThat(stranger).containsText("4 GB");
    shot("appeared", 1180, 430, ColorScheme.LIGHT);

    adoptByHand(stranger);
    confirm("node-1", FIRST);
    confirm("node-2", SECOND);
    page.navigate(HERE + "/#/");
    watchInstalling("node-1");
    shot("installing", 1180, 430, ColorScheme.LIGHT);
    for (String node : List.of("node-1", "node-2", "lily")) {
      assertThat(slot(node).locator(".phase")).hasText("ready", inTime());
    }

    slot("lily").press("Enter");
    String hostKey = hostKey("third");
    assertThat(page.locator(".facts-card")).containsText(hostKey);
    assertThat(page.locator(".cards li")).hasCount(1);
    everyStageWasSeen();
    healthIsPlotted();
    shot("node", 1180, 1500, ColorScheme.LIGHT);

    third.destroyForcibly().waitFor();
    plug(THIRD, card("another"), "0x275048534433");
    page.navigate(HERE + "/#/");
    watchInstalling("lily");
    assertThat(slot("node-1").locator(".phase")).hasText("ready");
    shot("phone", 390, 760, ColorScheme.DARK);
    shot("swapped", 1180, 430, ColorScheme.LIGHT);
    assertThat(slot("lily").locator(".phase")).hasText("ready", inTime());
    assertThat(slot("lily")).containsText("192.168.0.30");
    slot("lily").press("Enter");
    assertThat(page.locator(".cards li")).hasCount(2);
    assertThat(page.locator(".cards li").first()).containsText("0x275048534433");
    assertThat(page.locator(".cards li").last()).containsText("0x1b534d45303003");
    assertThat(hostKey("another")).isEqualTo(hostKey);
    assertThat(page.locator(".facts-card")).containsText(hostKey);
    healthIsPlotted();
    shot("returned", 1180, 1500, ColorScheme.DARK);
    shot("returned-phone", 390, 2600, ColorScheme.LIGHT);
    for (String view : List.of("leases", "images", "journal")) {
      page.navigate(HERE + "/#/" + view);
      assertThat(page.locator("h1")).hasText(Pattern.compile(view, Pattern.CASE_INSENSITIVE));
      page.waitForTimeout(400);
      shot(view, 1180, 700, ColorScheme.DARK);
      nothingIsCutOff(390);
      shot(view + "-phone", 390, 760, ColorScheme.LIGHT);
    }
    page.navigate(HERE + "/#/");
    page.keyboard().press("?");
    shot("help-phone", 390, 760, ColorScheme.DARK);
    page.keyboard().press("Escape");
    page.navigate(HERE + "/#/node/lily");
    page.locator(".actions .danger").click();
    shot("arm-phone", 390, 760, ColorScheme.LIGHT);
    page.keyboard().press("Escape");
    for (int width : List.of(1180, 390, 320, 1180, 320)) {
      // At once: plots are drawn again only after the page has its new width.
      nothingIsCutOff(width);
    }
    assertThat(browsing.complaints()).isEmpty();
  }

  private void appears(Locator slot) {
    assertThat(slot).isVisible(new LocatorAssertions.IsVisibleOptions().setTimeout(BOOT_MILLIS));
  }

  /// How much is written is shown, and grows while one looks.
  private void watchInstalling(String node) {
    assertThat(slot(node).locator(".phase")).hasText("installing", inTime());
    Locator gauge = slot(node).locator("[role=progressbar]");
    for (String percent : List.of("[1-9]\\d?", "[4-9]\\d")) {
      assertThat(gauge)
          .hasAttribute(
              "aria-valuenow",
              Pattern.compile(percent),
              new LocatorAssertions.HasAttributeOptions().setTimeout(BOOT_MILLIS));
    }
    assertThat(slot(node).locator(".what")).containsText(" MB of ");
  }

  private void everyStageWasSeen() {
    Locator timeline = page.locator(".timeline");
    assertThat(timeline).containsText("kernel8.img");
    for (String stage : List.of("dhcp", "files", "kernel", "install", "first-boot", "ready")) {
      assertThat(timeline.locator("[data-stage='" + stage + "']").first()).isVisible();
    }
    assertThat(page.locator(".journal")).containsText("install-progress");
  }

  /// From what the Pi reports.
  private void healthIsPlotted() {
    for (int i = 0; i < 10; i++) {
      page.waitForTimeout(500);
    }
    page.reload();
    assertThat(page.locator(".plot")).hasCount(2);
    assertThat(page.locator(".plot").first()).containsText(Pattern.compile("Temperature.* °C now"));
    assertThat(page.locator(".plot").last()).containsText(Pattern.compile("Clock offset.* ms now"));
    assertThat(page.locator(".plot canvas")).hasCount(2);
    assertThat(page.locator(".facts-card")).containsText("synchronised");
  }

  /// The fingerprint of the host key that was written to a card.
  private String hostKey(String card) throws IOException {
    var disk = new VirtualDisk(card(card), 1 << 20, "", "", 1);
    Path key =
        lab.write("host.pub", disk.rootFile("etc/ssh/ssh_host_ed25519_key.pub").orElseThrow());
    return Command.run(LIMIT, "ssh-keygen", "-lf", key.toString()).text().split(" ", -1)[1];
  }

  private void shot(String name, int width, int height, ColorScheme colours) {
    page.setViewportSize(width, height);
    page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(colours));
    // Plots are drawn again in the other colours.
    page.waitForTimeout(400);
    boolean shown = Boolean.getBoolean("screens") && SHOWN.contains(name);
    Path to = (shown ? Path.of("docs/screens") : SCREENS).resolve(name + ".png");
    page.screenshot(new Page.ScreenshotOptions().setPath(to));
  }

  /// Nobody has to scroll sideways.
  private void nothingIsCutOff(int width) {
    page.setViewportSize(width, 760);
    String wide =
        "width => [...document.body.querySelectorAll('*')]"
            + ".filter(e => e.getBoundingClientRect().right > width && !e.closest('.scroll, table'))"
            + ".map(e => e.tagName + '.' + e.className)";
    assertThat(page.evaluate("document.documentElement.scrollWidth"))
        .as(() -> String.valueOf(page.evaluate(wide, width)))
        .isEqualTo(width);
  }

  private void adoptByHand(Locator stranger) {
    stranger.click();
    Locator dialog = page.locator("dialog[open]");
    assertThat(dialog).containsText(THIRD.mac());
    assertThat(dialog).containsText("pi-eeprom");
    shot("adopt", 1180, 640, ColorScheme.LIGHT);
    dialog.locator("[name=name]").fill("node-1");
    dialog.locator("[type=submit]").click();
    assertThat(dialog.locator(".problem")).hasText("name: node-1 is taken; choose another name");
    dialog.locator("[name=name]").fill("lily");
    dialog.locator("[name=address]").fill("192.168.0.30");
    dialog.locator("[type=submit]").click();
    assertThat(slot("lily")).isFocused();
    assertThat(slot("lily")).containsText("192.168.0.30");
    assertThat(stranger).hasCount(0);
  }

  /// What the rule adopted becomes the operator's.
  private void confirm(String node, Pi pi) {
    page.navigate(HERE + "/#/");
    slot(node).click();
    assertThat(page.locator(".facts-card")).containsText("the rule, not confirmed");
    page.locator(".actions button").first().click();
    assertThat(page.locator("dialog[open]")).containsText(pi.mac());
    page.locator("dialog[open] [type=submit]").click();
    assertThat(page.locator(".facts-card")).containsText("an adoption");
  }
}
