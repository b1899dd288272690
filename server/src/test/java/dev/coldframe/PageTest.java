package dev.coldframe;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Response;
import com.microsoft.playwright.options.ColorScheme;
import com.sun.net.httpserver.HttpServer;
import dev.coldframe.config.ConfigLoader;
import dev.coldframe.config.LoadOptions;
import dev.coldframe.config.Loaded;
import dev.coldframe.node.Disk;
import dev.coldframe.node.EventType;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.node.Site;
import dev.coldframe.store.Chronicle;
import dev.coldframe.testkit.Chromium;
import dev.coldframe.testkit.PlusSwitch;
import dev.coldframe.testkit.UnixHttp;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// The page in a real Chromium, before a running appliance on loopback: what it must not do.
@Tag("real")
class PageTest {
  private static final String CONFIG =
      """
      site: rack
      appliance: { address: 127.78.0.2 }
      admin: { listen: 127.0.0.1:0 }
      networks:
        - interface: lo
          subnet: 127.78.0.0/24
          pool: 127.78.0.200-127.78.0.239
          conflict-probe: off
      profiles:
        k8s: { boot: install }
      nodes:
        node-1: { mac: dc:a6:32:00:00:01, port: sw1/1, address: 127.78.0.20, profile: k8s }
      power: { sw1: { driver: netgear, address: 127.0.0.1, port: TCP, secret: file:secret, off-time: 1s, budget: 60 } }
      services: [dhcp]
      """;

  private static final String HOSTILE = "<img src=x onerror=\"window.struck=1\">";
  private static final Disk CARD =
      new Disk("/dev/mmcblk0", 32L << 30, "SC32G", "0x1b53", List.of(), "a Linux system");

  private static Chromium chromium;

  @TempDir Path folder;
  private final PlusSwitch plus = new PlusSwitch();
  private Path config;
  private Coldframe coldframe;
  private Chromium.Browsing browsing;
  private Page page;
  private String here;

  @BeforeAll
  static void open() {
    chromium = Chromium.open(Chromium.PROGRAM);
  }

  @AfterAll
  static void shut() {
    chromium.close();
  }

  @BeforeEach
  void start() throws IOException {
    Files.createDirectories(folder.resolve("tftp-root"));
    Files.createDirectories(folder.resolve("templates"));
    Path state = folder.resolve("state");
    Path secret = Files.writeString(folder.resolve("secret"), PlusSwitch.PASSWORD);
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
    String text = CONFIG.replace("TCP", Integer.toString(plus.port()));
    config = Files.writeString(folder.resolve("coldframe.yaml"), text);
    Site site = site();
    int offset = RandomGenerator.getDefault().nextInt(20_000, 60_000);
    coldframe = Coldframe.start(site, new Coldframe.Run(state, offset, false, true, List.of()));
    assertThat(coldframe.operatorPlane().join()).isPresent();
    browsing = chromium.browse();
    page = browsing.page();
    String link =
        new UnixHttp(state.resolve("coldframe.sock"))
            .post("/api/v1/login-links", "{}")
            .json()
            .path("url")
            .asString();
    here = link.substring(0, link.indexOf("/login"));
    page.navigate(link);
    assertThat(page.locator("#live")).hasText("live");
  }

  private Site site() {
    var options = new LoadOptions(folder.resolve("state"), true);
    return ((Loaded.Ok) ConfigLoader.load(config, options)).site();
  }

  @AfterEach
  void stop() {
    browsing.close();
    coldframe.close();
    plus.close();
  }

  private void record(String subject, EventType type, String... fields) {
    coldframe.chronicle().record(JournalEvent.of(Instant.now(), subject, type, fields));
  }

  private void shows(String node, Disk disk) {
    coldframe
        .chronicle()
        .decide(
            node,
            Instant.now(),
            _ -> new Chronicle.Verdict<>("", List.of(), s -> s.withDisks(List.of(disk))));
  }

  @Test
  @Tag("L-06")
  void aDiskIsArmedOnlyAfterItWasShownAndTyped() {
    page.navigate(here + "/#/node/node-1");
    shows("node-1", CARD);

    page.locator(".actions .danger").click();
    Locator dialog = page.locator("dialog[open]");
    Locator go = dialog.locator("[type=submit]");
    assertThat(go).isDisabled();
    dialog.locator(".choice").click();
    assertThat(dialog.locator(".danger-box")).containsText("34.4 GB, SC32G, number 0x1b53");
    assertThat(go).isDisabled();
    dialog.locator("[name=typed]").fill("/dev/mmcblk");
    assertThat(go).isDisabled();
    dialog.locator("[name=typed]").fill("/dev/mmcblk0");
    assertThat(go).isEnabled();

    shows("node-1", new Disk("/dev/mmcblk0", 32L << 30, "SC32G", "0x1b53", List.of(), "photos"));
    go.click();
    assertThat(dialog.locator(".problem")).containsText("not the one shown here any more");
    assertThat(coldframe.world().knowledge().arms()).isEmpty();
    dialog.press("Escape");
    assertThat(dialog).hasCount(0);

    page.locator(".actions .danger").click();
    dialog.locator(".choice").click();
    assertThat(dialog.locator(".danger-box")).containsText("photos");
    dialog.locator("[name=typed]").fill("/dev/mmcblk0");
    go.click();
    assertThat(page.locator(".banner")).containsText("0x1b53");
    assertThat(coldframe.world().knowledge().arms()).containsOnlyKeys("node-1");
    page.locator(".banner button").click();
    assertThat(page.locator(".banner")).hasCount(0);
    assertThat(coldframe.world().knowledge().arms()).isEmpty();
  }

  @Test
  void powerIsTakenOnlyAfterThatWasSaid() throws IOException {
    page.navigate(here + "/#/node/node-1");
    Locator power = page.locator("[aria-label='Power']");
    assertThat(power).containsText("sw1/1");
    assertThat(power).containsText("on, delivering");
    assertThat(power).containsText("4.4 W");
    power.locator("[data-action=off]").click();
    page.locator("dialog[open] .plain").click();
    assertThat(page.locator("dialog[open]")).hasCount(0);
    assertThat(plus.on(1)).isTrue();
    assertThat(power.locator("[data-action=on]")).hasCount(0);
    shots("power-on");

    record("node-1", EventType.HELLO);
    power.locator("[data-action=off]").click();
    assertThat(page.locator("dialog[open] .danger-box")).containsText("is being written");
    shots("power-dialog");
    page.locator("dialog[open] [type=submit]").click();
    assertThat(page.locator("dialog[open]")).hasCount(0);
    assertThat(plus.on(1)).isFalse();
    assertThat(power).containsText("off");
    assertThat(power.locator("[data-action=on]")).isVisible();
    shots("power-off");

    new UnixHttp(folder.resolve("state/coldframe.sock")).post("/api/v1/power/staging", "{}");
    assertThat(power).containsText("powered, try 1 of 4");
    assertThat(power).containsText("on, delivering");
    assertThat(plus.on(1)).isTrue();
    page.navigate(here + "/#/");
    Locator slot = page.locator("[data-key='node node-1']");
    assertThat(slot).containsText("powered, try 1 of 4");
    shots("staging-rack");
    record(
        "node-1",
        EventType.STAGING,
        "step",
        "given-up",
        "try",
        "4",
        "tries",
        "4",
        "place",
        "sw1/1",
        "reason",
        "it did not boot in 4 tries");
    assertThat(slot).containsText("was given up, try 4 of 4");
    page.navigate(here + "/#/node/node-1");
    assertThat(power).containsText("was given up, try 4 of 4: it did not boot in 4 tries");
    shots("staging-node");
    page.evaluate("document.body.dataset.scope = 'read'");
    assertThat(power.locator("[data-action=cycle]")).isHidden();
    assertThat(browsing.complaints()).isEmpty();
  }

  /// To be looked at: wide and on a phone, in light and dark.
  private void shots(String name) {
    for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
      page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
      for (int width : List.of(390, 1180)) {
        page.setViewportSize(width, 900);
        String file = name + "-" + width + "-" + scheme.name().toLowerCase(Locale.ROOT) + ".png";
        page.screenshot(
            new Page.ScreenshotOptions()
                .setPath(Path.of("target/screens", file))
                .setFullPage(true));
      }
    }
    int wider = (int) page.evaluate("document.documentElement.scrollWidth - innerWidth");
    assertThat(wider).isLessThanOrEqualTo(0);
  }

  @Test
  @Tag("H-15")
  void whatABoardCallsItselfIsOnlyText() {
    record("2c:cf:67:00:00:66", EventType.SEEN, "mac", "2c:cf:67:00:00:66", "board", HOSTILE);
    record(HOSTILE, EventType.SEEN, "board", HOSTILE);
    record("node-1", EventType.DHCP_OFFERED, "stage", "pi-eeprom", "board", HOSTILE);
    record("node-1", EventType.FILE_SERVED, "path", HOSTILE, "via", "tftp", "origin", HOSTILE);
    shows("node-1", new Disk(HOSTILE, 1, HOSTILE, HOSTILE, List.of(), HOSTILE));

    Locator stranger = page.locator("[data-key='board 2c:cf:67:00:00:66']");
    assertThat(stranger).containsText(HOSTILE);
    stranger.click();
    assertThat(page.locator("dialog[open]")).containsText(HOSTILE);
    page.keyboard().press("Escape");

    page.navigate(here + "/#/node/node-1");
    assertThat(page.locator(".timeline")).containsText(HOSTILE);
    assertThat(page.locator(".disks")).containsText(HOSTILE);
    assertThat(page.locator(".journal")).containsText(HOSTILE);
    page.locator(".actions .danger").click();
    assertThat(page.locator("dialog[open] .choice")).containsText(HOSTILE);
    page.keyboard().press("Escape");

    page.navigate(here + "/#/journal");
    assertThat(page.locator(".journal")).containsText(HOSTILE);
    page.locator(".journal a", new Page.LocatorOptions().setHasText(HOSTILE)).first().click();
    assertThat(page.locator("main")).containsText("No node is called " + HOSTILE);

    assertThat(page.locator("img")).hasCount(0);
    assertThat(page.evaluate("window.struck")).isNull();
    assertThat(browsing.complaints()).isEmpty();
  }

  @Test
  void whatIsKnownToFailOpensToReasonRemedyAndSource() throws IOException {
    // What was found before a new config is not held against it.
    assertThat(page.locator(".alerts")).containsText("the boot tree lacks");
    Files.writeString(folder.resolve("tftp-root/cmdline.txt"), "quiet");
    Path own = Files.createDirectories(folder.resolve("templates/nodes/node-1"));
    Files.writeString(own.resolve("config.txt"), "dtoverlay=" + HOSTILE + "\n" + "a".repeat(99));
    Files.writeString(own.resolve("cmdline.txt"), "root=/dev/nfs nfsroot=1.2.3.4:/x,vers=4");
    coldframe.reload(site());
    page.reload();
    Locator known = page.locator(".alerts");
    Locator missing = known.locator("[data-id='boot-files-missing']");
    assertThat(missing).containsText("node-1: the boot tree lacks what a Pi of the 4 family needs");
    assertThat(known).containsText("overlays/" + HOSTILE);
    assertThat(missing.locator(".remedy")).isHidden();
    missing.locator("summary").click();
    JsonNode told =
        new UnixHttp(folder.resolve("state/coldframe.sock"))
            .send("GET", "/api/v1/findings")
            .json()
            .path("findings")
            .path(0);
    for (String field : List.of("found", "reason", "mend", "source")) {
      assertThat(missing).containsText(told.path(field).asString());
    }
    known.getByText("2 notes").click();
    assertThat(known.locator("[data-id='cmdline-nfs']")).isVisible();
    record("node-1", EventType.PHASE, "from", "adopted", "to", "booting");
    assertThat(missing.locator(".remedy")).isVisible();
    shots("findings");
    assertThat(page.evaluate("window.struck")).isNull();
    assertThat(browsing.complaints()).isEmpty();
  }

  @Test
  void whyABootStoppedIsSaidWithWhatToDo() throws IOException {
    record("node-1", EventType.DHCP_OFFERED, "stage", "pi-eeprom", "address", "127.78.0.20");
    record("node-1", EventType.DHCP_ACKNOWLEDGED, "stage", "pi-eeprom", "address", "127.78.0.20");
    page.navigate(here + "/#/node/node-1");
    assertThat(page.locator(".journal")).containsText("dhcp-acknowledged");
    assertThat(page.locator(".why")).isHidden();

    for (String name : List.of("00000001/start4.elf", HOSTILE + "/start4.elf", "start4.elf")) {
      record(
          "node-1", EventType.FILE_REFUSED, "path", name, "via", "tftp", "reason", "no such file");
    }

    Locator why = page.locator(".why");
    assertThat(why).isVisible();
    assertThat(why.locator("[data-key='nothing-published']")).containsText("start4.elf");
    assertThat(why.locator(".remedy").first()).containsText("tftp-root/");
    JsonNode said =
        new UnixHttp(folder.resolve("state/coldframe.sock"))
            .send("GET", "/api/v1/nodes/node-1/explain")
            .json();
    assertThat(said.path("causes").path(0).path("row").asInt()).isEqualTo(10);
    assertThat(why).containsText(said.path("words").asString());
    assertThat(why).containsText(said.path("causes").path(0).path("words").asString());
    assertThat(why).containsText(said.path("causes").path(0).path("remedy").asString());

    record("node-1", EventType.PHASE, "from", "booting", "to", "ready");
    assertThat(why).isHidden();
    assertThat(browsing.complaints()).isEmpty();
  }

  @Test
  void aChangedFileIsComparedLineByLineAndALoneLineWordByWord() {
    assertThat(difference("a b c", "a x c")).isEqualTo("same a, cut b, add x, same c");
    assertThat(difference("1\n2\n3\n4\n5\n6\n", "1\n2\n3\n4\n5\n7\n"))
        .isEqualTo("gap , same 3, same 4, same 5, cut 6, add 7");
  }

  private Object difference(String before, String after) {
    String script =
        "async ([before, after]) => { const {diff} = await import('/assets/js/diff.js');"
            + " return diff(before, after).map(p => p.kind + ' ' + p.text).join(', '); }";
    return page.evaluate(script, List.of(before, after));
  }

  @Test
  @Tag("H-09")
  void withoutALoginNothingIsShown() {
    try (Chromium.Browsing stranger = chromium.browse()) {
      Page other = stranger.page();
      Response welcome = other.navigate(here + "/");
      assertThat(welcome.text()).contains("coldframe open").doesNotContain("node-1");
      assertThat(other.evaluate("fetch('/api/v1/nodes').then((answer) => answer.status)"))
          .isEqualTo(401);
    }
    page.locator("#help").click();
    page.locator("dialog[open] .plain").click();
    assertThat(page.locator("body")).containsText("coldframe open");
    assertThat(page.locator("body")).not().containsText("node-1");
  }

  /// Another page of this very machine, so that the browser sends it the cookie.
  @Test
  @Tag("H-10")
  void anotherSitesPageChangesNothing() throws IOException {
    page.navigate(here + "/#/node/node-1");
    shows("node-1", CARD);
    HttpServer foreign =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    foreign.createContext(
        "/",
        exchange -> {
          byte[] html = "<!doctype html><title>foreign</title>".getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, html.length);
          exchange.getResponseBody().write(html);
          exchange.close();
        });
    foreign.start();
    try {
      page.navigate("http://127.0.0.1:" + foreign.getAddress().getPort() + "/");
      String arm = here + "/api/v1/nodes/node-1/arm";
      String plain =
          "url => fetch(url, {method: 'POST', mode: 'no-cors', credentials: 'include',"
              + " body: '{\"disk\":\"0x1b53\"}'}).then(answer => answer.type, () => 'failed')";
      assertThat(page.evaluate(plain, arm)).isIn("opaque", "failed");
      String ours =
          "url => fetch(url, {method: 'POST', credentials: 'include', headers: {'X-Coldframe': '1',"
              + " 'Content-Type': 'application/json'}, body: '{\"disk\":\"0x1b53\"}'})"
              + ".then(answer => answer.status, () => 'failed')";
      assertThat(page.evaluate(ours, arm)).isEqualTo("failed");
      String list =
          "url => fetch(url, {credentials: 'include'}).then(a => a.text(), () => 'failed')";
      assertThat(page.evaluate(list, here + "/api/v1/nodes")).isEqualTo("failed");
      assertThat(coldframe.world().knowledge().arms()).isEmpty();
    } finally {
      foreign.stop(0);
    }
    Response rebound = page.navigate(here.replace("127.0.0.1", "rebound.example") + "/");
    assertThat(rebound.status()).isEqualTo(421);
  }
}
