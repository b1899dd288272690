package dev.coldframe.rehearse;

import dev.coldframe.net.Bytes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/// The DHCP client of one stage of a boot: what it sends, how long it tries, what it insists on.
// Bytes and the lists are immutable; the checker cannot know.
@SuppressWarnings("ImmutableEnumChecker")
enum DhcpClient {
  /// Five DISCOVERs, five seconds apart, then idle for good (reference, section 2.3).
  ROM_3B("the ROM", Golden.ROM_DISCOVER, Optional.empty(), every(5, 5), BootMenu.Rule.THREE_BLANKS),
  ROM_3B_PLUS("the ROM", Golden.ROM_DISCOVER, Optional.empty(), every(5, 5), BootMenu.Rule.TEXT),
  /// Gives up after about a minute (reference, section 2.3).
  BOOTCODE(
      "bootcode.bin", Golden.BOOTCODE_DISCOVER, Optional.empty(), every(4, 15), BootMenu.Rule.TEXT),
  /// DHCP_REQ_TIMEOUT 4 s, DHCP_TIMEOUT 45 s (reference, section 2.7).
  EEPROM(
      "the boot EEPROM",
      Golden.EEPROM_DISCOVER,
      Optional.of(Golden.EEPROM_REQUEST),
      upTo45(),
      BootMenu.Rule.MENU),
  EEPROM_2020(
      "the boot EEPROM",
      Golden.EEPROM_DISCOVER,
      Optional.of(Golden.EEPROM_2020_REQUEST),
      upTo45(),
      BootMenu.Rule.MENU),
  /// The initramfs waits 2 3 4 6 9 16 25 seconds and longer (reference, section 8.3).
  IPCONFIG(
      "the initramfs",
      Golden.IPCONFIG_DISCOVER,
      Optional.of(Golden.IPCONFIG_REQUEST),
      seconds(2, 3, 4, 6, 9, 16, 25),
      BootMenu.Rule.NONE),
  /// Doubling waits, 45 s in all: NetworkManager's default.
  SYSTEM(
      "the system",
      Golden.SYSTEM_DISCOVER,
      Optional.of(Golden.SYSTEM_REQUEST),
      seconds(2, 4, 8, 16, 15),
      BootMenu.Rule.NONE);

  private final String label;
  private final Bytes discover;
  private final Optional<Bytes> request;
  private final List<Duration> waits;
  private final BootMenu.Rule menu;

  DhcpClient(
      String label,
      Bytes discover,
      Optional<Bytes> request,
      List<Duration> waits,
      BootMenu.Rule menu) {
    this.label = label;
    this.discover = discover;
    this.request = request;
    this.waits = waits;
    this.menu = menu;
  }

  private static List<Duration> every(int seconds, int times) {
    return Collections.nCopies(times, Duration.ofSeconds(seconds));
  }

  private static List<Duration> upTo45() {
    var waits = new ArrayList<>(every(4, 11));
    waits.add(Duration.ofSeconds(1));
    return List.copyOf(waits);
  }

  private static List<Duration> seconds(int... seconds) {
    var waits = new ArrayList<Duration>();
    for (int s : seconds) {
      waits.add(Duration.ofSeconds(s));
    }
    return List.copyOf(waits);
  }

  /// Who it is, for messages.
  String label() {
    return label;
  }

  Template discover() {
    return Template.of(discover);
  }

  /// Empty for a client that takes an offer without a word.
  Optional<Template> request() {
    return request.map(Template::of);
  }

  /// How long it waits after each attempt.
  List<Duration> waits() {
    return waits;
  }

  /// What it wants to read in option 43.
  BootMenu.Rule menu() {
    return menu;
  }

  /// Whether it is a boot loader, not an operating system.
  boolean boots() {
    return menu != BootMenu.Rule.NONE;
  }

  /// Whether every board has the same transaction id.
  boolean constantXid() {
    return request.isEmpty();
  }

  /// Whether option 66 goes before the sender of the offer (reference, sections 2.3 and 2.4).
  boolean obeysOption66() {
    return menu == BootMenu.Rule.MENU;
  }
}
