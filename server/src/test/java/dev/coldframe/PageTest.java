package dev.coldframe;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.Response;
import com.sun.net.httpserver.HttpServer;
import dev.coldframe.config.ConfigLoader;
import dev.coldframe.config.LoadOptions;
import dev.coldframe.config.Loaded;
import dev.coldframe.net.Cidr;
import dev.coldframe.net.Ip4;
import dev.coldframe.net.MacAddress;
import dev.coldframe.node.Disk;
import dev.coldframe.node.EventType;
import dev.coldframe.node.JournalEvent;
import dev.coldframe.node.Node;
import dev.coldframe.node.Site;
import dev.coldframe.rehearse.BoardSpec;
import dev.coldframe.rehearse.BootResult;
import dev.coldframe.rehearse.Listener;
import dev.coldframe.rehearse.LoopbackCable;
import dev.coldframe.rehearse.Rack;
import dev.coldframe.store.Chronicle;
import dev.coldframe.testkit.UnixHttp;
import dev.coldframe.transport.content.StandIns;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The page in a real Chromium, before a running appliance on loopback whose boards are virtual.
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
      adopt: { auto: { name: "node-{n}", addresses: 127.78.0.20-127.78.0.21, profile: k8s } }
      profiles:
        k8s: { boot: install, user: { name: gardener, ssh-keys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFUhlL4ZLk/+LTYvGeZWCnGBZrWPqTdIExnyaAsZSBOe gardener"] } }
      services: [dhcp, tftp, http]
      """;

  private static final Path CHROMIUM = Path.of("/usr/bin/chromium");

  /// Nothing but this machine has a name; one foreign name leads here, as a rebound one would.
  private static final List<String> ARGUMENTS =
      List.of(
          "--no-sandbox",
          "--disable-gpu",
          "--disable-quic",
          "--no-first-run",
          "--disable-background-networking",
          "--disable-component-update",
          "--disable-sync",
          "--host-resolver-rules=MAP rebound.example 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1");

  private static final Ip4 APPLIANCE = Ip4.parse("127.78.0.2");
  private static final String[] BOARDS = {
    "dc:a6:32:00:00:01", "dc:a6:32:00:00:02", "dc:a6:32:00:00:03"
  };
  private static final String HOSTILE = "<img src=x onerror=\"window.struck=1\">";
  private static final Disk CARD =
      new Disk("/dev/mmcblk0", 32L << 30, "SC32G", "0x1b53", List.of(), "a Linux system");

  private static Playwright playwright;
  private static Browser browser;

  @TempDir Path folder;
  private Coldframe coldframe;
  private LoopbackCable cable;
  private BrowserContext context;
  private Page page;
  private String here;
  private final List<String> complaints = new ArrayList<>();

  @BeforeAll
  static void open() {
    var options =
        new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"));
    playwright = Playwright.create(options);
    browser =
        playwright
            .chromium()
            .launch(
                new BrowserType.LaunchOptions().setExecutablePath(CHROMIUM).setArgs(ARGUMENTS));
  }

  @AfterAll
  static void shut() {
    playwright.close();
  }

  @BeforeEach
  void start() throws IOException {
    Path root = Files.createDirectories(folder.resolve("tftp-root"));
    Files.createDirectories(folder.resolve("templates"));
    Path state = folder.resolve("state");
    Path config = Files.writeString(folder.resolve("coldframe.yaml"), CONFIG);
    Site site = ((Loaded.Ok) ConfigLoader.load(config, new LoadOptions(state, true))).site();
    int offset = RandomGenerator.getDefault().nextInt(20_000, 60_000);
    var standIns = StandIns.write(folder.resolve("stand-ins"), root);
    coldframe = Coldframe.start(site, new Coldframe.Run(state, offset, false, List.of(standIns)));
    assertThat(coldframe.operatorPlane().join()).isPresent();
    cable = new LoopbackCable(APPLIANCE, offset, List.of(Cidr.parse("127.78.0.0/24")));
    context = browser.newContext(new Browser.NewContextOptions().setReducedMotion(null));
    page = context.newPage();
    page.onDialog(dialog -> {
      complaints.add("a dialog: " + dialog.message());
      dialog.dismiss();
    });
    page.onPageError(complaints::add);
    page.onConsoleMessage(message -> {
      if (message.text().contains("Content Security Policy")) {
        complaints.add(message.text());
      }
    });
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

  @AfterEach
  void stop() {
    context.close();
    cable.close();
    coldframe.close();
  }

  private static BoardSpec board(String mac, boolean journey) {
    return BoardSpec.plausible(mac, Optional.of(MacAddress.parse(mac)), Optional.empty(), journey);
  }

  private List<BootResult> boot(BoardSpec... boards) {
    try {
      return Rack.boot(List.of(boards), cable, Listener.SILENT);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private Locator slot(String node) {
    return page.locator("[data-key='node " + node + "']");
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

  private Node adopted(String name) {
    return coldframe.world().node(name).orElseThrow();
  }

  @Test
  void anEmptyRackFillsIsAdoptedByRuleAndByHandAndBoots() {
    assertThat(page.locator("main")).containsText("An empty frame");

    boot(board(BOARDS[0], false), board(BOARDS[1], false), board(BOARDS[2], false));
    assertThat(slot("node-1")).containsText("127.78.0.20");
    assertThat(slot("node-2")).containsText("127.78.0.21");
    Locator stranger = page.locator(".slot.empty");
    assertThat(stranger).hasCount(1);
    assertThat(stranger).containsText("127.78.0.2");

    stranger.click();
    Locator dialog = page.locator("dialog[open]");
    dialog.locator("[name=name]").fill("node-1");
    dialog.locator("[type=submit]").click();
    assertThat(dialog.locator(".problem")).hasText("name: node-1 is taken; choose another name");
    dialog.locator("[name=name]").fill("lily");
    dialog.locator("[name=address]").fill("127.78.0.30");
    dialog.locator("[type=submit]").click();
    assertThat(slot("lily")).isFocused();
    assertThat(stranger).hasCount(0);
    Node lily = adopted("lily");
    assertThat(lily.address()).isEqualTo(Ip4.parse("127.78.0.30"));

    String mac = lily.identity().macs().getFirst().toString();
    var result = CompletableFuture.supplyAsync(() -> boot(board(mac, true)));
    assertThat(slot("lily").locator(".phase")).hasText(Pattern.compile("booting|installing"));
    assertThat(slot("lily").locator(".phase")).hasText("ready", inTime());
    assertThat(result.join().getFirst().ok()).isTrue();
    slot("lily").press("Enter");
    Locator timeline = page.locator(".timeline");
    assertThat(timeline).containsText("kernel8.img");
    for (String stage : new String[] {"dhcp", "files", "kernel", "install", "ready"}) {
      assertThat(timeline.locator("[data-stage='" + stage + "']").first()).isVisible();
    }
    assertThat(page.locator(".journal")).containsText("file-served");
    assertThat(complaints).isEmpty();
  }

  private static com.microsoft.playwright.assertions.LocatorAssertions.HasTextOptions inTime() {
    return new com.microsoft.playwright.assertions.LocatorAssertions.HasTextOptions()
        .setTimeout(60_000);
  }

  @Test
  void aNodeOfTheRuleIsConfirmedByAPerson() {
    boot(board(BOARDS[0], false));
    slot("node-1").click();
    page.locator(".actions button").first().click();
    assertThat(page.locator("dialog[open]")).containsText(BOARDS[0]);
    page.locator("dialog[open] [type=submit]").click();
    assertThat(page.locator(".facts-card")).containsText("an adoption");
    assertThat(adopted("node-1").origin()).isEqualTo(Node.Origin.ADOPTED);
  }

  @Test
  @Tag("L-06")
  void aDiskIsArmedOnlyAfterItWasShownAndTyped() {
    boot(board(BOARDS[0], false));
    page.navigate(here + "/#/node/node-1");
    page.locator(".actions button").first().click();
    page.locator("dialog[open] [type=submit]").click();
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
  @Tag("H-15")
  void whatABoardCallsItselfIsOnlyText() {
    boot(board(BOARDS[0], false));
    record("2c:cf:67:00:00:66", EventType.SEEN, "mac", "2c:cf:67:00:00:66", "board", HOSTILE);
    record(HOSTILE, EventType.SEEN, "board", HOSTILE);
    record("node-1", EventType.FILE_REFUSED, "path", HOSTILE, "via", "tftp", "reason", HOSTILE);
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
    assertThat(complaints).isEmpty();
  }

  @Test
  @Tag("H-09")
  void withoutALoginNothingIsShown() {
    boot(board(BOARDS[0], false));
    try (BrowserContext stranger = browser.newContext()) {
      Page other = stranger.newPage();
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
    boot(board(BOARDS[0], false));
    page.navigate(here + "/#/node/node-1");
    page.locator(".actions button").first().click();
    page.locator("dialog[open] [type=submit]").click();
    shows("node-1", CARD);
    assertThat(page.locator(".facts-card")).containsText("an adoption");
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
      String list = "url => fetch(url, {credentials: 'include'}).then(a => a.text(), () => 'failed')";
      assertThat(page.evaluate(list, here + "/api/v1/nodes")).isEqualTo("failed");
      assertThat(coldframe.world().knowledge().arms()).isEmpty();
    } finally {
      foreign.stop(0);
    }
    Response rebound = page.navigate(here.replace("127.0.0.1", "rebound.example") + "/");
    assertThat(rebound.status()).isEqualTo(421);
  }
}
