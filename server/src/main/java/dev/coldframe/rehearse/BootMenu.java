package dev.coldframe.rehearse;

import dev.coldframe.net.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// Option 43 as the boards read it (reference, sections 2.3 to 2.5).
final class BootMenu {
  private static final String TEXT = "Raspberry Pi Boot";
  private static final String THREE_BLANKS = TEXT + "   ";
  private static final int MENU = 9;
  private static final int END = 255;

  /// What a client insists on.
  enum Rule {
    /// It does not boot from here.
    NONE,
    /// The text with three trailing blanks, anywhere: Pi 3B ROM.
    THREE_BLANKS,
    /// The text, anywhere: Pi 3B+ ROM and `bootcode.bin`.
    TEXT,
    /// The text in the menu, sub-option 9: EEPROM.
    MENU
  }

  private BootMenu() {}

  /// Why a client would not take its files from the sender.
  ///
  /// @param option the value of option 43, empty when there is none
  /// @return empty when it would
  static Optional<String> objection(Rule rule, Optional<Bytes> option) {
    if (rule == Rule.NONE) {
      return Optional.empty();
    }
    if (option.isEmpty()) {
      return Optional.of("no option 43, so it is taken for an ordinary DHCP server");
    }
    String text = option.get().text(StandardCharsets.ISO_8859_1);
    return switch (rule) {
      case NONE -> Optional.empty();
      case THREE_BLANKS -> threeBlanks(text);
      case TEXT -> text.contains(TEXT) ? Optional.empty() : lacks();
      case MENU -> menu(option.get());
    };
  }

  private static Optional<String> lacks() {
    return Optional.of("option 43 lacks the text '" + TEXT + "'");
  }

  private static Optional<String> threeBlanks(String text) {
    if (text.contains(THREE_BLANKS)) {
      return Optional.empty();
    }
    return text.contains(TEXT)
        ? Optional.of(
            "option 43 lacks the three blanks after '" + TEXT + "' that the ROM of a Pi 3B needs")
        : lacks();
  }

  private static Optional<String> menu(Bytes option) {
    int at = 0;
    while (at < option.size() && option.unsigned(at) != END) {
      int code = option.unsigned(at);
      if (code == 0) {
        at++;
        continue;
      }
      int length = at + 1 < option.size() ? option.unsigned(at + 1) : option.size();
      int next = at + 2 + length;
      if (next > option.size()) {
        return Optional.of("option 43 is malformed: sub-option " + code + " ends beyond it");
      }
      if (code == MENU && entry(option.slice(at + 2, next))) {
        return Optional.empty();
      }
      at = next;
    }
    return Optional.of("option 43 has no menu (sub-option 9) with the text '" + TEXT + "'");
  }

  /// Entries of two bytes type, one byte length, text.
  private static boolean entry(Bytes menu) {
    int at = 0;
    while (at + 3 <= menu.size()) {
      int next = at + 3 + menu.unsigned(at + 2);
      if (next > menu.size()) {
        return false;
      }
      if (menu.slice(at + 3, next).text(StandardCharsets.ISO_8859_1).contains(TEXT)) {
        return true;
      }
      at = next;
    }
    return false;
  }
}
