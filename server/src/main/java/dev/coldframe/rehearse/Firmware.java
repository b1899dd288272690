package dev.coldframe.rehearse;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// From power-on to the kernel, the way each generation goes.
final class Firmware {
  private static final List<String> PI_5_KERNELS =
      List.of(
          "kernel_2712.img",
          "kernel8.img",
          "kernel8_rt.img",
          "kernel8-32.img",
          "kernel7l.img",
          "kernel7.img",
          "kernel.img");

  /// Nobody watches one longer.
  private static final int MAX_UPDATES = 3;

  private final Bench bench;
  private final BoardSpec spec;
  private final Diary diary;
  private final VirtualEeprom eeprom;

  Firmware(Bench bench) {
    this.bench = bench;
    this.spec = bench.spec();
    this.diary = bench.diary();
    this.eeprom = spec.eeprom().orElseGet(VirtualEeprom::factory);
  }

  /// How a run ends.
  private enum Way {
    /// The kernel starts.
    KERNEL,
    /// Every boot file was refused: the board goes on to its next boot mode.
    NEXT_MODE,
    /// The EEPROM was written: the board starts again.
    RESTART
  }

  /// Runs it, again after each update of its EEPROM.
  ///
  /// @return false when every boot file was refused, so that the board goes on to its next boot
  ///   mode
  boolean boot() throws IOException, InterruptedException, BootFailure {
    if (eeprom.dead()) {
      throw new BootFailure("the board is dark: an update of its EEPROM went wrong");
    }
    for (int updates = 0; updates <= MAX_UPDATES; updates++) {
      Way way = run();
      if (way != Way.RESTART) {
        return way == Way.KERNEL;
      }
      diary.restarts();
    }
    throw new BootFailure("the board updates its EEPROM and restarts again and again");
  }

  private Way run() throws IOException, InterruptedException, BootFailure {
    return switch (spec.model()) {
      case PI_3B, PI_3B_EARLY, PI_3B_HOLDING -> three(DhcpClient.ROM_3B);
      case PI_3B_PLUS -> three(DhcpClient.ROM_3B_PLUS);
      case PI_4B -> four(DhcpClient.EEPROM, TftpClient.EEPROM);
      case PI_4B_2020 -> four(DhcpClient.EEPROM_2020, TftpClient.EEPROM_2020);
      case PI_5 -> five();
    };
  }

  private Loader loader(DhcpClient dhcp, TftpClient tftp)
      throws IOException, InterruptedException, BootFailure {
    diary.stage("dhcp");
    Lease lease = bench.dhcp(dhcp);
    diary.stage("files");
    return new Loader(bench, lease, tftp);
  }

  /// Reference, section 3.4: the ROM loads bootcode.bin, which asks for an address once more.
  private Way three(DhcpClient rom) throws IOException, InterruptedException, BootFailure {
    Loader loader = loader(rom, TftpClient.ROM);
    boolean there = loader.load("bootcode.bin").isPresent();
    loader.load("bootsig.bin");
    if (!there) {
      return Way.NEXT_MODE;
    }
    diary.stage("dhcp of bootcode.bin");
    loader.hand(bench.dhcp(DhcpClient.BOOTCODE), TftpClient.BOOTCODE);
    diary.stage("files of bootcode.bin");
    if (loader.probe(directory() + "start.elf")) {
      loader.prefix(directory());
    }
    loader.load("autoboot.txt");
    loader.load("config.txt");
    loader.probe("recovery.elf");
    need(loader, "start.elf");
    need(loader, "fixup.dat");
    diary.stage("files of start.elf");
    loader.hand(loader.lease(), TftpClient.START_ELF);
    new StartElf(loader).run();
    return Way.KERNEL;
  }

  /// Reference, section 3.5.
  private Way four(DhcpClient dhcp, TftpClient tftp)
      throws IOException, InterruptedException, BootFailure {
    Loader loader = loader(dhcp, tftp);
    if (loader.probe(directory() + "start4.elf") || loader.probe(directory() + "start.elf")) {
      loader.prefix(directory());
    }
    Optional<String> text = loader.text("config.txt");
    ConfigTxt config = ConfigTxt.read(text.orElse(""), spec, _ -> Optional.empty());
    if (text.isPresent()) {
      if (loader.load("vl805.sig").isPresent()) {
        loader.load("vl805.bin");
      }
      if (updates(loader, config)) {
        return Way.RESTART;
      }
    }
    loader.probe("recover4.elf");
    loader.probe("recovery.elf");
    String start = config.setting("start_file", "start4.elf");
    Optional<Transfer.Answer.Loaded> firmware = loader.load(start);
    if (firmware.isEmpty()) {
      loader.probe("start.elf");
      if (diary.anythingServed()) {
        throw loader.missing(start);
      }
      return Way.NEXT_MODE;
    }
    notEmpty(start, firmware.get());
    need(loader, config.setting("fixup_file", "fixup4.dat"));
    diary.stage("files of start4.elf");
    loader.hand(loader.lease(), TftpClient.START4_ELF);
    new StartElf(loader).run();
    return Way.KERNEL;
  }

  /// Reference, section 3.6: the EEPROM itself loads the kernel.
  private Way five() throws IOException, InterruptedException, BootFailure {
    Loader loader = loader(DhcpClient.EEPROM, TftpClient.EEPROM);
    if (loader.probe(directory() + "config.txt")) {
      loader.prefix(directory());
    }
    Optional<String> text = loader.text("config.txt");
    ConfigTxt config = ConfigTxt.read(text.orElse(""), spec, loader::text);
    if (text.isPresent() && updates(loader, config)) {
      return Way.RESTART;
    }
    var os = new OsFiles(loader, config);
    os.findOverlays();
    boolean tree = loader.probeAndLoad(os.deviceTree()).isPresent();
    Optional<String> kernel = os.findKernel(PI_5_KERNELS);
    if (!diary.anythingServed()) {
      return Way.NEXT_MODE;
    }
    if (text.isEmpty()) {
      throw loader.missing("config.txt");
    }
    if (!tree && config.setting("os_check", "1").equals("1")) {
      throw new BootFailure(
          os.deviceTree() + " is missing: the OS does not indicate support for a Pi 5 (os_check)");
    }
    String found = kernel.orElseThrow(() -> os.noKernel(PI_5_KERNELS));
    need(loader, found);
    os.namedInitramfs();
    os.namesakeInitramfs(found);
    os.overlayData("overlay_map.dtb");
    os.overlayData("hat_map.dtb");
    os.overlayData("bcm2712d0.dtbo");
    os.overlays();
    os.commandLine();
    loader.probe("armstub8-2712.bin");
    return Way.KERNEL;
  }

  /// The directory that is tried first: the low half of the serial.
  private String directory() {
    return spec.serial().prefix() + "/";
  }

  /// Whether it took an update of its EEPROM; none is normal.
  private boolean updates(Loader loader, ConfigTxt config)
      throws IOException, InterruptedException, BootFailure {
    return config.setting("bootloader_update", "1").equals("1")
        && new SelfUpdate(loader, eeprom).run();
  }

  private static void need(Loader loader, String name)
      throws IOException, InterruptedException, BootFailure {
    Optional<Transfer.Answer.Loaded> file = loader.load(name);
    if (file.isEmpty()) {
      throw loader.missing(name);
    }
    notEmpty(name, file.get());
  }

  private static void notEmpty(String name, Transfer.Answer.Loaded file) throws BootFailure {
    if (file.file().bytes() == 0) {
      throw new BootFailure(name + " is empty");
    }
  }
}
