package dev.coldframe.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The package for arm64, linked on this machine from a JDK that it cannot run, on an emulated
/// arm64 machine with Debian's kernel and systemd that has neither Java nor Maven: installed,
/// started, a Pi booted from it, killed, removed. What is the same on every machine is
/// [PackageTest]'s; here it is about what is not: the runtime, the native libraries, and the
/// kernel's structures that are written byte for byte.
@Tag("arm64")
class Arm64PackageTest {
  private static final Path MADE = Path.of("target/lab").toAbsolutePath();
  private static final Duration BUILD = Duration.ofMinutes(10);
  private static final Duration LIMIT = Duration.ofMinutes(10);
  private static final Duration BOOTING = Duration.ofMinutes(8);

  /// What is compiled for a quick start is compiled by an emulated compiler.
  private static final Duration INSTALLING = Duration.ofMinutes(40);

  private static final String ADDRESS = "192.168.0.3";
  private static final String LOGIN = "root@" + ADDRESS;
  private static final String PI = "dc:a6:32:ef:56:44";

  /// CAP_NET_BIND_SERVICE and CAP_NET_RAW.
  private static final String CAPABILITIES = "0000000000002400";

  private static final List<String> BOOT_FILES =
      List.of("start4.elf", "fixup4.dat", "kernel8.img", "initramfs8", "bcm2711-rpi-4-b.dtb");

  private static final Pattern READY = Pattern.compile("coldframe ready in (\\d+) ms");
  private static final Pattern FILE = Pattern.compile("(?m)^file (\\S+) \\d+ (\\p{XDigit}{64})$");

  private static final String CONFIG =
      """
      site: rack
      domain: rack.home.arpa
      appliance: { address: 192.168.0.3 }
      networks:
        - { interface: eth0, subnet: 192.168.0.0/24, router: 192.168.0.1, pool: 192.168.0.200-192.168.0.239 }
      profiles:
        pi: { boot: install, user: { name: gardener, ssh-keys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFUhlL4ZLk/+LTYvGeZWCnGBZrWPqTdIExnyaAsZSBOe gardener"] } }
      nodes:
        geranium: { serial: 10000000a2ef5644, address: 192.168.0.20, profile: pi }
      """;

  @TempDir Path folder;
  private final Proof proof = new Proof("package-arm64", Proof.ARM64);
  private Lab lab;
  private Ssh ssh;
  private Switch network;

  @BeforeEach
  void start() {
    lab = Lab.open(folder);
    network = Switch.in(lab, "192.168.0.50");
    network.plug(PI);
    ssh = new Ssh(lab);
  }

  @AfterEach
  void stop() {
    lab.close();
  }

  @Test
  void aPiBootsFromTheMachineThatItWasInstalledOn() throws IOException {
    Path stick = stick();
    Path disk = copy(need("clean-arm64.img"));
    try (var machine = new Machine(network, "appliance", "52:54:00:01:36:03")) {
      machine.disks(disk, stick);
      boot(machine);
      install();
      runsConfined();
      usesItsOwnNativeParts();
      serve();
      aPiIsBooted();
      aTakenAddressIsNotOffered();
      startsWithoutItsArchive();
      isStartedAgain();
      purged();
    }
    proof.end();
  }

  private static Path need(String name) {
    Path file = MADE.resolve(name);
    assertThat(file).as("what scripts/lab-arm64 makes").exists();
    return file;
  }

  /// The package and the boot files, as a disk to plug in.
  private Path stick() throws IOException {
    Path files = Files.createDirectories(folder.resolve("stick"));
    long since = System.nanoTime();
    var build =
        Command.run(
            BUILD,
            "env",
            // Only what is published has to be small.
            "XZ_DEFAULTS=-0",
            "DPKG_DEB_COMPRESSOR_TYPE=gzip",
            Path.of("..", "scripts", "package").toAbsolutePath().normalize().toString(),
            "--jdk",
            need("jdk-arm64").toString(),
            "-o",
            folder.resolve("made").toString());
    assertThat(build.exit()).as(build.out()).isZero();
    proof.took("package made", Duration.ofNanos(System.nanoTime() - since));
    proof.note("JDK", release("JAVA_RUNTIME_VERSION") + ", " + release("IMPLEMENTOR"));
    Path root = Files.createDirectories(files.resolve("tftp-root"));
    for (String name : BOOT_FILES) {
      byte[] bytes = new byte[1 << 20];
      new Random(name.hashCode()).nextBytes(bytes);
      Files.write(root.resolve(name), bytes);
    }
    try (var made = Files.list(folder.resolve("made"))) {
      Path deb = made.filter(f -> f.toString().endsWith("_arm64.deb")).findFirst().orElseThrow();
      Files.move(deb, files.resolve("coldframe.deb"));
    }
    Path stick = folder.resolve("stick.img");
    Command.run(LIMIT, "mkfs.ext4", "-q", "-d", files.toString(), stick.toString(), "300M").text();
    return stick;
  }

  private static String release(String key) throws IOException {
    String text = Files.readString(need("jdk-arm64").resolve("release"));
    Matcher value = Pattern.compile("(?m)^" + key + "=\"(.*)\"$").matcher(text);
    assertThat(value.find()).as(text).isTrue();
    return value.group(1);
  }

  private Path copy(Path image) {
    Path disk = folder.resolve("disk.img");
    Command.run(LIMIT, "cp", "--sparse=always", image.toString(), disk.toString()).text();
    return disk;
  }

  private void boot(Machine machine) {
    String key =
        Base64.getEncoder().encodeToString(ssh.publicKey().getBytes(StandardCharsets.US_ASCII));
    machine.onWith(
        need("clean-arm64.vmlinuz"),
        need("clean-arm64.initrd"),
        "root=/dev/vda rw console=ttyAMA0 net.ifnames=0 systemd.hostname=appliance ip="
            + ADDRESS
            + ":::255.255.255.0::eth0:off systemd.set_credential_binary=ssh.authorized_keys.root:"
            + key);
    ssh.await(LOGIN, BOOTING);
    proof.took("Debian lets root in", machine.time());
    String state = run("systemctl is-system-running --wait || systemctl --failed --no-pager");
    proof.equal("all that a clean Debian starts runs", state, "running");
    proof.note("kernel", run("uname -srm"));
    proof.note("system", run("sed -n 's/^PRETTY_NAME=//p' /etc/os-release"));
    proof.note("memory (MiB)", run("free -m | awk '/^Mem/ { print $2 }'"));
    proof.equal("kind of machine", run("dpkg --print-architecture"), "arm64");
    proof.equal("a Java that is there already", run("command -v java || true"), "");
  }

  private void install() {
    run("mkdir /mnt/stick && mount -o ro /dev/vdb /mnt/stick");
    long since = System.nanoTime();
    String said = run("dpkg -i /mnt/stick/coldframe.deb 2>&1", INSTALLING);
    proof.took("installed, with the archive for a quick start", ago(since));
    proof.holds("what it says", said, "observes and answers nobody yet");
    proof.note("depends on", run("dpkg-query -W -f '${Depends}' coldframe"));
    proof.equal("status", run("dpkg-query -W -f '${Status}' coldframe"), "install ok installed");
    proof.equal("what failed", said.lines().filter(l -> l.contains("failed")).toList(), List.of());
    proof.note("archive (MiB)", run("du -m /usr/lib/coldframe/*.aot | cut -f 1"));
    awaitReady(1);
    since = System.nanoTime();
    proof.holds("version", run("coldframe --version"), "coldframe ");
    proof.note("coldframe --version (ms)", ago(since).toMillis());
  }

  private void runsConfined() {
    String status = run("cat /proc/" + mainPid() + "/status");
    for (String set : List.of("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")) {
      proof.holds(set, status, set + ":\t" + CAPABILITIES);
    }
    proof.holds("no new privileges", status, "NoNewPrivs:\t1");
    proof.holds("system calls are filtered", status, "Seccomp:\t2");
    proof.equal("user", run("stat -c %U /proc/" + mainPid()), "coldframe");
  }

  /// As the kernel has them in the memory of the process.
  private void usesItsOwnNativeParts() {
    String maps = run("cut -c 74- /proc/" + mainPid() + "/maps | sort -u");
    proof.holds("the package's runtime", maps, "/usr/lib/coldframe/runtime/lib/server/libjvm.so");
    proof.holds("Netty's epoll", maps, "netty_transport_native_epoll_aarch_64");
    proof.holds("SQLite", maps, "sqlitejdbc");
    proof.holds("archive for a quick start", maps, ".aot");
    proof.note("first start, ready (ms)", lastReady());
  }

  private void serve() {
    lab.write("coldframe.yaml", CONFIG);
    run("cat > /etc/coldframe/coldframe.yaml <<'END'\n" + CONFIG + "END");
    run("cp /mnt/stick/tftp-root/* /etc/coldframe/tftp-root/");
    long since = System.nanoTime();
    proof.holds(
        "coldframe check",
        run("coldframe check 2>&1"),
        "is good: 1 network(s), 1 profile(s), 1 node(s)");
    proof.note("coldframe check (ms)", ago(since).toMillis());
    run("systemctl restart coldframe");
    awaitReady(2);
    proof.note("with an archive, ready (ms)", lastReady());
  }

  private void aPiIsBooted() throws IOException {
    long since = System.nanoTime();
    String told =
        Command.run(LIMIT, lab.inOther(VirtualPi.command("eth0", PI, "10000000a2ef5644"))).text();
    proof.took("virtual Pi", ago(since));
    proof.holds("its address", told, "address 192.168.0.20");
    Map<String, String> loaded = new HashMap<>();
    FILE.matcher(told).results().forEach(f -> loaded.put(name(f.group(1)), f.group(2)));
    for (String name : List.of("start4.elf", "kernel8.img", "initramfs8")) {
      Path file = folder.resolve("stick/tftp-root").resolve(name);
      String sum = Command.run(LIMIT, "sha256sum", file.toString()).text().substring(0, 64);
      proof.equal(name + ", by TFTP", loaded.getOrDefault(name, "nothing"), sum);
    }
    proof.holds("how it ended", told, "\nready ");
    proof.holds("what the server knows of it", node(), "\"phase\":\"ready\"");
  }

  private static String name(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /// What the server sends and hears below IP: the question for the first address of the pool, the
  /// answer that it is taken, and the offer of the next.
  private void aTakenAddressIsNotOffered() {
    lab.newCardOnOther("02:00:00:00:00:01");
    for (String words :
        List.of(
            "link add squatter link eth0 type macvlan mode bridge",
            "addr add 192.168.0.200/32 dev squatter",
            "link set squatter up")) {
      lab.onOther(("ip " + words).split(" ")).text();
    }
    String[] ask = "udhcpc -i eth0 -f -n -q -t 6 -T 3 -s /bin/true".split(" ");
    String out = Command.run(LIMIT, lab.inOther(ask)).text();
    proof.holds("a taken address is not offered", out, "lease of 192.168.0.201 obtained");
  }

  private void startsWithoutItsArchive() {
    run("cd /usr/lib/coldframe && mkdir /root/aside && mv *.aot /root/aside/");
    run("systemctl restart coldframe");
    awaitReady(3);
    proof.note("without an archive, ready (ms)", lastReady());
    proof.holds("what was leased is known", node(), "\"phase\":\"ready\"");
    run("mv /root/aside/*.aot /usr/lib/coldframe/");
  }

  private void isStartedAgain() {
    String first = mainPid();
    run("systemctl kill --signal=KILL coldframe");
    awaitReady(4);
    proof.equal("killed, another process", first.equals(mainPid()), false);
    proof.note("killed, ready (ms)", lastReady());
    proof.holds("what was leased is known", node(), "\"phase\":\"ready\"");
    String log = run("journalctl -u coldframe --no-pager");
    List<String> errors =
        log.lines().filter(l -> l.contains("ERROR") || l.contains("Exception")).toList();
    proof.equal("errors in its log", errors, List.of());
  }

  private void purged() {
    run("dpkg -P coldframe", LIMIT);
    proof.equal(
        "purged, its process",
        run("systemctl is-active coldframe || true").lines().findFirst().orElse(""),
        "inactive");
    // The boot files that its owner put down are not the package's to remove.
    proof.equal(
        "purged, what is left",
        run("find / -xdev -name '*coldframe*' -not -path '/root/*'"),
        "/etc/coldframe");
    proof.equal(
        "its owner's boot files",
        run("ls /etc/coldframe/tftp-root | wc -l"),
        Integer.toString(BOOT_FILES.size()));
  }

  private String run(String line) {
    return run(line, LIMIT);
  }

  private String run(String line, Duration limit) {
    return ssh.run(LOGIN, line, limit).text().strip();
  }

  private String node() {
    return run("coldframe node geranium --json").replace(" ", "");
  }

  private String mainPid() {
    return run("systemctl show -p MainPID --value coldframe");
  }

  private List<String> ready() {
    String log = run("journalctl -u coldframe --no-pager -o cat");
    return READY.matcher(log).results().map(said -> said.group(1)).toList();
  }

  private String lastReady() {
    return ready().getLast();
  }

  /// Waits until it has said so many times that it is ready.
  private void awaitReady(int times) {
    long end = System.nanoTime() + BOOTING.toNanos();
    while (System.nanoTime() < end) {
      if (ready().size() >= times) {
        return;
      }
      Lab.pause(1_000);
    }
    throw new AssertionError(run("journalctl -u coldframe --no-pager | tail -n 60"));
  }

  private static Duration ago(long since) {
    return Duration.ofNanos(System.nanoTime() - since);
  }
}
