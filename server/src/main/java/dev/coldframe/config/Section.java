package dev.coldframe.config;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;

/// A mapping of the file with a fixed set of keys: here stands every key that works. Keys that come
/// later stand in [NotYet].
///
/// @param path where it stands; `*` is any name, `[]` any item
/// @param keys the keys that are read, in the order of the documentation
record Section(String path, Set<String> keys) {
  static final Section SITE =
      of(
          "",
          "site",
          "domain",
          "appliance",
          "tftp-root",
          "templates",
          "admin",
          "relay",
          "networks",
          "adopt",
          "profiles",
          "nodes",
          "records",
          "upstream-dns",
          "power",
          "consoles",
          "lease-time",
          "token-life",
          "guests",
          "services",
          "tftp",
          "time",
          "limits",
          "stages",
          "state",
          "state-password");
  static final Section APPLIANCE = of("appliance", "address");
  static final Section ADMIN = of("admin", "listen", "tls", "webhook");
  static final Section RELAY = of("relay", "listen");
  static final Section ADMIN_TLS = of("admin.tls", "certificate", "key");
  static final Section WEBHOOK = of("admin.webhook", "url", "kinds");
  static final Section NETWORK =
      of(
          "networks[]",
          "interface",
          "relay",
          "subnet",
          "mode",
          "router",
          "dns",
          "ntp",
          "search",
          "routes",
          "mtu",
          "options",
          "pool",
          "conflict-probe",
          "relays",
          "answer-after");
  static final Section ROUTE = of("networks[].routes[]", "to", "via");
  static final Section ADOPT = of("adopt", "auto");
  static final Section AUTO = of("adopt.auto", "name", "addresses", "limit", "profile", "trust");
  static final Section PROFILE =
      of(
          "profiles.*",
          "image",
          "boot",
          "nfs-root",
          "boot-ramdisk",
          "eeprom",
          "bootfiles",
          "bootfile-zero",
          "installer-image",
          "disk",
          "verify",
          "overwrite",
          "user",
          "ssh",
          "locale",
          "keyboard",
          "timezone",
          "address-in-os",
          "packages",
          "storage",
          "kubernetes",
          "fan",
          "health",
          "config-txt",
          "cmdline",
          "first-boot");
  static final Section EEPROM = of("profiles.*.eeprom", "version", "settings");
  static final Section EEPROM_VERSION = of("profiles.*.eeprom.version", "pi4", "pi5");
  static final Section BOOTFILES =
      of(
          "profiles.*.bootfiles",
          "uefi-x64",
          "uefi-arm64",
          "http-x64",
          "http-arm64",
          "bios",
          "ipxe",
          "uboot");
  static final Section USER = of("profiles.*.user", "name", "password-hash", "ssh-keys");
  static final Section SSH = of("profiles.*.ssh", "enabled", "password");
  static final Section PACKAGES = of("profiles.*.packages", "upgrade", "install");
  static final Section STORAGE =
      of("profiles.*.storage[]", "device", "label", "filesystem", "mount", "format");
  static final Section FAN = of("profiles.*.fan", "gpio", "at", "poe");
  static final Section NODE =
      of("nodes.*", "serial", "mac", "uuid", "port", "address", "profile", "aliases");
  static final Section POWER =
      of(
          "power.*",
          "driver",
          "address",
          "port",
          "secret",
          "user",
          "hash",
          "encryption",
          "watts",
          "command",
          "timeout",
          "off-time",
          "budget",
          "node-watts",
          "stage-on-return");
  static final Section CONSOLE = of("consoles.*", "device", "speed");
  static final Section RECORD = of("records.*", "address", "cname", "srv", "txt");
  static final Section SRV = of("records.*.srv[]", "target", "port", "priority", "weight");
  static final Section TFTP = of("tftp", "single-port");
  static final Section LIMITS = of("limits", "per-source");
  static final Section STAGES =
      of("stages", "boot", "install", "first-boot", "retries", "power-cycle");

  private static Section of(String path, String... keys) {
    return new Section(path, Collections.unmodifiableSet(new LinkedHashSet<>(Arrays.asList(keys))));
  }

  /// The path of one of its keys, `networks[].pool`.
  String pathOf(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }
}
