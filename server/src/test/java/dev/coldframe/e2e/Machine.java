package dev.coldframe.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// An emulated machine on a [Switch]; usually an arm64 board with U-Boot as its loader, which tries
/// the first disk and then the network. A reset turns it off, so that a test can look at the disk
/// between two boots. Its serial lines are kept under `target/lab`.
final class Machine implements AutoCloseable {
  private static final Path LOADER = Path.of("/usr/lib/u-boot/qemu_arm64/u-boot.bin");
  private static final Path CONSOLES = Path.of("target/lab/console").toAbsolutePath();

  private static final Path FIRMWARE = Path.of("/usr/share");

  /// What a machine has instead of U-Boot.
  enum Firmware {
    /// A PC's BIOS, and iPXE in its network card.
    BIOS,
    /// A PC's UEFI.
    UEFI_X64,
    /// The same, set to HTTP boot.
    UEFI_X64_HTTP,
    /// The same, set to look at the network first.
    UEFI_X64_NETWORK_FIRST,
    /// An arm64 server's UEFI.
    UEFI_ARM64,
    /// The same, set to HTTP boot.
    UEFI_ARM64_HTTP
  }

  /// Whether the cable is in.
  enum Cable {
    IN,
    OUT
  }

  private final Switch network;
  private final String name;
  private final String mac;
  private final List<Path> disks = new ArrayList<>();
  private String clock = "utc";
  private Optional<Process> process = Optional.empty();
  private int boots;
  private long since;

  /// @param name of its port, its hostname in the logs; at most 15 characters
  Machine(Switch network, String name, String mac) {
    this.network = network;
    this.name = name;
    this.mac = mac;
    network.port(name);
  }

  /// Puts disks in, instead of what was in; the loader looks at the first.
  void disks(Path... all) {
    disks.clear();
    disks.addAll(List.of(all));
  }

  /// Sets its clock at every start, as if it had none.
  ///
  /// @param day such as `2001-01-01`
  void clock(String day) {
    clock = day;
  }

  /// Turns it on.
  Console on(Cable cable) {
    return start(virt(cable));
  }

  private Console start(List<String> words) {
    off();
    try {
      Files.createDirectories(CONSOLES);
      Path log = CONSOLES.resolve(name + "-" + ++boots + ".log");
      Process started =
          new ProcessBuilder(network.inside(words))
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      process = Optional.of(started);
      since = System.nanoTime();
      return new Console(log, started);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<String> virt(Cable cable) {
    List<String> words = bare();
    words.addAll(List.of("-bios", LOADER.toString()));
    if (cable == Cable.IN) {
      words.addAll(card());
    } else {
      words.addAll(List.of("-nic", "none"));
    }
    words.addAll(drives());
    return words;
  }

  private List<String> drives() {
    var words = new ArrayList<String>();
    for (int i = 0; i < disks.size(); i++) {
      // Written past the host's cache: what the machine was told is written stays when it is cut.
      words.addAll(
          List.of(
              "-drive",
              "if=none,id=disk" + i + ",format=raw,cache=none,file=" + disks.get(i),
              "-device",
              "virtio-blk-pci,drive=disk" + i + ",serial=LAB" + name + i));
    }
    return words;
  }

  private List<String> bare() {
    var words = new ArrayList<>(List.of("qemu-system-aarch64", "-M", "virt", "-cpu", "cortex-a57"));
    words.addAll(usual("1"));
    words.addAll(List.of("-device", "virtio-rng-device"));
    return words;
  }

  private List<String> usual(String gibibytes) {
    return List.of(
        "-accel",
        "tcg,thread=multi",
        "-smp",
        "2",
        "-m",
        gibibytes + "G",
        "-rtc",
        "base=" + clock,
        "-no-reboot",
        "-display",
        "none",
        "-monitor",
        "none",
        "-serial",
        "stdio");
  }

  private List<String> card() {
    var words = new ArrayList<>(tap());
    // U-Boot 2023.01 reads a wrong hardware address from virtio-net-pci.
    words.addAll(List.of("-device", "virtio-net-device,netdev=net0,mac=" + mac));
    return words;
  }

  /// Turns it on with a kernel and an initramfs in its memory, past the loader.
  Console onWith(Path kernel, Path initramfs, String cmdline) {
    List<String> words = bare();
    words.addAll(List.of("-kernel", kernel.toString(), "-initrd", initramfs.toString()));
    words.addAll(List.of("-append", cmdline));
    words.addAll(card());
    words.addAll(drives());
    return start(words);
  }

  private List<String> tap() {
    return List.of("-netdev", "tap,id=net0,ifname=" + name + ",script=no,downscript=no");
  }

  /// Turns it on as an emulated Raspberry Pi 3B, which has no loader of its own: kernel, initramfs,
  /// device tree and command line are given to it. The disk is its SD card.
  Console onAsPi3(Path kernel, Path initramfs, Path tree, String cmdline) {
    var words = new ArrayList<>(List.of("qemu-system-aarch64", "-M", "raspi3b", "-no-reboot"));
    words.addAll(List.of("-kernel", kernel.toString(), "-initrd", initramfs.toString()));
    words.addAll(List.of("-dtb", tree.toString(), "-append", cmdline));
    words.addAll(List.of("-display", "none", "-monitor", "none", "-serial", "stdio"));
    words.addAll(tap());
    words.addAll(List.of("-device", "usb-net,netdev=net0,mac=" + mac));
    words.addAll(List.of("-drive", "if=sd,format=raw,cache=none,file=" + disks.getFirst()));
    return start(words);
  }

  /// Turns it on with another firmware than U-Boot: it tries its disks and then the network.
  ///
  /// @param memory where UEFI remembers what it knows; kept from one start to the next
  Console onWith(Firmware firmware, Path memory) {
    List<String> words =
        switch (firmware) {
          case BIOS -> pc();
          case UEFI_X64, UEFI_X64_HTTP, UEFI_X64_NETWORK_FIRST -> {
            List<String> pc = pc();
            pc.addAll(uefi("OVMF/OVMF_CODE_4M.fd", "OVMF/OVMF_VARS_4M.fd", memory));
            yield pc;
          }
          case UEFI_ARM64, UEFI_ARM64_HTTP -> {
            List<String> arm = bare();
            arm.addAll(uefi("AAVMF/AAVMF_CODE.fd", "AAVMF/AAVMF_VARS.fd", memory));
            yield arm;
          }
        };
    if (firmware == Firmware.UEFI_X64_HTTP || firmware == Firmware.UEFI_ARM64_HTTP) {
      for (String way : List.of("IPv4PXESupport", "IPv6PXESupport")) {
        words.addAll(List.of("-fw_cfg", "name=opt/org.tianocore/" + way + ",string=n"));
      }
    }
    words.addAll(tap());
    // The card's own ROM is iPXE. UEFI has PXE of its own, which that would replace.
    String rom = firmware == Firmware.BIOS ? "" : "romfile=,";
    String order = firmware == Firmware.UEFI_X64_NETWORK_FIRST ? ",bootindex=0" : "";
    words.addAll(List.of("-device", "virtio-net-pci," + rom + "netdev=net0,mac=" + mac + order));
    words.addAll(drives());
    return start(words);
  }

  private List<String> pc() {
    var words = new ArrayList<>(List.of("qemu-system-x86_64", "-M", "q35", "-cpu", "max"));
    words.addAll(usual("2"));
    return words;
  }

  private static List<String> uefi(String code, String variables, Path memory) {
    try {
      if (!Files.exists(memory)) {
        Files.copy(FIRMWARE.resolve(variables), memory);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return List.of(
        "-drive",
        "if=pflash,format=raw,readonly=on,file=" + FIRMWARE.resolve(code),
        "-drive",
        "if=pflash,format=raw,file=" + memory);
  }

  /// Since it was turned on.
  Duration time() {
    return Duration.ofNanos(System.nanoTime() - since);
  }

  /// Cuts its power.
  void off() {
    process.ifPresent(running -> {
      running.destroyForcibly();
      awaitEnd(running, Duration.ofSeconds(20));
    });
    process = Optional.empty();
  }

  /// Waits until it turns itself off or resets.
  void awaitOff(Duration limit) {
    awaitEnd(process.orElseThrow(), limit);
    process = Optional.empty();
  }

  private void awaitEnd(Process running, Duration limit) {
    try {
      if (!running.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new AssertionError(name + " is still on after " + limit);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    off();
  }
}
