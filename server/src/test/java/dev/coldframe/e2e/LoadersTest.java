package dev.coldframe.e2e;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The firmware and loaders of PCs and arm64 servers, each from power on to a shell of a real
/// Debian kernel's initramfs that came from the appliance. What the command line says is chosen
/// anew for each test and read back there.
@Tag("loaders")
class LoadersTest {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final Duration LOADING = Duration.ofMinutes(6);
  private static final String CONFIG =
      """
      site: rack
      appliance: { address: 192.168.0.2 }
      admin: { listen: 127.0.0.1:0 }
      networks:
        - { interface: eth0, subnet: 192.168.0.0/24, ntp: [appliance] }
      profiles:
        pc: { image: lab-amd64, boot: rescue, cmdline: ["console=ttyS0,115200", lab.nonce=NONCE] }
        grub:
          image: lab-amd64
          boot: rescue
          cmdline: ["console=ttyS0,115200", lab.nonce=NONCE]
          bootfiles: { uefi-x64: grub/grubnetx64.efi }
        server: { image: lab-arm64, boot: rescue, cmdline: [lab.nonce=NONCE] }
        own: { boot: files, bootfiles: { http-x64: efi/own.efi, http-arm64: efi/own.efi } }
        extlinux: { boot: files }
      nodes:
        aster: { mac: "54:bf:64:01:36:01", address: 192.168.0.21, profile: pc }
        begonia: { mac: "54:bf:64:01:36:02", address: 192.168.0.22, profile: grub }
        crocus: { mac: "54:bf:64:01:36:03", address: 192.168.0.23, profile: own }
        dahlia: { mac: "54:bf:64:01:36:04", address: 192.168.0.24, profile: server }
        edelweiss: { mac: "54:bf:64:01:36:05", address: 192.168.0.25, profile: extlinux }
      time: local
      """;

  @TempDir Path folder;
  private Lab lab;
  private Switch network;
  private Path file;
  private String nonce = "";

  @BeforeEach
  void start() {
    LabImage.need();
    LabImage.needPc();
    lab = Lab.open(folder);
    network = Switch.in(lab, "192.168.0.50");
    nonce = Long.toHexString(new Random().nextLong() | Long.MIN_VALUE);
    file = lab.write("coldframe.yaml", CONFIG.replace("NONCE", nonce));
  }

  @AfterEach
  void stop() {
    lab.close();
  }

  private void serve(Path... images) {
    for (Path image : images) {
      coldframe("image", "add", image.toString());
    }
    lab.serve(Lab.read(file));
  }

  private String coldframe(String... words) {
    var all = new ArrayList<>(List.of(words));
    all.addAll(List.of("-c", file.toString(), "--state", lab.state().toString()));
    return Command.run(LIMIT, lab.coldframe(all.toArray(String[]::new))).text();
  }

  private Machine machine(String name, int last) {
    return new Machine(network, name, "54:bf:64:01:36:0" + last);
  }

  /// Sees the rescue shell of the node's image, and its own command line there.
  private void rescued(Proof proof, Machine machine, Console console, String loader) {
    console.await(loader, LOADING);
    proof.took("loader", machine.time());
    console.await("Linux version", LOADING);
    proof.took("kernel", machine.time());
    console.await("coldframe: rescue", LOADING);
    proof.took("shell", machine.time());
    commandLine(proof, console);
  }

  private void commandLine(Proof proof, Console console) {
    console.type("cat /proc/cmdline; echo lab-$((40 + 2))");
    console.await("lab-42", LOADING);
    proof.holds("its own command line", console.text(), "lab.nonce=" + nonce);
  }

  /// What was served to a node, as the journal has it.
  private void served(Proof proof, String node, String... paths) {
    String journal = coldframe("node", node, "--json");
    for (String path : paths) {
      proof.holds(path + " was served", journal, "\"path\":\"" + path + "\"");
    }
  }

  private Path memory() {
    return lab.folder().resolve("firmware");
  }

  @Test
  void aPcWithUefiByPxeAndIpxe() {
    var proof = new Proof("loader-pc-pxe-ipxe", Proof.LOADERS);
    serve(LabImage.PC_PACKED);
    try (var machine = machine("aster", 1)) {
      Console console = machine.onWith(Machine.Firmware.UEFI_X64, memory());
      console.await("Start PXE over IPv4", LOADING);
      rescued(proof, machine, console, "iPXE initialising devices");
    }
    served(proof, "aster", "ipxe/snponly.efi", "boot.ipxe");
    proof.end();
  }

  @Test
  void aPcWithUefiByPxeAndGrub() {
    var proof = new Proof("loader-pc-pxe-grub", Proof.LOADERS);
    serve(LabImage.PC_PACKED);
    try (var machine = machine("begonia", 2)) {
      Console console = machine.onWith(Machine.Firmware.UEFI_X64, memory());
      rescued(proof, machine, console, "Start PXE over IPv4");
    }
    served(proof, "begonia", "grub/grubnetx64.efi", "grub/grub.cfg");
    proof.end();
  }

  @Test
  void aPcWithUefiByHttpBootAndIpxe() {
    var proof = new Proof("loader-pc-http-ipxe", Proof.LOADERS);
    serve(LabImage.PC_PACKED);
    try (var machine = machine("aster", 1)) {
      Console console = machine.onWith(Machine.Firmware.UEFI_X64_HTTP, memory());
      console.await("Start HTTP Boot over IPv4", LOADING);
      rescued(proof, machine, console, "iPXE initialising devices");
    }
    served(proof, "aster", "ipxe/snponly.efi", "boot.ipxe");
    proof.end();
  }

  @Test
  void aPcWithUefiByHttpBootAndAKernelOfItsOwn() {
    Path stub = Path.of("/usr/lib/systemd/boot/efi/linuxx64.efi.stub");
    Path kernel = LabImage.pcKernel(lab.folder().resolve("kernel"));
    ownKernel(
        "loader-pc-http-uki", "objcopy", stub, kernel, "ttyS0", Machine.Firmware.UEFI_X64_HTTP);
  }

  @Test
  void anArm64ServerByHttpBootAndAKernelOfItsOwn() {
    Path work = lab.folder().resolve("arm64");
    String fetch = "work=$1; mkdir $1; . scripts/arm64-package; arm64_package systemd-boot-efi";
    Command.run(LIMIT, "bash", "-euc", "cd ..; " + fetch, "-", work.toString()).text();
    for (String name : List.of("vmlinuz", "initrd.img")) {
      LabImage.take(LabImage.RAW, name, work.resolve(name));
    }
    Path stub = work.resolve("unpacked/usr/lib/systemd/boot/efi/linuxaa64.efi.stub");
    String objcopy = "aarch64-linux-gnu-objcopy";
    ownKernel(
        "loader-arm64-http-uki", objcopy, stub, work, "ttyAMA0", Machine.Firmware.UEFI_ARM64_HTTP);
  }

  /// Boots one file that holds kernel, initramfs and command line, made by the operator.
  ///
  /// @param kernel a folder with `vmlinuz` and `initrd.img`
  private void ownKernel(
      String name, String objcopy, Path stub, Path kernel, String port, Machine.Firmware firmware) {
    var proof = new Proof(name, Proof.LOADERS);
    Path words =
        lab.write("cmdline", "console=" + port + ",115200 break=premount lab.nonce=" + nonce);
    Path efi = lab.write("tftp-root/efi/own.efi", "");
    Command.run(
            LIMIT,
            objcopy,
            "--add-section=.cmdline=" + words,
            "--change-section-vma=.cmdline=0x30000",
            "--add-section=.linux=" + kernel.resolve("vmlinuz"),
            "--change-section-vma=.linux=0x2000000",
            "--add-section=.initrd=" + kernel.resolve("initrd.img"),
            "--change-section-vma=.initrd=0x6000000",
            stub.toString(),
            efi.toString())
        .text();
    serve();
    try (var machine = machine("crocus", 3)) {
      Console console = machine.onWith(firmware, memory());
      console.await("Start HTTP Boot over IPv4", LOADING);
      ownShell(proof, machine, console);
    }
    served(proof, "crocus", "efi/own.efi");
    proof.end();
  }

  private void ownShell(Proof proof, Machine machine, Console console) {
    console.await("Linux version", LOADING);
    proof.took("kernel", machine.time());
    console.await(Pattern.quote("(initramfs)"), LOADING);
    proof.took("shell", machine.time());
    commandLine(proof, console);
  }

  @Test
  void aPcWithABiosAndIpxeInItsCard() {
    var proof = new Proof("loader-pc-bios-ipxe", Proof.LOADERS);
    serve(LabImage.PC_PACKED);
    try (var machine = machine("aster", 1)) {
      Console console = machine.onWith(Machine.Firmware.BIOS, memory());
      console.await("Linux version", LOADING);
      proof.took("kernel", machine.time());
      console.await("coldframe: rescue", LOADING);
      proof.took("shell", machine.time());
      commandLine(proof, console);
    }
    served(proof, "aster", "boot.ipxe");
    proof.end();
  }

  @Test
  void anArm64ServerByPxeAndGrub() {
    var proof = new Proof("loader-arm64-pxe-grub", Proof.LOADERS);
    String fetch = Path.of("..", "scripts", "fetch-loader").toAbsolutePath().normalize().toString();
    Command.run(LIMIT, fetch, lab.folder().resolve("tftp-root").toString()).text();
    serve(LabImage.PACKED);
    try (var machine = machine("dahlia", 4)) {
      Console console = machine.onWith(Machine.Firmware.UEFI_ARM64, memory());
      rescued(proof, machine, console, "Start PXE over IPv4");
    }
    served(proof, "dahlia", "grub/grubnetaa64.efi", "grub/grub.cfg");
    proof.end();
  }

  @Test
  void uBootReadsExtlinux() {
    var proof = new Proof("loader-uboot-extlinux", Proof.LOADERS);
    for (String name : List.of("vmlinuz", "initrd.img")) {
      LabImage.take(LabImage.RAW, name, lab.write("tftp-root/" + name, ""));
    }
    lab.write(
        "tftp-root/pxelinux.cfg/default",
        """
        default lab
        label lab
          kernel vmlinuz
          initrd initrd.img
          append console=ttyAMA0,115200 break=premount lab.nonce=%s
        """
            .formatted(nonce));
    serve();
    try (var machine = machine("edelweiss", 5)) {
      Console console = machine.on(Machine.Cable.IN);
      // This board's U-Boot asks the network for its script alone; others go on to this by
      // themselves.
      console.await("File not found' \\(1\\)[^=]*=> ", LOADING);
      console.type("pxe get; pxe boot");
      console.await("Starting kernel", LOADING);
      proof.took("loader", machine.time());
      ownShell(proof, machine, console);
    }
    served(proof, "edelweiss", "pxelinux.cfg/default", "vmlinuz", "initrd.img");
    proof.end();
  }
}
