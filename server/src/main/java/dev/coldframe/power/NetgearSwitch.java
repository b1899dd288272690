package dev.coldframe.power;

import dev.coldframe.node.PowerPort;
import dev.coldframe.node.PowerSwitch;
import dev.coldframe.power.NetgearPages.Setting;
import dev.coldframe.power.NetgearPages.Settings;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A NETGEAR Plus switch, by its web pages: it has no SNMP.
///
/// ```
///   GET  /login.cgi             a number ─▶ POST password=MD5(password and number) ─▶ cookie SID
///   GET  /PoEPortConfig.cgi     how each port is set, and a hash
///   POST /PoEPortConfig.cgi     one port's form with that hash ─▶ SUCCESS
///   GET  /getPoePortStatus.cgi  what each port does
/// ```
///
/// It has room for few sessions, so one is kept and used until the switch asks for the password
/// again.
final class NetgearSwitch implements PowerDriver {
  private static final int MAX_PAGE_BYTES = 1 << 20;
  private static final String CONFIG = "/PoEPortConfig.cgi";
  private static final String STATUS = "/getPoePortStatus.cgi";
  private static final String LOGIN = "/login.cgi";
  private static final String SESSION = "SID=";

  private final PowerSwitch power;
  private final PowerSwitch.Netgear way;

  /// The session's cookie; guarded by `this`.
  private @Nullable String cookie;

  NetgearSwitch(PowerSwitch power, PowerSwitch.Netgear way) {
    this.power = power;
    this.way = way;
  }

  @Override
  public synchronized List<PowerPort> ports() throws PowerException {
    try (Browser browser = new Browser()) {
      Settings settings = settings(browser);
      return NetgearPages.ports(page(browser, STATUS), settings);
    }
  }

  @Override
  public synchronized void turn(String port, boolean on) throws PowerException {
    try (Browser browser = new Browser()) {
      Settings settings = settings(browser);
      Setting setting = settings.ports().get(port);
      if (setting == null) {
        throw new PowerException(
            power.name()
                + " has no port "
                + port
                + ": it has "
                + String.join(", ", settings.ports().keySet()));
      }
      if (setting.on() != on) {
        change(browser, settings.hash(), port, setting, on);
        if (!Settling.within(power.timeout(), () -> isOn(settings(browser), port) == on)) {
          throw PowerException.uncertain(
              name() + " took the order, but port " + port + " is as it was");
        }
      }
    }
  }

  private boolean isOn(Settings settings, String port) throws PowerException {
    Setting setting = settings.ports().get(port);
    if (setting == null) {
      throw half();
    }
    return setting.on();
  }

  private void change(Browser browser, String hash, String port, Setting setting, boolean on)
      throws PowerException {
    var form = new LinkedHashMap<String, String>();
    form.put("hash", hash);
    form.put("ACTION", "Apply");
    form.put("portID", Integer.toString(Integer.parseInt(port) - 1));
    form.put("ADMIN_MODE", on ? "1" : "0");
    form.putAll(setting.kept());
    String answer;
    try {
      answer = browser.send(CONFIG, Optional.of(form)).body().strip();
    } catch (PowerException e) {
      throw e.ordered();
    }
    if (!answer.equals("SUCCESS")) {
      throw new PowerException(
          name()
              + " did not take the order for port "
              + port
              + "; 'coldframe power' shows its state");
    }
  }

  private Settings settings(Browser browser) throws PowerException {
    return NetgearPages.settings(page(browser, CONFIG)).orElseThrow(() -> half());
  }

  /// A page, logged in; where the session has ended, a new one is begun, once.
  private String page(Browser browser, String path) throws PowerException {
    if (cookie != null) {
      String page = browser.send(path, Optional.empty()).body();
      if (!NetgearPages.asksForPassword(page)) {
        return page;
      }
    }
    cookie = login(browser);
    String page = browser.send(path, Optional.empty()).body();
    if (NetgearPages.asksForPassword(page)) {
      cookie = null;
      throw new PowerException(name() + " ends each session at once; restart its web server");
    }
    return page;
  }

  private String login(Browser browser) throws PowerException {
    String password = SecretFile.lines(way.secret()).getFirst();
    String seed =
        NetgearPages.seed(browser.send(LOGIN, Optional.empty()).body()).orElseThrow(() -> half());
    var form = Map.of("password", NetgearPages.mixed(password, seed));
    HttpResponse<String> answer = browser.send(LOGIN, Optional.of(form));
    return answer.headers().allValues("Set-Cookie").stream()
        .filter(c -> c.startsWith(SESSION) && c.length() > SESSION.length())
        .map(c -> c.split(";", 2)[0])
        .findFirst()
        .orElseThrow(() -> notLoggedIn(NetgearPages.complaint(answer.body())));
  }

  private PowerException notLoggedIn(String complaint) {
    String clean = complaint.replaceAll("\\p{Cntrl}", "?");
    return new PowerException(
        name()
            + " does not let us in; look at the password in "
            + way.secret()
            + (clean.isEmpty()
                ? ", or wait some minutes: it has room for few sessions"
                : ". It says: " + clean.substring(0, Math.min(clean.length(), 200))));
  }

  private PowerException half() {
    return new PowerException(
        name() + " answered with a page that lacks what a NETGEAR Plus switch shows");
  }

  private String name() {
    return power.name() + " (" + way.at() + ")";
  }

  /// The connection of one task.
  private final class Browser implements AutoCloseable {
    private final HttpClient client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(power.timeout())
            .build();

    HttpResponse<String> send(String path, Optional<Map<String, String>> form)
        throws PowerException {
      URI uri = URI.create("http://" + way.at().address() + ":" + way.at().port() + path);
      HttpRequest.Builder request = HttpRequest.newBuilder(uri);
      if (cookie != null) {
        request.header("Cookie", cookie);
      }
      form.ifPresent(fields ->
          request
              .header("Content-Type", "application/x-www-form-urlencoded")
              .POST(BodyPublishers.ofString(encoded(fields))));
      return await(
          client.sendAsync(
              request.build(), BodyHandlers.limiting(BodyHandlers.ofString(), MAX_PAGE_BYTES)));
    }

    private HttpResponse<String> await(CompletableFuture<HttpResponse<String>> answer)
        throws PowerException {
      try {
        HttpResponse<String> got = answer.get(power.timeout().toMillis(), TimeUnit.MILLISECONDS);
        if (got.statusCode() != 200) {
          throw new PowerException(
              name() + " answered " + got.statusCode() + "; is it a NETGEAR Plus switch?");
        }
        return got;
      } catch (TimeoutException e) {
        answer.cancel(true);
        throw new PowerException(
            name() + " did not answer within " + power.timeout().toSeconds() + "s", e);
      } catch (ExecutionException e) {
        throw new PowerException(
            name() + " cannot be reached or broke off; look at its address and cable", e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new PowerException(power.name() + ": the server ends", e);
      }
    }

    @Override
    public void close() {
      client.shutdownNow();
    }
  }

  private static String encoded(Map<String, String> form) {
    return form.entrySet().stream()
        .map(e -> e.getKey() + "=" + URLEncoder.encode(e.getValue(), StandardCharsets.UTF_8))
        .collect(Collectors.joining("&"));
  }
}
