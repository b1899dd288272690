package dev.coldframe.testkit;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/// The pages of a NETGEAR GS305EPP with four PoE ports on a free loopback port: its login, its form
/// and what its ports do. Written from the description of the pages, by hand: it shares nothing
/// with the driver.
public final class PlusSwitch implements AutoCloseable {
  public static final String PASSWORD = "Gruenkohl 7";
  private static final String SEED = "1761741982";
  private static final String HASH = "4f11f5d64ef3fd75a92a9f2ad1de3060";
  private static final int PORTS = 4;

  /// How it answers.
  public enum Mood {
    GOOD,
    /// The page of settings ends after the second port.
    CUT,
    /// Nothing comes after the head.
    SILENT,
    /// It breaks off amid the page.
    BROKEN,
    /// It says SUCCESS and does nothing.
    LYING,
    /// It does not take the form.
    REFUSING,
    /// It has no room for one more session.
    FULL
  }

  /// Every form that came, but logins.
  public final List<Map<String, String>> forms = new CopyOnWriteArrayList<>();

  private final HttpServer server;
  private final boolean[] on = new boolean[PORTS];
  private final Set<Integer> loads = ConcurrentHashMap.newKeySet();
  private final CountDownLatch closing = new CountDownLatch(1);
  private volatile Mood mood = Mood.GOOD;
  private volatile String session = "";
  private final AtomicInteger logins = new AtomicInteger();
  private final AtomicInteger silences = new AtomicInteger();

  public PlusSwitch() {
    this(0, true, true, false, true);
  }

  /// @param tcpPort where it listens on loopback; 0 for a free one
  /// @param states whether each port may give power
  public PlusSwitch(int tcpPort, boolean... states) {
    System.arraycopy(states, 0, on, 0, PORTS);
    var at = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), tcpPort);
    try {
      server = HttpServer.create(at, 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::answer);
    loads.add(1);
    server.start();
  }

  /// Plugs something into a port that takes power.
  public PlusSwitch load(int port) {
    loads.add(port);
    return this;
  }

  public int port() {
    return server.getAddress().getPort();
  }

  public void is(Mood next) {
    mood = next;
  }

  /// Ends the session, as it does by itself after some minutes.
  public void forgetSession() {
    session = "";
  }

  /// How often it was asked and said nothing.
  public int silences() {
    return silences.get();
  }

  public int logins() {
    return logins.get();
  }

  /// Whether a port may give power.
  public boolean on(int port) {
    return on[port - 1];
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    boolean post = exchange.getRequestMethod().equals("POST");
    if (path.equals("/login.cgi")) {
      send(exchange, post ? login(exchange, form(body)) : loginPage(""));
    } else if (session.isEmpty()
        || !("SID=" + session).equals(exchange.getRequestHeaders().getFirst("Cookie"))) {
      send(exchange, "<html><script>top.location.href = '/login.cgi';</script></html>");
    } else if (path.equals("/PoEPortConfig.cgi")) {
      config(exchange, post, body);
    } else if (path.equals("/getPoePortStatus.cgi")) {
      send(exchange, status());
    } else {
      exchange.sendResponseHeaders(404, -1);
      exchange.close();
    }
  }

  private String login(HttpExchange exchange, Map<String, String> form) {
    int count = logins.incrementAndGet();
    if (mood == Mood.FULL) {
      return loginPage("The maximum number of sessions has been reached.");
    }
    if (!merged().equals(form.get("password"))) {
      return loginPage("The password is invalid.");
    }
    session = "x" + count + "YzA";
    exchange.getResponseHeaders().add("Set-Cookie", "SID=" + session + ";PATH=/;HttpOnly");
    return "<html><script>top.location.href = '/index.cgi';</script></html>";
  }

  private static String merged() {
    var out = new StringBuilder();
    for (int i = 0; i < Math.max(PASSWORD.length(), SEED.length()); i++) {
      out.append(PASSWORD, Math.min(i, PASSWORD.length()), Math.min(i + 1, PASSWORD.length()));
      out.append(SEED, Math.min(i, SEED.length()), Math.min(i + 1, SEED.length()));
    }
    try {
      byte[] bytes = out.toString().getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private void config(HttpExchange exchange, boolean post, String body) throws IOException {
    if (post) {
      Map<String, String> form = form(body);
      forms.add(form);
      if (mood == Mood.REFUSING || !HASH.equals(form.get("hash"))) {
        send(exchange, "PARAMETER ERROR");
        return;
      }
      if (mood != Mood.LYING) {
        on[Integer.parseInt(form.getOrDefault("portID", "9"))] = "1".equals(form.get("ADMIN_MODE"));
      }
      send(exchange, "SUCCESS");
      return;
    }
    String page = settings();
    switch (mood) {
      case CUT -> send(exchange, page.substring(0, page.indexOf("value=\"3\" name=\"third\"")));
      case SILENT -> {
        silences.incrementAndGet();
        exchange.sendResponseHeaders(200, page.length());
        exchange.getResponseBody().flush();
        await();
        exchange.close();
      }
      case BROKEN -> {
        exchange.sendResponseHeaders(200, page.length() + 100);
        exchange.getResponseBody().write(page.getBytes(StandardCharsets.UTF_8));
        exchange.close();
      }
      case GOOD, LYING, REFUSING, FULL -> send(exchange, page);
    }
  }

  private void await() {
    try {
      closing.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String loginPage(String complaint) {
    return """
    <html><form name="login" action="/login.cgi" method="post" onSubmit="return false;">
    <input type=password id='password'>
    <input type=hidden id='rand' value='%s' disabled>
    <div class='pwdErrStyle'>%s</div></form></html>
    """
        .formatted(SEED, complaint);
  }

  private String settings() {
    var out = new StringBuilder("<form name=\"PoEPortConfig\"><ul class=\"list_css\">\n");
    for (int i = 1; i <= PORTS; i++) {
      out.append(
          """
          <li class="poe_port_list_item poePortSettingListItem index_li">
          <span><input type="hidden" class="pwrMode" id="hidPwrMode" value="3"></span>
          <span><input type="hidden" class="hidPortPwr" id="hidPortPwr" value="%s"></span>
          <span><input type="hidden" class="port" value="%d" name="%s"></span>
          <input type="hidden" class="portName" value="link to - sw128 ">
          <input type="hidden" class="portPrio" id="hidPortPrio" value="2">
          <input type="hidden" class="pwrLimitType" id="hidLimitType" value="2">
          <span class="pwrLimitShow">30.0</span><input type="hidden" class="pwrLimit" value="30.0">
          <input type="hidden" class="detecType" id="hidDetecType" value="2">
          <input type="hidden" class="longerDetect" value="3">
          </li>
          """
              .formatted(on[i - 1] ? "1" : "0", i, i == 3 ? "third" : "port"));
    }
    return out + "</ul><input type=hidden name='hash' id='hash' value=\"" + HASH + "\"></form>";
  }

  private String status() {
    var out = new StringBuilder("<div id=\"poe_port_status_details\"><ul class=\"list_css\">\n");
    for (int i = 1; i <= PORTS; i++) {
      String state = !on[i - 1] ? "Disabled" : loads.contains(i) ? "Delivering Power" : "Searching";
      out.append(
          """
          <li class="poe_port_list_item poePortStatusListItem index_li">
          <span class="pull-right poe-power-mode">
          <span>%s</span>
          </span>
          <span class="poe_index_li_title poe-port-index"><input type="hidden" class="port" value="%d"></span>
          <div class="poe_port_status">
          <div class="hid_info_cell"><div class="hid_info_title"><span class='hid-txt wid-full'>ml570</span></div>
          <div><span>53</span></div></div>
          <div class="hid_info_cell"><div class="hid_info_title"><span class='hid-txt wid-full'>ml574</span></div>
          <div><span>%s</span></div></div>
          </div></li>
          """
              .formatted(state, i, on[i - 1] && loads.contains(i) ? "4.4" : "0.0"));
    }
    return out + "</ul></div>";
  }

  private static Map<String, String> form(String body) {
    var out = new HashMap<String, String>();
    for (String pair : new ArrayList<>(List.of(body.split("&")))) {
      String[] parts = pair.split("=", 2);
      String value = parts.length < 2 ? "" : parts[1];
      out.put(parts[0], java.net.URLDecoder.decode(value, StandardCharsets.UTF_8));
    }
    return out;
  }

  private static void send(HttpExchange exchange, String page) throws IOException {
    byte[] bytes = page.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(200, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  @Override
  public void close() {
    closing.countDown();
    server.stop(0);
  }
}
