package dev.coldframe.rehearse;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// The second stage of a Pi 3 (`start.elf`, reference, section 3.4, rows 10 to 22) and of a Pi 4
/// (`start4.elf`, section 3.5, rows 7 to 18): from config.txt to the kernel. It asks for much that
/// no server has.
final class StartElf {
  private static final List<String> AUTOMATIC =
      List.of("rpi-poe.dtbo", "rpi-ft5406.dtbo", "rpi-backlight.dtbo");

  private final Loader loader;
  private final boolean four;

  /// @param loader hands over to this stage
  StartElf(Loader loader) {
    this.loader = loader;
    this.four = loader.bench().spec().model().family() == 4;
  }

  void run() throws IOException, InterruptedException, BootFailure {
    loader.probe("recovery.elf");
    var os = new OsFiles(loader, config());
    loader.probe("dt-blob.bin");
    loader.probe("recovery.elf");
    reread();
    loader.probe("bootcfg.txt");
    os.findOverlays();
    os.namedInitramfs();
    if (loader.probeAndLoad(os.deviceTree()).isEmpty()) {
      throw loader.missing(os.deviceTree());
    }
    os.overlayData("overlay_map.dtb");
    if (four) {
      for (String name : AUTOMATIC) {
        os.overlayData(name);
      }
    }
    reread();
    os.overlays();
    os.commandLine();
    kernel(os);
  }

  private void kernel(OsFiles os) throws IOException, InterruptedException, BootFailure {
    loader.probe("recovery8.img");
    List<String> names = os.kernels(four ? 4 : 3);
    String kernel = os.findKernel(names).orElseThrow(() -> os.noKernel(names));
    loader.probe(four ? "armstub8-gic.bin" : "armstub8-32.bin");
    os.namesakeInitramfs(kernel);
    if (loader.load(kernel).isEmpty()) {
      throw new BootFailure(kernel + " was there a moment ago");
    }
  }

  private ConfigTxt config() throws IOException, InterruptedException, BootFailure {
    Optional<Transfer.Answer.Loaded> file = reread();
    if (file.isEmpty()) {
      throw loader.missing("config.txt");
    }
    return ConfigTxt.read(Loader.textOf(file.get()), loader.bench().spec(), loader::text);
  }

  private Optional<Transfer.Answer.Loaded> reread()
      throws IOException, InterruptedException, BootFailure {
    return four ? loader.load("config.txt") : loader.probeAndLoad("config.txt");
  }
}
