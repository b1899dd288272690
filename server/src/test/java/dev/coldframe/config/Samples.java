package dev.coldframe.config;

/// Config files for tests.
final class Samples {
  static final String HASH =
      "$6$coldframe.rack$Pv6xo6XHQbkm7PJ0bJJDfzrDsztq1atqsV1o3qXLcp22X.hfILRtU"
          + ".QU6fkF32Z1DHZhav9SsVzY06vHf/8ve.";
  static final String KEY =
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMVZ7Tg0vBjY7pAMD9ucaiuYtYM5jFfdK701TuWNNSb4 mayth@desk";

  /// The least that a file must say; ends on line 5.
  static final String MINIMAL =
      """
      appliance:
        address: 192.168.0.2
      networks:
        - interface: eth0
          subnet: 192.168.0.0/24
      """;

  /// Every key that works, none at its default.
  static final String FULL =
      """
      site: attic
      domain: attic.example.org
      appliance: { address: 192.168.0.2 }
      tftp-root: files
      templates: ./scripts
      admin:
        listen: 127.0.0.2:9090
        tls: { certificate: own.pem, key: own.pem }
        webhook: { url: "https://chat.example/hook?key=1", kinds: [phase, file-refused] }
      networks:
        - interface: eth0
          subnet: 192.168.0.0/24
          mode: observe
          router: 192.168.0.1
          dns: [appliance, 192.168.0.1]
          ntp: [NTP.nict.jp., 192.168.0.5]
          search: [attic.example.org, example.org]
          routes: [{ to: 10.0.0.0/8, via: 192.168.0.254 }]
          mtu: 9000
          options: { 150: "192.168.0.2", default-ip-ttl: 64 }
          pool: 192.168.0.200-192.168.0.239
          conflict-probe: off
          relays: [192.168.0.253]
          answer-after: 4s
      adopt:
        auto:
          name: pi-{n}
          addresses: 192.168.0.40-192.168.0.59
          limit: 16
          profile: k8s
          trust: segment
      profiles:
        k8s:
          boot: local
          image: raspios-lite-arm64
          boot-ramdisk: on
          user: { name: mayth, password-hash: "%s", ssh-keys: ["%s"] }
          ssh: { enabled: off, password: true }
          locale: ja_JP.UTF-8
          keyboard: jp
          timezone: Asia/Tokyo
          address-in-os: static
          config-txt: ["dtparam=audio=off"]
          cmdline: [cgroup_enable=memory, quiet]
          installer-image: raspios-full
          disk: /dev/mmcblk0
          verify: on
          overwrite: never
          packages: { upgrade: true, install: [nfs-common, g++] }
          storage:
            - { device: /dev/sda, label: data, filesystem: ext4, mount: /srv/data, format: never }
            - { device: /dev/disk/by-id/usb-x:0, label: more, mount: /srv/more }
          kubernetes: true
          fan: { gpio: 14, at: 60 }
          health: 60s
          first-boot: [motd.sh]
        office-pc:
          boot: files
          bootfile-zero: on
          eeprom: { version: { pi4: 2026-08-04 }, settings: { BOOT_ORDER: "0xf21", UART_BAUD: 9600 } }
          fan: { poe: [65, 70, 75, 80] }
          bootfiles: { uefi-x64: ipxe/snponly.efi, uefi-arm64: efi/grubaa64.efi,
                       http-x64: efi/uki-amd64.efi, http-arm64: efi/uki-arm64.efi,
                       bios: ipxe/undionly.kpxe, ipxe: boot.ipxe, uboot: boot.scr.uimg }
      nodes:
        geranium: { serial: [10000000a2ef5644, 10000000], address: 192.168.0.20, profile: k8s }
        dahlia:   { mac: dc:a6:32:01:36:c2, address: 192.168.0.21, profile: k8s }
        tower:    { uuid: 4c4c4544-0034-5910-8054-b4c04f4d5732, address: 192.168.0.22, profile: office-pc,
                    aliases: [tower-ssh, office] }
        iris:     { port: [sw1/7, "192.168.0.253/0x000400010107"], address: 192.168.0.23, profile: k8s }
      records:
        k8s-api: [192.168.0.20, 192.168.0.21]
        nas: 10.0.0.9
        mirror: { address: 10.0.0.9, txt: behind the nas }
        wiki: { cname: geranium }
        _etcd._tcp:
          srv:
            - { target: Geranium.attic.example.org., port: 2380, priority: 10, weight: 5 }
            - { target: etcd.example.org, port: 2380 }
        geranium: { txt: [top shelf, since 2026] }
      upstream-dns: [192.168.0.1, 9.9.9.9]
      power:
        sw1: { driver: snmp, address: 192.168.0.3, secret: file:community, timeout: 2s, off-time: 10s,
               budget: 120, node-watts: 12, stage-on-return: on, watts: 1.3.6.1.4.1.9.9.402.1.2.1.9 }
        sw2: { driver: snmp, address: 192.168.0.4, port: 1161, secret: file:community, user: rack, hash: sha, encryption: off }
        sw3: { driver: netgear, address: 192.168.0.5, secret: file:community }
        plug: { driver: command, command: [/usr/local/bin/plug, "{switch}", "{port}", "{action}"] }
        wake: { driver: wol, port: 7 }
      consoles: { geranium: { device: /dev/serial/by-id/usb-FTDI_A, speed: 9600 } }
      lease-time: 1h
      token-life: 30m
      guests: office-pc
      services: [dhcp, tftp, dns, console]
      tftp: { single-port: true }
      time: local
      limits: { per-source: off }
      stages: { boot: 90s, install: 1h, first-boot: 5m, retries: 0, power-cycle: on }
      state: embedded
      """
          .formatted(HASH, KEY);

  private Samples() {}
}
