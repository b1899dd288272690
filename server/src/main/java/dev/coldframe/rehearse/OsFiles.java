package dev.coldframe.rehearse;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The files of the operating system: device tree, overlays, command line, initramfs, kernel, under
/// the names that config.txt gives them (reference, sections 3.7 and 6).
final class OsFiles {
  private final Loader loader;
  private final ConfigTxt config;
  private final String prefix;
  private String overlayPrefix;

  OsFiles(Loader loader, ConfigTxt config) {
    this.loader = loader;
    this.config = config;
    this.prefix = config.setting("os_prefix", "");
    this.overlayPrefix = config.setting("overlay_prefix", "overlays/");
  }

  /// Overlays stand below `os_prefix` only where a README shows that they do.
  void findOverlays() throws IOException, InterruptedException, BootFailure {
    if (!prefix.isEmpty() && loader.probe(prefix + overlayPrefix + "README")) {
      overlayPrefix = prefix + overlayPrefix;
    }
  }

  String deviceTree() {
    return prefix + config.setting("device_tree", loader.bench().spec().model().deviceTree());
  }

  /// A file beside the overlays; many are absent, and that is normal.
  void overlayData(String name) throws IOException, InterruptedException, BootFailure {
    loader.probeAndLoad(overlayPrefix + name);
  }

  /// The overlays of config.txt.
  void overlays() throws IOException, InterruptedException, BootFailure {
    for (String overlay : config.overlays()) {
      String path = overlayPrefix + overlay + ".dtbo";
      if (loader.probeAndLoad(path).isEmpty()) {
        loader.bench().diary().remark(path + " is in config.txt, but it is missing");
      }
    }
  }

  /// The kernel's command line; only its first line counts.
  void commandLine() throws IOException, InterruptedException, BootFailure {
    String name = prefix + config.setting("cmdline", "cmdline.txt");
    Optional<Transfer.Answer.Loaded> file = loader.probeAndLoad(name);
    if (file.isEmpty()) {
      throw loader.missing(name);
    }
    String text = Loader.textOf(file.get());
    if (text.strip().lines().count() > 1) {
      loader.bench().diary().remark(name + " has several lines, the firmware reads the first");
    }
  }

  /// The initramfs files that config.txt names.
  void namedInitramfs() throws IOException, InterruptedException, BootFailure {
    for (String name : config.initramfs()) {
      if (loader.load(prefix + name).isEmpty()) {
        throw new BootFailure(prefix + name + " is in config.txt, but it is missing");
      }
    }
  }

  /// The initramfs that belongs to a kernel by its name.
  ///
  /// @param kernel as it was found
  void namesakeInitramfs(String kernel) throws IOException, InterruptedException, BootFailure {
    String name = kernel.substring(prefix.length());
    if (!config.on("auto_initramfs")
        || !config.initramfs().isEmpty()
        || !name.startsWith("kernel")) {
      return;
    }
    int dot = name.lastIndexOf('.');
    String stem = dot < 0 ? name : name.substring(0, dot);
    loader.load(prefix + "initramfs" + stem.substring("kernel".length()));
  }

  /// Looks for a kernel: the one that config.txt names, else the first of the list.
  ///
  /// @return its path; empty when there is none
  Optional<String> findKernel(List<String> names)
      throws IOException, InterruptedException, BootFailure {
    Optional<String> named = config.setting("kernel");
    for (String name : named.map(List::of).orElse(names)) {
      if (loader.probe(prefix + name)) {
        return Optional.of(prefix + name);
      }
    }
    return Optional.empty();
  }

  /// The kernels of a Pi 3 or 4, in the order in which it wants them. 64 bit is the default of a Pi
  /// 4.
  List<String> kernels(int family) {
    boolean wide = config.setting("arm_64bit", family == 4 ? "1" : "0").equals("1");
    List<String> narrow =
        family == 4
            ? List.of("kernel7l.img", "kernel7.img", "kernel.img")
            : List.of("kernel7.img", "kernel.img");
    var names = new ArrayList<>(narrow);
    names.add(wide ? 0 : names.size(), "kernel8.img");
    return names;
  }

  /// What is said when no kernel is there.
  BootFailure noKernel(List<String> names) {
    return new BootFailure(
        config
            .setting("kernel")
            .map(name -> "no kernel: " + name + " is in config.txt, but it is missing")
            .orElseGet(() -> "no kernel: none of " + String.join(", ", names) + " is there"));
  }
}
