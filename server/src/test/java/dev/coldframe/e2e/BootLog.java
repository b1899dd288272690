package dev.coldframe.e2e;

/// What a Pi 4 says on its serial port from power-on to its system, composed from the texts of
/// raspberry-pi-boot.md, sections 2.4, 5.5 and 5.6: no board wrote it.
final class BootLog {
  /// Its first try finds no firmware, its second goes through.
  static final String RASPBERRY_PI_4 =
      """
      Boot mode: NETWORK (02) order f1
      NET_BOOT: dc:a6:32:01:36:c3 wait for link TFTP: 0.0.0.0
      LINK STATUS: speed: 1000 full duplex
      Link ready
      RX: 0 IP: 0 IPV4: 0 MAC: 0 UDP: 0 UDP RECV: 0 IP_CSUM_ERR: 0 UDP_CSUM_ERR: 0
      DHCP src: 02:00:00:00:00:02 192.168.0.2
      YI_ADDR 192.168.0.21
      SI_ADDR 192.168.0.2
      OPTIONS:-
      \top: 53 len:   1 DHCP recv OFFER (2) expect OFFER
      \top: 43 len:  32\s
      \t\tPXE op:  6 len:   1\s
      \t[66]: 192.168.0.2
      NET 192.168.0.21 255.255.255.0 gw 192.168.0.1 tftp 192.168.0.2
      TFTP_GET: 02:00:00:00:00:02 192.168.0.2 4aa65a19/start4.elf
      TFTP 1: File not found
      TFTP_GET: 02:00:00:00:00:02 192.168.0.2 start4.elf
      TFTP 1: File not found
      Firmware (start*.elf) not found
      Boot mode: RESTART (0f) order 0
      Boot mode: NETWORK (02) order f1
      TFTP: complete 2250000
      [    0.000000] Booting Linux on physical CPU 0x0000000000 [0x410fd083]
      [\u001b[0;32m  OK  \u001b[0m] Started \u001b[0;1;39mOpenBSD Secure Shell server\u001b[0m.
      """
          .replace("\n", "\r\n");

  private BootLog() {}
}
