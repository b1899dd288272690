package dev.coldframe.e2e;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import dev.coldframe.testkit.Chromium;
import dev.coldframe.testkit.UnixHttp;
import dev.coldframe.transport.content.StandIns;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What an operator sees in Chromium from an empty rack on, while virtual Pis are plugged into a
/// real link one after the other.
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
        k8s: { boot: install, user: { name: gardener, ssh-keys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFUhlL4ZLk/+LTYvGeZWCnGBZrWPqTdIExnyaAsZSBOe gardener"] } }
      services: [dhcp, tftp, http]
      """;

  private static final String HERE = "http://127.0.0.1:8080";
  private static final double BOOT_MILLIS = 180_000;

  /// Its hardware address and its serial.
  private record Pi(String mac, String serial) {}

  private static final Pi FIRST = new Pi("dc:a6:32:00:00:01", "1000000032000001");
  private static final Pi SECOND = new Pi("dc:a6:32:00:00:02", "1000000032000002");
  private static final Pi THIRD = new Pi("dc:a6:32:00:00:03", "1000000032000003");

  @TempDir Path folder;
  private Lab lab;
  private Chromium chromium;
  private Chromium.Browsing browsing;
  private Page page;

  @BeforeEach
  void start() throws IOException {
    lab = Lab.open(folder);
    StandIns.write(folder.resolve("tftp-root"), folder.resolve("nothing"));
    Files.createDirectories(folder.resolve("templates"));
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

  @AfterEach
  void stop() {
    if (chromium != null) {
      chromium.close();
    }
    lab.close();
  }

  /// A Pi on the cable, switched on.
  private Process plug(Pi pi) {
    lab.newCard(pi.mac());
    return lab.startOnClient(
        folder.resolve("pi.log"),
        ProcessHandle.current().info().command().orElse("java"),
        "--enable-native-access=ALL-UNNAMED",
        "-cp",
        System.getProperty("java.class.path"),
        VirtualPi.class.getName(),
        "eth0",
        pi.mac(),
        pi.serial());
  }

  /// What went on, for who must find out why it went wrong.
  private String told(String node) throws IOException {
    String refusals = "/api/v1/nodes/" + node + "/events?kind=token-refused";
    return Lab.read(folder.resolve("pi.log")) + socket().send("GET", refusals).body();
  }

  private UnixHttp socket() {
    return new UnixHttp(lab.state().resolve("coldframe.sock"));
  }

  private static void unplug(Process pi) throws InterruptedException {
    pi.destroyForcibly().waitFor();
  }

  private Locator slot(String node) {
    return page.locator("[data-key='node " + node + "']");
  }

  private static LocatorAssertions.HasTextOptions inTime() {
    return new LocatorAssertions.HasTextOptions().setTimeout(BOOT_MILLIS);
  }

  @Test
  void anEmptyRackFillsIsAdoptedByRuleAndByHandAndBoots() throws Exception {
    assertThat(page.locator("main")).containsText("An empty frame");

    appear(FIRST, slot("node-1"));
    assertThat(slot("node-1")).containsText("192.168.0.20");
    appear(SECOND, slot("node-2"));
    Locator stranger = page.locator(".slot.empty");
    appear(THIRD, stranger);
    assertThat(stranger).containsText(THIRD.mac());

    adoptByHand(stranger);
    confirm("node-1", FIRST);

    page.navigate(HERE + "/#/");
    Process pi = plug(THIRD);
    assertThat(slot("lily").locator(".phase")).hasText("booting", inTime());
    int exit = pi.waitFor();
    assertThat(exit).as(told("lily")).isZero();
    assertThat(slot("lily").locator(".phase")).hasText("ready", inTime());
    slot("lily").press("Enter");
    Locator timeline = page.locator(".timeline");
    assertThat(timeline).containsText("kernel8.img");
    for (String stage : new String[] {"dhcp", "files", "kernel", "ready"}) {
      assertThat(timeline.locator("[data-stage='" + stage + "']").first()).isVisible();
    }
    assertThat(page.locator(".journal .kind").first()).hasText("phase");
    assertThat(browsing.complaints()).isEmpty();
  }

  /// Plugs a Pi in until the page shows it.
  private void appear(Pi pi, Locator slot) throws InterruptedException {
    Process plugged = plug(pi);
    assertThat(slot).isVisible(new LocatorAssertions.IsVisibleOptions().setTimeout(BOOT_MILLIS));
    unplug(plugged);
  }

  private void adoptByHand(Locator stranger) {
    stranger.click();
    Locator dialog = page.locator("dialog[open]");
    assertThat(dialog).containsText(THIRD.mac());
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
    slot(node).click();
    assertThat(page.locator(".facts-card")).containsText("the rule, not confirmed");
    page.locator(".actions button").first().click();
    assertThat(page.locator("dialog[open]")).containsText(pi.mac());
    page.locator("dialog[open] [type=submit]").click();
    assertThat(page.locator(".facts-card")).containsText("an adoption");
  }
}
