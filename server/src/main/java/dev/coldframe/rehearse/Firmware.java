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

  private final Bench bench;
  private final BoardSpec spec;
  private final Diary diary;

  Firmware(Bench bench) {
    this.bench = bench;
    this.spec = bench.spec();
    this.diary = bench.diary();
  }

  /// Runs it.
  ///
  /// @return false when every boot file was refused, so that the board goes on to its next boot
  ///   mode
  boolean boot() throws IOException, InterruptedException, BootFailure {
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
  private boolean three(DhcpClient rom) throws IOException, InterruptedException, BootFailure {
    Loader loader = loader(rom, TftpClient.ROM);
    boolean there = loader.load("bootcode.bin").isPresent();
    loader.load("bootsig.bin");
    if (!there) {
      return false;
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
    return true;
  }

  /// Reference, section 3.5.
  private boolean four(DhcpClient dhcp, TftpClient tftp)
      throws IOException, InterruptedException, BootFailure {
    Loader loader = loader(dhcp, tftp);
    if (loader.probe(directory() + "start4.elf") || loader.probe(directory() + "start.elf")) {
      loader.prefix(directory());
    }
    Optional<String> text = loader.text("config.txt");
    ConfigTxt config = ConfigTxt.read(text.orElse(""), spec, _ -> Optional.empty());
    if (text.isPresent()) {
      update(loader, "vl805.sig", "vl805.bin");
      update(loader, "pieeprom.sig", "pieeprom.upd");
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
      return false;
    }
    notEmpty(start, firmware.get());
    need(loader, config.setting("fixup_file", "fixup4.dat"));
    diary.stage("files of start4.elf");
    loader.hand(loader.lease(), TftpClient.START4_ELF);
    new StartElf(loader).run();
    return true;
  }

  /// Reference, section 3.6: the EEPROM itself loads the kernel.
  private boolean five() throws IOException, InterruptedException, BootFailure {
    Loader loader = loader(DhcpClient.EEPROM, TftpClient.EEPROM);
    if (loader.probe(directory() + "config.txt")) {
      loader.prefix(directory());
    }
    Optional<String> text = loader.text("config.txt");
    ConfigTxt config = ConfigTxt.read(text.orElse(""), spec, loader::text);
    if (text.isPresent()) {
      update(loader, "pieeprom.sig", "pieeprom.upd");
    }
    var os = new OsFiles(loader, config);
    os.findOverlays();
    boolean tree = loader.probeAndLoad(os.deviceTree()).isPresent();
    Optional<String> kernel = os.findKernel(PI_5_KERNELS);
    if (!diary.anythingServed()) {
      return false;
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
    return true;
  }

  /// The directory that is tried first: the low half of the serial.
  private String directory() {
    return spec.serial().prefix() + "/";
  }

  /// A self-update looks at the signature first; absent is normal.
  private static void update(Loader loader, String signature, String image)
      throws IOException, InterruptedException, BootFailure {
    if (loader.load(signature).isPresent()) {
      loader.load(image);
    }
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
