package dev.coldframe.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coldframe.testkit.Sites;
import dev.coldframe.testkit.TcpHttp;
import dev.coldframe.testkit.UnixHttp.Answer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Who comes in over TCP, and what for.
class AccessTest {
  private static final String NODES = "/api/v1/nodes";
  private static final String DISARM = "/api/v1/nodes/geranium/disarm";
  private static final String OURS = "X-Coldframe: 1";

  @TempDir Path state;
  private PlaneFixture fixture;
  private TcpHttp http;

  @BeforeEach
  void start() throws IOException {
    fixture = new PlaneFixture(state, Sites.site());
    http = fixture.tcp;
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  private String bearer(String name) throws IOException {
    return "Authorization: Bearer " + fixture.token(name);
  }

  /// Logs in with a link as the command prints it.
  private String cookie(String scope) throws IOException {
    String url =
        fixture
            .socket
            .post("/api/v1/login-links", "{\"scope\":\"" + scope + "\"}")
            .json()
            .path("url")
            .asString();
    assertThat(url).startsWith("http://" + http.host() + "/login?code=");
    Answer answer = http.send("GET", url.substring(url.indexOf("/login")));
    assertThat(answer.status()).isEqualTo(303);
    String cookie = TcpHttp.header(answer, "Set-Cookie").orElseThrow();
    assertThat(cookie).containsIgnoringCase("HttpOnly").contains("SameSite=Strict");
    return "Cookie: " + cookie.split(";", 2)[0];
  }

  @Test
  void tokensAreTheirOwnersAlone() throws Exception {
    for (String name : List.of("admin.token", "read.token")) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(state.resolve(name))))
          .isEqualTo("rw-------");
    }
    assertThat(fixture.token("admin")).isNotEqualTo(fixture.token("read"));
  }

  @Test
  @Tag("H-09")
  void nothingIsToldWithoutARightToken() throws Exception {
    var texts = new ArrayList<String>();
    for (String[] headers :
        new String[][] {
          {},
          {"Authorization: Bearer " + "0".repeat(64)},
          {"Authorization: Bearer "},
          {"Authorization: Basic YTpi"},
          {"Cookie: coldframe-session=" + "0".repeat(32)}
        }) {
      Answer answer = http.send("GET", NODES, headers);
      assertThat(answer.status()).isEqualTo(401);
      texts.add(answer.body());
    }
    assertThat(texts).containsOnly(texts.getFirst());
    assertThat(http.send("GET", "/metrics").status()).isEqualTo(401);
    assertThat(http.send("GET", "/api/v1/nothing").status())
        .as("not even what there is")
        .isEqualTo(401);
    assertThat(http.send("GET", "/healthz").body()).isEqualTo("{\"status\":\"ok\"}");
  }

  @Test
  @Tag("H-09")
  void aTokenOfAnotherRoleDoesNotOperate() throws Exception {
    assertThat(http.send("GET", NODES, bearer("read")).status()).isEqualTo(200);
    assertThat(http.send("POST", DISARM, bearer("read")).status()).isEqualTo(403);
    assertThat(http.send("POST", DISARM, bearer("admin")).status()).isEqualTo(200);
    assertThat(http.send("GET", "/api/v1/session", bearer("read")).body())
        .isEqualTo("{\"scope\":\"read\"}");
  }

  @Test
  @Tag("H-09")
  void aTokenOpensItsOwnScopeAndNothingElseOpensAny() {
    var keys =
        new Keys(
            new dev.coldframe.store.AdminTokens("a".repeat(64), "b".repeat(64)),
            java.time.InstantSource.fixed(Sites.T0));
    assertThat(keys.token("a".repeat(64))).contains(Scope.OPERATE);
    assertThat(keys.token("b".repeat(64))).contains(Scope.READ);
    assertThat(keys.token("")).isEmpty();
    assertThat(keys.token("a".repeat(63))).isEmpty();
  }

  @ParameterizedTest
  @Tag("H-10")
  @ValueSource(
      strings = {
        "evil.example",
        "evil.example:8080",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "coldframe.local.evil.example",
        "evil.local",
        "192.168.0.99",
        "[::1]",
        ""
      })
  void anotherHostIsMisdirected(String host) throws Exception {
    Answer answer = http.send("GET", NODES, "Host: " + host, bearer("admin"));
    assertThat(answer.status()).isIn(400, 421);
    assertThat(answer.body()).doesNotContain("geranium").doesNotContain("evil");
    assertThat(http.send("GET", "/", "Host: " + host).status()).isIn(400, 421);
  }

  @ParameterizedTest
  @Tag("H-10")
  @ValueSource(
      strings = {
        "127.0.0.1:9",
        "localhost",
        "LOCALHOST:8080",
        "coldframe",
        "coldframe.rack.home.arpa",
        "coldframe.local:8443",
        "coldframe-2.local"
      })
  void itsOwnNamesAreHeard(String host) throws Exception {
    assertThat(http.send("GET", NODES, "Host: " + host, bearer("admin")).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @Tag("H-10")
  @ValueSource(
      strings = {
        "Origin: http://evil.example",
        "Origin: null",
        "Origin: http://localhost:3000",
        "Sec-Fetch-Site: cross-site",
        "Sec-Fetch-Site: same-site"
      })
  void anotherSitesPageAsksInVain(String header) throws Exception {
    String cookie = cookie("operate");
    for (String method : List.of("GET", "POST")) {
      Answer answer =
          http.send(method, method.equals("GET") ? NODES : DISARM, cookie, OURS, header);
      assertThat(answer.status()).isEqualTo(403);
    }
    assertThat(http.send("POST", DISARM, bearer("admin"), header).status()).isEqualTo(403);
  }

  @Test
  @Tag("H-10")
  void aSessionChangesThingsOnlyForThePage() throws Exception {
    String cookie = cookie("operate");
    assertThat(http.send("GET", NODES, cookie).status()).isEqualTo(200);
    assertThat(http.send("POST", DISARM, cookie).status()).as("a form").isEqualTo(403);
    String origin = "Origin: http://" + http.host();
    assertThat(http.send("POST", DISARM, cookie, OURS, origin).status()).isEqualTo(200);
    assertThat(http.send("POST", DISARM, cookie("read"), OURS, origin).status()).isEqualTo(403);
  }

  @Test
  void aLinkLogsInOnceAndNotForever() throws Exception {
    String link = fixture.socket.post("/api/v1/login-links", "{}").json().path("url").asString();
    String path = link.substring(link.indexOf("/login"));
    assertThat(http.send("GET", path).status()).isEqualTo(303);
    Answer again = http.send("GET", path);
    assertThat(again.status()).isEqualTo(403);
    assertThat(again.body()).contains("coldframe open");
    assertThat(TcpHttp.header(again, "Set-Cookie")).isEmpty();
    String late = fixture.socket.post("/api/v1/login-links", "{}").json().path("url").asString();
    fixture.now = fixture.now.plus(Keys.CODE_LIFE);
    assertThat(http.send("GET", late.substring(late.indexOf("/login"))).status()).isEqualTo(403);
  }

  @Test
  void aSessionThatIsNotUsedEnds() throws Exception {
    String cookie = cookie("operate");
    fixture.now = fixture.now.plus(Sessions.LIFE).minusSeconds(1);
    assertThat(http.send("GET", NODES, cookie).status()).isEqualTo(200);
    fixture.now = fixture.now.plus(Sessions.LIFE).minusSeconds(1);
    assertThat(http.send("GET", NODES, cookie).status()).as("it was used").isEqualTo(200);
    fixture.now = fixture.now.plus(Sessions.LIFE);
    assertThat(http.send("GET", NODES, cookie).status()).isEqualTo(401);
  }

  @Test
  void onlySoManyAreLoggedInAndTheIdlestGoes() throws Exception {
    String first = cookie("operate");
    String second = cookie("read");
    http.send("GET", NODES, first);
    for (int i = 2; i <= Sessions.MAX_SESSIONS; i++) {
      cookie("read");
    }
    assertThat(http.send("GET", NODES, first).status()).isEqualTo(200);
    assertThat(http.send("GET", NODES, second).status()).isEqualTo(401);
  }

  @Test
  void aStrangerLeavesNoSessionBehind() throws Exception {
    for (String path : List.of("/", NODES, "/login?code=1")) {
      assertThat(TcpHttp.header(http.send("GET", path), "Set-Cookie")).as(path).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"read", "operate"})
  void loggingOutEndsTheSession(String scope) throws Exception {
    String cookie = cookie(scope);
    assertThat(http.send("POST", "/api/v1/logout", cookie, OURS).status()).isEqualTo(200);
    assertThat(http.send("GET", NODES, cookie).status()).isEqualTo(401);
  }

  @Test
  void anImpossibleQueryIsTheCallersFault() throws Exception {
    assertThat(http.send("GET", NODES + "?cursor=%zz", bearer("read")).status()).isEqualTo(400);
  }

  @Test
  void thereAreNoMoreConnectionsThanAnOperatorNeeds() throws Exception {
    var open = new ArrayList<Socket>();
    try {
      for (int i = 0; i <= OperatorPlane.MAX_CONNECTIONS; i++) {
        open.add(
            new Socket(
                InetAddress.ofLiteral("127.0.0.1"),
                Integer.parseInt(http.host().split(":", -1)[1])));
      }
      assertThat(open.getLast().getInputStream().read()).as("one too many").isEqualTo(-1);
      open.removeLast().close();
      open.removeLast().close();
      await().untilAsserted(() -> assertThat(http.send("GET", "/healthz").status()).isEqualTo(200));
    } finally {
      for (Socket socket : open) {
        socket.close();
      }
    }
  }

  @Test
  @Tag("H-08")
  void whatAProxyWouldSayIsIgnored() throws Exception {
    for (String header :
        List.of(
            "X-Forwarded-For: 127.0.0.1",
            "X-Forwarded-Host: evil.example",
            "X-Forwarded-Proto: https",
            "Forwarded: for=127.0.0.1;host=evil.example;proto=https")) {
      assertThat(http.send("GET", NODES, header).status()).as(header).isEqualTo(401);
      assertThat(http.send("GET", NODES, header, bearer("read")).status()).isEqualTo(200);
      assertThat(http.send("GET", NODES, header, "Host: evil.example", bearer("read")).status())
          .isEqualTo(421);
    }
    String forged = "X-Forwarded-Host: evil.example";
    assertThat(
            http.send("POST", DISARM, bearer("admin"), forged, "Origin: http://evil.example")
                .status())
        .isEqualTo(403);
  }

  @Test
  void everyAnswerTellsTheBrowserToKeepToThisSite() throws Exception {
    for (String path : List.of("/", "/healthz", NODES, "/assets/none.js")) {
      Answer answer = http.send("GET", path);
      assertThat(TcpHttp.header(answer, "X-Content-Type-Options")).as(path).contains("nosniff");
      assertThat(TcpHttp.header(answer, "Content-Security-Policy").orElse(""))
          .startsWith("default-src 'self';");
    }
    Answer welcome = http.send("GET", "/");
    assertThat(welcome.status()).isEqualTo(200);
    assertThat(welcome.body()).contains("coldframe open");
    assertThat(TcpHttp.header(welcome, "Cache-Control")).contains("no-store");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/assets/../welcome.html",
        "/assets/%2e%2e/%2e%2e/dev/coldframe/store/leases-1.sql",
        "/assets/..%2f..%2fMETA-INF/MANIFEST.MF",
        "/assets/.hidden.js",
        "/assets/",
        "/assets/none"
      })
  void onlyThePagesOwnFilesAreServed(String path) throws Exception {
    assertThat(http.send("GET", path).status()).isIn(401, 404);
  }
}
