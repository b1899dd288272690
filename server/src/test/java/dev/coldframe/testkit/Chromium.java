package dev.coldframe.testkit;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Debian's Chromium without a screen, driven by Playwright. Nothing is downloaded.
public final class Chromium implements AutoCloseable {
  /// The browser as its package installs it.
  public static final Path PROGRAM = Path.of("/usr/bin/chromium");

  /// No other machine has a name; one foreign name leads to this one, as a rebound one would.
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

  private final Playwright playwright;
  private final Browser browser;

  private Chromium(Playwright playwright, Browser browser) {
    this.playwright = playwright;
    this.browser = browser;
  }

  /// Starts it.
  ///
  /// @param program the browser, or what starts it elsewhere
  public static Chromium open(Path program) {
    var options =
        new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"));
    Playwright playwright = Playwright.create(options);
    var launch = new BrowserType.LaunchOptions().setExecutablePath(program).setArgs(ARGUMENTS);
    return new Chromium(playwright, playwright.chromium().launch(launch));
  }

  /// One person's browser: a page without cookies.
  ///
  /// @param complaints what no page of ours may cause: dialogs, uncaught errors, and what the
  ///   content security policy stopped
  public record Browsing(BrowserContext context, Page page, List<String> complaints)
      implements AutoCloseable {
    @Override
    public void close() {
      context.close();
    }
  }

  /// A fresh one.
  public Browsing browse() {
    var complaints = new ArrayList<String>();
    BrowserContext context = browser.newContext();
    Page page = context.newPage();
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
    return new Browsing(context, page, complaints);
  }

  @Override
  public void close() {
    playwright.close();
  }
}
