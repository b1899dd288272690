package dev.coldframe.e2e;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What the tests of installing share: the appliance with the lab's image, one node `geranium` that
/// installs it, and the machine that is this node.
final class InstallBench implements AutoCloseable {
  static final String NODE = "geranium";
  static final String ADDRESS = "192.168.0.20";
  static final String LOGIN = "grower@" + ADDRESS;

  /// On a machine that emulates and shares its cores; what is measured is noted by the tests.
  static final Duration LOADING = Duration.ofMinutes(4);

  static final Duration WRITING = Duration.ofMinutes(15);
  static final Duration BOOTING = Duration.ofMinutes(10);

  private static final Duration LIMIT = Duration.ofMinutes(3);
  private static final long DISK_BYTES = 2L << 30;
  private static final long DATA_BYTES = 256L << 20;
  private static final Pattern PHASE = Pattern.compile("\"phase\":\"([a-z-]+)\"");
  private static final String CONFIG =
      """
      site: rack
      domain: rack.home.arpa
      appliance: { address: 192.168.0.2 }
      admin: { listen: 127.0.0.1:0 }
      networks:
        - { interface: eth0, subnet: 192.168.0.0/24, dns: [appliance], ntp: [appliance] }
      profiles:
        lab:
          image: IMAGE
          boot: install
          user: { name: grower, ssh-keys: ["KEY"] }
          timezone: Asia/Tokyo
          cmdline: [lab.nonce=NONCE, MORE]
          config-txt: [dtparam=audio=off]
          fan: { gpio: 14, at: 60 }
          kubernetes: true
          first-boot: [scripts/nonce.sh]
          health: 30s
          packages: { upgrade: true }
          storage: [STORAGE]
      nodes:
        geranium: { mac: "MAC", address: 192.168.0.20, profile: lab }
      time: local
      stages: { retries: 100 }
      """;

  private static final Pattern UPGRADE = Pattern.compile("\"upgrade\"\\s*:\\s*\"(\\w+)\"");

  private final Lab lab;
  private final Switch network;
  private final String nonce;
  private final Ssh ssh;
  private final Machine machine;
  private final Path disk;
  private final Path data;
  private final LabBoard board;

  /// With a machine that has a loader, a system disk and a data disk.
  ///
  /// @param random from which the nonce comes that the node's configuration carries
  static InstallBench open(Path folder, RandomGenerator random) {
    return open(folder, random, LabBoard.VIRTUAL);
  }

  /// With an emulated Raspberry Pi 3B and its card.
  ///
  /// @param random from which the nonce comes that the node's configuration carries
  static InstallBench openWithPi3(Path folder, RandomGenerator random) {
    return open(folder, random, LabBoard.PI_3);
  }

  /// With an office PC that has UEFI, a system disk and a data disk.
  ///
  /// @param random from which the nonce comes that the node's first boot writes down
  static InstallBench openWithPc(Path folder, RandomGenerator random) {
    LabImage.needPc();
    return open(folder, random, LabBoard.PC);
  }

  /// The same, whose system is Ubuntu. Its initramfs is too small for the installer, which comes
  /// with Debian's.
  ///
  /// @param random from which the nonce comes that the node's first boot writes down
  static InstallBench openWithUbuntu(Path folder, RandomGenerator random) {
    LabImage.needPc();
    LabImage.needUbuntu();
    return open(folder, random, LabBoard.UBUNTU);
  }

  private static InstallBench open(Path folder, RandomGenerator random, LabBoard board) {
    if (!board.isPc()) {
      LabImage.need();
    }
    Lab lab = Lab.open(folder);
    try {
      return new InstallBench(lab, random, board);
    } catch (RuntimeException | AssertionError e) {
      lab.close();
      throw e;
    }
  }

  private InstallBench(Lab lab, RandomGenerator random, LabBoard board) {
    this.lab = lab;
    this.board = board;
    nonce = Long.toHexString(random.nextLong() | Long.MIN_VALUE);
    ssh = new Ssh(lab);
    lab.script(
        "templates/scripts/nonce.sh", "#!/bin/sh\necho %s > /etc/lab-nonce\n".formatted(nonce));
    lab.serve(
        CONFIG
            .replace("MAC", board.mac())
            .replace("STORAGE", board.storage())
            .replace("KEY", ssh.publicKey())
            .replace("NONCE", nonce)
            .replace("MORE", board.more())
            .replace("IMAGE", board.imageWords()));
    for (Path image : board.images()) {
      coldframe("image", "add", image.toString()).text();
    }
    network = Switch.in(lab, "192.168.0.50");
    machine = new Machine(network, NODE, board.mac());
    disk = lab.folder().resolve("disk");
    data = LabImage.blank(lab.folder().resolve("data"), DATA_BYTES);
    blankDisk();
  }

  Machine machine() {
    return machine;
  }

  Ssh ssh() {
    return ssh;
  }

  Path disk() {
    return disk;
  }

  String nonce() {
    return nonce;
  }

  /// Puts a new system disk in; the data disk stays.
  void blankDisk() {
    machine.off();
    machine.disks(LabImage.blank(disk, DISK_BYTES), data);
  }

  /// Puts in a system disk that is full of 0xA5, and beside it another that could be meant.
  void usedDiskAndAnother() {
    machine.off();
    Command.run(
            LIMIT,
            "bash",
            "-euc",
            "tr '\\0' '\\245' < /dev/zero | dd of=\"$1\" bs=1M count=$2 iflag=fullblock status=none",
            "-",
            disk.toString(),
            Long.toString(DISK_BYTES >> 20))
        .text();
    machine.disks(disk, data, LabImage.blank(lab.folder().resolve("spare"), DISK_BYTES));
  }

  /// Does what a Pi 3's ROM and loader do with its card: a lease, then files over TFTP.
  ///
  /// @param files their names on the server
  /// @return the folder where they are
  Path load(String... files) {
    network.plug(LabBoard.PI_3.mac());
    lab.onOther(
            "udhcpc",
            "-i",
            "eth0",
            "-f",
            "-n",
            "-q",
            "-t",
            "6",
            "-T",
            "1",
            "-s",
            "/bin/true",
            "-V",
            "PXEClient:Arch:00000:UNDI:002001",
            "-O",
            "43")
        .text();
    lab.onOther("ip", "addr", "add", ADDRESS + "/24", "dev", "eth0").text();
    Path loaded = lab.folder().resolve("loaded");
    Command.run(LIMIT, "mkdir", "-p", loaded.toString()).text();
    for (String file : files) {
      fetch(file, loaded.resolve(file)).text();
    }
    network.unplug();
    return loaded;
  }

  /// The image was imported just now; the server looks for such news at times.
  private Command.Result fetch(String file, Path to) {
    Command.Result result;
    int tries = 0;
    do {
      Lab.pause();
      result =
          Command.run(
              LIMIT,
              Command.inside(
                  lab.otherNamespace(),
                  "busybox",
                  "tftp",
                  "-g",
                  "-b",
                  "1468",
                  "-r",
                  file,
                  "-l",
                  to.toString(),
                  "192.168.0.2"));
    } while (result.exit() != 0 && ++tries < 100);
    return result;
  }

  /// Turns the machine on and sees the installer begin.
  Console begin() {
    Console console = on();
    console.await(board.loads(), LOADING);
    console.await(board.starts(), LOADING);
    console.await("coldframe: this machine is " + Pattern.quote(ADDRESS), LOADING);
    return console;
  }

  /// Makes the system disk boot no more, as `coldframe-reinstall` does on the node.
  void wipeBootRecord() {
    machine.off();
    Command.run(
            LIMIT,
            "dd",
            "if=/dev/zero",
            "of=" + disk,
            "bs=512",
            "count=34",
            "conv=notrunc",
            "status=none")
        .text();
  }

  /// Sees the installer come to its end, and the machine reset.
  void finish(Console console) {
    console.await("coldframe: done: ", WRITING);
    machine.awaitOff(LOADING);
  }

  /// Turns the machine on, sees it boot its own disk and waits until the appliance calls it ready.
  Console bootUntilReady() {
    Console console = bootFromDisk();
    awaitPhase("ready", console);
    return console;
  }

  /// Turns the machine on and sees the kernel of its own disk start.
  Console bootFromDisk() {
    Console console = on();
    console.await(board.starts(), LOADING);
    if (console.text().contains(board.loads())) {
      throw new AssertionError("it booted from the network, not from its own disk");
    }
    return console;
  }

  /// Turns the PC on as one that looks at the network first from now on. It was known to look at
  /// its disk first, so that it comes at all means to the appliance that nothing boots there: its
  /// installer finds the system in its place. From then on it is refused, and goes on to its disk.
  Console bootPastTheNetwork() {
    Console once = networkFirst();
    once.await("coldframe: this machine is " + Pattern.quote(ADDRESS), LOADING);
    machine.awaitOff(LOADING);
    Console console = networkFirst();
    console.await(board.starts(), LOADING);
    if (console.text().contains("iPXE initialising devices")) {
      throw new AssertionError("it loaded what the network has:\n" + console.text());
    }
    return console;
  }

  private Console networkFirst() {
    Path memory = lab.folder().resolve("firmware-network-first");
    Console console = machine.onWith(Machine.Firmware.UEFI_X64_NETWORK_FIRST, memory);
    console.await(board.loads(), LOADING);
    return console;
  }

  private Console on() {
    return board.isPc()
        ? machine.onWith(Machine.Firmware.UEFI_X64, lab.folder().resolve("firmware"))
        : machine.on(Machine.Cable.IN);
  }

  /// Waits until the appliance says that the node is there.
  void awaitPhase(String wanted, Console console) {
    long end = System.nanoTime() + BOOTING.toNanos();
    while (!phase().equals(wanted)) {
      if (System.nanoTime() > end) {
        throw new AssertionError(
            phase()
                + " instead of "
                + wanted
                + " after "
                + BOOTING
                + "\n"
                + coldframe("node", NODE).out()
                + console.text());
      }
      pause();
    }
  }

  /// Waits until the node has told how its upgrade went, and says what it told.
  String upgrade() {
    long end = System.nanoTime() + BOOTING.toNanos();
    while (true) {
      String events = coldframe("node", NODE, "--json").text();
      Matcher matcher = UPGRADE.matcher(events);
      if (matcher.find()) {
        return matcher.group(1);
      }
      if (System.nanoTime() > end) {
        throw new AssertionError(
            "nothing was told of an upgrade within " + BOOTING + "\n" + events);
      }
      pause();
    }
  }

  private static void pause() {
    try {
      TimeUnit.SECONDS.sleep(1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /// Where the node stands.
  String phase() {
    String out = coldframe("nodes", "--json").text();
    Matcher matcher = PHASE.matcher(out);
    if (!matcher.find()) {
      throw new AssertionError("no phase in " + out);
    }
    return matcher.group(1);
  }

  /// Runs a command on the node.
  String onNode(String command) {
    return ssh.run(LOGIN, command).text().strip();
  }

  /// Runs a command of Coldframe's.
  Command.Result coldframe(String... words) {
    List<String> all = new ArrayList<>(Arrays.asList(words));
    all.addAll(List.of("-c", lab.folder().resolve("coldframe.yaml").toString()));
    all.addAll(List.of("--state", lab.state().toString()));
    return Command.run(LIMIT, lab.coldframe(all.toArray(String[]::new)));
  }

  @Override
  public void close() {
    machine.close();
    lab.close();
  }
}
