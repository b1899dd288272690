package dev.coldframe.decide;

import java.util.Locale;

/// What commonly keeps a board from booting over the network, with its remedy: the 25 rows of
/// raspberry-pi-boot.md, section 9, and, with row 0, what only this server can say.
enum Pain {
  BOOT_ORDER(
      1,
      "A Pi 4 or 5 asks the network only with a 2 in its BOOT_ORDER: 'coldframe card' makes a card"
          + " that sets it (0xf21: card first, then network).",
      "raspberrypi/rpi-eeprom, imager/2711-config and 2712-config"),
  OTP_BIT(
      2,
      "Start it once from a card whose config.txt says program_usb_boot_mode=1 (a Pi 2B 1.2 or 3B"
          + " keeps that for good), take off USB disks, or leave in a card that holds bootcode.bin"
          + " alone.",
      "raspberrypi/firmware#861, #1706"),
  ROM_GAVE_UP(
      3,
      "Power it off and on: the ROM of a Pi 3 asks for 25 seconds, then never again. Set its switch"
          + " port as an edge port (PortFast), so that it is open in that time.",
      "raspberrypi/firmware#975, #764"),
  NO_MENU(
      4,
      "Look for another DHCP server ('coldframe doctor'), and for a switch or relay that changes"
          + " answers: the board takes only an OFFER whose option 43 says 'Raspberry Pi Boot', as ours"
          + " does.",
      "raspberrypi/rpi-eeprom#58, #826"),
  ROM_TAKES_NO_OFFER(
      5,
      "Put the board on the server's own link, without a relay between them; else leave in a card"
          + " that holds bootcode.bin alone, a newer and better client than its ROM.",
      "raspberrypi documentation, boot-net; raspberrypi/firmware#764, #894"),
  TAKEN_FOR_PC(
      6,
      "Name the board by its MAC or serial and its Raspberry Pi address: undo MAC_ADDRESS in its"
          + " EEPROM or config.txt, and switch off PXE rules of other servers for architecture 0.",
      "raspberrypi/rpi-eeprom#182, raspberrypi/firmware#1928"),
  PROXY_ALONE(
      7,
      "Start the DHCP server that gives addresses there, or write 'mode: authoritative' and a pool.",
      "raspberrypi/rpi-eeprom#559"),
  OTHER_FILE_SERVER(
      8,
      "Turn DHCP off on the other server, or take its boot options away (siaddr, options 66 and 54),"
          + " and TFTP_IP out of the board's EEPROM.",
      "raspberrypi/firmware#801, #1265"),
  BOOT_FILE_OPTION(
      9,
      "A Pi has no use for a boot file's name (option 67): put its files into tftp-root/ or name an"
          + " image in its profile; 'bootfiles' is for PCs.",
      "raspberrypi/firmware#1850"),
  NOTHING_PUBLISHED(
      10,
      "Put the board's boot files into tftp-root/ (its README names the least set), or name an image"
          + " in the profile; 'coldframe render NODE' lists what it is served.",
      "logs of real loaders that were given nothing"),
  OWN_FOLDER(
      11,
      "Remove the folder with the board's serial or MAC from tftp-root/, or bring it up to date: what"
          + " is in it goes before everything else.",
      "raspberrypi/rpi-eeprom, firmware-2711/release-notes.md"),
  EMPTY_FILE(
      12,
      "Copy the file again, give the server the right to read it, and mind the case of its name.",
      "experience"),
  DATA_BLOCKED(
      13,
      "Let TFTP through between the board and this server in both directions, the high UDP ports too,"
          + " or write 'tftp: { single-port: true }'.",
      "experience"),
  BLOCKS_WRAP(
      14,
      "Make the file shorter, or update the board's EEPROM to one of 2025-09-23 or later.",
      "raspberrypi/rpi-eeprom#375, #720"),
  DUPLICATES(
      15,
      "Look for a loop, a mirror port or a bad cable between board and server: a loader that is given"
          + " a block twice may hang. Update firmware and EEPROM.",
      "raspberrypi/firmware#1631, raspberrypi/rpi-eeprom#687"),
  FIRMWARE_SET(
      16,
      "Put the missing files into tftp-root/, start*.elf and fixup*.dat out of one release.",
      "raspberrypi/firmware#1041"),
  NO_2712(
      17,
      "Put kernel_2712.img and the board's bcm2712 device tree into tftp-root/, from a release that"
          + " knows the Pi 5, or name such an image in the profile.",
      "texts in the boot EEPROM of BCM2712"),
  DISK_CMDLINE(
      18,
      "Write cmdline.txt for a system that comes over the network: one line, root= as it is there, no"
          + " init= or resize of a card's first boot.",
      "raspberrypi/piserver"),
  NFS_OPTIONS(
      19,
      "Write vers=3 and no proto= behind nfsroot=, and let the NFS server speak version 3.",
      "raspberrypi/documentation#3205"),
  NFS_FREEZES(
      20,
      "Keep the system's network manager from eth0 and take lines for mmcblk out of its fstab.",
      "raspberrypi/linux#3039, raspberrypi/piserver"),
  DIFFERENT_BUILDS(
      21,
      "Take kernel, initramfs and modules from one release; remove the stale one.",
      "raspberrypi/firmware#1965"),
  REBOOT_FAILS(
      22,
      "Power it off and on. Update its EEPROM: a Pi 4B before 2022-04-22 and a Pi 5 before 2023-10-18"
          + " may boot over the network only after power-on.",
      "raspberrypi/rpi-eeprom#417"),
  SAME_ADDRESS(
      23,
      "Give each board its own address: find the second board, or the second server that gives this"
          + " one out.",
      "raspberrypi/firmware#1699"),
  EEPROM_SETTINGS(
      24,
      "Remove pieeprom.upd and pieeprom.sig from what is served once the board is updated; write"
          + " TFTP_PREFIX_STR with its slash.",
      "raspberrypi/rpi-eeprom#121, #542, #68"),
  HTTP_BOOT(
      25,
      "Serve boot.img and a boot.sig that is signed with the key which the board's EEPROM holds"
          + " ('boot-ramdisk: true' and 'coldframe firmware key').",
      "raspberrypi/rpi-eeprom#763, #475"),
  NO_LINK(
      0,
      "Look at cable and switch port: the board needs an untagged port that is open at once.",
      "raspberrypi/piserver, stpanalyzer.cpp"),
  OLD_LOADER_BEHIND_RELAY(
      0,
      "Update its EEPROM: a Pi 4 loader of before 2020-06-12 drops what comes through a relay.",
      "raspberrypi/rpi-eeprom#58"),
  UNANSWERED(0, "Mend what the reason names.", "this server"),
  IMAGE_MISSING(0, "coldframe image add FILE --name IMAGE", "this server"),
  DISK_WAITS(
      0,
      "Put in a blank disk, or look at what is on it and allow it: coldframe arm NODE",
      "this server"),
  REFUSED(0, "Power it off and on; if it stays: coldframe recover NODE", "this server"),
  REPORTED_FAILURE(
      0,
      "'coldframe logs NODE' and its console say more; then: coldframe recover NODE",
      "this server");

  private final int row;
  private final String remedy;
  private final String source;

  Pain(int row, String remedy, String source) {
    this.row = row;
    this.remedy = remedy;
    this.source = source;
  }

  int row() {
    return row;
  }

  /// `boot-order`, as JSON writes it.
  String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /// What to do about it, for the node.
  String remedy(String node) {
    return remedy.replace("NODE", node);
  }

  String source() {
    return source;
  }
}
