package dev.coldframe.e2e;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import dev.coldframe.testkit.Chromium;
import dev.coldframe.testkit.UnixHttp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The page and the API before an inventory of two thousand nodes: all are there, a phone's worth
/// of bytes brings the first of them, and how long it took is measured and written down.
@Tag("real")
class ManyNodesTest {
  private static final int NODES = 2_000;
  private static final int CALLS = 40;

  /// What the rack may load beside the nodes, unpacked.
  private static final long FIRST_LOAD_BYTES = 100_000;

  @TempDir Path folder;
  private Lab lab;
  private Chromium chromium;

  @BeforeEach
  void start() throws IOException {
    lab = Lab.open(folder);
    Files.createDirectories(folder.resolve("tftp-root"));
    Files.createDirectories(folder.resolve("templates"));
    lab.serverAddress("10.78.0.2/16");
    lab.serve(config());
    String wrapper =
        "#!/bin/sh\nexec ip netns exec "
            + lab.serverNamespace()
            + " "
            + Chromium.PROGRAM
            + " \"$@\"\n";
    chromium = Chromium.open(lab.script("chromium", wrapper));
  }

  private static String config() {
    var out =
        new StringBuilder(
            """
            site: rack
            appliance: { address: 10.78.0.2 }
            admin: { listen: 127.0.0.1:8080 }
            networks: [{ interface: eth0, subnet: 10.78.0.0/16 }]
            profiles: { k8s: { boot: install, user: { name: gardener, ssh-keys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFUhlL4ZLk/+LTYvGeZWCnGBZrWPqTdIExnyaAsZSBOe gardener"] } } }
            services: [dhcp]
            nodes:
            """);
    for (int i = 0; i < NODES; i++) {
      out.append(
          "  node-%04d: { mac: \"dc:a6:32:00:%02x:%02x\", address: 10.78.%d.%d, profile: k8s }\n"
              .formatted(i, i >> 8, i & 255, 1 + i / 200, 1 + i % 200));
    }
    return out.toString();
  }

  @AfterEach
  void stop() {
    if (chromium != null) {
      chromium.close();
    }
    lab.close();
  }

  @Test
  void twoThousandNodesAreListedAndShown() throws Exception {
    var proof = new Proof("many-nodes", "scripts/e2e many --evidence");
    proof.note("nodes", NODES);
    var socket = new UnixHttp(lab.state().resolve("coldframe.sock"));
    for (String path :
        List.of("nodes?limit=250", "nodes?limit=2000", "nodes/node-1234", "boards")) {
      var millis = new ArrayList<Double>();
      for (int i = 0; i < CALLS; i++) {
        long began = System.nanoTime();
        assertThat(socket.send("GET", "/api/v1/" + path).status()).as(path).isEqualTo(200);
        millis.add((System.nanoTime() - began) / 1e6);
      }
      millis.sort(null);
      proof.note("GET " + path + ", median (ms)", rounded(millis.get(CALLS / 2)));
      proof.note("GET " + path + ", slowest of " + CALLS + " (ms)", rounded(millis.getLast()));
    }
    var all = socket.send("GET", "/api/v1/nodes?limit=2000").json().path("nodes");
    proof.equal("all nodes are listed", all.size(), NODES);
    opened(proof, socket);
    proof.end();
  }

  private void opened(Proof proof, UnixHttp socket) throws Exception {
    Chromium.Browsing browsing = chromium.browse();
    Page page = browsing.page();
    page.navigate(socket.post("/api/v1/login-links", "{}").json().path("url").asString());
    assertThat(page.locator("#live")).hasText("live");
    for (String visit : List.of("cold", "again")) {
      page.navigate("about:blank");
      page.navigate("http://127.0.0.1:8080/#/");
      Locator slots = page.locator(".slot");
      assertThat(slots.first()).isVisible();
      assertThat(slots).hasCount(NODES);
      proof.note(visit + ": first paint (ms)", script(page, PAINT));
      proof.note(visit + ": first node (ms)", script(page, FIRST_NODE));
    }
    long bytes = ((Number) page.evaluate(LOADED)).longValue();
    proof.note("the rack's own files, unpacked (bytes)", bytes);
    proof.equal("the first load is small", bytes > 0 && bytes < FIRST_LOAD_BYTES, true);
    int wanted = new Random().nextInt(NODES);
    String name = "node-%04d".formatted(wanted);
    page.keyboard().press("/");
    page.keyboard().type(name);
    assertThat(page.locator(".slot")).hasCount(1);
    page.keyboard().press("Enter");
    page.keyboard().press("Enter");
    assertThat(page.locator("h1")).hasText(name);
    proof.equal("a node is found with the keyboard alone", page.locator("h1").innerText(), name);
    proof.equal("nothing complains", browsing.complaints(), List.of());
  }

  private static final String PAINT =
      "() => Math.round(performance.getEntriesByName('first-contentful-paint')[0].startTime)";

  /// When the answer had come that the first nodes are in.
  private static final String FIRST_NODE =
      "() => Math.round(Math.min(...performance.getEntriesByType('resource')"
          + ".filter(e => e.name.includes('/api/v1/nodes')).map(e => e.responseEnd)))";

  private static final String LOADED =
      "() => performance.getEntriesByType('resource').filter(e => !e.name.includes('/api/v1/'))"
          + ".reduce((sum, e) => sum + e.decodedBodySize, 0)";

  private static Object script(Page page, String script) {
    return page.evaluate(script);
  }

  private static double rounded(double millis) {
    return Math.round(millis * 10) / 10.0;
  }
}
