package dev.coldframe.power;

import dev.coldframe.node.PowerPort;
import dev.coldframe.node.PowerPort.Condition;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;

/// What the pages of a NETGEAR GS305EP, GS305EPP, GS308EP and GS308EPP hold. Firmware differs; what
/// is not there is empty, never guessed. Read off pages that public projects recorded, of firmware
/// 1.0.0.8 and 1.0.0.10.
final class NetgearPages {
  /// The title of the row with the power, by the number of its text.
  private static final String WATTS = "ml574";

  /// The fields of a port's form, and the class of the hidden input that holds each today.
  private static final Map<String, String> KEPT = new LinkedHashMap<>();

  static {
    KEPT.put("PORT_PRIO", "portPrio");
    KEPT.put("POW_MOD", "pwrMode");
    KEPT.put("POW_LIMT_TYP", "pwrLimitType");
    KEPT.put("POW_LIMT", "pwrLimit");
    KEPT.put("DETEC_TYP", "detecType");
  }

  private NetgearPages() {}

  /// Whether a page is the one that asks for the password, whatever was wanted.
  static boolean asksForPassword(String page) {
    return page.contains("/login.cgi");
  }

  /// The number that a login page wants mixed into the password.
  static Optional<String> seed(String page) {
    return value(Jsoup.parse(page), "input#rand");
  }

  /// What the switch says against a login, where it says something.
  static String complaint(String page) {
    Document document = Jsoup.parse(page);
    String text = document.select(".pwdErrStyle").text();
    return text.isBlank() ? value(document, "input#pwdErr").orElse("") : text;
  }

  /// Password and number, a character of each in turn, then MD5.
  static String mixed(String password, String seed) {
    var merged = new StringBuilder();
    for (int i = 0; i < Math.max(password.length(), seed.length()); i++) {
      if (i < password.length()) {
        merged.append(password.charAt(i));
      }
      if (i < seed.length()) {
        merged.append(seed.charAt(i));
      }
    }
    try {
      byte[] bytes = merged.toString().getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has MD5", e);
    }
  }

  /// The page with the settings of all ports.
  ///
  /// @param hash what a change must carry
  /// @param ports by number
  record Settings(String hash, Map<String, Setting> ports) {}

  /// How a port is set.
  ///
  /// @param kept the form's other fields, sent back as they are
  record Setting(boolean on, Map<String, String> kept) {}

  /// Empty when any of it is missing: the page ends with the hash.
  static Optional<Settings> settings(String page) {
    Document document = Jsoup.parse(page);
    var ports = new LinkedHashMap<String, Setting>();
    for (Element item : document.select("li.poePortSettingListItem")) {
      Optional<String> port = value(item, "input.port");
      Optional<Setting> setting = setting(item);
      if (port.isEmpty() || setting.isEmpty()) {
        return Optional.empty();
      }
      ports.put(port.get(), setting.get());
    }
    return ports.isEmpty()
        ? Optional.empty()
        : value(document, "input#hash").map(hash -> new Settings(hash, ports));
  }

  private static Optional<Setting> setting(Element item) {
    Optional<String> on = value(item, "input#hidPortPwr");
    var kept = new LinkedHashMap<String, String>();
    for (Map.Entry<String, String> field : KEPT.entrySet()) {
      Optional<String> value = value(item, "input." + field.getValue());
      if (value.isEmpty()) {
        return Optional.empty();
      }
      kept.put(field.getKey(), value.get());
    }
    // Firmware before 1.0.0.10 has none.
    value(item, "input.longerDetect").ifPresent(longer -> kept.put("DISCONNECT_TYP", longer));
    return on.filter(o -> o.equals("0") || o.equals("1"))
        .map(o -> new Setting(o.equals("1"), kept));
  }

  /// The page with what all ports do.
  ///
  /// @param settings whether each may give power
  static List<PowerPort> ports(String page, Settings settings) {
    var states = new LinkedHashMap<String, Element>();
    for (Element item : Jsoup.parse(page).select("li.poePortStatusListItem")) {
      value(item, "input.port").ifPresent(port -> states.put(port, item));
    }
    var out = new ArrayList<PowerPort>();
    settings
        .ports()
        .forEach((port, setting) -> {
          Optional<Element> item = Optional.ofNullable(states.get(port));
          out.add(
              new PowerPort(
                  port,
                  setting.on(),
                  item.map(NetgearPages::condition).orElse(Condition.UNKNOWN),
                  item.flatMap(NetgearPages::watts)));
        });
    return out;
  }

  private static Condition condition(Element item) {
    String text = item.select(".poe-power-mode").text().strip().toLowerCase(Locale.ROOT);
    return switch (text) {
      case "delivering power" -> Condition.DELIVERING;
      case "searching" -> Condition.SEARCHING;
      case "disabled" -> Condition.DISABLED;
      case "fault", "other fault" -> Condition.FAULT;
      case "test" -> Condition.TEST;
      default -> Condition.UNKNOWN;
    };
  }

  private static Optional<Double> watts(Element item) {
    for (Element cell : item.select(".hid_info_cell")) {
      String title = cell.select(".hid_info_title").text();
      String value = cell.select("div:not(.hid_info_title) > span").text();
      boolean power = title.contains(WATTS) || title.contains("(W)");
      if (power && value.matches("[0-9]{1,4}(\\.[0-9]{1,6})?")) {
        return Optional.of(Double.parseDouble(value));
      }
    }
    return Optional.empty();
  }

  private static Optional<String> value(Element in, String which) {
    Element found = in.selectFirst(which);
    return found == null || !found.hasAttr("value")
        ? Optional.empty()
        : Optional.of(found.attr("value"));
  }
}
